import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readInstance } from '../../bin/platform/claim.ts';
import { runningPostgres } from '../../bin/platform/postgres.ts';
import { findProcesses, isAlive, signalProcess, waitUntilGone } from '../../bin/platform/processes.ts';
import { runningTemporal } from '../../bin/platform/temporal.ts';
import { clearTestFolder, makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { cleanEnvironment, type LinliProcess, startLinli } from '../support/linli.ts';

// One data folder, one story: the tests of this file follow each other.
let dataDir: string;
let linli: LinliProcess;
const environment = (): Record<string, string> => ({ LINLI_DATA: dataDir, LINLI_PORT: '8590' });

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  dataDir = makeTestFolder('platform');
});

afterAll(() => clearTestFolder(dataDir));

test('the first start makes everything and says where it is ready, in one line', async () => {
  linli = await startLinli(environment());
  expect(linli.output.stdout.split('\n')[0]).toBe(`Linli is ready at ${linli.url}`);
  expect((await fetch(`${linli.url}/healthz`)).status).toBe(200);
  await write('before the kill');
});

test('no part of it works on the database as who owns the tables', async () => {
  const server = await runningPostgres(dataDir);
  const sql = postgres(server!.url, { max: 1 });
  const sessions = await sql<{ name: string }[]>`
    SELECT DISTINCT usename AS name FROM pg_stat_activity WHERE application_name LIKE 'linli %' ORDER BY 1`;
  await sql.end();
  expect(sessions.map(({ name }) => name)).toEqual(['linli_api', 'linli_sealer', 'linli_worker']);
});

test('a second start on the same folder says where the first one answers, and starts nothing', async () => {
  const second = await startLinli(environment());
  expect(await second.ended).toBe(0);
  expect(second.url).toBe(linli.url);
  expect(second.output.stderr).toContain('already running');
});

test('after kill -9 the servers are taken over, with what was written', async () => {
  const servers = await bothServers();
  linli.kill('SIGKILL');
  expect(await linli.ended).toBe('SIGKILL');
  expect(servers.every(isAlive)).toBe(true);

  linli = await startLinli(environment());
  expect(await bothServers()).toEqual(servers);
  expect(readFileSync(join(dataDir, 'logs/linli.log'), 'utf8')).toContain('taking it over');
  expect(await read()).toEqual(['before the kill']);
});

test('after kill -9 of all of it the next start finds what was written', async () => {
  await write('before the power cut');
  linli.kill('SIGKILL');
  for (const { pid } of serversOf(dataDir)) signalProcess(pid, 'SIGKILL');
  await linli.ended;

  linli = await startLinli(environment());
  expect(await read()).toEqual(['before the kill', 'before the power cut']);
});

test('a server that dies is started again at its address', async () => {
  const before = { postgres: await runningPostgres(dataDir), temporal: runningTemporal(dataDir) };
  for (const { pid } of serversOf(dataDir)) signalProcess(pid, 'SIGKILL');
  await until(async () => (await runningPostgres(dataDir)) !== undefined && runningTemporal(dataDir) !== undefined);
  expect((await runningPostgres(dataDir))?.url).toBe(before.postgres?.url);
  expect(runningTemporal(dataDir)?.address).toBe(before.temporal?.address);
  expect(await read()).toHaveLength(2);
});

test('SIGTERM ends it in order and leaves nothing running', async () => {
  linli.kill('SIGTERM');
  expect(await linli.ended).toBe(0);
  expect(serversOf(dataDir)).toEqual([]);
  expect(readInstance(dataDir)).toBeUndefined();
});

test.each(['SIGTERM', 'SIGKILL'] as const)('a Linli whose npm gets %s ends in order as well', async (signal) => {
  const left = await startByNpm(signal);
  expect(await waitUntilGone(left, 30_000)).toBe(true);
  expect(serversOf(dataDir)).toEqual([]);
  expect(readInstance(dataDir)).toBeUndefined();
});

test('the next start waits for one that is still ending, and finds what was written', async () => {
  const left = await startByNpm('SIGKILL');
  linli = await startLinli(environment());
  expect(isAlive(left)).toBe(false);
  expect(await read()).toEqual(['before the kill', 'before the power cut']);
  linli.kill('SIGINT');
  expect(await linli.ended).toBe(0);
  expect(serversOf(dataDir)).toEqual([]);
});

/** Starts by `npm start`, ends npm alone by a signal, and gives the process id of the Linli it had started. */
async function startByNpm(signal: NodeJS.Signals): Promise<number> {
  const npm = spawn('npm', ['start', '--ignore-scripts'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'ignore',
    env: { ...cleanEnvironment(), ...environment() },
  });
  await until(async () => readInstance(dataDir)?.url !== undefined);
  const left = readInstance(dataDir)?.pid ?? 0;
  npm.kill(signal);
  await until(async () => !isAlive(npm.pid ?? 0));
  return left;
}

function serversOf(folder: string): { readonly pid: number }[] {
  return findProcesses(
    (args) => /(postgres|temporal)$/.test(args[0] ?? '') && args.some((arg) => arg.startsWith(`${folder}/`)),
  );
}

/** The ids of the two servers' processes: a connection that PostgreSQL is just forking looks like a third one for a moment. */
async function bothServers(): Promise<number[]> {
  let found: number[] = [];
  await until(async () => {
    found = serversOf(dataDir).map(({ pid }) => pid);
    return found.length === 2;
  });
  return found;
}

async function write(text: string): Promise<void> {
  await withSql(async (sql) => {
    await sql`CREATE TABLE IF NOT EXISTS platform_test (text text, at timestamptz DEFAULT clock_timestamp())`;
    await sql`INSERT INTO platform_test (text) VALUES (${text})`;
  });
}

async function read(): Promise<string[]> {
  return withSql(async (sql) =>
    (await sql`SELECT text FROM platform_test ORDER BY at`).map((row) => row['text'] as string),
  );
}

async function withSql<T>(act: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const server = await runningPostgres(dataDir);
  if (!server) throw new Error('no database runs');
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    return await act(sql);
  } finally {
    await sql.end();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come about within a minute');
    await sleep(100);
  }
}
