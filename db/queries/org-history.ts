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
 * Events of the organisation's chain that name one of these ids, the latest first, from before a seq. The bytes are searched
 * for the id as a JSON text, so that one that was tampered with cannot stop the reading of the others.
 */
export async function orgHistory(
  sql: Sql,
  ids: readonly string[],
  page: { readonly limit: number; readonly before?: number | undefined },
): Promise<OrgEventRow[]> {
  const texts = JSON.stringify(ids.map((id) => JSON.stringify(id)));
  return sql<OrgEventRow[]>`
    SELECT e.seq, e.type, e.recorded_at AS "recordedAt", e.header, e.payload FROM org_events e
    WHERE EXISTS (SELECT FROM json_array_elements_text(${texts}::text::json) AS w (id)
      WHERE position(convert_to(w.id, 'UTF8') IN e.payload) > 0)
      ${page.before === undefined ? sql`` : sql`AND e.seq < ${page.before}`}
    ORDER BY e.seq DESC LIMIT ${page.limit}`;
}
