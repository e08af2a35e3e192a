import { availableParallelism } from 'node:os';
import type { Client } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import type { Keyring } from '../door/keys/keyring.ts';
import { TASK_QUEUE } from '../workflows/names.ts';
import { type AdvanceDeps, createAdvanceCase } from './advance-case.ts';
import { type Archiver, createArchiver } from './archiver.ts';
import { type AuditorNoticesDeps, createAuditorNotices } from './auditor-notices.ts';
import { workflowBundle } from './bundle.ts';
import { createChannelPruner } from './channel-pruner.ts';
import { createChannelSender, type Senders } from './channel-sender.ts';
import { type ChaserDeps, createChaser } from './chaser.ts';
import type { ClockCheck } from './clock-check.ts';
import { workerConverter } from './data-converter.ts';
import { createDeliverer } from './deliverer.ts';
import { createDestroyer, type DestroyerDeps } from './destroyer.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { createEffects, type EffectDeps } from './effect.ts';
import { createGroupCounter, type GroupCounterDeps } from './group-counter.ts';
import { createImporter, type ImporterDeps } from './importer.ts';
import { createMover, type MoverDeps } from './mover.ts';
import { createProjector, type ProjectorDeps } from './projector.ts';
import { createRecordLog, type RecordLogDeps } from './record-log.ts';
import { createStateSealer } from './state-sealer.ts';
import { createStoreComparer, type StoreComparerDeps } from './store-comparer.ts';
import { createSweeper, type Sweeper, type SweeperDeps } from './sweeper.ts';
import { createWheelKeeper, type WheelKeeper } from './wheel-keeper.ts';
import { createTurnWheel, type WheelTurnDeps } from './wheel-turn.ts';

/** What a worker is made of; see each for its unit and default. */
export interface WorkerDeps {
  readonly connection: NativeConnection;
  /** For the loops: starts and wakes workflows. */
  readonly client: Client;
  readonly door: AdvanceDeps['door'] &
    EffectDeps['door'] &
    WheelTurnDeps['door'] &
    ProjectorDeps['door'] &
    MoverDeps['door'] &
    ChaserDeps['door'] &
    DestroyerDeps['door'] &
    GroupCounterDeps['door'] &
    ImporterDeps['door'];
  /** For leases; its pool is also the limit of calls of the door at a time. */
  readonly sql: Sql;
  /** For the loop that writes the log, which has rights of its own. Default: `sql`. */
  readonly sealer?: Sql;
  /** What goes to Temporal is encrypted with these keys; the client has to be made with the same. */
  readonly keyring: Keyring;
  readonly programs: EffectDeps['programs'];
  /** The process' own; whoever made it starts and stops it. */
  readonly clock: Pick<ClockCheck, 'mayFire'>;
  readonly log: Logger;
  readonly namespace?: string;
  readonly taskQueue?: string;
  /** Connections of the door's pool. Default 10. */
  readonly poolSize?: number;
  /**
   * Workflow tasks at a time. Default two a processor, at least four: after a restart each replays its history, which is
   * work for a processor. With few of them signals gather while a case waits for its turn, and one task takes them all.
   */
  readonly workflowTasks?: number;
  readonly maxCachedWorkflows?: number;
  /** The channels that messages go out over. Default: none; what is for them waits. */
  readonly senders?: Senders;
  /** The key that signs checkpoints of the log. Default none: events enter the log and nothing is signed here. */
  readonly signing?: RecordLogDeps['signing'];
  /** For how many days the records of what was sent outside are kept in full. Default two years. */
  readonly keepSentDays?: number;
  /** From how many cases read by one person in a day auditors are told. */
  readonly readLimits?: AuditorNoticesDeps['readLimits'];
  /** Where copies of archived histories are kept outside the database. Default: nowhere. */
  readonly archiveFolder?: string | undefined;
  /** False: what two people have approved to destroy is not carried out by this worker. Default true. */
  readonly destroys?: false;
  /** Removes copies of the key of a destroyed case, and its histories in the archive's folder. Default: there are none. */
  readonly cleanDestroyed?: DestroyerDeps['clean'];
  /** Cases that copies of keys say are destroyed. Default: none are known. */
  readonly buried?: DestroyerDeps['buried'];
  /** What the histories of a case tell, for comparing after a restore; without it this worker compares none. */
  readonly told?: StoreComparerDeps['told'];
  /** False: ended runs are not archived by this worker, since a test's server has no list of them. Default true. */
  readonly archive?: false;
  /** Where people reach the pages, for links in messages; undefined: they carry none. */
  readonly baseUrl?: string | undefined;
  /** False: units get no wheels by themselves, and cases go by their own timers. Default true. */
  readonly wheels?: boolean;
  /** For tests: the one clock under time skipping, and what happens between the door's commit and the answer. */
  readonly now?: SweeperDeps['now'];
  readonly afterCommit?: AdvanceDeps['afterCommit'];
  readonly onFound?: SweeperDeps['onFound'];
}

