import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect, type Sql } from '../../db/client.ts';
import { migrate, migrateTo, migrationHashes } from '../../db/migrate.ts';
import { quoted, tablesOf } from './catalogue.ts';
import { type BackupContent, contentOf } from './content.ts';
import { keyTable } from './database.ts';
import type { BackupManifest } from './manifest.ts';

/** Tables into which migrations themselves put rows; those of the backup take their place. */
const seeded = new Set([
  'installation',
  'accounts',
  'calendar_records',
  'calendar_projections',
  'count_lots',
  'archive_scan',
  'store_marks',
]);

/** Throws unless nothing of ours lies in the database, or nothing but what migrations put there; and while anybody works on it. */
export async function checkEmpty(url: string): Promise<void> {
  const sql = connect(url, { max: 1, name: 'linli restore' });
  try {
    for (const { schema, name } of await tablesOf(sql)) {
      if (seeded.has(name)) continue;
      const [row] = await sql.unsafe(`SELECT FROM ${quoted(schema, name)} LIMIT 1`);
      if (row)
        throw new Error(
          `The database is not empty: ${schema}.${name} has rows. Nothing is overwritten. ` +
            'Ways out: restore into a new data folder (LINLI_DATA) or a new database (DATABASE_URL).',
        );
    }
    const others = await sql<{ name: string }[]>`
      SELECT application_name AS name FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'linli%'`;
    if (others.length > 0) throw new Error(`"${others[0]?.name}" works on the database. Way out: end it first.`);
  } finally {
    await sql.end();
  }
}

/** Throws when the backup was taken by a release that knows migrations this one does not. */
export function checkRelease({ migrations, release }: BackupManifest): void {
  const own = migrationHashes();
  if (migrations.every(({ hash }, n) => own[n] === hash)) return;
  throw new Error(
    `The backup was taken by release ${release}, whose tables this release does not know. Way out: restore with that release or a later one.`,
  );
}

/**
 * Puts the rows of a backup into an empty database: tables as the backup's release had made them, all rows in one transaction,
 * then what later releases changed. Broken off while the rows come, it leaves an empty database behind. Triggers are silent meanwhile: what
 * the rows are was decided when they were written; foreign keys are made anew and so hold over all rows. `mark` runs
 * with them.
 */
export async function loadDatabase(
  url: string,
  content: BackupContent,
  manifest: BackupManifest,
  {
    say,
    mark,
    keysFrom,
  }: {
    readonly say: (text: string) => void;
    readonly mark?: (sql: Sql) => Promise<unknown>;
    /** The folder of the keys, from which the data keys come. */
    readonly keysFrom?: string | undefined;
  },
): Promise<void> {
  await migrateTo(url, manifest.migrations.length);
  const sql = connect(url, { max: 1, name: 'linli restore', statementTimeoutMs: 0 });
  try {
    // reserving a connection that is not open yet never answers (see db/transactions.ts)
    await sql`SELECT 1`;
    const reserved = await sql.reserve();
    const session = reserved as unknown as Sql;
    await session.unsafe(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0;
      SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'`);
    await loadAll(session, content, manifest, { say, keysFrom });
    await mark?.(session); // with the rows: rows without the mark would be taken for the record as it was left
    await session.unsafe('COMMIT');
    // else plans are made for empty tables until the server has looked at them by itself
    await session.unsafe('ANALYZE');
    reserved.release(); // else the end below waits its five seconds
  } finally {
    await sql.end({ timeout: 5 });
  }
  await migrate(url);
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

async function loadAll(
  sql: Sql,
  content: BackupContent,
  { tables, sequences, record }: BackupManifest,
  { say, keysFrom }: { readonly say: (text: string) => void; readonly keysFrom: string | undefined },
): Promise<void> {
  const own = new Map((await tablesOf(sql)).map((table) => [`${table.schema}.${table.name}`, table]));
  for (const { schema, name, columns } of tables) {
    const there = own.get(`${schema}.${name}`);
    if (!there || there.columns.join() !== columns.join())
      throw new Error(`The table ${schema}.${name} of the backup has other columns than this release made.`);
  }
  const triggers = await sql<{ table: string; name: string; enabled: string }[]>`
    SELECT tgrelid::regclass::text AS "table", quote_ident(tgname) AS name, tgenabled AS enabled FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT tgisinternal AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;
  const keys = await sql<ForeignKey[]>`
    SELECT k.conrelid::regclass::text AS "table", quote_ident(k.conname) AS name, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
    WHERE k.contype = 'f' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;
  const walls = await sql<
    { table: string }[]
  >`SELECT oid::regclass::text AS "table" FROM pg_class WHERE relrowsecurity`;
  // whom row security binds, and that is an ordinary owner too, may not COPY into a table behind it
  for (const { table } of walls) await sql.unsafe(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
  for (const table of own.values())
    await sql.unsafe(`ALTER TABLE ${quoted(table.schema, table.name)} DISABLE TRIGGER USER`);
  for (const { table, name } of keys) await sql.unsafe(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  await sql.unsafe(`TRUNCATE ${[...own.values()].map(({ schema, name }) => quoted(schema, name)).join(', ')}`);

  for (const { schema, name, columns, file, rows } of tables) {
    const into = `${quoted(schema, name)} (${columns.map((column) => quoted(column)).join(', ')})`;
    const writable = (await sql.unsafe(`COPY ${into} FROM STDIN`).writable()) as Writable;
    await pipeline(content.bytes(file), writable);
    const [found] = await sql.unsafe<{ n: number }[]>(`SELECT count(*) AS n FROM ${quoted(schema, name)}`);
    if (found?.n !== rows) throw new Error(`${schema}.${name} took ${found?.n} of ${rows} rows.`);
    if (rows > 10_000) say(`${schema}.${name}: ${rows} rows`);
  }
  if (keysFrom !== undefined && existsSync(join(keysFrom, keyTable.file))) {
    const writable = (await sql
      .unsafe(`COPY ${quoted(keyTable.schema, keyTable.name)} FROM STDIN`)
      .writable()) as Writable;
    await pipeline(contentOf(keysFrom, undefined).bytes(keyTable.file), writable);
    const [found] = await sql.unsafe<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM ${quoted(keyTable.schema, keyTable.name)}`,
    );
    // no row is ever deleted: those of a later backup are more, and hold these
    if (!found || found.n < record.dataKeys)
      throw new Error(
        `The keys in ${keysFrom} are those of another backup: they hold ${found?.n ?? 0} data keys, and ${record.dataKeys} were counted with the record. ` +
          'Way out: --keys-from the folder that was written with this backup, or with a later one.',
      );
  }
  for (const { schema, name, lastValue, isCalled } of sequences)
    await sql`SELECT setval(${quoted(schema, name)}::regclass, ${lastValue}, ${isCalled})`;

  for (const { table, name, definition } of keys)
    await sql.unsafe(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  const states: Record<string, string> = { O: 'ENABLE', A: 'ENABLE ALWAYS', R: 'ENABLE REPLICA', D: 'DISABLE' };
  for (const { table, name, enabled } of triggers)
    await sql.unsafe(`ALTER TABLE ${table} ${states[enabled] ?? 'ENABLE'} TRIGGER ${name}`);
  for (const { table } of walls) await sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
}
