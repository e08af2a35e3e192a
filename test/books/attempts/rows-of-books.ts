import type { Sql } from '../../../db/client.ts';

/** All rows of a case's books and its record in one text: what was refused has left it as it was (the answer is kept beside). */
export async function bookStatements(sql: Sql, caseId: string): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.columns WHERE table_schema IN ('public', 'person') AND column_name = 'case_id'
      AND (table_name ~ '^(book|voucher|cash_|bank_)' OR table_name = 'events')
      AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'person')) ORDER BY 1`;
  const each = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) || ' ' || md5(coalesce(string_agg(md5(t::text), '' ORDER BY t::text), '')) AS sum FROM ${name} t WHERE case_id = $1`,
  );
  const sums = await sql.unsafe<{ name: string; sum: string }[]>(each.join(' UNION ALL '), [caseId]);
  return sums.map(({ name, sum }) => `${name} ${sum}`).join('\n');
}
