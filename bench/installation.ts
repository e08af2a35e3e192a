import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { clientConverter } from '../activities/data-converter.ts';
import { readConfig } from '../bin/config.ts';
import { openKeys } from '../bin/keys.ts';
import { readKeys } from '../bin/keys-file.ts';
import { tailOf } from '../bin/platform/log-files.ts';
import { runningPostgres } from '../bin/platform/postgres.ts';
import { findProcesses } from '../bin/platform/processes.ts';
import { runningTemporal } from '../bin/platform/temporal.ts';
import { connect, type Sql } from '../db/client.ts';
import { clearTestFolder, makeTestFolder } from '../test/support/folders.ts';
import { endLinli, startLinli } from '../test/support/linli.ts';

/** A login of the first run. */
export interface Login {
  readonly role: string;
  readonly post: string | null;
  readonly unit: string;
  readonly key: string;
}

/** A whole Linli of the bench's own: all processes, durable, on a data folder that is thrown away. */
export interface Installation {
  readonly url: string;
  readonly logins: readonly Login[];
  readonly posts: readonly { readonly id: string; readonly kind: string; readonly unit: string }[];
  readonly units: readonly { readonly id: string; readonly level: string }[];
  readonly databaseUrl: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly pid: number;
    /** Size of its file and the file's log. */
    fileBytes(): number;
  };
  readonly sql: Sql;
  readonly client: Client;
  /** What decides how durable a commit is, in words. */
  readonly durability: readonly string[];
  /** The last lines of Linli's log, to say why something failed. */
  logTail(): string;
  stop(): Promise<void>;
}

const port = '8690';

/** Node of this age takes no flag for profiles from outside, but a module to load first. */
function profiler(folder: string): string {
  const file = new URL('./cpu-profile.mjs', import.meta.url);
  file.searchParams.set('folder', resolve(folder));
  return file.href;
}

/** Starts it. `profile`: a folder for a CPU profile of the process with API and worker, written when it ends. */
export async function startInstallation(options: { readonly profile?: string } = {}): Promise<Installation> {
  const dataDir = makeTestFolder('bench');
  const environment = {
    LINLI_DATA: dataDir,
    // it asks as often as it can, by one key
    LINLI_REQUESTS_PER_MINUTE: '10000000',
    LINLI_PORT: port,
    ...(options.profile === undefined ? {} : { NODE_OPTIONS: `--import=${profiler(options.profile)}` }),
  };
  try {
    const linli = await startLinli(environment);
    const database = await runningPostgres(dataDir);
    const temporal = runningTemporal(dataDir);
    if (!database || !temporal) throw new Error('Linli is ready, but its servers are not found on its data folder.');
    const keys = readKeys(dataDir);
    if (!keys) throw new Error('The first run left no keys in its data folder.');
    const connection = await Connection.connect({ address: temporal.address });
    const sql = connect(database.url, { max: 4, name: 'bench', statementTimeoutMs: 60_000 });
    const keyring = await openKeys(readConfig(environment), sql);
    return {
      url: linli.url,
      logins: keys.keys,
      posts: keys.posts,
      units: keys.units,
      databaseUrl: database.url,
      temporal: { address: temporal.address, namespace: temporal.namespace, ...temporalServer(dataDir) },
      sql,
      client: new Client({ connection, namespace: temporal.namespace, dataConverter: clientConverter(keyring) }),
      durability: [await postgresSettings(sql), temporalSettings(dataDir)],
      logTail: () => tailOf(join(dataDir, 'logs', 'linli.log')),
      async stop() {
        await connection.close();
        await sql.end({ timeout: 5 });
        await endLinli(linli, dataDir);
      },
    };
  } catch (error) {
    await clearTestFolder(dataDir);
    throw error;
  }
}

async function postgresSettings(sql: Sql): Promise<string> {
  const rows = await sql<{ name: string; setting: string }[]>`
    SELECT name, setting FROM pg_settings
    WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'wal_level', 'commit_delay')
    ORDER BY name`;
  return `PostgreSQL: ${rows.map(({ name, setting }) => `${name}=${setting}`).join(' ')}`;
}

function findTemporal(dataDir: string) {
  const [server] = findProcesses(
    (args) => args.includes('start-dev') && args.some((arg) => arg.startsWith(`${dataDir}/`)),
  );
  return server;
}

function temporalServer(dataDir: string): { readonly pid: number; fileBytes(): number } {
  const server = findTemporal(dataDir);
  const file = server?.args[server.args.indexOf('--db-filename') + 1];
  const bytes = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return { pid: server?.pid ?? 0, fileBytes: () => (file ? bytes(file) + bytes(`${file}-wal`) : Number.NaN) };
}

/** As its process was started. */
function temporalSettings(dataDir: string): string {
  const server = findTemporal(dataDir);
  const pragmas = server?.args.filter((_, i) => server.args[i - 1] === '--sqlite-pragma') ?? [];
  return `Temporal: SQLite file, ${pragmas.length > 0 ? pragmas.join(' ') : "the server's own pragmas"}`;
}
