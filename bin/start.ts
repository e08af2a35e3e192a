import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { migrate } from '../db/migrate.ts';
import { archiveFolder } from './archive-folder.ts';
import type { Config, TemporalTarget } from './config.ts';
import { configuredLogins, type DatabaseLogins, makeOwnLogins } from './database-logins.ts';
import { keyFolder } from './key-copies.ts';
import { type Claim, claimFolder, type Instance, isLeftBehind, lives, readInstance } from './platform/claim.ts';
import { keepUp } from './platform/keeper.ts';
import { createLog } from './platform/log.ts';
import { freePortFrom } from './platform/ports.ts';
import { startPostgres } from './platform/postgres.ts';
import { endProcess } from './platform/processes.ts';
import { nextStopSignal } from './platform/signals.ts';
import { startTemporal } from './platform/temporal.ts';
import { drain, type Services, startServices } from './services.ts';

/** Where `linli start` speaks. */
export interface StartVoice {
  /** One line to standard output. */
  print(text: string): void;
  /** One line to standard error. */
  say(text: string): void;
}

interface TemporalInUse {
  readonly target: TemporalTarget;
  readonly ui?: string | undefined;
  readonly restored?: (() => void) | undefined;
}

const takeOverMs = 30_000;

/**
 * `npm start`: everything on this machine, until Ctrl-C or SIGTERM.
 * Gives the exit code: 0 ended in order or already running, 2 a running Linli does not answer. Throws when it cannot start.
 */
export async function start(config: Config, voice: StartVoice): Promise<number> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const log = createLog({ level: config.logLevel, file: join(config.dataDir, 'logs', 'linli.log') });
  if (config.unknown.length > 0) log.warn(`not known, misspelt? ${config.unknown.join(', ')}`);
  const claimed = await claimOrYield(config, voice);
  if (typeof claimed === 'number') return claimed;

  const stop = nextStopSignal(claimed.launcher);
  const stops: (() => Promise<void>)[] = [];
  let code = 0;
  try {
    const services = await bringUp(config, voice, log, stops);
    stops.push(() => drain(services, log));
    if (!stop.wished()) {
      const url = services.url ?? '';
      claimed.announce(url);
      voice.print(`Linli is ready at ${url}`);
      for (const note of services.notes) voice.say(note);
    }
    const signal = await stop.signal;
    voice.say(`\n${signal}: finishing what is under way (once more to end at once) …`);
  } catch (error) {
    log.error({ err: error }, 'Linli could not start');
    code = 1;
  } finally {
    await endAll(stops, log);
    claimed.release();
  }
  if (code === 0) voice.say('Linli has ended in order.');
  return code;
}

async function bringUp(
  config: Config,
  voice: StartVoice,
  log: Logger,
  stops: (() => Promise<void>)[],
): Promise<Services> {
  voice.say(`starting on the data folder ${config.dataDir} …`);
  const started = await Promise.allSettled([
    config.databaseUrl ?? ownPostgres(config, log, stops),
    config.temporal ? ({ target: config.temporal } satisfies TemporalInUse) : ownTemporal(config, log, stops),
  ]);
  const [database, temporal] = started;
  if (database.status === 'rejected') throw database.reason;
  if (temporal.status === 'rejected') throw temporal.reason;
  voice.say('bringing the database up to this release …');
  await migrate(database.value);
  const logins: DatabaseLogins = config.databaseUrl
    ? configuredLogins(config, database.value)
    : await makeOwnLogins(config, database.value);
  voice.say('starting API and worker …');
  const { target, ui, restored }: TemporalInUse = temporal.value;
  return startServices({
    parts: ['api', 'worker'],
    database: logins,
    demo: true,
    temporal: target,
    ...(ui !== undefined && { temporalUi: ui }),
    ...(restored && { workflowsRestored: restored }),
    // where nothing else was said, the copies lie beside the database they are copies of
    config: { ...config, archiveFolder: archiveFolder(config), keyFolder: keyFolder(config) },
    log,
  });
}

async function ownPostgres({ dataDir }: Config, log: Logger, stops: (() => Promise<void>)[]): Promise<string> {
  const server = await startPostgres({ dataDir, log });
  const { port, url } = server;
  stops.push(keepUp('PostgreSQL', server, () => startPostgres({ dataDir, log, port }), log).stop);
  return url;
}

async function ownTemporal(config: Config, log: Logger, stops: (() => Promise<void>)[]): Promise<TemporalInUse> {
  const { dataDir } = config;
  const codecEndpoint = await codecOf(config);
  const server = await startTemporal({ dataDir, log, usualPorts: true, codecEndpoint });
  const { address, namespace } = server;
  const port = Number(address.split(':')[1]);
  stops.push(keepUp('Temporal', server, () => startTemporal({ dataDir, log, port, codecEndpoint }), log).stop);
  return {
    target: { connectionOptions: { address }, namespace },
    ui: server.uiUrl,
    restored: server.beganEmpty ? server.restored : undefined,
  };
}

/**
 * Where the Web UI of the Temporal we bring finds our codec server: at the port the API takes next, by the address the Web UI is
 * opened with, since a browser shows a session to the same host alone. None where the API is not reached by that address.
 */
async function codecOf({ host, port }: Config): Promise<string | undefined> {
  if (host !== '127.0.0.1' && host !== '0.0.0.0') return undefined;
  return `http://127.0.0.1:${await freePortFrom(port, host)}/codec`;
}

/** The data folder for us, or the exit code when another Linli keeps it. */
async function claimOrYield(config: Config, voice: StartVoice): Promise<Claim | number> {
  for (;;) {
    const result = await claimFolder(config.dataDir);
    if ('claim' in result) return result.claim;
    const { other } = result;
    if (isLeftBehind(other)) {
      voice.say(`taking over from process ${other.pid}, whose npm has ended …`);
      await endProcess(other.pid, { gentle: 'SIGTERM', hard: 'SIGTERM', waitMs: takeOverMs });
      continue;
    }
    const url = await answering(config, other);
    if (url) {
      voice.say(`Linli is already running on ${config.dataDir} (process ${other.pid}); nothing was started.`);
      voice.print(`Linli is ready at ${url}`);
      return 0;
    }
    if (!lives(other)) continue;
    voice.say(
      `Another Linli (process ${other.pid}) keeps ${config.dataDir} and does not answer. ` +
        `Ways out: end it (kill ${other.pid}) and start again, or choose another folder with LINLI_DATA.`,
    );
    return 2;
  }
}

/** Where the other instance answers; waits for one that is still starting. */
async function answering({ dataDir }: Config, other: Instance): Promise<string | undefined> {
  const until = performance.now() + 30_000;
  while (lives(other) && performance.now() < until) {
    const url = readInstance(dataDir)?.url;
    if (url) {
      const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      return answer?.ok ? url : undefined;
    }
    await sleep(200);
  }
  return undefined;
}

/** Services first, then the servers they need. */
async function endAll(stops: (() => Promise<void>)[], log: Logger): Promise<void> {
  for (const stop of stops.reverse()) {
    await stop().catch((error: unknown) => log.error({ err: error }, 'could not be ended'));
  }
}
