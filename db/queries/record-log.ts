import type { Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** Which of the two trees: over all events, or over the heads of their chains. */
export type LogTree = 'events' | 'heads';

/** A stored subtree. */
export interface LogNodeRow {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/** The stored ones of these subtrees, in no order. */
export function logNodes(
  sql: Sql,
  tree: LogTree,
  nodes: readonly Pick<LogNodeRow, 'level' | 'index'>[],
): Promise<LogNodeRow[]> {
  const table = tree === 'events' ? sql`log_nodes` : sql`log_head_nodes`;
  return sql<LogNodeRow[]>`
    SELECT n.level, n.index, n.hash FROM json_to_recordset(${JSON.stringify(nodes)}::text::json) AS w (level smallint, index bigint)
      JOIN ${table} n ON n.level = w.level AND n.index = w.index`;
}

/** The hash of an event at its place in the log. */
export interface LogLeafRow {
  readonly position: number;
  readonly hash: Uint8Array;
}

/** The leaves of some blocks of 16, by the blocks' numbers. */
export const logLeavesOf = (sql: Sql, blocks: readonly number[]): Promise<LogLeafRow[]> => sql<LogLeafRow[]>`
  SELECT l.position, l.hash FROM json_array_elements_text(${JSON.stringify(blocks)}::text::json) AS b
    JOIN log_leaves l ON l.position >= b::bigint * 16 AND l.position < b::bigint * 16 + 16`;

/** Where a chain stood at the newest checkpoint; `number` is its place among the heads. */
export interface LogHeadRow {
  readonly number: number;
  readonly chain: string;
  readonly seq: number;
  readonly head: string;
}

/** The heads of some blocks of 16, as of the newest checkpoint. */
export const logHeadsOf = (sql: Sql, blocks: readonly number[]): Promise<LogHeadRow[]> => sql<LogHeadRow[]>`
  SELECT c.number, c.id AS chain, c.seq, encode(c.head, 'hex') AS head FROM json_array_elements_text(${JSON.stringify(blocks)}::text::json) AS b
    JOIN log_chains c ON c.number >= b::int * 16 AND c.number < b::int * 16 + 16 WHERE c.seq > 0`;

/** The head of one chain, as of the newest checkpoint; undefined when none covers it yet. */
export async function logHead(sql: Sql, chain: string): Promise<LogHeadRow | undefined> {
  const [row] = await sql<LogHeadRow[]>`
    SELECT number, id AS chain, seq, encode(head, 'hex') AS head FROM log_chains WHERE id = ${chain} AND seq > 0`;
  return row;
}

/** A signed checkpoint as it is kept. */
export interface CheckpointRow {
  readonly number: number;
  readonly size: number;
  readonly at: Instant;
  readonly keyId: number;
  readonly note: string;
}

const checkpointColumns = (sql: Sql) => sql`number, size, at, key_id AS "keyId", note`;

/** The newest checkpoint. */
export async function newestCheckpoint(sql: Sql): Promise<CheckpointRow | undefined> {
  const [row] = await sql<CheckpointRow[]>`
    SELECT ${checkpointColumns(sql)} FROM log_checkpoints ORDER BY number DESC LIMIT 1`;
  return row;
}

/**
 * For how many seconds the oldest event of a case that is under no checkpoint waits to be signed; 0 where none does. The log may be
 * behind, though it goes on signing what it has, or the key that signs be away.
 */
export async function unsignedSeconds(sql: Sql): Promise<number> {
  const [row] = await sql<{ seconds: number }[]>`
    WITH unlogged AS (
      SELECT e.recorded_at FROM cases c LEFT JOIN log_chains l ON l.id = c.case_id
        JOIN events e ON e.case_id = c.case_id AND e.seq = coalesce(l.logged, 0) + 1
      WHERE c.seq > coalesce(l.logged, 0)
    ), unsigned AS (
      SELECT e.recorded_at FROM log_leaves p JOIN log_chains l ON l.number = p.chain
        JOIN events e ON e.case_id = l.id AND e.seq = p.seq
      WHERE p.position >= coalesce((SELECT size FROM log_checkpoints ORDER BY number DESC LIMIT 1), 0)
      ORDER BY p.position LIMIT 1
    )
    SELECT extract(epoch FROM clock_timestamp() - min(recorded_at))::float8 AS seconds
    FROM (SELECT * FROM unlogged UNION ALL SELECT * FROM unsigned) AS waiting`;
  return Math.max(0, row?.seconds ?? 0);
}

/** A checkpoint of a tree of that size, the newest of them. */
export async function checkpointOf(sql: Sql, size: number): Promise<CheckpointRow | undefined> {
  const [row] = await sql<CheckpointRow[]>`
    SELECT ${checkpointColumns(sql)} FROM log_checkpoints WHERE size = ${size} ORDER BY number DESC LIMIT 1`;
  return row;
}

/** Checkpoints from the newest on, or from the one after a number on in the order they were made. */
export function listCheckpoints(
  sql: Sql,
  { limit, before, after }: { readonly limit: number; readonly before?: number; readonly after?: number },
): Promise<CheckpointRow[]> {
  const order = after === undefined ? sql`number DESC` : sql`number`;
  return sql<CheckpointRow[]>`
    SELECT ${checkpointColumns(sql)} FROM log_checkpoints
    WHERE true ${before === undefined ? sql`` : sql`AND number < ${before}`} ${after === undefined ? sql`` : sql`AND number > ${after}`}
    ORDER BY ${order} LIMIT ${limit}`;
}

/** A key that signs or has signed. */
export interface LogKeyRow {
  readonly id: number;
  readonly key: string;
  readonly announced: boolean;
  readonly madeAt: Instant;
}

/** The keys, the one that signs now last. */
export const logKeysMade = (sql: Sql): Promise<LogKeyRow[]> =>
  sql<LogKeyRow[]>`SELECT id, key, announced, made_at AS "madeAt" FROM log_keys ORDER BY id`;

/** Where an event lies in the log, and its hash; undefined while it is in none. */
export async function logPlace(
  sql: Sql,
  chain: string,
  seq: number,
): Promise<{ readonly position: number; readonly hash: Uint8Array } | undefined> {
  const [row] = await sql<LogLeafRow[]>`
    SELECT l.position, l.hash FROM log_chains c JOIN log_leaves l ON l.chain = c.number WHERE c.id = ${chain} AND l.seq = ${seq}`;
  return row;
}

/** How many leaves the log has. */
export async function logSize(sql: Sql): Promise<number> {
  const [row] = await sql<{ size: number }[]>`SELECT coalesce(max(position) + 1, 0) AS size FROM log_leaves`;
  return row?.size ?? 0;
}
