import type { Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** A document that came with an act on the books, for a link to it. */
export interface PaperRow {
  readonly id: string;
  readonly kind: 'photo' | 'file';
  readonly mediaType: string;
  readonly uploadedAt: Instant;
}

/** The documents of the act that recorded what stands at a place of the record; none where there is no such place. */
export async function papersAt(sql: Sql, caseId: string, seq: number): Promise<PaperRow[]> {
  return sql<PaperRow[]>`
    WITH said AS (
      SELECT convert_from(e.payload, 'UTF8')::json->'data'->'evidence' AS evidence
      FROM events p LEFT JOIN acts a ON a.act_id = p.act_id AND a.case_id = p.case_id AND a.first_seq IS NOT NULL
        JOIN events e ON e.case_id = p.case_id AND e.seq BETWEEN coalesce(a.first_seq, p.seq) AND coalesce(a.seq, p.seq)
      WHERE p.case_id = ${caseId} AND p.seq = ${seq}
    ), named AS (
      SELECT DISTINCT n.id FROM said, LATERAL json_array_elements_text(
        CASE WHEN json_typeof(said.evidence) = 'array' THEN said.evidence ELSE '[]' END) AS n (id)
    )
    SELECT d.id, d.kind, d.media_type AS "mediaType", d.uploaded_at AS "uploadedAt"
    FROM named n JOIN documents d ON d.id = n.id WHERE d.case_id = ${caseId} ORDER BY d.uploaded_at, d.id`;
}

/** Where a payout was asked for in the record; undefined where there is none of that id. */
export async function payoutPlace(sql: Sql, caseId: string, id: string): Promise<number | undefined> {
  const [row] = await sql<{ seq: number }[]>`
    SELECT e.seq FROM book_payouts p JOIN events e ON e.case_id = p.case_id AND e.type = 'payout.requested'
      AND e.recorded_at = p.requested_at
    WHERE p.case_id = ${caseId} AND p.id = ${id} AND convert_from(e.payload, 'UTF8')::json->'data'->>'id' = p.id`;
  return row?.seq;
}

/** Where an entry of either side was recorded: a reviewed voucher where it was made. Undefined where there is none of that id. */
export async function entryPlace(sql: Sql, caseId: string, id: string): Promise<number | undefined> {
  const [row] = await sql<{ seq: number }[]>`
    SELECT seq FROM cash_entries WHERE case_id = ${caseId} AND id = ${id}
    UNION ALL SELECT coalesce(d.seq, v.seq) FROM vouchers v LEFT JOIN voucher_drafts d ON d.case_id = v.case_id AND d.id = v.draft
      WHERE v.case_id = ${caseId} AND v.id = ${id}`;
  return row?.seq;
}

/** What somebody has said about a difference of the books. */
export interface ExplanationRow {
  readonly seq: number;
  readonly text: string;
  readonly by: string;
  readonly at: Instant;
}

/** What was said about a difference, in order; at most `limit`. */
export async function explanations(sql: Sql, caseId: string, id: string, limit: number): Promise<ExplanationRow[]> {
  return sql<ExplanationRow[]>`
    SELECT e.seq, e.said->>'text' AS text, e.actor_id AS by, e.recorded_at AS at
    FROM (SELECT *, convert_from(payload, 'UTF8')::json->'data' AS said FROM events
      WHERE case_id = ${caseId} AND type = 'discrepancy.explained') e
    WHERE e.said->>'id' = ${id} ORDER BY e.seq LIMIT ${limit}`;
}
