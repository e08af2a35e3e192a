import type { Sql } from '../db/client.ts';
import { isDestroyed } from '../db/queries/destroyed.ts';

/** Something that is there of a case whose contents are destroyed. */
export interface Remains {
  readonly caseId: string;
  readonly what: string;
}

/**
 * What is still there of destroyed cases, or there again, beside what their chains and read models tell: a data key, histories in the
 * archive, rows of any table that goes with a case. Reads only. `caseId`: one case only.
 */
export async function destroyedRemains(sql: Sql, caseId?: string): Promise<Remains[]> {
  const gone = await sql<{ id: string }[]>`
    SELECT case_id AS id FROM cases WHERE (${caseId ?? null}::text IS NULL OR case_id = ${caseId ?? null})
      AND ${isDestroyed(sql, sql`cases.case_id`)} ORDER BY case_id`;
  if (gone.length === 0) return [];
  const tables = await sql<{ table: string }[]>`SELECT unnest(destruction_tables()) AS table`;
  const found: Remains[] = [];
  for (const { id } of gone) {
    const places = [
      ...tables.map(
        ({ table }) =>
          sql`SELECT ${table}::text AS place WHERE EXISTS (SELECT FROM ${sql(table)} WHERE case_id = ${id})`,
      ),
      sql`SELECT 'archived_run_parts' WHERE EXISTS (SELECT FROM archived_run_parts p JOIN archived_runs r USING (run_id) WHERE r.case_id = ${id})`,
    ];
    const rows = await sql<{ place: string }[]>`${places.reduce((all, each) => sql`${all} UNION ALL ${each}`)}`;
    for (const { place } of rows)
      found.push({ caseId: id, what: `the case is destroyed, and rows of it are in ${place}` });
    const [key] = await sql<{ holds: boolean }[]>`SELECT destruction_holds(${id}) AS holds`;
    if (!key?.holds)
      found.push({
        caseId: id,
        what: 'the case is said to be destroyed, and its data key is there, or its chain does not say so',
      });
  }
  return found;
}
