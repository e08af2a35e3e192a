import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import type { Instant } from '../sdk/time.ts';
import { caseWorkflowId, SWEEP_SIGNAL, TASK_QUEUE, TIME_SIGNAL } from '../workflows/names.ts';
import { signalRun } from './case-run.ts';
import { loadCaseToRun } from './case-to-run.ts';
import { leased, takeable } from './lease.ts';
import { createLoop, type Loop } from './loop.ts';
import { someAtATime } from './some-at-a-time.ts';

/** What the sweeper has found since the process began. In order, all of it is zero. */
export interface SweeperCounts {
  /** Cases with events their workflow had not taken in for 15 s. */
  lagging: number;
  /** Cases whose wake-up passed 15 s ago. */
  overslept: number;
  woken: number;
  failed: number;
  /** Not a finding: cases woken because the wheel had fired in them. */
  followed: number;
}

/** What the sweeper needs. */
export interface SweeperDeps {
  readonly sql: Sql;
  readonly client: Client;
  readonly log: Logger;
  readonly taskQueue?: string;
  /** The time by which wake-ups are judged; without it the database's. */
  readonly now?: () => Promise<Instant>;
  /** Told of each new finding, for metrics. */
  readonly onFound?: (why: 'lagging' | 'overslept', n: number) => void;
  /** False stops it for the time being (clock check). */
  readonly mayFire?: () => boolean;
  /** How long a case may lag or oversleep. Default 15,000. */
  readonly patienceMs?: number;
}

/** The loop of a worker process that wakes cases whose workflow sleeps on or lags behind. */
export interface Sweeper extends Loop {
  counts(): Readonly<SweeperCounts>;
  /** One turn: looks, wakes at most 100 cases, and answers how many. */
  sweep(): Promise<number>;
}

interface Leased {
  readonly caseId: string;
  readonly why: 'lagging' | 'overslept' | 'fired';
}

const everyMs = 1_000;
const atMost = 100;
/** How long the workflow of a case the wheel has fired waits for the wheel to end. */
const followsWithinMs = 60_000;

/**
 * Wakes cases that sleep on or whose events are not witnessed, and starts lost runs again; and those the wheel fired, so
 * that their workflows take the events in, a hundred a second at most, once the wheels have nothing due any more. Leases its work in one short
 * statement, holds no transaction and no lock on a case while it calls Temporal, tries again after 15 s, then later up to
 * 5 minutes. What it finds by itself is a fault somewhere else: counted and logged.
 */
