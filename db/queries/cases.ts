import type { Sql } from '../client.ts';
import { openStates } from '../sealed.ts';
import { mayBeNamed } from './minors.ts';
import {
  byName,
  contains,
  isAssigned,
  isHead,
  isOfLogin,
  isParty,
  ownedBy,
  postsNow,
  type Reader,
  readable,
  readerScope,
  withinUnit,
} from './reader.ts';

/** A case's row, as reading needs it. `state` is the engine's. */
export interface CaseRecord {
  readonly caseId: string;
  readonly caseNo: string;
  readonly unit: string;
  readonly programId: string;
  readonly programVersion: string;
  readonly programHash: string;
  readonly status: string;
  readonly stage: string | null;
  readonly seq: number;
  readonly head: string;
  readonly state: unknown;
  readonly openedAt: string;
  readonly lastAt: string;
  readonly closedAt: string | null;
  readonly nextDue: string | null;
  readonly witnessedSeq: number;
  readonly runId: string | null;
}

/**
 * How the reader stands to a case: as a party of it, by what he was given of it, himself or his posts, as head of its unit or of
 * one above, and because his login reaches it. More than one can hold.
 */
export interface CaseRelation {
  readonly isParty: boolean;
  readonly isAssigned: boolean;
  readonly isHead: boolean;
  readonly isOfLogin: boolean;
}

const recordColumns = (sql: Sql) => sql`case_id AS "caseId", case_no AS "caseNo", unit, program_id AS "programId",
  program_version AS "programVersion", program_hash AS "programHash", status, stage, seq, head, state, opened_at AS "openedAt",
  last_at AS "lastAt", closed_at AS "closedAt", next_due AS "nextDue", witnessed_seq AS "witnessedSeq", run_id AS "runId"`;

/** One case whoever asks, if somebody may read it in an emergency: whether this one may, its state says. Throws `Unreadable`. */
export async function caseInEmergency(sql: Sql, caseId: string): Promise<CaseRecord | undefined> {
  const rows = await sql<CaseRecord[]>`
    SELECT ${recordColumns(sql)} FROM cases c WHERE c.case_id = ${caseId}
      AND CASE WHEN c.outline IS NULL THEN c.state -> 'emergencyAccess' ELSE c.outline -> 'emergency' END IS NOT NULL`;
  return (await openStates(sql, rows))[0];
}

/** The id of a case by its number. */
export async function caseByNumber(sql: Sql, caseNo: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`SELECT case_id AS id FROM cases WHERE case_no = ${caseNo}`;
  return row?.id;
}

/** One case, when the reader may read it. Throws `Unreadable`. */
export async function caseRecord(
  sql: Sql,
  reader: Reader,
  caseId: string,
): Promise<(CaseRecord & CaseRelation) | undefined> {
  const rows = await sql<(CaseRecord & CaseRelation)[]>`
    ${readerScope(sql, reader)}
    SELECT ${recordColumns(sql)}, ${isParty(sql, reader)} AS "isParty", ${isAssigned(sql, reader)} AS "isAssigned",
      ${isHead(sql)} AS "isHead", ${isOfLogin(sql)} AS "isOfLogin"
    FROM cases c WHERE c.case_id = ${caseId} AND ${readable(sql, reader)}`;
  return (await openStates(sql, rows))[0];
}

/** The content of a program by its hash, as stored when the first case was pinned to it. */
export async function programContent(sql: Sql, hash: string): Promise<Uint8Array | undefined> {
  const [row] = await sql<{ content: Uint8Array }[]>`SELECT content FROM programs WHERE hash = ${hash}`;
  return row?.content;
}

/** The posts a person holds now. */
export async function heldPosts(sql: Sql, person: string): Promise<ReadonlySet<string>> {
  const rows = await sql<{ post: string }[]>`${postsNow(sql, person, 'appointments')}`;
  return new Set(rows.map(({ post }) => post));
}

/** An entry of a list of cases. */
export interface CaseListRow extends Omit<CaseRecord, 'state' | 'head' | 'witnessedSeq' | 'runId'> {
  readonly parties: readonly { readonly role: string; readonly name: string | null }[];
  /** The next due date hangs on a year without an official calendar. */
  readonly nextDueProvisional: boolean;
}

/** What a list of cases is narrowed to; absent means not narrowed. */
export interface CaseFilters {
  readonly program?: string | undefined;
  readonly unit?: string | undefined;
  readonly statuses?: readonly string[] | undefined;
  /** Post or person. */
  readonly responsible?: string | undefined;
  readonly overdue?: boolean | undefined;
  readonly dueBefore?: string | undefined;
  /** Part of a case number or of a party's name. */
  readonly q?: string | undefined;
  /** A person's id, or a party's whole name. */
  readonly party?: string | undefined;
  /** The case of whose groups it is a member. */
  readonly partOf?: string | undefined;
}

