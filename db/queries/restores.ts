import type { Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** The last time this database was found put back to an earlier point. */
export interface RestoreFound {
  readonly foundAt: Instant;
  readonly why: string;
  /** When the last mark was written that the database still knew. */
  readonly asOf: Instant | null;
  /** Null while cases are compared. */
  readonly comparedAt: Instant | null;
  /** Cases that Temporal knew and the record lacked, and messages that were on their way outside. */
  readonly lost: number;
  readonly unsent: number;
}

/** Reads it; undefined when that never happened. */
export async function lastRestore(sql: Sql): Promise<RestoreFound | undefined> {
  const [row] = await sql<RestoreFound[]>`
    SELECT found_at AS "foundAt", why, as_of AS "asOf", compared_at AS "comparedAt", json_array_length(lost) AS lost,
      (SELECT count(*) FROM outbox WHERE state = 'failed' AND created_at <= r.found_at AND reviewed_at BETWEEN r.found_at - interval '5 minutes' AND r.found_at) AS unsent
    FROM restores r ORDER BY n DESC LIMIT 1`;
  return row;
}

/** Whether a restore was made or noticed and nothing may be decided yet: cases that the record lacks are not listed. */
export async function restorePending(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ pending: boolean }[]>`
    SELECT restored OR EXISTS (SELECT FROM restores WHERE listed_at IS NULL) AS pending FROM store_marks`;
  return row?.pending ?? false;
}
