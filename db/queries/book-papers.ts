import type { Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';
import { openPayloads } from '../sealed.ts';
import { dataOf } from './events.ts';

/** A document that came with an act on the books, for a link to it. */
export interface PaperRow {
  readonly id: string;
  readonly kind: 'photo' | 'file';
  readonly mediaType: string;
  readonly uploadedAt: Instant;
}

/** The documents of the act that recorded what stands at a place of the record; none where there is no such place. */
export async function papersAt(sql: Sql, caseId: string, seq: number): Promise<PaperRow[]> {
  const rows = await sql<{ seq: number; payload: Uint8Array }[]>`
    SELECT e.seq, e.payload
    FROM events p LEFT JOIN acts a ON a.act_id = p.act_id AND a.case_id = p.case_id AND a.first_seq IS NOT NULL
      JOIN events e ON e.case_id = p.case_id AND e.seq BETWEEN coalesce(a.first_seq, p.seq) AND coalesce(a.seq, p.seq)
    WHERE p.case_id = ${caseId} AND p.seq = ${seq}`;
  const said = await openPayloads(sql, rows, caseId);
  const named = new Set(
    said.flatMap(({ payload }): unknown[] => {
      const { evidence } = dataOf(payload);
      return Array.isArray(evidence) ? evidence : [];
    }),
  );
  if (named.size === 0) return [];
  return sql<PaperRow[]>`
    SELECT d.id, d.kind, d.media_type AS "mediaType", d.uploaded_at AS "uploadedAt"
    FROM documents d WHERE d.case_id = ${caseId}
      AND d.id IN (SELECT json_array_elements_text(${JSON.stringify([...named])}::text::json)) ORDER BY d.uploaded_at, d.id`;
}

/** Where a payout was asked for in the record; undefined where there is none of that id. */
export async function payoutPlace(sql: Sql, caseId: string, id: string): Promise<number | undefined> {
  const rows = await sql<{ seq: number; payload: Uint8Array }[]>`
    SELECT e.seq, e.payload FROM book_payouts p JOIN events e ON e.case_id = p.case_id AND e.type = 'payout.requested'
      AND e.recorded_at = p.requested_at
    WHERE p.case_id = ${caseId} AND p.id = ${id} ORDER BY e.seq`;
  const asked = await openPayloads(sql, rows, caseId);
  return asked.find(({ payload }) => dataOf(payload)['id'] === id)?.seq;
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
  const rows = await sql<(Omit<ExplanationRow, 'text'> & { payload: Uint8Array })[]>`
    SELECT seq, payload, actor_id AS by, recorded_at AS at FROM events
    WHERE case_id = ${caseId} AND type = 'discrepancy.explained' ORDER BY seq`;
  const said = await openPayloads(sql, rows, caseId);
  return said
    .map(({ payload, ...row }) => ({ row, data: dataOf(payload) }))
    .filter(({ data }) => data['id'] === id)
    .slice(0, limit)
    .map(({ row, data }) => ({ ...row, text: String(data['text']) }));
}
