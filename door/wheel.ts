import postgres from 'postgres';
import type { Instant } from '../sdk/time.ts';
import type { DoorDeps } from './deps.ts';
import { failureOf, persist } from './failure.ts';
import { attemptBatch, type Batch } from './wheel-batch.ts';

/** What a unit's wheel asks: fire what is due there up to this instant. */
export interface TurnQuery {
  readonly unit: string;
  /** Nothing due later fires, whatever the door's clock says; without it the door's clock alone decides. */
  readonly until?: Instant;
}

/** What came of it. */
export interface Turned {
  readonly cases: number;
  readonly events: number;
  readonly stuck: number;
  /** The time for one call was used up, or somebody else is at a case that is due: ask again at once. */
  readonly more: boolean;
  /** Span to the unit's next due instant, counted by the door, and that instant; none: nothing is planned in the unit. */
  readonly wakeInMs?: number;
  readonly nextDueAt?: Instant;
}

/** How a turn is done. */
export interface TurnOptions {
  /** The call ends after the transaction under way when it has taken so long. Default 5,000. */
  readonly budgetMs?: number;
  /** Told after each transaction. */
  readonly onBatch?: (batch: Batch) => void;
}

/** Transactions of a turn at a time: while Postgres writes some, the next is worked out. */
const lanes = 3;
/** Something is due that could not be taken (somebody else is at it): it is looked at again after this. */
const heldMs = 1_000;
const farAway: Instant = '9999-12-31T00:00:00.000Z';

/**
 * A turn of a unit's wheel: fires everything due in the unit, transaction by transaction, then looks when something comes
 * due next and notes that the unit is served until then. Safe to ask twice, and to be broken off anywhere: a transaction
 * is kept whole or not at all. Throws while the store cannot answer: Temporal asks again.
 */
export async function turnWheel(deps: DoorDeps, query: TurnQuery, options: TurnOptions = {}): Promise<Turned> {
  const { unit, until = farAway } = query;
  const { budgetMs = 5_000, onBatch } = options;
  const endMs = performance.now() + budgetMs;
  const sum = { cases: 0, events: 0, stuck: 0 };
  const due = { unit, until, keyless: new Set<string>() };

  /** False when nothing is left that could be taken. */
  async function fire(): Promise<boolean> {
    const batch = await fireBatch(deps, due);
    sum.cases += batch.cases;
    sum.events += batch.events;
    sum.stuck += batch.stuck;
    onBatch?.(batch);
    if (batch.full) deps.step('wheel-between');
    return batch.full && performance.now() < endMs;
  }

  const lane = async (): Promise<void> => {
    while (await fire());
  };
  if (await fire()) await Promise.all(Array.from({ length: lanes }, lane));
  const { now, nextDueAt } = await arm(deps, due);
  if (nextDueAt === undefined) return { ...sum, more: false };
  const spanMs = Date.parse(nextDueAt) - Date.parse(now);
  if (spanMs > 0) return { ...sum, more: false, wakeInMs: spanMs, nextDueAt };
  const headway = sum.cases + sum.stuck > 0;
  return { ...sum, more: headway, ...(headway ? {} : { wakeInMs: heldMs }), nextDueAt };
}

/** A transaction; when the database refuses something of it, each case by itself. */
async function fireBatch(deps: DoorDeps, due: Parameters<typeof attemptBatch>[1]): Promise<Batch> {
  try {
    return await persist(() => attemptBatch(deps, due, 'together'));
  } catch (error) {
    if (!(error instanceof postgres.PostgresError) || failureOf(error) === 'again') throw error;
    return persist(() => attemptBatch(deps, due, 'one by one'));
  }
}

/**
 * Looks when something comes due next in the unit, and notes it; cases passed over for want of their key are left to their own
 * timers. What is not committed yet signals the wheel itself.
 */
function arm(
  deps: DoorDeps,
  { unit, keyless }: { readonly unit: string; readonly keyless: ReadonlySet<string> },
): Promise<{ now: Instant; nextDueAt: Instant | undefined }> {
  return deps.transactions.run(async (tx) => {
    const clock = (await deps.clock?.(tx)) ?? null;
    const [rows] = await Promise.all([
      tx<{ now: Instant; next: Instant | null }[]>`
        INSERT INTO wheels AS w (unit, turned_at, armed_at)
        SELECT ${unit}, coalesce(${clock}::timestamptz, clock_timestamp()), min(wake_at) FROM cases
        WHERE unit = ${unit} AND wake_at IS NOT NULL AND frozen_at IS NULL AND stuck_since IS NULL
          AND case_id NOT IN (SELECT json_array_elements_text(${JSON.stringify([...keyless])}::text::json))
        ON CONFLICT (unit) DO UPDATE SET turned_at = excluded.turned_at, armed_at = excluded.armed_at
        RETURNING turned_at AS now, armed_at AS next`,
      tx.commit(),
    ]);
    const [row] = rows;
    return { now: row!.now, nextDueAt: row!.next ?? undefined };
  });
}
