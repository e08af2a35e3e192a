import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { loadCaseToRun, saveRunId } from '../activities/case-to-run.ts';
import type { Senders } from '../activities/channel-sender.ts';
import { createGuardedFetch } from '../activities/channels/guarded-fetch.ts';
import { channelCheck, createSenders } from '../activities/channels/index.ts';
import { type ClockCheck, createClockCheck } from '../activities/clock-check.ts';
import { codecService } from '../activities/codec-service.ts';
import { clientConverter } from '../activities/data-converter.ts';
import { restoreWorkflows } from '../activities/restore.ts';
import { installRuntime } from '../activities/runtime.ts';
import { createStoreWatch, type StoreWatch } from '../activities/store-watch.ts';
import { temporalClock } from '../activities/temporal-clock.ts';
import { createWaker, type Waker } from '../activities/wake.ts';
import { createWheelCaller } from '../activities/wheel-call.ts';
import { createWorker } from '../activities/worker.ts';
import { createApp } from '../api/app.ts';
import { serveApp } from '../api/server.ts';
import { createSheetReader } from '../api/sheets/reader.ts';
import { connect, connectDrizzle, type Sql } from '../db/client.ts';
import { giveKeys } from '../db/sealed.ts';
import { walled } from '../db/walled.ts';
import { seedDemo } from '../door/demo.ts';
import { createDoor, type Door } from '../door/door.ts';
import type { Keyring } from '../door/keys/keyring.ts';
import { installPrograms } from '../door/programs.ts';
import { loadPrograms, type ProgramCatalogue } from '../plugins/index.ts';
import { TASK_QUEUE } from '../workflows/names.ts';
import { caseHistories } from './audit/case-histories.ts';
import { caseVerifier } from './audit/case-proof.ts';
import { historiesOf } from './audit/told.ts';
import { destroyedCleaner } from './clean-destroyed.ts';
import type { Config, TemporalTarget } from './config.ts';
import { connectPart, type DatabaseLogins } from './database-logins.ts';
import { crashAt, crashInDoor } from './failpoint.ts';
import { copiesHere } from './key-copies.ts';
import { openKeys } from './keys.ts';
import { keysFile, saveKeys } from './keys-file.ts';
import { logKeyFile, logKeyFiles } from './log-key.ts';
import { freePortFrom } from './platform/ports.ts';
import { refuseOrphans } from './program/orphans.ts';
import { signInSecret } from './sign-in-secret.ts';
import { storeMemory } from './store-memory.ts';
import { welcomeLinks } from './welcome-links.ts';

/** What API and worker need to run. */
export interface ServicesOptions {
  readonly parts: readonly ('api' | 'worker')[];
  readonly database: DatabaseLogins;
  readonly temporal: TemporalTarget;
  /** Address of Temporal's Web UI; undefined when unknown. */
  readonly temporalUi?: string;
  /** Given when Temporal began an empty file: open cases' workflows have to be started again, and this is called then. */
  readonly workflowsRestored?: () => void;
  /** Makes the demonstration's organisation when the database holds none. */
  readonly demo?: boolean;
  readonly config: Config;
  readonly log: Logger;
}

/** Running services. */
export interface Services {
  /** Where the API answers; undefined for a worker alone. */
  readonly url: string | undefined;
  /** What to tell the person who started it, after the line that says where it is ready. */
  readonly notes: readonly string[];
  /** Takes no more, finishes what is under way, and ends. */
  stop(): Promise<void>;
}

/** What the parts of one process share. */
interface Shared {
  /** Of the worker's login where there is one, else of the API's. */
  readonly sql: Sql;
  /** With the rights of the door, for what looks at any case. */
  readonly asDoor: Sql;
  readonly client: Client;
  readonly keyring: Keyring;
  readonly door: Door;
  readonly waker: Waker;
  readonly clock: Pick<ClockCheck, 'mayFire'>;
  readonly stores: StoreWatch;
  readonly programs: ProgramCatalogue;
  readonly senders: Senders;
}

