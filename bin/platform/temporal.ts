import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { Logger } from 'pino';
import { TEMPORAL_CLI_VERSION, temporalCliPath } from './binaries.mjs';
import { openLog, tailOf } from './log-files.ts';
import { freePort, rememberedPort, rememberPort } from './ports.ts';
import { endProcess, findProcesses, isAlive } from './processes.ts';

/** How to start the embedded Temporal server. */
export interface TemporalOptions {
  /** The data folder: the server's file lies in `temporal`, its log in `logs`. */
  readonly dataDir: string;
  readonly log: Logger;
  /** True for a server without the Web UI. Default false. */
  readonly headless?: boolean;
  /** Exactly this port for clients, or none. Default: the one of the last time where it is free, else any free one. */
  readonly port?: number;
  /** True to take the usual ports 7233 and 8233 where they are free. Default false: any free ports. */
  readonly usualPorts?: boolean;
  /** Where the Web UI has what workflows hold decrypted, for whoever may; the address in the browser of this machine. */
  readonly codecEndpoint?: string | undefined;
  /** More arguments of `temporal server start-dev`, for tests. */
  readonly extraArgs?: readonly string[];
}

/** A running embedded Temporal server. */
export interface RunningTemporal {
  readonly address: string;
  readonly namespace: string;
  /** Undefined when headless. */
  readonly uiUrl: string | undefined;
  readonly pid: number;
  /** True when it was already running on this data folder, left behind by an earlier process. */
  readonly adopted: boolean;
  /**
   * True when the server began an empty file (the first, one of a new version, or in place of a lost one) and `restored` has
   * not been called since: the open cases' workflows have to be started again from the record.
   */
  readonly beganEmpty: boolean;
  /** Says that this has been done, to later starts as well. */
  restored(): void;
  /** Ends the server and waits until it is gone. */
  stop(): Promise<void>;
}

const namespace = 'default';
const startTimeoutMs = 60_000;
// A run's history goes into our own archive when it closes; until then, and as a second line, Temporal keeps it.
const retentionSeconds = 36_500 * 24 * 60 * 60;

/**
 * Starts Temporal's server on a file in the data folder, or takes over the one that still runs on it.
 * The server outlives this process unless `stop` is called. Throws an error that says what to do.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { dataDir, log } = options;
  const folder = join(dataDir, 'temporal');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  const file = fileOf(dataDir);
  await stopOthers(folder, file, log);

  const before = serverOn(file);
  const mark = `${file}.restored`;
  const restored = () => writeFileSync(mark, '', { mode: 0o600 });
  if (before) {
    log.info({ serverPid: before.pid }, 'Temporal is still running on this data folder: taking it over');
    if (await becomesReady(before.address, () => isAlive(before.pid)))
      return { ...before, adopted: true, beganEmpty: !existsSync(mark), restored };
    log.warn({ serverPid: before.pid }, 'the Temporal found on this data folder does not answer: restarting it');
    await before.stop();
  }
  if (!existsSync(file)) rmSync(mark, { force: true });
  const started = await launchAtLast(file, options);
  log.info({ serverPid: started.pid, address: started.address, ui: started.uiUrl }, 'Temporal is up');
  return { ...started, adopted: false, beganEmpty: !existsSync(mark), restored };
}

/** The embedded Temporal server that runs on this data folder now; undefined when none does. */
export function runningTemporal(dataDir: string): { readonly address: string; readonly namespace: string } | undefined {
  return serverOn(fileOf(dataDir));
}

type Server = Omit<RunningTemporal, 'adopted' | 'beganEmpty' | 'restored'>;

/** A port found free may be taken by the time the server wants it. */
async function launchAtLast(file: string, options: TemporalOptions): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(file, options);
    } catch (error) {
      if (attempt === 3) throw error;
      options.log.warn('Temporal did not start: trying again in a second');
      await sleep(1_000);
    }
  }
}

