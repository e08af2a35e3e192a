import type { Sql } from '../../db/client.ts';

/** A table of ours with the columns that are stored, in their order. */
export interface TableShape {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/** A sequence and how far it has counted. */
export interface SequenceState {
  readonly schema: string;
  readonly name: string;
  readonly lastValue: number;
  readonly isCalled: boolean;
}

/** A migration as the database remembers it. */
export interface MigrationMark {
  readonly hash: string;
  readonly createdAt: number;
}

/** A name as it stands in a statement. */
export const quoted = (...names: readonly string[]): string =>
  names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.');

/** All tables but those of the migrations, which make themselves. */
export function tablesOf(sql: Sql): Promise<TableShape[]> {
  return sql<TableShape[]>`
    SELECT n.nspname AS schema, c.relname AS name,
      (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND ${ownSchemas(sql)} ORDER BY 1, 2`;
}

/** All sequences, those of identity columns included. */
export async function sequencesOf(sql: Sql): Promise<SequenceState[]> {
  const found = await sql<{ schema: string; name: string }[]>`
    SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND ${ownSchemas(sql)} ORDER BY 1, 2`;
  const states: SequenceState[] = [];
  for (const { schema, name } of found) {
    const [row] = await sql.unsafe<{ lastValue: number; isCalled: boolean }[]>(
      `SELECT last_value AS "lastValue", is_called AS "isCalled" FROM ${quoted(schema, name)}`,
    );
    states.push({ schema, name, ...row! });
  }
  return states;
}

/** The migrations that were applied, in order. */
export const migrationsOf = (sql: Sql): Promise<MigrationMark[]> => sql<MigrationMark[]>`
  SELECT hash, created_at::bigint AS "createdAt" FROM drizzle.__drizzle_migrations ORDER BY created_at, id`;

const ownSchemas = (sql: Sql) =>
  sql`n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'drizzle')`;
