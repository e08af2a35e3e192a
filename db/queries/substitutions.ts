import type { Sql } from '../client.ts';

/** Who stands in for the holder of a post, from when (included) until when (excluded). */
export interface SubstitutionRow {
  readonly id: string;
  readonly post: string;
  readonly person: string;
  readonly fromAt: string;
  readonly untilAt: string | null;
}

/** Substitutions by id, all or of one post or person, or those that hold at a moment. */
export async function listSubstitutions(
  sql: Sql,
  page: { readonly limit: number; readonly after: string | undefined },
  filters: {
    readonly post?: string | undefined;
    readonly person?: string | undefined;
    readonly at?: string | undefined;
  } = {},
): Promise<SubstitutionRow[]> {
  const { post, person, at } = filters;
  return sql<SubstitutionRow[]>`
    SELECT id, post, person, from_at AS "fromAt", until_at AS "untilAt" FROM substitutions
    WHERE TRUE ${post === undefined ? sql`` : sql`AND post = ${post}`}
      ${person === undefined ? sql`` : sql`AND person = ${person}`}
      ${at === undefined ? sql`` : sql`AND from_at <= ${at}::timestamptz AND (until_at IS NULL OR until_at > ${at}::timestamptz)`}
      ${page.after === undefined ? sql`` : sql`AND id > ${page.after}`} ORDER BY id LIMIT ${page.limit + 1}`;
}

/** One substitution. */
export async function substitutionOf(sql: Sql, id: string): Promise<SubstitutionRow | undefined> {
  const [row] = await sql<SubstitutionRow[]>`
    SELECT id, post, person, from_at AS "fromAt", until_at AS "untilAt" FROM substitutions WHERE id = ${id}`;
  return row;
}

/** Who holds a post at a moment. */
export async function holderOf(sql: Sql, post: string, at: string): Promise<string | undefined> {
  const [row] = await sql<{ person: string }[]>`
    SELECT person FROM appointments WHERE post = ${post} AND from_at <= ${at}::timestamptz
      AND (until_at IS NULL OR until_at > ${at}::timestamptz)`;
  return row?.person;
}

/** Whether a post is of a kind that keeps money, or does so in a case that is not closed. */
export async function keepsMoney(
  sql: Sql,
  post: string,
  money: { readonly kinds: readonly string[]; readonly roles: readonly (readonly [program: string, role: string])[] },
): Promise<boolean> {
  const [row] = await sql<{ keeps: boolean }[]>`
    SELECT EXISTS (SELECT FROM posts WHERE id = ${post}
        AND kind IN (SELECT json_array_elements_text(${JSON.stringify(money.kinds)}::text::json)))
      OR EXISTS (SELECT FROM assignments a JOIN cases c ON c.case_id = a.case_id AND c.status <> 'closed'
        WHERE a.post = ${post} AND (c.program_id || ' ' || a.role) IN (
          SELECT json_array_elements_text(${JSON.stringify(money.roles.map((pair) => pair.join(' ')))}::text::json))) AS keeps`;
  return row!.keeps;
}
