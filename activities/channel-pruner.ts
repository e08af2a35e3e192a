import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import type { Instant } from '../sdk/time.ts';
import { mostPruned, pruneSent } from './channels/prune.ts';
import { createLoop, type Loop } from './loop.ts';

/** What the loop that takes away old records of sending needs. */
export interface ChannelPrunerDeps {
  readonly sql: Sql;
  readonly log: Logger;
  /** For how many days what was sent is kept in full; at least {@link LEAST_KEPT_DAYS}. */
  readonly keepDays?: number | undefined;
  /** False stops it for the time being (clock check). */
  readonly mayFire?: () => boolean;
}

/** The loop of a worker process that takes away old records of sending; see `pruneSent`. */
export interface ChannelPruner extends Loop {
  /** Takes away one batch. Answers whether there is more. */
  turn(): Promise<boolean>;
}

/** Two years. */
export const KEPT_DAYS = 730;

/** The database lets nothing go before 90 days. */
export const LEAST_KEPT_DAYS = 100;

const everyMs = 3_600_000;

/** Goes by the database's clock, which stamped the rows: a machine whose clock is ahead takes nothing away early. */
export function createChannelPruner(deps: ChannelPrunerDeps): ChannelPruner {
  const { sql, log, keepDays = KEPT_DAYS, mayFire = () => true } = deps;
  const days = Math.max(keepDays, LEAST_KEPT_DAYS);

  async function turn(): Promise<boolean> {
    const [row] = await sql<{ before: Instant }[]>`
      SELECT (clock_timestamp() - ${days} * interval '24 hours')::timestamptz(3) AS before`;
    const { sendings, neverSent } = await pruneSent(sql, row!.before);
    if (sendings + neverSent > 0) log.info({ sendings, neverSent, days }, 'old records of sending were taken away');
    return sendings === mostPruned || neverSent === mostPruned;
  }

  return {
    ...createLoop({ name: 'channel-pruner', everyMs, log, body: async () => mayFire() && (await turn()) }),
    turn,
  };
}
