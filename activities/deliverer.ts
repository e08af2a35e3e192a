import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { createDeliveries } from '../door/deliveries.ts';
import type { Instant } from '../sdk/time.ts';
import { createLoop, type Loop } from './loop.ts';

/** What the loop that brings messages to people needs. */
export interface DelivererDeps {
  readonly sql: Sql;
  readonly log: Logger;
  /** The time by which messages are due; without it the database's. */
  readonly now?: () => Promise<Instant>;
  /** False stops it for the time being (clock check). */
  readonly mayFire?: () => boolean;
}

const everyMs = 2_000;
/** A turn looks after at most so many people; then another follows at once. */
const atMost = 50;

/** Brings messages to people: new ones, unread ones again each working day, and what is overdue at the top once a week. */
export function createDeliverer({ sql, log, now, mayFire = () => true }: DelivererDeps): Loop {
  const deliveries = createDeliveries({ sql, ...(now ? { now } : {}) });
  const body = async () => mayFire() && (await deliveries.turn()) === atMost;
  return createLoop({ name: 'deliverer', everyMs, log, body });
}
