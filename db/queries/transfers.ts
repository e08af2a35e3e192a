import type { Sql } from '../client.ts';
import { type Reader, readable, readerScope } from './reader.ts';

/** A request between units or levels with the least that whoever is asked has to know: no names, nothing of what happened. */
export interface TransferRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly id: string;
  readonly kind: 'transfer' | 'referral' | 'escalation';
  readonly from: string;
  readonly to: string;
  readonly state: TransferState;
  readonly programId: string;
  readonly programHash: string;
  readonly stage: string | null;
  readonly text: string | null;
  readonly reason: string | null;
  readonly consent: 'given' | 'overridden' | null;
  readonly ground: string | null;
  readonly offeredAt: string;
  readonly offeredBy: string;
  readonly answeredAt: string | null;
  readonly answer: string | null;
  readonly closedAt: string | null;
  readonly childCase: string | null;
  readonly dueAt: string;
  /** Of a request that waits: posts or persons proposed for the roles there. */
  readonly assignments: Readonly<Record<string, string>> | null;
  /** Of an offer that waits: how much is open, and the deadlines with what they are for. Null otherwise. */
  readonly openMatters: number | null;
  readonly deadlines:
    | readonly {
        readonly of: string;
        readonly nameZh: string | null;
        readonly nameEn: string | null;
        readonly dueAt: string;
      }[]
    | null;
  /** Whether the reader sees it from the side that asks (he may read the case, or asked) and from the side that is asked. */
  readonly outgoing: boolean;
  readonly incoming: boolean;
}

/** How far a request has come. */
export type TransferState = 'offered' | 'accepted' | 'refused' | 'revoked' | 'lapsed' | 'returned' | 'done' | 'failed';

/** What a list of requests is narrowed to; absent means not narrowed. */
export interface TransferFilters {
  readonly unit?: string | undefined;
  readonly direction?: 'in' | 'out' | undefined;
  readonly state?: TransferState | undefined;
  readonly kind?: TransferRow['kind'] | undefined;
  readonly consent?: 'given' | 'overridden' | undefined;
  readonly caseId?: string | undefined;
}

/** Where a page begins. */
export interface AfterTransfer {
  readonly offeredAt: string;
  readonly caseId: string;
  readonly id: string;
}

/**
 * Requests the reader may know of, newest first: those to units in his reach, and those from there, of cases he may read, or
 * that he made himself. What workers wrote into a case, such as the names of items they added, is in none of it.
 */
