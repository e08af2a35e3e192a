import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import type { TemporalClock } from './temporal-clock.ts';

/** Difference of this process' clock from another at which an alarm is raised, and at which nothing fires. */
export const ALARM_OFFSET_MS = 60_000;
/** Off by more than this, milliseconds, a process fires nothing (architecture, “One clock”). */
export const STOP_OFFSET_MS = 600_000;

/** By how much this process' clock is ahead (positive) or behind; undefined where the other one could not be asked. */
export interface ClockOffsets {
  readonly databaseMs: number | undefined;
  readonly temporalMs: number | undefined;
}

/** One for a process: what fires in it fires by its leave. */
export interface ClockCheck {
  /** Compares once. Never throws. */
  compare(): Promise<ClockOffsets>;
  /** False while the last comparison found more than ten minutes. */
  mayFire(): boolean;
  /** Compares every minute until stopped. Resolves after the first comparison with the database. */
  start(): Promise<void>;
  stop(): void;
}

/** The clocks that are compared; whatever is left out is the real one. */
export interface ClockCheckDeps {
  readonly sql: Sql;
  /** Asks Temporal's server for its time (temporal-clock.ts). Without it only the database is asked. */
  readonly temporalMs?: TemporalClock;
  readonly log: Logger;
  readonly nowMs?: () => number;
  readonly everyMs?: number;
}

/**
 * Watches that this process' clock agrees with the database's, by which all times of the record are made, and with
 * Temporal's, which counts the spans between them.
 */
export function createClockCheck(deps: ClockCheckDeps): ClockCheck {
  const { sql, log, temporalMs, nowMs = Date.now, everyMs = 60_000 } = deps;
  let database = 0;
  let temporal = 0;
  let timer: NodeJS.Timeout | undefined;

  async function databaseMs(): Promise<number> {
    const [row] = await sql<{ ms: number }[]>`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms`;
    return row!.ms;
  }

  /** Only what cannot be the time the question took counts: a process that was stopped meanwhile is not off. */
  async function offset(whose: string, ask: () => Promise<number>): Promise<number | undefined> {
    const before = nowMs();
    try {
      const theirs = await ask();
      const after = nowMs();
      const offsetMs = Math.round(theirs < before ? before - theirs : theirs > after ? after - theirs : 0);
      if (Math.abs(offsetMs) > ALARM_OFFSET_MS) {
        const stopped = Math.abs(offsetMs) > STOP_OFFSET_MS;
        log.error({ alarm: 'CLOCK', whose, offsetMs, stopped }, 'the clock of this machine differs from another');
      }
      return offsetMs;
    } catch (error) {
      log.info({ whose, reason: (error as Error).message }, 'clock not compared');
      return undefined;
    }
  }

  async function compareDatabase(): Promise<number | undefined> {
    const found = await offset('database', databaseMs);
    // while it does not answer nothing fires anyway: what was found last stands until it does
    database = found ?? database;
    return found;
  }

  async function compareTemporal(): Promise<number | undefined> {
    const found = temporalMs && (await offset('Temporal', temporalMs));
    // work goes on without Temporal: what it said long ago must not hold it up
    temporal = found ?? 0;
    return found;
  }

  return {
    async compare() {
      const [ofDatabase, ofTemporal] = await Promise.all([compareDatabase(), compareTemporal()]);
      return { databaseMs: ofDatabase, temporalMs: ofTemporal };
    },
    mayFire: () => Math.abs(database) <= STOP_OFFSET_MS && Math.abs(temporal) <= STOP_OFFSET_MS,
    async start() {
      timer = setInterval(() => {
        void compareDatabase();
        void compareTemporal();
      }, everyMs);
      timer.unref();
      void compareTemporal();
      await compareDatabase();
    },
    stop: () => clearInterval(timer),
  };
}
