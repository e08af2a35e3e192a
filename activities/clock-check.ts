import type { Logger } from 'pino';
import type { Sql } from 'postgres';

/** Difference of this process' clock from the database's at which an alarm is raised, and at which nothing fires. */
export const ALARM_OFFSET_MS = 60_000;
export const STOP_OFFSET_MS = 600_000;

export interface ClockCheck {
  /** Compares once. Positive: this process is ahead. Throws when the database does not answer. */
  compare(): Promise<number>;
  /** False while the last comparison found more than ten minutes. */
  mayFire(): boolean;
  /** Compares every minute until stopped. */
  start(): void;
  stop(): void;
}

/** Watches that this process' clock agrees with the database's, by which all times of the record are made. */
export function createClockCheck(deps: {
  readonly sql: Sql;
  readonly log: Logger;
  readonly nowMs?: () => number;
  readonly everyMs?: number;
}): ClockCheck {
  const { sql, log, nowMs = Date.now, everyMs = 60_000 } = deps;
  let offsetMs = 0;
  let timer: NodeJS.Timeout | undefined;

  async function compare(): Promise<number> {
    const before = nowMs();
    const [row] = await sql<{ ms: number }[]>`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms`;
    const after = nowMs();
    offsetMs = Math.round((before + after) / 2 - row!.ms);
    if (Math.abs(offsetMs) > ALARM_OFFSET_MS) {
      const stopped = Math.abs(offsetMs) > STOP_OFFSET_MS;
      log.error({ alarm: 'CLOCK', offsetMs, stopped }, 'the clock of this machine differs from the database');
    }
    return offsetMs;
  }

  return {
    compare,
    mayFire: () => Math.abs(offsetMs) <= STOP_OFFSET_MS,
    start() {
      const tick = () => compare().catch((error: Error) => log.warn({ reason: error.message }, 'clock not compared'));
      void tick();
      timer = setInterval(tick, everyMs);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
