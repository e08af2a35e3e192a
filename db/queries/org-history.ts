import type { Sql } from '../client.ts';

/** An event of the organisation's chain as it is kept: both texts are UTF-8 JSON, unless somebody changed them by hand. */
export interface OrgEventRow {
  readonly seq: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/**
 * Events of the organisation's chain that name one of these ids, the latest first, from before a seq. An index over the bytes
 * holds what stands in them in quotation marks (`org_subjects`), so that one that was tampered with cannot stop the reading of
 * the others.
 */
export async function orgHistory(
  sql: Sql,
  ids: readonly string[],
  page: { readonly limit: number; readonly before?: number | undefined },
): Promise<OrgEventRow[]> {
  return sql<OrgEventRow[]>`
    WITH hits AS MATERIALIZED (
      SELECT seq FROM org_events WHERE org_subjects(payload) && ARRAY(
        SELECT left(encode(convert_to(id, 'UTF8'), 'escape'), 2000) FROM json_array_elements_text(${JSON.stringify(ids)}::text::json) i (id)))
    SELECT e.seq, e.type, e.recorded_at AS "recordedAt", e.header, e.payload FROM hits JOIN org_events e ON e.seq = hits.seq
    ${page.before === undefined ? sql`` : sql`WHERE e.seq < ${page.before}`}
    ORDER BY e.seq DESC LIMIT ${page.limit}`;
}
