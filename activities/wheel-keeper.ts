import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import type { Instant } from '../sdk/time.ts';
import { TASK_QUEUE } from '../workflows/names.ts';
import { createLoop, type Loop } from './loop.ts';
import { someAtATime } from './some-at-a-time.ts';
import { callWheel } from './wheel-call.ts';

/** What keeping wheels turning needs. */
export interface WheelKeeperDeps {
  readonly sql: Sql;
  readonly client: Client;
  readonly log: Logger;
  readonly taskQueue?: string;
  /** The time by which lateness is judged; without it the database's. */
  readonly now?: () => Promise<Instant>;
  /** False stops it for the time being (clock check). */
  readonly mayFire?: () => boolean;
}

/** Sees to it that every unit that needs a wheel has one. */
export interface WheelKeeper extends Loop {
  /** One turn: calls the wheels of units where something is due and none turns. Answers their units. */
  look(): Promise<string[]>;
}

const everyMs = 2_000;
/** So late the first case of a unit may be, and so long ago its wheel's last turn, before the wheel counts as lost. */
const lateMs = 3_000;
const silentMs = 8_000;
const atOnce = 8;

/**
 * Calls the wheel of every unit once when the worker starts, and from then on the wheels of units where a case is due and
 * whose wheel does not turn: lost with Temporal's data, terminated, or never called because a process died after its commit.
 */
export function createWheelKeeper(deps: WheelKeeperDeps): WheelKeeper {
  const { sql, client, log, taskQueue = TASK_QUEUE, mayFire = () => true } = deps;
  let first = true;

  async function look(): Promise<string[]> {
    if (!mayFire()) return [];
    const now = (await deps.now?.()) ?? null;
    const rows = await sql<{ unit: string }[]>`
      WITH clock AS MATERIALIZED (SELECT coalesce(${now}::timestamptz, statement_timestamp()) AS now)
      SELECT u.id AS unit FROM clock, units u LEFT JOIN wheels w ON w.unit = u.id
      WHERE EXISTS (SELECT FROM cases c WHERE c.unit = u.id AND c.frozen_at IS NULL AND c.stuck_since IS NULL
          AND c.wake_at <= CASE WHEN ${first} THEN 'infinity' ELSE clock.now - ${lateMs} * interval '1 ms' END)
        AND (${first} OR w.turned_at IS NULL OR w.turned_at < clock.now - ${silentMs} * interval '1 ms')`;
    const units = rows.map(({ unit }) => unit);
    if (!first && units.length > 0) log.warn({ alarm: 'WHEEL', units }, 'units had due cases and no wheel that turns');
    await someAtATime(atOnce, units, (unit) => callWheel(client, unit, undefined, taskQueue));
    first = false;
    return units;
  }

  const loop = createLoop({
    ...{ name: 'wheel keeper', everyMs, log },
    body: async () => {
      await look();
      return false;
    },
  });
  return { ...loop, look };
}
