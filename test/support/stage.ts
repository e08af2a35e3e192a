import { createHash, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import { loadCaseToRun, saveRunId } from '../../activities/case-to-run.ts';
import { clientConverter } from '../../activities/data-converter.ts';
import { restoreWorkflows } from '../../activities/restore.ts';
import { readRun } from '../../activities/run-history.ts';
import { createStoreWatch } from '../../activities/store-watch.ts';
import type { SweeperDeps } from '../../activities/sweeper.ts';
import { createWaker, type Waker } from '../../activities/wake.ts';
import { createWheelCaller } from '../../activities/wheel-call.ts';
import { createWorker, type LinliWorker, type WorkerDeps } from '../../activities/worker.ts';
import { historiesOf } from '../../bin/audit/told.ts';
import { connect, type Sql } from '../../db/client.ts';
import { roleOfPart } from '../../db/roles.ts';
import { giveKeys } from '../../db/sealed.ts';
import { createDoor, type Door, type DoorOptions } from '../../door/door.ts';
import type { KeyCopies } from '../../door/keys/data-keys.ts';
import type { Keyring } from '../../door/keys/keyring.ts';
import { changeOrganisation } from '../../door/organisation.ts';
import type { Outcome, Recorded } from '../../door/outcome.ts';
import { installPrograms } from '../../door/programs.ts';
import { sampleOrg } from '../../engine/simulate.ts';
import { loadPrograms, type ProgramCatalogue } from '../../plugins/index.ts';
import type { Calls } from '../../plugins/links.ts';
import type { Program } from '../../sdk/program.ts';
import { programHash } from '../../sdk/program-hash.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { testKeyring } from './keyring.ts';
import type { TestDatabase } from './postgres.ts';
import { quietRuntime, silentLog } from './quiet.ts';

export interface StageOptions {
  /** A Temporal of the test's own, or the address of the run's. */
  readonly temporal: TestWorkflowEnvironment | { readonly address: string; readonly namespace: string };
  /** Default: a fresh one of the test run. One that is given is not closed, and its organisation must be there. */
  readonly database?: TestDatabase;
  /** Default: the installed programs, opened as 福乐. */
  readonly program?: Program;
  /** Further programs, for child cases, and the programs' calls. */
  readonly others?: readonly Program[];
  readonly calls?: Calls;
  /** True: the door's clock is the test server's. */
  readonly skipsTime?: true;
  readonly engine?: DoorOptions['engine'];
  readonly afterCommit?: WorkerDeps['afterCommit'];
  readonly onFound?: SweeperDeps['onFound'];
  /** False: no worker in this process. */
  readonly worker?: false;
  readonly taskQueue?: string;
  /** True: units have wheels. Their ids are the units', so such a stage needs a Temporal of its own. */
  readonly wheels?: true;
  readonly step?: DoorOptions['step'];
  /** True: the worker archives ended runs by itself. */
  readonly archive?: true;
  /** True: it watches over the two stores, as whole processes do, and compares what a restore holds. */
  readonly stores?: true;
  /** Copies of the data keys outside the database, which a restored one lacks. Default: none. */
  readonly keyCopies?: KeyCopies;
}

/** What a test writes of an act; the rest is made up. */
export interface StagedAct {
  readonly id?: string;
  readonly target?: string;
  readonly data?: unknown;
  readonly reason?: string;
  readonly onBehalfOf?: string;
  readonly evidence?: readonly ('photo' | 'file')[];
  readonly occurredAt?: string;
}

/** Linli in one process, without HTTP: a database, the door, wakes, a worker, and a made-up organisation. */
export interface Stage {
  readonly databaseUrl: string;
  readonly sql: Sql;
  readonly door: Door;
  readonly client: Client;
  readonly keyring: Keyring;
  readonly waker: Waker;
  readonly worker: LinliWorker | undefined;
  readonly taskQueue: string;
  readonly nowMs: () => Promise<number>;
  /** Opens a case as the caseworker; answers its id. */
  open(): Promise<string>;
  /** Does an act that must be recorded. `as` = a kind of post, or `caseworker`. */
  act(caseId: string, as: string, type: string, act?: StagedAct): Promise<Recorded>;
  /** The same, refused or not. */
  tryAct(caseId: string, as: string, type: string, act?: StagedAct): Promise<Outcome>;
  /** Waits until the workflow has taken in all events of the case. */
  witnessed(caseId: string): Promise<void>;
  close(): Promise<void>;
}

/** Builds a stage on a fresh database. Everything is real but the people. */
export async function createStage(options: StageOptions): Promise<Stage> {
  quietRuntime();
  // only here, since the import works inside the test runner alone
  const database = options.database ?? (await (await import('./postgres.ts')).freshDatabase());
  const sql = connect(database.url);
  // the test looks and makes up as the owner of the tables; what runs owns none
  const own = connect(database.url, { role: roleOfPart('worker') });
  const sealer = connect(database.url, { role: roleOfPart('sealer'), max: 1 });
  const keyring = await testKeyring(own, { copies: options.keyCopies });
  giveKeys(sql, keyring);
  const { client, connection, namespace, disconnect } = await connectTemporal(options.temporal, keyring);
  const nowMs = options.skipsTime && 'currentTimeMs' in options.temporal ? clockOf(options.temporal) : realClock;
  const catalogue = options.program
    ? catalogueOf([options.program, ...(options.others ?? [])], options.calls)
    : await loadPrograms();
  const program = options.program ?? catalogue.byId('fule')!;
  const taskQueue = options.taskQueue ?? `stage-${randomUUID()}`;
  if (!options.database) await writeOrganisation(sql, program);
  const waker = createWaker({
    client,
    log: silentLog,
    taskQueue,
    caseToRun: (caseId) => loadCaseToRun(own, caseId),
    onOpened: (caseId, runId) => saveRunId(own, caseId, runId),
  });
  const wheels = options.wheels && createWheelCaller({ client, log: silentLog, taskQueue });
  const now = async () => new Date(await nowMs()).toISOString();
  const stores =
    options.stores &&
    createStoreWatch({
      ...{ databaseUrl: database.url, role: roleOfPart('worker') },
      ...{ client, log: silentLog, taskQueue, keeps: true, everyMs: 100, keepEveryMs: 100 },
      onTemporalBehind: () => restoreWorkflows({ sql: own, client, log: silentLog, taskQueue }),
    });
  await stores?.start();
  const mayFire = () => stores?.mayFire() ?? true;
  const door = await createDoor({
    sql: own,
    mayFire,
    programs: await installPrograms(own, catalogue.all()),
    log: silentLog,
    onCommit: (caseId, acts, planned) => {
      waker.wake(caseId, acts);
      if (planned) wheels?.planned(planned);
    },
    ...(options.step ? { step: options.step } : {}),
    ...(options.skipsTime ? { now } : {}),
    ...(options.engine ? { engine: options.engine } : {}),
  });
  const worker =
    options.worker === false
      ? undefined
      : await createWorker({
          ...{ connection, client, keyring, namespace, door, sql: own, sealer, taskQueue },
          ...{ programs: catalogue, log: silentLog },
          clock: { mayFire },
          ...(stores ? { told: historiesOf(own, client) } : {}),
          wheels: options.wheels ?? false,
          ...(options.archive ? {} : { archive: false as const }),
          ...(options.skipsTime ? { now } : {}),
          ...(options.afterCommit ? { afterCommit: options.afterCommit } : {}),
          ...(options.onFound ? { onFound: options.onFound } : {}),
        });
  const running = worker?.run();

  /** The record says so first; Temporal's commit, which takes the events into the history, follows it. */
  const isWitnessed = async (caseId: string): Promise<boolean> => {
    const [row] = await sql<{ seq: number }[]>`SELECT seq FROM cases WHERE case_id = ${caseId} AND witnessed_seq = seq`;
    if (!row) return false;
    const run = await readRun(client, caseWorkflowId(caseId)).catch(() => undefined);
    return run?.end.seq === row.seq;
  };
  const tryAct: Stage['tryAct'] = async (caseId, as, type, { evidence = [], id = randomUUID(), ...rest } = {}) => {
    const documents = await Promise.all(evidence.map((kind) => writeDocument(sql, caseId, kind)));
    const act = { ...rest, id, type, actor: actor(as), ...(documents.length > 0 ? { evidence: documents } : {}) };
    return door.act({ caseId, act });
  };
  return {
    ...{ databaseUrl: database.url, sql, door, client, keyring, waker, worker, taskQueue, nowMs, tryAct },
    async open() {
      const needs = program.intake.map((field) => [field, '行动不便，没有收入'] as const);
      const outcome = await door.open({
        actId: randomUUID(),
        actor: actor('caseworker'),
        program: program.id,
        unit: 'community',
        data: Object.fromEntries(needs),
        parties: Object.entries(program.roles).flatMap(([role, def]) =>
          'party' in def && !def.optional ? [{ role, name: '周某' }] : [],
        ),
        assignments: {},
      });
      return recorded(outcome).case.caseId;
    },
    act: async (caseId, as, type, act) => recorded(await tryAct(caseId, as, type, act)),
    async witnessed(caseId) {
      const end = performance.now() + 60_000;
      while (!(await isWitnessed(caseId))) {
        if (performance.now() > end) throw new Error(`case ${caseId} was not witnessed within a minute`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async close() {
      await Promise.all([waker.flush(), wheels?.flush()]);
      worker?.shutdown();
      await running;
      await stores?.stop();
      await door.end();
      await Promise.all([sql, own, sealer].map((each) => each.end()));
      await disconnect();
      if (!options.database) await database.close();
    },
  };
}

/** The organisation of every stage, as the engine's simulator makes it up, with its events. */
export async function writeOrganisation(sql: Sql, program: Program): Promise<void> {
  const { units, posts, appointments } = sampleOrg(program, '2001-01-01T00:00:00.000Z');
  await changeOrganisation(sql, { kind: 'system', id: 'test' }, async (organisation) => {
    for (const [id, { level, above }] of Object.entries(units).reverse())
      await organisation.addUnit({ id, level, name: [id, id], ...(above === undefined ? {} : { above }) });
    for (const [id, { kind, unit }] of Object.entries(posts)) {
      const heads = units[unit]?.head === id ? ({ heads: true } as const) : {};
      await organisation.addPost({ id, kind, unit, name: [id, id], ...heads });
    }
    await organisation.addPerson({ id: CASEWORKER, name: '李某' });
    for (const { post, person, from } of appointments) {
      await organisation.addPerson({ id: person, name: '张某' });
      await organisation.appoint(post, person, from);
    }
  });
}

const CASEWORKER = 'the caseworker';

function actor(as: string) {
  if (as === 'caseworker') {
    return { kind: 'person', id: CASEWORKER, logins: [{ role: 'caseworker', unit: 'community' }] } as const;
  }
  return { kind: 'person', id: `holder of ${as}`, logins: [] } as const;
}

function recorded(outcome: Outcome): Recorded {
  if (outcome.status === 'recorded') return outcome;
  const { code, detail } = outcome.refusal;
  throw new Error(`refused: ${code}: ${detail[1]}`);
}

async function writeDocument(sql: Sql, caseId: string, kind: 'photo' | 'file'): Promise<string> {
  const id = randomUUID();
  const bytes = Buffer.from(id);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await sql`
    INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
    VALUES (${id}, ${caseId}, ${sha256}, ${bytes.length}, 'image/png', ${kind}, ${CASEWORKER}, now())`;
  await sql`INSERT INTO document_contents (document_id, bytes) VALUES (${id}, ${bytes})`;
  return id;
}

const realClock = async (): Promise<number> => Date.now();

function clockOf(environment: TestWorkflowEnvironment): () => Promise<number> {
  return () => environment.currentTimeMs();
}

async function connectTemporal(temporal: StageOptions['temporal'], keyring: Keyring) {
  const dataConverter = clientConverter(keyring);
  if ('nativeConnection' in temporal) {
    const { client: plain, connection: forClient, nativeConnection: connection } = temporal;
    const { namespace } = plain.options;
    // the server's own kind of client, which lets time pass while it waits
    const Kind = plain.constructor as typeof Client;
    const client = new Kind({ connection: forClient, namespace, dataConverter });
    return { client, connection, namespace, disconnect: async () => {} };
  }
  const { address, namespace } = temporal;
  const [forClient, connection] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  return {
    client: new Client({ connection: forClient, namespace, dataConverter }),
    connection,
    namespace,
    disconnect: async () => {
      await Promise.all([forClient.close(), connection.close()]);
    },
  };
}

/** A catalogue of programs made up for a test, which share their calls. */
function catalogueOf(programs: readonly Program[], calls: Calls = {}): ProgramCatalogue {
  return {
    byId: (id) => programs.find((program) => program.id === id),
    byHash: (hash) => programs.find((program) => programHash(program) === hash),
    all: () => programs,
    hashOf: (id) => programs.flatMap((program) => (program.id === id ? [programHash(program)] : []))[0],
    calls: () => calls,
  };
}
