import type { Sql } from '../client.ts';

/** A bulletin as it was published, without its content. */
export interface BulletinRow {
  readonly id: string;
  readonly unit: string;
  readonly sample: string | null;
  readonly month: string | null;
  readonly corrects: string | null;
  /** The bulletin that takes the place of this one. */
  readonly correctedBy: string | null;
  readonly language: string;
  readonly hash: string;
  readonly bytes: number;
  readonly publishedAt: string;
}

/** What a bulletin is about: a sample, or a month of a unit. */
export interface BulletinMatter {
  readonly unit: string;
  readonly sample: string | null;
  readonly month: string | null;
}

function columns(sql: Sql) {
  return sql`b.id, b.unit, b.sample, b.month, b.corrects, b.language, b.hash, octet_length(b.content) AS bytes,
    b.published_at AS "publishedAt", (SELECT n.id FROM audit_bulletins n WHERE n.corrects = b.id) AS "correctedBy"`;
}

/** Bulletins of some units, newest first, after a place. */
export async function listBulletins(
  sql: Sql,
  units: readonly string[],
  page: { readonly limit: number; readonly after: { readonly publishedAt: string; readonly id: string } | undefined },
): Promise<BulletinRow[]> {
  const { after } = page;
  return sql<BulletinRow[]>`
    SELECT ${columns(sql)} FROM audit_bulletins b WHERE b.unit IN ${sql(units)}
      ${after === undefined ? sql`` : sql`AND (b.published_at, b.id) < (${after.publishedAt}::timestamptz, ${after.id})`}
    ORDER BY b.published_at DESC, b.id DESC LIMIT ${page.limit}`;
}

/** A bulletin of some units, byte by byte. */
export async function bulletinRow(
  sql: Sql,
  units: readonly string[],
  id: string,
): Promise<(BulletinRow & { readonly content: Uint8Array }) | undefined> {
  const [row] = await sql<(BulletinRow & { readonly content: Uint8Array })[]>`
    SELECT ${columns(sql)}, b.content FROM audit_bulletins b WHERE b.id = ${id} AND b.unit IN ${sql(units)}`;
  return row;
}

/** The bulletin of a matter that nothing has corrected, if one is published. */
export async function standingBulletin(
  sql: Sql,
  { unit, sample, month }: BulletinMatter,
): Promise<BulletinRow | undefined> {
  const [row] = await sql<BulletinRow[]>`
    SELECT ${columns(sql)} FROM audit_bulletins b
    WHERE b.unit = ${unit} AND b.sample IS NOT DISTINCT FROM ${sample} AND b.month IS NOT DISTINCT FROM ${month}
      AND NOT EXISTS (SELECT FROM audit_bulletins n WHERE n.corrects = b.id)`;
  return row;
}

/** The ids of cases by their numbers; numbers that no case has any more are passed over. */
export async function casesByNumber(sql: Sql, numbers: readonly string[]): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT case_id AS id FROM cases WHERE case_no IN (SELECT json_array_elements_text(${JSON.stringify(numbers)}::text::json))`;
  return rows.map(({ id }) => id);
}