export async function listTransfers(
  sql: Sql,
  reader: Reader,
  filters: TransferFilters,
  page: { readonly limit: number; readonly after: AfterTransfer | undefined },
): Promise<TransferRow[]> {
  const { unit, direction, state, kind, consent, caseId } = filters;
  const { after } = page;
  const incoming = sql`t.to_unit IN (SELECT unit FROM reach)`;
  const outgoing = sql`(t.from_unit IN (SELECT unit FROM reach) OR t.offered_by = ${reader.person} OR ${readable(sql, reader)})`;
  const waits = sql`(t.state = 'offered' AND t.kind = 'transfer')`;
  const ofUnit =
    unit === undefined
      ? sql``
      : direction === 'in'
        ? sql`AND t.to_unit = ${unit}`
        : direction === 'out'
          ? sql`AND t.from_unit = ${unit}`
          : sql`AND ${unit} IN (t.to_unit, t.from_unit)`;
  const side = direction === 'in' ? incoming : direction === 'out' ? outgoing : sql`(${incoming} OR ${outgoing})`;
  return sql<TransferRow[]>`
    ${readerScope(sql, reader)}
    SELECT t.case_id AS "caseId", c.case_no AS "caseNo", t.id, t.kind, t.from_unit AS from, t.to_unit AS to, t.state,
      coalesce(t.program_id, c.program_id) AS "programId", c.program_hash AS "programHash",
      CASE WHEN ${waits} THEN c.stage END AS stage, t.text, t.reason, t.consent, t.ground, t.offered_at AS "offeredAt",
      t.offered_by AS "offeredBy", t.answered_at AS "answeredAt", t.answer, t.closed_at AS "closedAt",
      t.child_case AS "childCase", d.due_at AS "dueAt", ${incoming} AS incoming, ${outgoing} AS outgoing,
      CASE WHEN t.state <> 'offered' THEN NULL WHEN c.outline IS NULL THEN c.state #> ARRAY['offers', t.id, 'assignments']
        ELSE c.outline #> ARRAY['offers', t.id] END AS assignments,
      CASE WHEN ${waits} THEN (SELECT count(*)::int FROM items i WHERE i.case_id = t.case_id AND i.state = 'open') END
        AS "openMatters",
      CASE WHEN ${waits} THEN (SELECT json_agg(json_build_object('of', x.of,
          'nameZh', CASE WHEN i.kind = 'added' THEN NULL ELSE x.name_zh END,
          'nameEn', CASE WHEN i.kind = 'added' THEN NULL ELSE x.name_en END,
          'dueAt', to_char(x.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY x.due_at, x.deadline_id)
        FROM deadlines x LEFT JOIN items i ON i.case_id = x.case_id AND i.item_id = x.deadline_id
        WHERE x.case_id = t.case_id AND x.state = 'running' AND x.of IN ('item', 'stage', 'duty')) END AS deadlines
    FROM transfers t JOIN cases c ON c.case_id = t.case_id
      JOIN deadlines d ON d.case_id = t.case_id AND d.deadline_id = t.id
    WHERE ${side} ${ofUnit}
      ${state === undefined ? sql`` : sql`AND t.state = ${state}`}
      ${kind === undefined ? sql`` : sql`AND t.kind = ${kind}`}
      ${consent === undefined ? sql`` : sql`AND t.consent = ${consent}`}
      ${caseId === undefined ? sql`` : sql`AND t.case_id = ${caseId}`}
      ${
        after === undefined
          ? sql``
          : sql`AND (t.offered_at, t.case_id, t.id) < (${after.offeredAt}::timestamptz, ${after.caseId}, ${after.id})`
      }
    ORDER BY t.offered_at DESC, t.case_id DESC, t.id DESC LIMIT ${page.limit + 1}`;
}

/** The units a case's waiting requests ask, each with the unit that holds the case. */
export async function waitingRequests(
  sql: Sql,
  caseId: string,
): Promise<readonly { readonly from: string; readonly to: string }[]> {
  return sql<{ from: string; to: string }[]>`
    SELECT c.unit AS from, t.to_unit AS to FROM transfers t JOIN cases c ON c.case_id = t.case_id
    WHERE t.case_id = ${caseId} AND t.state = 'offered' AND t.kind <> 'escalation'`;
}

/** One unit of the tree with the post of its head. */
export interface TreeUnit {
  readonly id: string;
  readonly level: 'community' | 'sub-district' | 'district' | 'grid';
  readonly above: string | null;
  readonly head: string | null;
  readonly closed: boolean;
}

/** Who holds a post, or stands in for its holder, now. */
export interface HeldNow {
  readonly post: string;
  readonly unit: string;
  readonly person: string;
  readonly deputy: boolean;
}

/** The tree of units, and who holds the posts of their heads and those of one person now: by which it is said who may answer. */
export async function unitTree(
  sql: Sql,
  person: string,
): Promise<{ readonly units: readonly TreeUnit[]; readonly held: readonly HeldNow[] }> {
  const [units, held] = await Promise.all([
    sql<TreeUnit[]>`
      SELECT id, level, above, head_post AS head, closed_at IS NOT NULL AS closed FROM units ORDER BY id`,
    sql<HeldNow[]>`
      SELECT s.post, p.unit, s.person, s.deputy FROM stand_ins s JOIN posts p ON p.id = s.post
      WHERE s.from_at <= now() AND (s.until_at IS NULL OR s.until_at > now())
        AND (s.person = ${person} OR s.post IN (SELECT head_post FROM units WHERE head_post IS NOT NULL))`,
  ]);
  return { units, held };
}
