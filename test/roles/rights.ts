import type { Sql } from '../../db/client.ts';

/** The roles of processes, and those they take on; what each is for is in docs/database-roles.md. */
export const roles = [
  'linli_api',
  'linli_worker',
  'linli_sealer',
  'linli_organisation',
  'linli_door',
  'linli_cash',
  'linli_ledger',
  'linli_log',
  'linli_read',
] as const;

const letters = {
  SELECT: 'r',
  INSERT: 'a',
  UPDATE: 'w',
  DELETE: 'd',
  TRUNCATE: 'D',
  REFERENCES: 'x',
  TRIGGER: 't',
} as const;

/**
 * Who may what on each table and view, as CSV: a letter for a right on the whole table (those of PostgreSQL's access lists: r reads, a adds,
 * w changes, d deletes), with columns in brackets where it is for some only.
 */
export async function rightsTable(sql: Sql): Promise<string> {
  const rows = await sql<
    { table: string; role: string; right: keyof typeof letters; whole: boolean; columns: string }[]
  >`
    SELECT n.nspname || '.' || c.relname AS "table", r.role, p.kind AS "right", has_table_privilege(r.role, c.oid, p.kind) AS whole,
      coalesce((SELECT string_agg(a.attname, ' ' ORDER BY a.attname) FROM pg_attribute a
        WHERE p.kind IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND has_column_privilege(r.role, c.oid, a.attnum, p.kind)), '') AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
      unnest(ARRAY(SELECT json_array_elements_text(${JSON.stringify(roles)}::text::json))) AS r (role),
      unnest(ARRAY(SELECT json_array_elements_text(${JSON.stringify(Object.keys(letters))}::text::json))) AS p (kind)
    WHERE n.nspname IN ('public', 'person') AND c.relkind IN ('r', 'v', 'm', 'p')`;
  const cells = new Map<string, Map<string, string>>();
  const order = Object.keys(letters);
  for (const { table, role, right, whole, columns } of rows.toSorted(
    (a, b) => order.indexOf(a.right) - order.indexOf(b.right),
  )) {
    const row = cells.get(table) ?? new Map<string, string>();
    cells.set(table, row);
    const said = whole ? letters[right] : columns === '' ? '' : `${letters[right]}(${columns})`;
    row.set(role, `${row.get(role) ?? ''}${said}`);
  }
  const lines = [...cells].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = lines.map(([table, row]) => [table, ...roles.map((role) => row.get(role) || '-')].join(','));
  return `${['table', ...roles.map((role) => role.replace('linli_', ''))].join(',')}\n${text.join('\n')}\n`;
}