interface Part {
  readonly url?: string;
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

/** Connections of the door; as many calls of it as the worker runs at once, and the API beside it. */
const DOOR_CONNECTIONS = 16;

/** Workflow tasks at a time where the same process answers people: they come first, the witness follows. */
const TASKS_BESIDE_API = 4;

/**
 * Starts API, worker or both in this process. The API starts and works while Temporal is away (wakes then wait for the
 * sweeper); a worker needs it. Throws when the database cannot be reached or a program is not valid.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { parts, config, log, temporal, database } = options;
  installRuntime(log);
  const own = database[parts.includes('worker') ? 'worker' : 'api'];
  const sql = await connectPart(own, { name: `linli ${parts.join('+')}` });
  const keyring = await openKeys(config, sql);
  const connection = Connection.lazy({ ...temporal.connectionOptions });
  const client = new Client({ connection, namespace: temporal.namespace, dataConverter: clientConverter(keyring) });
  const programs = await loadPrograms({ packages: config.plugins });
  const at = (port: number) => `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`;
  const demo = options.demo
    ? await asOwner(database, (owner) =>
        seedDemo(owner, (made) => saveKeys(config.dataDir, { url: at(config.port), ...made })),
      )
    : undefined;
  // with the rights of the door: the API sees no case by itself
  const asDoor = connect(own.url, { name: 'linli door', role: 'linli_door', max: 2 });
  giveKeys(asDoor, keyring);
  await refuseOrphans(asDoor, programs);
  const waker = wakerFor(client, asDoor, log);
  const clock = createClockCheck({ sql, log, temporalMs: temporalClock(client) });
  await clock.start();
  const stores = createStoreWatch({
    ...{
      databaseUrl: own.url,
      role: own.role,
      client,
      log,
      memory: storeMemory(config),
      keeps: parts.includes('worker'),
    },
    onTemporalBehind: () => restoreWorkflows({ sql, client, log }),
  });
  await stores.start();
  const mayFire = () => clock.mayFire() && stores.mayFire();
  const wheels = createWheelCaller({ client, log });
  const actCommitted = crashAt('act-committed', config.failpoint);
  const door = await createDoor({
    sql,
    log,
    programs: await installPrograms(sql, programs.all()),
    connections: DOOR_CONNECTIONS,
    mayFire,
    step: crashInDoor(config.failpoint),
    onCommit: (caseId, acts, planned) => {
      actCommitted();
      waker.wake(caseId, acts);
      if (planned) wheels.planned(planned);
    },
  });
  const shared = {
    ...{ sql, asDoor, client, keyring, door, waker, stores, programs },
    clock: { mayFire },
    senders: sendersOf(config),
  };
  const running: Part[] = [];
  if (parts.includes('worker')) running.push(await startWorker(options, shared));
  if (parts.includes('api')) running.push(await startApi(options, shared));
  const url = running.find((part) => part.url)?.url;
  if (demo && url) {
    const keys = await asOwner(database, (owner) => welcomeLinks(owner, url, demo.keys));
    saveKeys(config.dataDir, { url, ...demo, keys });
  }
  return {
    url,
    notes: [
      ...running.flatMap((part) => part.notes),
      ...(existsSync(keysFile(config.dataDir))
        ? [`keys of the first run: npx linli keys (${keysFile(config.dataDir)})`]
        : []),
    ],
    async stop() {
      for (const part of running.reverse()) await part.stop();
      clock.stop();
      await stores.stop();
      await Promise.all([waker.flush(), wheels.flush()]);
      await Promise.all([door.end(), ...[sql, asDoor].map((each) => each.end({ timeout: 5 })), connection.close()]);
    },
  };
}

/** The first run makes what no process may make. */
async function asOwner<T>({ owner }: DatabaseLogins, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(owner, { max: 1, name: 'linli first run' });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function sendersOf({ allowHosts, smtp, sms, publicUrl }: Config): Senders {
  const settingsUrl = publicUrl === undefined ? undefined : `${publicUrl}/channels`;
  return createSenders({
    fetch: createGuardedFetch({ allow: allowHosts }),
    now: () => new Date(),
    email: smtp && { smtp, settingsUrl },
    sms,
  });
}

function wakerFor(client: Client, sql: Sql, log: Logger): Waker {
  return createWaker({
    client,
    log,
    caseToRun: (caseId) => loadCaseToRun(sql, caseId),
    onOpened: (caseId, runId) =>
      saveRunId(sql, caseId, runId).catch((error: Error) =>
        log.warn({ caseId, reason: error.message }, 'the run of the first wake is not noted'),
      ),
  });
}

async function startApi(
  { config, log, temporal, temporalUi, database }: ServicesOptions,
  shared: Shared,
): Promise<Part> {
  const ui = config.temporalUi ?? temporalUi;
  const { asDoor, door, programs, client, keyring, senders } = shared;
  const sql = walled(await connectPart(database.api, { name: 'linli api' }));
  const house = connect(database.api.url, { name: 'linli house', role: 'linli_read', max: 4 });
  for (const each of [sql, house]) giveKeys(each, keyring);
  const stopping = new AbortController();
  const sheets = createSheetReader({}, log);
  const people = connectDrizzle(database.api.url, { max: 2, name: 'linli sign-in', role: database.api.role });
  const app = createApp({
    sheets,
    sql,
    house,
    door,
    programs,
    log,
    channels: channelCheck(senders),
    verifyCase: caseVerifier(asDoor, client),
    caseHistories: caseHistories(house, client),
    temporal: () => reachable(client),
    mayFire: shared.clock.mayFire,
    codec: codecService(keyring),
    stopping: stopping.signal,
    requests: { burst: config.requestsPerMinute, perMinute: config.requestsPerMinute },
    signIn: { db: people, secret: signInSecret(config), sso: config.sso },
    ...(ui === undefined ? {} : { temporalUi: { url: ui.replace(/\/$/, ''), namespace: temporal.namespace } }),
    ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
  });
  const port = await freePortFrom(config.port, config.host);
  const server = await serveApp(app, { port, host: config.host });
  const host = config.host === '0.0.0.0' ? '127.0.0.1' : config.host;
  const stop = async () => {
    stopping.abort();
    await server.stop();
    await sheets.close();
    await Promise.all([people.$client, sql, house].map((each) => each.end({ timeout: 5 })));
  };
  const notes = ui ? [`Temporal's Web UI: ${ui}`] : [];
  return { url: `http://${host}:${server.port}`, notes, stop };
}

/** Whether Temporal answers, and whether a worker asks for work. */
async function reachable(client: Client): Promise<{ temporal: boolean; worker: boolean }> {
  try {
    const answer = await client.withDeadline(Date.now() + 1_000, () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType: 1, // workflow tasks
      }),
    );
    return { temporal: true, worker: (answer.pollers ?? []).length > 0 };
  } catch {
    return { temporal: false, worker: false };
  }
}