export function createSweeper(deps: SweeperDeps): Sweeper {
  const { sql, client, log, taskQueue = TASK_QUEUE, patienceMs = 15_000, mayFire = () => true } = deps;
  const counts: SweeperCounts = { lagging: 0, overslept: 0, woken: 0, failed: 0, followed: 0 };

  async function find(now: Instant | null): Promise<void> {
    const found = await sql<{ why: 'lagging' | 'overslept' }[]>`
      WITH clock AS (
        SELECT coalesce(${now}::timestamptz, clock_timestamp()) AS now, ${patienceMs} * interval '1 ms' AS patience
      ), due AS (
        (SELECT c.case_id, 'lagging' AS why FROM cases c, clock
         WHERE c.lagging_since < clock.now - patience AND c.frozen_at IS NULL AND c.stuck_since IS NULL
           AND NOT EXISTS (SELECT FROM wakes w WHERE w.case_id = c.case_id) LIMIT ${atMost})
        UNION ALL
        (SELECT c.case_id, 'overslept' FROM cases c, clock
         WHERE c.wake_at < clock.now - patience AND c.frozen_at IS NULL AND c.stuck_since IS NULL
           AND NOT EXISTS (SELECT FROM wakes w WHERE w.case_id = c.case_id) LIMIT ${atMost})
      ), free AS MATERIALIZED (
        -- the row's reference would wait for whoever holds the case, who may wait for the row: the next turn finds it again
        SELECT case_id FROM cases WHERE case_id IN (SELECT case_id FROM due) FOR KEY SHARE SKIP LOCKED
      )
      INSERT INTO wakes (case_id, why, found_at, next_try)
      SELECT DISTINCT ON (case_id) case_id, why, clock_timestamp(), clock_timestamp() FROM due JOIN free USING (case_id)
      ORDER BY case_id ON CONFLICT DO NOTHING RETURNING why`;
    for (const why of ['lagging', 'overslept'] as const) {
      const n = found.filter((each) => each.why === why).length;
      if (n === 0) continue;
      counts[why] += n;
      deps.onFound?.(why, n);
      log.warn({ alarm: 'SWEEPER', why, n }, 'the sweeper found cases to wake');
    }
  }

  // what was found comes before what the wheel left, and what is due before both: while a wheel still fires, its followers would
  // take half of the processors from it. They wait a minute at most
  const lease = (now: Instant | null) => sql<Leased[]>`
    UPDATE wakes SET ${leased(sql)}
    WHERE case_id = ANY (ARRAY(
      SELECT case_id FROM wakes WHERE ${takeable(sql, 'wakes')}
        AND (why <> 'fired' OR found_at < clock_timestamp() - ${followsWithinMs} * interval '1 ms' OR NOT EXISTS (
          SELECT FROM cases c JOIN wheels USING (unit)
          WHERE c.wake_at <= coalesce(${now}::timestamptz, clock_timestamp()) AND c.frozen_at IS NULL AND c.stuck_since IS NULL))
      ORDER BY why = 'fired', next_try LIMIT ${atMost} FOR UPDATE SKIP LOCKED))
    RETURNING case_id AS "caseId", why`;

  /** Cases that caught up, or that were set aside for people, need no wake. Another sweeper's rows are left to it: two that wait for each other would be a deadlock. */
  const forget = (now: Instant | null) => sql`
    DELETE FROM wakes WHERE case_id IN (
      SELECT w.case_id FROM wakes w JOIN cases c ON c.case_id = w.case_id
      WHERE c.frozen_at IS NOT NULL OR c.stuck_since IS NOT NULL OR (
        (c.lagging_since IS NULL OR w.why <> 'fired'
          AND c.lagging_since >= coalesce(${now}::timestamptz, clock_timestamp()) - ${patienceMs} * interval '1 ms')
        AND (c.wake_at IS NULL OR w.why = 'fired'
          OR c.wake_at >= coalesce(${now}::timestamptz, clock_timestamp()) - ${patienceMs} * interval '1 ms'))
      FOR UPDATE OF w SKIP LOCKED)`;

  /** False when no run is open. */
  async function signalled(caseId: string): Promise<boolean> {
    try {
      await client.workflow.getHandle(caseWorkflowId(caseId)).signal(TIME_SIGNAL);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async function wake({ caseId, why }: Leased): Promise<void> {
    try {
      await client.withDeadline(Date.now() + 10_000, async () => {
        if (why === 'fired' && (await signalled(caseId))) return;
        const work = await loadCaseToRun(sql, caseId);
        if (work) await signalRun(client, work, { name: SWEEP_SIGNAL, args: [] }, taskQueue);
      });
      await sql`UPDATE wakes SET lease_until = NULL WHERE case_id = ${caseId}`;
      if (why === 'fired') counts.followed += 1;
      else counts.woken += 1;
    } catch (error) {
      counts.failed += 1;
      log.warn({ caseId, reason: (error as Error).message }, 'the sweeper could not wake a case');
    }
  }

  async function sweep(): Promise<number> {
    if (!mayFire()) return 0;
    const now = (await deps.now?.()) ?? null;
    await forget(now);
    await find(now);
    const taken = await lease(now);
    await someAtATime(8, taken, wake);
    return taken.length;
  }

  const loop = createLoop({ name: 'sweeper', everyMs, log, body: async () => (await sweep()) < 0 });
  return { ...loop, sweep, counts: () => ({ ...counts }) };
}
