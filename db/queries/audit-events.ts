import type { Sql } from '../client.ts';
import { openReadable, openReadableStates, type StateRow, type Unread } from '../sealed.ts';
import { dataOf, type EventRow } from './events.ts';

/** What a search over the events of many cases is narrowed to; absent means not narrowed. */
export interface EventFilters {
  /** The units whose cases are looked through. */
  readonly units: readonly string[];
  readonly caseId?: string | undefined;
  /** Program of the case, by its id. */
  readonly program?: string | undefined;
  readonly person?: string | undefined;
  readonly post?: string | undefined;
  /** Types of events. */
  readonly types?: readonly string[] | undefined;
  /** Types of acts. */
  readonly acts?: readonly string[] | undefined;
  /** From when (included) until when (excluded), by the time that `by` says. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly by: 'recorded' | 'occurred';
}

/** Where a page begins: behind this event in descending order. */
export interface AfterEvent {
  readonly at: string;
  readonly caseId: string;
  readonly seq: number;
}

/** An event with the case it is of, and the run of the case's workflow that has it. */
export interface AuditEventRow extends EventRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly unit: string;
  readonly programId: string;
  readonly programVersion: string;
  readonly programHash: string;
  readonly actType: string | null;
  readonly witnessed: boolean;
  readonly currentRun: string | null;
  /** The archived run that ended with it; null while it is in the current one. */
  readonly archivedRun: string | null;
  /** Why its words cannot be read; then it has none. */
  readonly unread: Unread | null;
}

/**
 * Events of all cases of some units, newest first; one row more than asked tells of a next page. Every filter has an index;
 * a test looks at the plans.
 */
export async function searchEvents(
  sql: Sql,
  filters: EventFilters,
  page: { readonly limit: number; readonly after: AfterEvent | undefined },
): Promise<AuditEventRow[]> {
  const rows = await sql<
    (Omit<AuditEventRow, 'data' | 'unread'> & { payload: Uint8Array })[]
  >`${eventSearch(sql, filters, page)}`;
  const opened = await openReadable(sql, rows);
  return opened.map(({ payload, ...row }) => ({ ...row, data: dataOf(payload) }));
}

/** The query of {@link searchEvents}. */
export function eventSearch(
  sql: Sql,
  { units, caseId, program, person, post, types, acts, from, until, by }: EventFilters,
  { limit, after }: { readonly limit: number; readonly after: AfterEvent | undefined },
) {
  const at = by === 'recorded' ? sql`e.recorded_at` : sql`e.occurred_at`;
  // OFFSET 0: from the acts of that type to their events, never through all events
  const source =
    acts === undefined
      ? sql`events e`
      : sql`acts a CROSS JOIN LATERAL (SELECT x.* FROM events x WHERE x.case_id = a.case_id AND x.act_id = a.act_id
          AND x.seq BETWEEN a.first_seq AND a.seq OFFSET 0) e`;
  return sql`
    WITH found AS (
      SELECT e.*, ${at} AS at, c.case_no, c.unit, c.program_id, c.program_version, c.witnessed_seq, c.run_id
      FROM ${source} JOIN cases c ON c.case_id = e.case_id
      WHERE c.unit IN ${sql(units)}
        ${acts === undefined ? sql`` : sql`AND a.type IN ${sql(acts)} ${ofAct(sql, { caseId, person, post })}`}
        ${caseId === undefined ? sql`` : sql`AND e.case_id = ${caseId}`}
        ${program === undefined ? sql`` : sql`AND c.program_id = ${program}`}
        ${person === undefined ? sql`` : sql`AND e.actor_id = ${person} AND e.actor_kind <> 'system'`}
        ${post === undefined ? sql`` : sql`AND e.actor_post = ${post}`}
        ${types === undefined ? sql`` : sql`AND e.type IN ${sql(types)}`}
        ${from === undefined ? sql`` : sql`AND ${at} >= ${from}::timestamptz`}
        ${until === undefined ? sql`` : sql`AND ${at} < ${until}::timestamptz`}
        ${after === undefined ? sql`` : sql`AND (${at}, e.case_id, e.seq) < (${after.at}::timestamptz, ${after.caseId}, ${after.seq})`}
      ORDER BY ${at} DESC, e.case_id DESC, e.seq DESC LIMIT ${limit + 1}
    )
    SELECT f.case_id AS "caseId", f.case_no AS "caseNo", f.unit, f.program_id AS "programId",
      CASE WHEN p.hash IS NULL THEN f.program_version ELSE p.version END AS "programVersion", f.program_hash AS "programHash",
      f.seq, f.type, f.payload, f.occurred_at AS "occurredAt", f.recorded_at AS "recordedAt", f.actor_kind AS "actorKind",
      f.actor_id AS "actorId", f.actor_post AS "actorPost", f.act_id AS "actId", f.hash, t.type AS "actType",
      f.witnessed_seq >= f.seq AS witnessed, f.run_id AS "currentRun", r.run_id AS "archivedRun"
    FROM found f LEFT JOIN programs p ON p.hash = f.program_hash LEFT JOIN acts t ON t.act_id = f.act_id
    LEFT JOIN LATERAL (SELECT run_id FROM archived_runs r WHERE r.case_id = f.case_id AND r.first_seq < f.seq
      AND r.last_seq >= f.seq ORDER BY r.last_seq LIMIT 1) r ON true
    ORDER BY f.at DESC, f.case_id DESC, f.seq DESC`;
}