async function startWorker(options: ServicesOptions, shared: Shared): Promise<Part> {
  const { temporal, log, config, database } = options;
  const { client, keyring, sql, door, clock, programs } = shared;
  const sealer = await connectPart(database.sealer, { name: 'linli sealer', max: 1 });
  const connection = await NativeConnection.connect(temporal.connectionOptions);
  const { namespace } = temporal;
  const advanceCommitted = crashAt('advance-committed', config.failpoint);
  const copies = copiesHere(config);
  const signing = logKeyFiles(logKeyFile(config));
  const worker = await createWorker({
    connection,
    afterCommit: async () => advanceCommitted(),
    client,
    keyring,
    door,
    sql,
    sealer,
    programs,
    senders: shared.senders,
    keepSentDays: config.keepSentDays,
    readLimits: config.readLimits,
    baseUrl: config.publicUrl,
    archiveFolder: config.archiveFolder,
    cleanDestroyed: destroyedCleaner(sql, {
      copies,
      archiveFolder: config.archiveFolder,
      signing,
      onBuried: crashAt('destroyed-buried', config.failpoint),
    }),
    buried: () => copies?.buried?.() ?? [],
    told: historiesOf(sql, client, config.archiveFolder),
    clock,
    signing,
    log,
    namespace,
    poolSize: DOOR_CONNECTIONS / 2,
    ...(options.parts.includes('api') ? { workflowTasks: TASKS_BESIDE_API } : {}),
  });
  const run = worker.run().catch((error: unknown) => log.error({ err: error }, 'the worker has failed'));
  if (options.workflowsRestored) {
    restoreWorkflows({ sql, client, log })
      .then(options.workflowsRestored)
      .catch((error: unknown) => log.error({ err: error }, 'not all workflows are restored: the next start goes on'));
  }
  return {
    notes: [],
    async stop() {
      worker.shutdown();
      await run;
      await Promise.all([connection.close(), sealer.end({ timeout: 5 })]);
    },
  };
}

const drainTimeoutMs = 20_000;

/** Ends services in order, but waits only so long: what is not finished goes on at the next start. */
export async function drain(services: Services, log: Logger): Promise<void> {
  const done = services.stop().then(() => true);
  const late = sleep(drainTimeoutMs, false, { ref: false });
  if (!(await Promise.race([done, late]))) log.warn('not everything finished in time; it goes on at the next start');
}