async function launch(file: string, options: TemporalOptions): Promise<Server> {
  const { dataDir, headless = false, usualPorts = false } = options;
  const port = options.port ?? (await freePort(rememberedPort(dataDir, 'temporal') ?? (usualPorts ? 7233 : undefined)));
  const uiPort = await freePort(rememberedPort(dataDir, 'temporalUi') ?? (usualPorts ? 8233 : undefined));
  const args = ['server', 'start-dev', '--db-filename', file, '--ip', '127.0.0.1', '--port', String(port)];
  // The file is a cache of the record: what a power cut takes from it is fetched again, so it need not wait for the
  // disk at each write. A killed process loses nothing.
  args.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal');
  args.push('--log-level', 'warn', '--log-format', 'json');
  if (headless) args.push('--headless');
  else args.push('--ui-port', String(uiPort), '--ui-disable-news-fetch');
  if (options.codecEndpoint !== undefined && !headless) args.push('--ui-codec-endpoint', options.codecEndpoint);
  args.push(...(options.extraArgs ?? []));

  const logFile = join(dataDir, 'logs', 'temporal.log');
  const output = openLog(logFile);
  // Its own session: Ctrl-C reaches Linli alone, which then stops it in order. Output to a file, since a pipe would
  // break when this process is killed.
  const child = spawn(await temporalCliPath(), args, {
    cwd: join(file, '..'),
    detached: true,
    stdio: ['ignore', output, output],
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
  const server = describe(child.pid ?? 0, port, headless ? undefined : uiPort);
  if (await becomesReady(server.address, () => failure === undefined)) {
    rememberPort(dataDir, 'temporal', port);
    if (!headless) rememberPort(dataDir, 'temporalUi', uiPort);
    return server;
  }
  if (child.pid && failure === undefined) await server.stop();
  throw new Error(
    `Temporal did not start: ${failure ?? `not ready after ${startTimeoutMs / 1000} s`}. ` +
      `Its log ${logFile} ends:\n${tailOf(logFile)}`,
  );
}

function describe(pid: number, port: number, uiPort: number | undefined): Server {
  return {
    address: `127.0.0.1:${port}`,
    namespace,
    uiUrl: uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`,
    pid,
    stop: () => endProcess(pid, { gentle: 'SIGTERM', hard: 'SIGTERM', waitMs: 10_000 }),
  };
}

/** Waits until the server answers and its namespace has our retention; false when it ends or takes too long. */
async function becomesReady(address: string, lives: () => boolean): Promise<boolean> {
  const until = performance.now() + startTimeoutMs;
  while (lives() && performance.now() < until) {
    const connection = Connection.lazy({ address, connectTimeout: 2_000 });
    try {
      await connection.withDeadline(Date.now() + 2_000, async () => {
        const found = await connection.workflowService.describeNamespace({ namespace });
        if (Number(found.config?.workflowExecutionRetentionTtl?.seconds ?? 0) === retentionSeconds) return;
        const config = { workflowExecutionRetentionTtl: msToTs(retentionSeconds * 1_000) };
        await connection.workflowService.updateNamespace({ namespace, config });
      });
      return true;
    } catch {
      await sleep(100);
    } finally {
      await connection.close();
    }
  }
  return false;
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'temporal', `temporal-${TEMPORAL_CLI_VERSION}.db`);
}

/** The server that runs on this very file. */
function serverOn(file: string): Server | undefined {
  const [found] = findProcesses((args) => args.includes('start-dev') && args.includes(file));
  if (!found) return undefined;
  const after = (flag: string): string | undefined => found.args[found.args.indexOf(flag) + 1];
  const uiPort = found.args.includes('--ui-port') ? Number(after('--ui-port')) : undefined;
  return describe(found.pid, Number(after('--port')), uiPort);
}

/** Ends servers of other versions that still run on this folder: two would answer for the same cases. */
async function stopOthers(folder: string, file: string, log: Logger): Promise<void> {
  const others = findProcesses(
    (args) => args.includes('start-dev') && !args.includes(file) && args.some((arg) => arg.startsWith(`${folder}/`)),
  );
  for (const { pid } of others) {
    log.warn({ serverPid: pid }, 'ending a Temporal server of another version on this data folder');
    await endProcess(pid, { gentle: 'SIGTERM', hard: 'SIGTERM', waitMs: 10_000 });
  }
}
