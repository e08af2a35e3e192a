import type { Sql } from '../db/client.ts';
import type { Side } from './rounds.ts';

/** Bytes that rounds of a side added to a database, and to the write-ahead log of its server. */
export interface Growth {
  databaseBytes: number;
  walBytes: number;
}

/** Watches a side's rounds; the figures are in `growth` afterwards. */
export function watchGrowth(sql: Sql): { readonly growth: Growth; round(event: 'begin' | 'end'): Promise<void> } {
  const growth: Growth = { databaseBytes: 0, walBytes: 0 };
  return {
    growth,
    async round(event) {
      const sign = event === 'begin' ? -1 : 1;
      const [row] = await sql<{ size: number; wal: number }[]>`
        SELECT pg_database_size(current_database()) AS size, (pg_current_wal_lsn() - '0/0')::bigint AS wal`;
      growth.databaseBytes += sign * row!.size;
      growth.walBytes += sign * row!.wal;
    },
  };
}

/** A side with one more watcher of its rounds. */
export function watched(side: Side, ...watchers: { round(event: 'begin' | 'end'): Promise<void> }[]): Side {
  return {
    ...side,
    async round(event) {
      for (const each of watchers) await each.round(event);
      await side.round?.(event);
    },
  };
}
