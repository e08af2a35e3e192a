import type { Sql } from '../client.ts';
import { unitsWithin } from './reader.ts';

/** Something that is public now, with the unit that posted it. */
export interface DisclosureRow {
  readonly id: string;
  readonly unit: string;
  readonly unitZh: string;
  readonly unitEn: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly text: string;
  readonly postedAt: string;
  readonly until: string;
}

/** Where a page ended: the moment and id of its last row. */
export type DisclosurePlace = readonly [postedAt: string, id: string];

const posted = (sql: Sql) => sql`
  d.id, d.unit, u.name_zh AS "unitZh", u.name_en AS "unitEn", d.name_zh AS "nameZh", d.name_en AS "nameEn", d.text,
  d.posted_at AS "postedAt", d.until`;

const publicAt = (sql: Sql, now: string) => sql`
  FROM person.disclosures d JOIN units u ON u.id = d.unit WHERE d.ended_at IS NULL AND d.until > ${now}`;

/** What is public at a moment, newest first: of one unit with those below it, or of all. Nothing of a case but what was posted. */
export function publicDisclosures(
  sql: Sql,
  {
    now,
    unit,
    after,
    limit,
  }: { now: string; unit?: string | undefined; after?: DisclosurePlace | undefined; limit: number },
): Promise<DisclosureRow[]> {
  const [postedAt, id] = after ?? [null, null];
  return sql<DisclosureRow[]>`
    SELECT ${posted(sql)} ${publicAt(sql, now)} ${unit === undefined ? sql`` : sql`AND d.unit IN ${unitsWithin(sql, unit)}`}
      AND (${after === undefined} OR (d.posted_at, d.id) < (${postedAt}::timestamptz, ${id}::text))
    ORDER BY d.posted_at DESC, d.id DESC LIMIT ${limit}`;
}

/** The case and item that are public under an id at a moment; undefined where nothing is. */
export async function disclosureOf(
  sql: Sql,
  id: string,
  now: string,
): Promise<(DisclosureRow & { readonly caseId: string; readonly itemId: string }) | undefined> {
  const [row] = await sql<(DisclosureRow & { caseId: string; itemId: string })[]>`
    SELECT d.case_id AS "caseId", d.item_id AS "itemId", ${posted(sql)} ${publicAt(sql, now)} AND d.id = ${id}`;
  return row;
}
