import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Sql } from '../../db/client.ts';
import { canariesIn } from './needles.ts';

// Where canaries are looked for: rows, the files of PostgreSQL's tables, files in folders.

/** Canaries by the place they were found in. */
export type Findings = Map<string, Set<string>>;

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly bytes: boolean;
}

/** The columns of the tables of a database in which canaries lie, `schema.table.column`. */
export async function inRows(sql: Sql): Promise<Findings> {
  const columns = await sql<Column[]>`
    SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column", a.atttypid = 'bytea'::regtype AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;
  const found: Findings = new Map();
  for (const { schema, table, column, bytes } of columns) {
    const name = sql(column);
    const rows = await sql<{ value: Uint8Array | string | null }[]>`
      SELECT ${bytes ? name : sql`${name}::text`} AS value FROM ${sql(schema)}.${sql(table)}`;
    const said = rows.flatMap(({ value }) => (value === null ? [] : [Buffer.from(value as string)]));
    // each value by itself where it may be packed, all others in one
    const pieces = bytes ? said : [Buffer.concat(said.flatMap((each) => [each, Buffer.from('\n')]))];
    note(
      found,
      `${schema}.${table}.${column}`,
      pieces.flatMap((each) => [...canariesIn(each)]),
    );
  }
  return found;
}

/** The files in which PostgreSQL keeps tables and indexes of schemas other than `person`, after all was written to them. */
export async function inRelationFiles(sql: Sql): Promise<Findings> {
  await sql`CHECKPOINT`;
  const files = await sql<{ name: string; file: string }[]>`
    WITH tables AS (
      SELECT c.oid, c.reltoastrelid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('person', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
    ), kept AS (
      SELECT oid, name FROM tables UNION SELECT reltoastrelid, name FROM tables WHERE reltoastrelid <> 0
      UNION SELECT i.indexrelid, t.name FROM pg_index i JOIN tables t ON t.oid = i.indrelid
    )
    SELECT name, current_setting('data_directory') || '/' || pg_relation_filepath(oid) AS file FROM kept WHERE pg_relation_filepath(oid) IS NOT NULL`;
  const found: Findings = new Map();
  for (const { name, file } of files) {
    for (let part = 0; existsSync(part === 0 ? file : `${file}.${part}`); part += 1)
      note(found, name, canariesIn(readFileSync(part === 0 ? file : `${file}.${part}`)));
  }
  return found;
}

/** The files of a folder and of all below it, but those `left` says are another's; named from the folder on. */
export function inFolder(folder: string, left: (path: string) => boolean = () => false): Findings {
  const found: Findings = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (left(name)) continue;
    note(found, name, canariesIn(Buffer.from(name)));
    if (entry.isFile() && existsSync(path) && statSync(path).size < 2 ** 30)
      note(found, name, canariesIn(readFileSync(path)));
  }
  return found;
}

function note(found: Findings, place: string, canaries: Iterable<string>): void {
  const all = [...canaries];
  if (all.length === 0) return;
  const known = found.get(place) ?? new Set();
  for (const each of all) known.add(each);
  found.set(place, known);
}