/** What a worker does: workflows, activities and the loops. */
export interface LinliWorker {
  /** Resolves after `shutdown` when all has ended; rejects when Temporal's worker fails. */
  run(): Promise<void>;
  /** Ends the loops, then lets what is under way finish within 10 s. */
  shutdown(): void;
  readonly sweeper: Sweeper;
  readonly dispatcher: Dispatcher;
  readonly keeper: WheelKeeper;
  readonly archiver: Archiver;
}

/**
 * The SDK breaks workflow code off after five seconds by the wall clock, and Node then ends the whole process (`async hook
 * stack has become corrupted`, temporalio/sdk-typescript#939): on a machine that is short of processors, or was suspended,
 * that would take API and books down with it. Ours never loops for long, so it may take its time; the server gives the
 * task to somebody else meanwhile. An option the SDK knows but does not yet name in its types.
 */
export const UNHURRIED = { isolateExecutionTimeout: '10 minutes' } as const;

/** Connects a worker; it works once `run` is called. `installRuntime` comes first, before any connection. */
export async function createWorker(deps: WorkerDeps): Promise<LinliWorker> {
  const { connection, client, door, sql, log, poolSize = 10, taskQueue = TASK_QUEUE } = deps;
  const { mayFire } = deps.clock;
  const { now, onFound, afterCommit } = deps;
  const sweeper = createSweeper({
    ...{ sql, client, log, taskQueue, mayFire },
    ...(now ? { now } : {}),
    ...(onFound ? { onFound } : {}),
  });
  const dispatcher = createDispatcher({ sql, client, log, taskQueue, mayFire });
  const keeper = createWheelKeeper({ ...{ sql, client, log, taskQueue, mayFire }, ...(now ? { now } : {}) });
  const projector = createProjector({ sql, door, log, mayFire });
  const mover = createMover({ sql, door, log, mayFire });
  const chaser = createChaser({ sql, door, log, mayFire, ...(now ? { now } : {}) });
  const deliverer = createDeliverer({ sql, log, mayFire, ...(now ? { now } : {}) });
  const destroyer = createDestroyer({
    ...{ sql, door, log, mayFire, clean: deps.cleanDestroyed, buried: deps.buried },
    ...(now ? { now } : {}),
  });
  const importer = createImporter({ sql, door, log, mayFire });
  const channels = createChannelSender({
    ...{ sql, log, mayFire, senders: deps.senders ?? {}, baseUrl: deps.baseUrl },
    ...(now ? { now } : {}),
  });
  const archiver = createArchiver({ sql, client, log, taskQueue, folder: deps.archiveFolder });
  const pruner = createChannelPruner({ sql, log, mayFire, keepDays: deps.keepSentDays });
  const auditors = createAuditorNotices({ sql, log, mayFire, readLimits: deps.readLimits, ...(now ? { now } : {}) });
  const recordLog = createRecordLog({ sql: deps.sealer ?? sql, log, signing: deps.signing });
  const loops = [
    sweeper,
    dispatcher,
    projector,
    mover,
    chaser,
    auditors,
    ...(deps.destroys === false ? [] : [destroyer]),
    importer,
    createGroupCounter({ sql, door, log, mayFire }),
    deliverer,
    channels,
    pruner,
    recordLog,
    createStateSealer({ sql, log }),
    ...(deps.wheels === false ? [] : [keeper]),
    ...(deps.archive === false ? [] : [archiver]),
    ...(deps.told ? [createStoreComparer({ sql, client, log, taskQueue, told: deps.told })] : []),
  ];
  const worker = await Worker.create({
    connection,
    taskQueue,
    dataConverter: workerConverter(deps.keyring),
    workflowBundle: await workflowBundle(),
    activities: {
      advanceCase: createAdvanceCase({ door, log, mayFire, ...(afterCommit ? { afterCommit } : {}) }),
      turnWheel: createTurnWheel({ door, mayFire }),
      ...createEffects({ sql, door, programs: deps.programs }),
    },
    // a task taken from the server has five seconds: what cannot be worked on soon stays in the queue, where none run.
    // With too many all end too late on a busy machine, are given out anew, and little gets done
    maxConcurrentWorkflowTaskExecutions: deps.workflowTasks ?? Math.max(4, 2 * availableParallelism()),
    maxConcurrentLocalActivityExecutions: poolSize,
    maxConcurrentActivityTaskExecutions: poolSize,
    shutdownGraceTime: '10s',
    ...UNHURRIED,
    stickyQueueScheduleToStartTimeout: '5s', // a worker that stopped holds up its cases no longer
    ...(deps.namespace === undefined ? {} : { namespace: deps.namespace }),
    ...(deps.maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows: deps.maxCachedWorkflows }),
  });
  return {
    sweeper,
    dispatcher,
    keeper,
    archiver,
    async run() {
      for (const loop of loops) loop.start();
      try {
        await worker.run();
      } finally {
        await Promise.all(loops.map((loop) => loop.stop()));
      }
    },
    shutdown() {
      for (const loop of loops) void loop.stop();
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
