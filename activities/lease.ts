import type { Sql } from '../db/client.ts';

/** How long a row belongs to whoever took it; then it was left behind by a process that died, and is taken again. */
export const leaseMs = 30_000;

/**
 * What taking a row sets: whose it is for now, and when it is tried again unless it gets done: 15 s later, then ever later, up to 5
 * minutes. Which rows are taken must be found once for the statement: by `= (SELECT …)`, `= ANY (ARRAY(SELECT …))` or a
 * materialized `WITH`. Below `IN (SELECT … LIMIT … FOR UPDATE SKIP LOCKED)` PostgreSQL may look anew for each row of a table it
 * takes for a small one, and then all are taken.
 */
export const leased = (sql: Sql) => sql`
  lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms', tries = tries + 1,
  next_try = clock_timestamp() + least(15 * 2 ^ least(tries, 10), 300) * interval '1 s'`;

/**
 * Rows of a table that are due and that nobody has. Columns keep whole milliseconds, rounded up as often as down, so the clock is
 * rounded too: by the bare clock every other row that is due at once would not be for another half millisecond, and whoever
 * looks at once would go away for a turn.
 */
export const takeable = (sql: Sql, table: string) => sql`(
  ${sql(`${table}.next_try`)} <= clock_timestamp()::timestamptz(3)
  AND (${sql(`${table}.lease_until`)} IS NULL OR ${sql(`${table}.lease_until`)} < clock_timestamp()))`;
