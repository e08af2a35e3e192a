import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import postgres from 'postgres';
import { openLog, tailOf } from './log-files.ts';
import { freePort, rememberedPort, rememberPort } from './ports.ts';
import {
  type Account,
  accountFor,
  clusterFolder,
  initialiseCluster,
  type PostgresPrograms,
  postgresPrograms,
} from './postgres-files.ts';
import { argumentsOf, endProcess, isAlive, waitUntilGone } from './processes.ts';

/** How to start the embedded PostgreSQL. */
export interface PostgresOptions {
  /** The data folder: the cluster lies in `postgres`, its password in `postgres.password`, its log in `logs`. */
  readonly dataDir: string;
  readonly log: Logger;
  /** False only for databases that are thrown away: no fsync, much faster. Default true. */
  readonly durable?: boolean;
  /** Default 200. */
  readonly maxConnections?: number;
  /** Exactly this port, or none. Default: the one of the last time where it is free, else any free one. */
  readonly port?: number;
}

/** A running embedded PostgreSQL. */
export interface RunningPostgres {
  /** Connection address of the database `linli` with its password: never print it. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** True when it was already running on this data folder, left behind by an earlier process. */
  readonly adopted: boolean;
  /** Ends the server and waits until it is gone. */
  stop(): Promise<void>;
}

const user = 'linli';
const database = 'linli';
const startTimeoutMs = 60_000;

/**
 * Starts PostgreSQL on the data folder, or takes over the server that still runs on it.
 * The server outlives this process unless `stop` is called. Throws an error that says what to do.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir, log } = options;
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  const account = accountFor(join(dataDir, 'postgres'));
  // ours to open: only the search bit, the files inside keep their own rights
  if (account) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  const cluster = clusterFolder(dataDir, account, (text) => log.warn(text));
  const password = passwordOf(dataDir);

  const before = await serverOf(cluster, log);
  if (before !== undefined) {
    log.info({ serverPid: before.pid }, 'PostgreSQL is still running on this data folder: taking it over');
    const adopted = running(before, password, true);
    await makeDatabase(adopted);
    return adopted;
  }
  const programs = postgresPrograms(account, join(cluster, '..'));
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    log.info('making a new PostgreSQL database');
    initialiseCluster(programs, cluster, { account, user, password, durable: options.durable ?? true });
  }
  checkVersion(cluster, programs);
  const server = await launchAtLast(() => launch(programs, cluster, account, options), log);
  log.info({ serverPid: server.pid, port: server.port }, 'PostgreSQL is up');
  const started = running(server, password, false);
  await makeDatabase(started);
  return started;
}

/** The embedded PostgreSQL that runs on this data folder now, once it is ready; undefined when none does. */
export async function runningPostgres(dataDir: string): Promise<RunningPostgres | undefined> {
  const note = join(dataDir, 'postgres.path');
  const cluster = existsSync(note) ? readFileSync(note, 'utf8').trim() : join(dataDir, 'postgres');
  const file = readPidFile(cluster);
  if (file?.status !== 'ready' || !isAlive(file.pid) || !isServerOf(cluster, file.pid)) return undefined;
  return running(file, passwordOf(dataDir), true);
}

interface Server {
  readonly pid: number;
  readonly port: number;
}

/** After a kill the old server's helpers need a moment to go, and a port found free may be taken by now. */
async function launchAtLast(launchOnce: () => Promise<Server>, log: Logger): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launchOnce();
    } catch (error) {
      if (attempt === 3) throw error;
      log.warn('PostgreSQL did not start: trying again in a second');
      await sleep(1_000);
    }
  }
}

