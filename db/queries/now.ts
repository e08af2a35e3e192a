import type { Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** What the database's clock shows, also in the middle of a transaction. */
export async function databaseNow(sql: Sql): Promise<Instant> {
  const [row] = await sql<{ now: Instant }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
  return row!.now;
}