/** Where a page begins: after this due date (null: after those that have one) and case. */
export interface AfterCase {
  readonly nextDue: string | null;
  readonly caseId: string;
}

/** The condition of {@link CaseFilters} on case `c`, as the reader may know of its parties; goes with `readerScope`. */
export function matches(sql: Sql, reader: Reader, filters: CaseFilters) {
  const { program, unit, statuses, responsible, overdue, dueBefore, q, party, partOf } = filters;
  const late = sql`(c.next_due IS NOT NULL AND c.next_due < now())`;
  return sql`TRUE
    ${program === undefined ? sql`` : sql`AND c.program_id = ${program}`}
    ${unit === undefined ? sql`` : sql`AND ${withinUnit(sql, unit)}`}
    ${statuses === undefined ? sql`` : sql`AND c.status IN ${sql(statuses)}`}
    ${overdue === undefined ? sql`` : overdue ? sql`AND ${late}` : sql`AND NOT ${late}`}
    ${dueBefore === undefined ? sql`` : sql`AND c.next_due < ${dueBefore}::timestamptz`}
    ${responsible === undefined ? sql`` : sql`AND ${answeredBy(sql, responsible)}`}
    ${partOf === undefined ? sql`` : sql`AND ${memberOf(sql, sql`${partOf}`)}`}
    ${
      q === undefined
        ? sql``
        : sql`AND (c.case_no ILIKE ${contains(q)} OR EXISTS (SELECT FROM person.parties p
      WHERE p.case_id = c.case_id AND p.name ILIKE ${contains(q)} AND ${mayBeNamed(sql, reader)}))`
    }
    ${
      party === undefined
        ? sql``
        : sql`AND EXISTS (SELECT FROM person.parties p
      WHERE p.case_id = c.case_id AND (p.person = ${party} OR p.name = ${party} OR p.party_id = ${party})
        AND ${mayBeNamed(sql, reader)})`
    }`;
}

type Fragment = ReturnType<Sql>;

/** Whether case `c` is a member of a group of that case; the index `cases_part_of` answers it. */
export const memberOf = (sql: Sql, caseId: Fragment): Fragment => sql`c.outline -> 'partOf' ->> 'caseId' = ${caseId}`;

function answeredBy(sql: Sql, responsible: string) {
  return sql`EXISTS (SELECT FROM assignments a WHERE a.case_id = c.case_id AND (
    a.post = ${responsible} OR ${ownedBy(sql, responsible, byName(sql, 'a', 'person', 'given_at'))} OR a.post IN (${postsNow(sql, responsible, 'appointments')})))`;
}

/** A page of the cases a reader may read, next due first, those with nothing due last; one row more than asked tells of a next page. */
export async function listCases(
  sql: Sql,
  reader: Reader,
  filters: CaseFilters,
  page: { readonly limit: number; readonly after: AfterCase | undefined },
): Promise<CaseListRow[]> {
  const { after } = page;
  const rest =
    after === undefined
      ? sql``
      : after.nextDue === null
        ? sql`AND c.next_due IS NULL AND c.case_id > ${after.caseId}`
        : sql`AND (c.next_due IS NULL OR (c.next_due, c.case_id) > (${after.nextDue}::timestamptz, ${after.caseId}))`;
  return sql<CaseListRow[]>`
    ${readerScope(sql, reader)}
    SELECT c.case_id AS "caseId", c.case_no AS "caseNo", c.unit, c.program_id AS "programId",
      c.program_version AS "programVersion", c.program_hash AS "programHash", c.status, c.stage, c.seq,
      c.opened_at AS "openedAt", c.last_at AS "lastAt", c.closed_at AS "closedAt", c.next_due AS "nextDue",
      EXISTS (SELECT FROM deadlines d WHERE d.case_id = c.case_id AND d.state = 'running' AND d.due_at = c.next_due
        AND d.provisional) AS "nextDueProvisional",
      (SELECT coalesce(json_agg(json_build_object('role', p.role, 'name', CASE WHEN ${mayBeNamed(sql, reader)} THEN p.name END) ORDER BY p.since, p.party_id), '[]')
       FROM person.parties p WHERE p.case_id = c.case_id AND p.ended_at IS NULL) AS parties
    FROM cases c WHERE ${readable(sql, reader)} AND ${matches(sql, reader, filters)} ${rest}
    ORDER BY c.next_due ASC NULLS LAST, c.case_id LIMIT ${page.limit + 1}`;
}

/** How many cases a reader may read under these filters. */
export async function countCases(sql: Sql, reader: Reader, filters: CaseFilters): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    ${readerScope(sql, reader)}
    SELECT count(*) AS count FROM cases c WHERE ${readable(sql, reader)} AND ${matches(sql, reader, filters)}`;
  return Number(row?.count ?? 0);
}
