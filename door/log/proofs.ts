import type { Sql } from '../../db/client.ts';
import {
  type CheckpointRow,
  checkpointOf,
  logHead,
  logPlace,
  logSize,
  newestCheckpoint,
} from '../../db/queries/record-log.ts';
import { consistencySpans, type Hash, inclusionSpans, readSpans } from '../../engine/record/merkle.ts';
import { treeReader } from './tree.ts';

/** That an event lies in the log. All hashes are 64 hexadecimal digits. */
export interface EventProof {
  readonly chain: string;
  readonly seq: number;
  /** The event's hash: the leaf is made of its 32 bytes. */
  readonly hash: string;
  readonly position: number;
  readonly size: number;
  readonly path: readonly string[];
  /** The signed checkpoint of that size; null when none was made at it. */
  readonly checkpoint: string | null;
}

/** That the log of `to` events begins with that of `from`. */
export interface GrowthProof {
  readonly from: number;
  readonly to: number;
  readonly path: readonly string[];
}

/** That a chain ended with this event when the checkpoint was signed. */
export interface HeadProof {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly number: number;
  readonly count: number;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

const hex = (hashes: readonly Hash[]): string[] => hashes.map((hash) => Buffer.from(hash).toString('hex'));

/** Proves an event against the newest checkpoint, or against a tree of another size; undefined when it lies in none such. */
export async function proveEvent(
  sql: Sql,
  chain: string,
  seq: number,
  asked?: number,
): Promise<EventProof | undefined> {
  const place = await logPlace(sql, chain, seq);
  const checkpoint = await (asked === undefined ? newestCheckpoint(sql) : checkpointOf(sql, asked));
  const size = asked ?? checkpoint?.size ?? 0;
  if (!place || place.position >= size || size > (await logSize(sql))) return undefined;
  const path = await readSpans(inclusionSpans(place.position, size), treeReader(sql, 'events'));
  return {
    ...{ chain, seq, hash: Buffer.from(place.hash).toString('hex'), position: place.position, size },
    ...{ path: hex(path), checkpoint: checkpoint?.note ?? null },
  };
}

/** Proves that the log has only grown between two sizes; undefined when it has not come so far, or `from` is the larger. */
export async function proveGrowth(sql: Sql, from: number, to: number): Promise<GrowthProof | undefined> {
  if (from > to || to > (await logSize(sql))) return undefined;
  return { from, to, path: hex(await readSpans(consistencySpans(from, to), treeReader(sql, 'events'))) };
}

const tries = 5;

/** Proves where a chain ended under the newest checkpoint; undefined when none covers it. */
export async function proveHead(sql: Sql, chain: string): Promise<HeadProof | undefined> {
  for (let n = 0; n < tries; n += 1) {
    const checkpoint = await newestCheckpoint(sql);
    const read = checkpoint ? headUnder(sql, chain, checkpoint) : Promise.resolve(undefined);
    await read.catch(() => {});
    // heads change with the checkpoint: what was read belongs to it if it still is the newest
    if ((await newestCheckpoint(sql))?.number === checkpoint?.number) return read;
  }
  throw new Error('New checkpoints came faster than the heads could be read.');
}

async function headUnder(sql: Sql, chain: string, { note }: CheckpointRow): Promise<HeadProof | undefined> {
  const head = await logHead(sql, chain);
  const [row] = await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM log_chains WHERE seq > 0`;
  if (!head || !row) return undefined;
  const path = await readSpans(inclusionSpans(head.number, row.count), treeReader(sql, 'heads'));
  return {
    ...{ chain, seq: head.seq, hash: head.head, number: head.number, count: row.count },
    ...{ path: hex(path), checkpoint: note },
  };
}
