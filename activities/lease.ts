import type { Sql } from '../db/client.ts';

/** How long a row belongs to whoever took it; then it was left behind by a process that died, and is taken again. */
export const leaseMs = 30_000;

/** What taking a row sets: whose it is for now, and when it is tried again unless it gets done: 15 s later, then ever later, up to 5 minutes. */
export const leased = (sql: Sql) => sql`
  lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms', tries = tries + 1,
  next_try = clock_timestamp() + least(15 * 2 ^ least(tries, 10), 300) * interval '1 s'`;