async function launch(
  programs: PostgresPrograms,
  cluster: string,
  account: Account | undefined,
  options: PostgresOptions,
): Promise<Server> {
  const port = options.port ?? (await freePort(rememberedPort(options.dataDir, 'postgres')));
  const logFile = join(options.dataDir, 'logs', 'postgres.log');
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: String(options.maxConnections ?? 200),
    timezone: 'UTC',
    log_timezone: 'UTC',
    // statements and details of errors can hold names and numbers of people
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
  };
  if (options.durable === false)
    Object.assign(settings, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const output = openLog(logFile);
  // Its own session: Ctrl-C reaches Linli alone, which then stops it in order. Output to a file, since a pipe would
  // break when this process is killed.
  const child = spawn(programs.postgres, args, {
    cwd: cluster,
    detached: true,
    stdio: ['ignore', output, output],
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  closeSync(output);
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended with ${signal ?? `code ${code}`}`;
  });
  child.unref();

  const until = performance.now() + startTimeoutMs;
  while (failure === undefined && performance.now() < until) {
    const file = readPidFile(cluster);
    if (file && file.pid === child.pid && file.status === 'ready') {
      rememberPort(options.dataDir, 'postgres', port);
      return { pid: file.pid, port };
    }
    await sleep(25);
  }
  if (child.pid && failure === undefined) child.kill('SIGQUIT');
  throw new Error(
    `PostgreSQL did not start: ${failure ?? `not ready after ${startTimeoutMs / 1000} s`}. ` +
      `Its log ${logFile} ends:\n${tailOf(logFile)}`,
  );
}

/** The server that runs on this cluster now, once it is ready; waits for one that is starting or stopping. */
async function serverOf(cluster: string, log: Logger): Promise<Server | undefined> {
  const until = performance.now() + startTimeoutMs;
  for (;;) {
    const file = readPidFile(cluster);
    if (!file) return undefined;
    if (!isAlive(file.pid) || !isServerOf(cluster, file.pid)) {
      // Left by a crash. PostgreSQL would clear it up, except when another process has its number by now.
      rmSync(join(cluster, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (file.status === 'ready') return { pid: file.pid, port: file.port };
    if (file.status === 'stopping') await waitUntilGone(file.pid, startTimeoutMs);
    if (performance.now() > until) {
      log.warn({ serverPid: file.pid }, 'the PostgreSQL found on this data folder does not get ready: restarting it');
      await endProcess(file.pid, { gentle: 'SIGINT', hard: 'SIGQUIT', waitMs: 10_000 });
      return undefined;
    }
    await sleep(50);
  }
}

function isServerOf(cluster: string, pid: number): boolean {
  const args = argumentsOf(pid);
  return basename(args[0] ?? '').startsWith('postgres') && args.includes(cluster);
}

/** PostgreSQL's own note of the running server; undefined when there is none. */
function readPidFile(cluster: string): { pid: number; port: number; status: string } | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port, status] = [Number(lines[0]), Number(lines[3]), lines[7]?.trim() ?? ''];
    return pid > 0 ? { pid, port, status } : undefined;
  } catch {
    return undefined;
  }
}

function running(server: Server, password: string, adopted: boolean): RunningPostgres {
  return {
    pid: server.pid,
    port: server.port,
    url: `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}`,
    adopted,
    // SIGINT: roll back what is open and write a checkpoint; SIGQUIT: recover from the log at the next start
    stop: () => endProcess(server.pid, { gentle: 'SIGINT', hard: 'SIGQUIT', waitMs: 20_000 }),
  };
}

async function makeDatabase({ url }: RunningPostgres): Promise<void> {
  const sql = postgres(url.replace(/[^/]*$/, 'postgres'), { max: 1, onnotice: () => {} });
  try {
    const found = await sql`SELECT 1 FROM pg_database WHERE datname = ${database}`;
    if (found.length === 0) await sql`CREATE DATABASE ${sql(database)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The database password: made once, readable by the owner only. */
function passwordOf(dataDir: string): string {
  const file = join(dataDir, 'postgres.password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(24).toString('hex');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

function checkVersion(cluster: string, programs: PostgresPrograms): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (found === programs.major) return;
  throw new Error(
    `The database in ${cluster} was made by PostgreSQL ${found}; this Linli brings ${programs.major}. Ways out: dump it with ` +
      'the Linli that made it and load it with this one, or run a server of that version and set DATABASE_URL.',
  );
}