/** What a filter on events says of their acts, so that it narrows these first. */
function ofAct(sql: Sql, { caseId, person, post }: Pick<EventFilters, 'caseId' | 'person' | 'post'>) {
  return sql`${caseId === undefined ? sql`` : sql`AND a.case_id = ${caseId}`}
    ${person === undefined ? sql`` : sql`AND a.actor_id = ${person} AND a.actor_kind <> 'system'`}
    ${post === undefined ? sql`` : sql`AND a.actor_post = ${post}`}`;
}

/** A unit and those below it that are reached from `top`, and lie within `unit` where one is named; without closed ones on top. */
export async function unitsBelow(sql: Sql, top: string, unit: string | undefined): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    WITH RECURSIVE reach (id) AS (
      SELECT id FROM units WHERE id = ${top} AND closed_at IS NULL
      UNION SELECT u.id FROM units u JOIN reach r ON u.above = r.id
    ), wanted (id) AS (
      SELECT id FROM reach WHERE id = ${unit ?? top}
      UNION SELECT u.id FROM units u JOIN wanted w ON u.above = w.id
    ) SELECT id FROM wanted ORDER BY id`;
  return rows.map(({ id }) => id);
}

/** Somebody in a post, from when (included) until when (excluded), by an appointment or standing in. */
export interface TenureRow {
  readonly post: string;
  readonly person: string;
  readonly from: string;
  readonly until: string | null;
  readonly how: 'appointment' | 'substitution';
}

/** Everybody's time in some posts. */
export async function tenuresOf(sql: Sql, posts: readonly string[]): Promise<TenureRow[]> {
  if (posts.length === 0) return [];
  return sql<TenureRow[]>`
    SELECT post, person, from_at AS "from", until_at AS until, 'appointment' AS how FROM appointments WHERE post IN ${sql(posts)}
    UNION ALL SELECT post, person, from_at, until_at, 'substitution' FROM substitutions WHERE post IN ${sql(posts)}`;
}

/** The events of cases that say who fills which role, in order; one that cannot be read says nothing, and that it does not. */
export async function roleEvents(
  sql: Sql,
  caseIds: readonly string[],
): Promise<
  { readonly caseId: string; readonly seq: number; readonly data: Record<string, unknown>; readonly unread: boolean }[]
> {
  if (caseIds.length === 0) return [];
  const rows = await sql<{ caseId: string; seq: number; payload: Uint8Array }[]>`
    SELECT case_id AS "caseId", seq, payload FROM events
    WHERE case_id IN ${sql(caseIds)} AND type IN ('case.opened', 'role.assigned', 'case.moved') ORDER BY case_id, seq`;
  const opened = await openReadable(sql, rows);
  return opened.map(({ payload, unread, ...row }) => ({ ...row, data: dataOf(payload), unread: unread !== null }));
}

/** States of cases, for the names in their texts; without those that cannot be read, of which the caller has to say so. */
export async function statesOf(sql: Sql, caseIds: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  if (caseIds.length === 0) return new Map();
  const rows = await sql<StateRow[]>`
    SELECT case_id AS "caseId", seq, state FROM cases WHERE case_id IN ${sql(caseIds)}`;
  return new Map((await openReadableStates(sql, rows)).map(({ caseId, state }) => [caseId, state]));
}

/**
 * Of some cases those in which something may be kept from a person: he fills or filled a role of them, or is a party, or a
 * complaint or an emergency was spoken of. What is kept in these the rules for one case say.
 */
export async function casesWithSecrets(sql: Sql, caseIds: readonly string[], person: string): Promise<string[]> {
  if (caseIds.length === 0) return [];
  const rows = await sql<{ caseId: string }[]>`
    SELECT case_id AS "caseId" FROM assignments a WHERE case_id IN ${sql(caseIds)} AND (
      person IN (SELECT g.person FROM given_to(${person}, now(), true) g) OR person = ${person}
      OR post IN (SELECT post FROM stand_ins WHERE person = ${person}))
    UNION SELECT case_id FROM person.parties WHERE case_id IN ${sql(caseIds)} AND person = ${person}
    UNION SELECT case_id FROM events WHERE case_id IN ${sql(caseIds)} AND type IN ('complaint.made', 'emergency.reported')`;
  return rows.map(({ caseId }) => caseId);
}
