import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { unsignedSeconds } from '../db/queries/record-log.ts';
import { createTransactions } from '../db/transactions.ts';
import { type SealOptions, sealAccesses } from '../door/log/access-chain.ts';
import { appendEvents, lockLog } from '../door/log/append.ts';
import {
  type CheckpointOptions,
  LogRolledBack,
  type LogSigning,
  type Made,
  makeCheckpoint,
} from '../door/log/checkpoint.ts';
import { createLoop, type Loop } from './loop.ts';

/** What the loop that writes the log needs. */
export interface RecordLogDeps {
  readonly sql: Sql;
  readonly log: Logger;
  /** Without it events are appended and nothing is signed here. */
  readonly signing?: LogSigning | undefined;
  readonly checkpoints?: CheckpointOptions;
  /** When reads are sealed into a block of the access log. */
  readonly sealing?: SealOptions;
  /** Milliseconds from turn to turn. Default 2,000. */
  readonly everyMs?: number;
  /** Milliseconds after which events that no checkpoint covers are said loudly. Default 600,000. */
  readonly unsignedMs?: number;
  /** Events a turn. Default 1,000. */
  readonly most?: number;
}

/** The loop of a worker process that appends committed events to the log and signs how far it has come. */
export interface RecordLog extends Loop {
  /** One turn. Answers whether there is more to append; false too when another process is at it. */
  turn(): Promise<boolean>;
}

const sweepEveryMs = 600_000;
/** A statement of a checkpoint may take so long. */
const mostMs = 60_000;
const sayAgainMs = 600_000;
const lookMs = 60_000;

/**
 * Works behind the acts, which know nothing of it: what is committed and not in the log is found, appended in batches, and
 * signed. One process at a time by a lock of the database, held for a transaction; each event once whoever crashes. At the
 * first turn and every ten minutes all cases are looked through, else those that moved of late.
 */
export function createRecordLog(deps: RecordLogDeps): RecordLog {
  const { sql, log, signing, most = 1_000, unsignedMs = 600_000 } = deps;
  // the first checkpoint after a long time may have much to do
  const transactions = createTransactions(sql, { lanes: 1, role: 'linli_log', deadlineMs: 2 * mostMs });
  let sweptAt = Number.NEGATIVE_INFINITY;
  let saidAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let unsignedSaidAt = Number.NEGATIVE_INFINITY;
  // a turn that fails may have been too large for a busy machine
  let batch = most;

  async function append(): Promise<boolean> {
    const begunAt = performance.now();
    const everything = begunAt - sweptAt >= sweepEveryMs;
    const done = await transactions
      .run(async (tx) => {
        if (!(await lockLog(tx))) return undefined;
        await sealAccesses(tx, deps.sealing);
        return appendEvents(tx, { everything, most: batch });
      })
      .catch((error: unknown) => {
        batch = Math.max(1, Math.floor(batch / 2));
        throw error;
      });
    if (!done) return false;
    batch = Math.min(most, batch * 2);
    for (const chain of new Set(done.changed))
      log.error(
        { alarm: 'RECORD_CHANGED', chain },
        'a chain does not go on where the log has it: "linli audit verify" tells more',
      );
    if (everything && !done.more) sweptAt = begunAt;
    return done.more;
  }

  async function checkpoint(): Promise<Made | undefined> {
    if (!signing) return undefined;
    try {
      return await transactions.run(async (tx) => {
        await tx.unsafe(`SET LOCAL statement_timeout = ${mostMs}`);
        return (await lockLog(tx)) ? makeCheckpoint(tx, signing, deps.checkpoints) : undefined;
      });
    } catch (error) {
      if (!(error instanceof LogRolledBack)) throw error;
      if (performance.now() - saidAt >= sayAgainMs) {
        saidAt = performance.now();
        log.error({ alarm: 'LOG_ROLLED_BACK', reason: error.message }, 'no checkpoint is signed any more');
      }
      return undefined;
    }
  }

  /** A key that is away, or a log that falls behind, stops no act: it has to be said. */
  async function sayUnsigned(): Promise<void> {
    const now = performance.now();
    if (now - lookedAt < Math.min(lookMs, unsignedMs)) return;
    lookedAt = now;
    // in the name of the log: by itself the login reads nothing
    const seconds = await transactions.run((tx) => unsignedSeconds(tx));
    if (seconds * 1_000 <= unsignedMs || now - unsignedSaidAt < sayAgainMs) return;
    unsignedSaidAt = now;
    log.error({ alarm: 'UNSIGNED', seconds: Math.round(seconds) }, 'events are under no signed checkpoint');
  }

  async function turn(): Promise<boolean> {
    try {
      const more = await append();
      const made = await checkpoint();
      if (made) log.debug({ number: made.number, size: made.size }, 'a checkpoint was signed');
      return more;
    } finally {
      // most of all when a turn fails, whose own error is the one to be told
      await sayUnsigned().catch((error: Error) =>
        log.warn({ reason: error.message }, 'whether events are under no signed checkpoint could not be looked at'),
      );
    }
  }

  const loop = createLoop({ name: 'record-log', everyMs: deps.everyMs ?? 2_000, log, body: turn });
  return {
    ...loop,
    turn,
    async stop() {
      await loop.stop();
      await transactions.end();
    },
  };
}
