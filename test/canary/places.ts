import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Sql } from '../../db/client.ts';
import { canariesIn } from './needles.ts';
import { recordsIn } from './wal.ts';

// Where canaries are looked for: rows, what PostgreSQL notes of their values, its files, its write-ahead log, files in folders.

/** Canaries by the place they were found in. */
export type Findings = Map<string, Set<string>>;

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly bytes: boolean;
}

/**
 * Has a server store what it is given as it is, where it would pack what is long, and keep its write-ahead log from here on: files
 * and log then say in clear whatever rows say. To be asked for before any table is made. Answers the place in the log.
 */
export async function openToSearch(sql: Sql): Promise<number> {
  // a column takes it from its type when its table is made
  await sql`UPDATE pg_type SET typstorage = 'e' WHERE typstorage IN ('x', 'm')`;
  await sql`ALTER SYSTEM SET wal_compression = off`;
  await sql`ALTER SYSTEM SET wal_keep_size = '16GB'`;
  await sql`SELECT pg_reload_conf()`;
  return endOfWal(sql);
}

/**
 * The columns of the tables of a database in which canaries lie, `schema.table.column`. Throws where one packs its values, unless
 * that may be, since files and log are not searched.
 */
export async function inRows(sql: Sql, { mayPack = false } = {}): Promise<Findings> {
  const columns = await sql<Column[]>`
    SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column", a.atttypid = 'bytea'::regtype AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;
  const found: Findings = new Map();
  for (const { schema, table, column, bytes } of columns) {
    const name = sql(column);
    const rows = await sql<{ value: Uint8Array | string | null; packed: boolean }[]>`
      SELECT ${bytes ? name : sql`${name}::text`} AS value, pg_column_compression(${name}) IS NOT NULL AS packed
      FROM ${sql(schema)}.${sql(table)}`;
    if (!mayPack && rows.some(({ packed }) => packed))
      throw new Error(
        `${schema}.${table}.${column} packs its values: what files and log say of it cannot be searched.`,
      );
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

/** The tables of whose columns and indexes PostgreSQL itself keeps samples that hold canaries, to plan with (`pg_statistic`). */
export async function inStatistics(sql: Sql): Promise<Findings> {
  await sql`ANALYZE`;
  const rows = await sql<{ place: string; said: string }[]>`
    SELECT s.schemaname || '.' || coalesce(i.tablename, s.tablename) AS place,
      concat(most_common_vals::text, histogram_bounds::text, most_common_elems::text) AS said
    FROM pg_stats s LEFT JOIN pg_indexes i ON i.schemaname = s.schemaname AND i.indexname = s.tablename`;
  const found: Findings = new Map();
  for (const { place, said } of rows) note(found, place, canariesIn(Buffer.from(said)));
  return found;
}

interface Relation {
  /** Of the table, also for its indexes and for what is stored beside it. */
  readonly name: string;
  /** Whether it holds rows of the schema `person`, or samples of their values. */
  readonly person: boolean;
  /** From the folder of the server on. */
  readonly file: string;
  readonly number: number;
}

function relationsOf(sql: Sql): Promise<Relation[]> {
  return sql<Relation[]>`
    WITH base AS (
      SELECT c.oid, coalesce(i.indrelid, c.oid) AS of FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
    ), home AS (
      SELECT b.oid, coalesce(t.oid, b.of) AS of FROM base b LEFT JOIN pg_class t ON t.reltoastrelid = b.of
    )
    SELECT n.nspname || '.' || c.relname AS name, pg_relation_filepath(h.oid) AS file, pg_relation_filenode(h.oid)::int8 AS number,
      n.nspname = 'person' OR c.relname IN ('pg_statistic', 'pg_statistic_ext_data') AS person
    FROM home h JOIN pg_class c ON c.oid = h.of JOIN pg_namespace n ON n.oid = c.relnamespace WHERE pg_relation_filepath(h.oid) IS NOT NULL`;
}

async function serverFolder(sql: Sql): Promise<string> {
  const [row] = await sql<{ at: string }[]>`SELECT current_setting('data_directory') AS at`;
  return row!.at;
}

/**
 * All files of the server after all was written to them, but its write-ahead log and the tables and indexes of the schema
 * `person`: those of other tables by the table's name, every other by its own.
 */
export async function inServerFiles(sql: Sql): Promise<Findings> {
  await sql`CHECKPOINT`;
  const [folder, relations] = [await serverFolder(sql), await relationsOf(sql)];
  const byFile = new Map(relations.map((each) => [each.file, each]));
  const found: Findings = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    if (!entry.isFile() || name.startsWith('pg_wal/') || !existsSync(path)) continue;
    const relation = byFile.get(name.replace(/(\.\d+|_(fsm|vm|init))+$/, ''));
    if (!relation?.person) note(found, relation?.name ?? name, canariesIn(readFileSync(path)));
  }
  return found;
}

/** What the write-ahead log holds. */
export interface WalFindings {
  /** By the table that records are about, or `no table`; records of the schema `person` are left out. */
  readonly found: Findings;
  /** The canaries in records that are about tables of the schema `person` alone. */
  readonly ofPerson: ReadonlySet<string>;
}

/** A stretch of the write-ahead log that is on the disk. */
export interface WalStretch {
  /** Reads one of its files. */
  readonly segment: (name: string) => Buffer;
  readonly from: number;
  readonly to: number;
}

/** The write-ahead log from a place on to where it ends now. */
export async function walFrom(sql: Sql, from: number): Promise<WalStretch> {
  const to = await endOfWal(sql);
  await sql`CHECKPOINT`;
  const folder = join(await serverFolder(sql), 'pg_wal');
  return { segment: (name) => readFileSync(join(folder, name)), from, to };
}

/** Where the next record of the write-ahead log will begin. */
async function endOfWal(sql: Sql): Promise<number> {
  const [row] = await sql<{ at: string }[]>`SELECT (pg_current_wal_insert_lsn() - '0/0')::text AS at`;
  return Number(row!.at);
}

/** All records of the write-ahead log from a place on, by the tables they are about. Throws where it cannot be read to its end. */
export async function inWal(sql: Sql, start: number): Promise<WalFindings> {
  const { segment, from, to } = await walFrom(sql, start);
  const byNumber = new Map((await relationsOf(sql)).map((each) => [each.number, each]));
  const found: Findings = new Map();
  const ofPerson = new Set<string>();
  for (const { bytes, relations } of recordsIn(segment, from, to)) {
    const canaries = canariesIn(bytes);
    if (canaries.size === 0) continue;
    const about = relations.map((number) => byNumber.get(number));
    if (about.length > 0 && about.every((each) => each?.person)) for (const each of canaries) ofPerson.add(each);
    else note(found, about.find((each) => !each?.person)?.name ?? 'no table', canaries);
  }
  return { found, ofPerson };
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
