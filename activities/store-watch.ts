import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { connect, type Sql } from '../db/client.ts';
import { createTransactions } from '../db/transactions.ts';
import { holdEverything } from '../door/hold.ts';
import { TASK_QUEUE } from '../workflows/names.ts';
import { createLoop } from './loop.ts';
import { judgeStores, type ServerIds, type StoresVerdict } from './store-judge.ts';
import {
  type DatabaseSeen,
  keepMark,
  noteServer,
  readDatabase,
  readTemporalMarks,
  tellTemporal,
} from './store-marks.ts';

/** What this machine remembers outside both stores. */
export interface StoreMemory {
  read(installation: string): (ServerIds & { readonly n: number }) | undefined;
  write(installation: string, seen: ServerIds & { readonly n: number }): void;
}

/** What watching over the stores needs. */
export interface StoreWatchDeps {
  readonly databaseUrl: string;
  /** The database role its session begins with. Default: the login's own. */
  readonly role?: string | undefined;
  readonly client: Client;
  readonly log: Logger;
  readonly memory?: StoreMemory | undefined;
  readonly taskQueue?: string;
  /** True in processes that write the marks: those with a worker. */
  readonly keeps: boolean;
  /** How often it looks, and how often at most a mark is written. Default 1,000 and 10,000. */
  readonly everyMs?: number;
  readonly keepEveryMs?: number;
  /** Called when Temporal was found at an earlier point than the database: workflows and effects have to be started again. */
  readonly onTemporalBehind?: () => Promise<unknown>;
}

/** One for a process: nothing fires and nothing is decided in it but by its leave. */
export interface StoreWatch {
  /** False until the stores were found to agree, and from when a restore is suspected until what is to be held is held. */
  mayFire(): boolean;
  /** Looks now. Never throws. */
  check(): Promise<void>;
  /** Looks, and again and again until stopped. Resolves after the first look. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Notices a database that was put back to an earlier point, before this process does anything with it: at its start, whenever
 * a connection was lost (nobody can put a database back under an open one), and when the marks in it go backwards. Then
 * everything is held until it is compared. Costs one small statement a second.
 */
export function createStoreWatch(deps: StoreWatchDeps): StoreWatch {
  const { client, log, memory, keeps, taskQueue = TASK_QUEUE, everyMs = 1_000, keepEveryMs = 10_000 } = deps;
  let doubt = true;
  let clear = false;
  let seenN = 0;
  let behindTold = false;
  /** What this process has seen itself; it counts where nothing is remembered on this machine. */
  let own: ReturnType<StoreMemory['read']>;
  const sql: Sql = connect(deps.databaseUrl, {
    max: 1,
    name: 'linli stores',
    role: deps.role,
    onclose: () => {
      doubt = true;
      clear = false;
    },
  });
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 620_000, role: 'linli_door' });

  async function look(): Promise<void> {
    const wasInDoubt = doubt;
    const seen = await readDatabase(sql);
    const outside = memory?.read(seen.installation) ?? own;
    const asks = wasInDoubt || !clear || seen.mark.n < seenN;
    // between two looks the marks can only go on; Temporal is asked when something does not fit
    const temporal = asks ? await readTemporalMarks(client, seen.installation) : undefined;
    const verdict = judgeStores({ ...seen, temporal, outside });
    await settle(seen, verdict);
    if (wasInDoubt && verdict.kind !== 'unknown') doubt = false;
  }

  async function settle(seen: DatabaseSeen, verdict: StoresVerdict): Promise<void> {
    const { mark, server, installation } = seen;
    if (verdict.kind === 'unknown') {
      clear = false;
      return;
    }
    if (verdict.kind === 'restored') {
      clear = false;
      await hold(seen, verdict.why);
      return;
    }
    if (verdict.kind === 'temporal behind' && keeps && !behindTold) {
      behindTold = true;
      log.error(
        { alarm: 'TEMPORAL_BEHIND' },
        'Temporal is at an earlier point than the record: what it lost is started again',
      );
      await deps.onTemporalBehind?.();
      await tellTemporal(client, installation, taskQueue, { n: mark.n, nonce: mark.nonce ?? randomUUID() });
    }
    if (mark.system !== server.system || mark.timeline !== server.timeline) await noteServer(sql, server);
    seenN = mark.n;
    own = { ...server, n: mark.n };
    memory?.write(installation, own);
    clear = !seen.unlisted;
  }

  /** Whoever is first holds everything; the others find it done at their next look. */
  async function hold(seen: DatabaseSeen, why: string): Promise<void> {
    const told = await readTemporalMarks(client, seen.installation);
    const outside = memory?.read(seen.installation) ?? own;
    const highest = Math.max(seen.mark.n, outside?.n ?? 0, ...(told ?? []).map(({ n }) => n));
    const next = { n: highest + 1, nonce: randomUUID() };
    // told first: a process that ends in between leaves a mark that is behind, and the next one holds everything
    await tellTemporal(client, seen.installation, taskQueue, next);
    const held = await transactions.run((tx) => holdEverything(tx, { why, seen: seen.mark, next }));
    if (held)
      log.error(
        { alarm: 'RESTORED', why },
        'the database was put back to an earlier point: every case is held until it is compared',
      );
    doubt = true;
  }

  const check = async (): Promise<void> => {
    try {
      await look();
    } catch (error) {
      log.info({ reason: (error as Error).message }, 'the stores could not be compared');
    }
  };
  const loop = createLoop({
    ...{ name: 'store watch', everyMs, log },
    body: async () => {
      await check(); // a turn that fails would be put off ever longer
      if (keeps && clear && !doubt)
        await keepMark(sql, client, { taskQueue, everyMs: keepEveryMs }).catch(() => undefined);
      return false;
    },
  });
  return {
    mayFire: () => clear && !doubt,
    check,
    async start() {
      await check();
      loop.start();
    },
    async stop() {
      await loop.stop();
      await transactions.end();
      await sql.end({ timeout: 5 });
    },
  };
}
