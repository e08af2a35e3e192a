import type { Readable } from 'node:stream';
import { connect, type Sql } from '../../db/client.ts';
import { ownInstallation } from '../../db/queries/installation.ts';
import { newestCheckpoint } from '../../db/queries/record-log.ts';
import { migrationsOf, quoted, sequencesOf, tablesOf } from './catalogue.ts';
import { openedTree } from './checkpoint.ts';
import type { FolderInMaking } from './files.ts';
import type { BackupManifest } from './manifest.ts';

/** What of the manifest comes from the database. */
export type DatabasePart = Pick<
  BackupManifest,
  'installation' | 'takenAt' | 'migrations' | 'tables' | 'sequences' | 'record'
>;

/** The data keys, though wrapped: with them a backup could be read that is older than the destruction of one. */
export const keyTable = { schema: 'public', name: 'data_keys', file: 'data_keys.copy.gz' } as const;

/** Tables whose rows lie in their own order in the file, so that whoever reads it can prove something on the way. */
const ordered: Readonly<Record<string, string>> = { 'public.log_leaves': 'position' };

/**
 * Writes every table into a file of its own, all as they were at one instant: one transaction reads them (REPEATABLE READ),
 * while people work on. The data keys go into the folder of the keys, or nowhere. Needs no program of PostgreSQL's, and no more rights than to read the tables.
 */
export async function writeDatabase(
  url: string,
  folder: FolderInMaking,
  { keys, say }: { readonly keys: FolderInMaking | undefined; readonly say: (text: string) => void },
): Promise<DatabasePart> {
  const sql = connect(url, { max: 1, name: 'linli backup', statementTimeoutMs: 0 });
  try {
    // reserving a connection that is not open yet never answers (see db/transactions.ts)
    await sql`SELECT 1`;
    const reserved = await sql.reserve();
    const session = reserved as unknown as Sql;
    await session.unsafe(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0;
      SET LOCAL row_security = off; -- refuse rather than leave rows out
      SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1`);
    const part = await readAll(session, folder, { keys, say });
    await session.unsafe('COMMIT');
    reserved.release(); // else the end below waits its five seconds
    return part;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function readAll(
  sql: Sql,
  folder: FolderInMaking,
  { keys, say }: { readonly keys: FolderInMaking | undefined; readonly say: (text: string) => void },
): Promise<DatabasePart> {
  const installation = await ownInstallation(sql); // the first statement: here the snapshot is taken
  const [clock] = await sql<{ at: string }[]>`SELECT clock_timestamp()::timestamptz(3) AS at`;
  const tables: BackupManifest['tables'][number][] = [];
  for (const { schema, name, columns } of await tablesOf(sql)) {
    const order = ordered[`${schema}.${name}`];
    const select = `SELECT ${columns.map((column) => quoted(column)).join(', ')} FROM ${quoted(schema, name)}${order ? ` ORDER BY ${quoted(order)}` : ''}`;
    const isKeys = name === keyTable.name && schema === keyTable.schema;
    const into = isKeys ? keys : folder;
    if (!into) continue;
    const rows = (await sql.unsafe(`COPY (${select}) TO STDOUT`).readable()) as Readable;
    const written = await into.write(isKeys ? keyTable.file : `database/${schema}.${name}.copy.gz`, rows);
    // a last piece of more than a stream's buffer leaves the driver's socket paused, and the answer unread (driver 3.4.9)
    rows._read(0);
    if (isKeys) continue;
    tables.push({ schema, name, columns: [...columns], ...written });
    const last = tables.at(-1)!;
    if (last.rows > 10_000) say(`${schema}.${name}: ${last.rows} rows`);
  }
  return {
    ...{ installation, takenAt: clock!.at, tables, migrations: await migrationsOf(sql) },
    // they count on outside transactions: read last, they have counted at least what the rows have used
    ...{ sequences: await sequencesOf(sql), record: await recordOf(sql) },
  };
}

async function recordOf(sql: Sql): Promise<BackupManifest['record']> {
  const [row] = await sql<Omit<BackupManifest['record'], 'checkpoint'>[]>`
    SELECT (SELECT count(*) FROM cases) AS cases, (SELECT count(*) FROM cases WHERE status <> 'closed') AS "openCases",
      (SELECT count(*) FROM events) AS events, (SELECT coalesce(sum(seq - witnessed_seq), 0)::bigint FROM cases) AS unwitnessed,
      (SELECT max(last_at) FROM cases) AS "lastEventAt", (SELECT count(*) FROM log_leaves) AS "logSize",
      (SELECT count(*) FROM data_keys) AS "dataKeys"`;
  const newest = await newestCheckpoint(sql);
  return { ...row!, checkpoint: newest ? { ...openedTree(newest.note), note: newest.note } : null };
}
