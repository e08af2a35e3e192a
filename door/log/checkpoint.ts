import type { Sql } from '../../db/client.ts';
import { ownInstallation } from '../../db/queries/installation.ts';
import { type CheckpointRow, logKeysMade, logSize, newestCheckpoint } from '../../db/queries/record-log.ts';
import type { Tx } from '../../db/transactions.ts';
import { type Checkpoint, signCheckpoint } from '../../engine/record/checkpoint.ts';
import { type Hash, readRoot, sameHash } from '../../engine/record/merkle.ts';
import { type NoteSigner, verifierText } from '../../engine/record/note.ts';
import type { Instant } from '../../sdk/time.ts';
import { moveHeads } from './heads.ts';
import { treeReader } from './tree.ts';

/** A tree as whoever signs remembers it. */
export interface SignedTree {
  readonly size: number;
  readonly root: Hash;
}

/** The private key and the memory of whoever signs: both outside the database. */
export interface LogSigning {
  /**
   * The signer of the key that signs now; of a fresh one when there is none yet (`active` undefined). Undefined when that key
   * is not here: another process signs.
   */
  signer(origin: string, active: string | undefined): NoteSigner | undefined;
  /** The last tree that was signed here under this origin. */
  remembered(origin: string): SignedTree | undefined;
  /** Kept before the note is, so that nothing is ever signed that contradicts it. */
  remember(origin: string, tree: SignedTree): void;
}

/** The log is behind or beside what was signed: the database was restored or rewritten. Nothing is signed until people have looked. */
export class LogRolledBack extends Error {
  override readonly name = 'LogRolledBack';
}

/** A checkpoint that was made. */
export interface Made {
  readonly number: number;
  readonly size: number;
  readonly at: Instant;
}

/** When a checkpoint is due. */
export interface CheckpointOptions {
  /** Milliseconds from one to the next while events come in. Default 60,000. */
  readonly everyMs?: number;
  /** Events after which it does not wait for that. Default 1,000. */
  readonly everyEvents?: number;
  /** Milliseconds after which there is one though nothing has happened: it shows that the log lives. Default a day. */
  readonly quietMs?: number;
}

/** The log's name in its checkpoints and keys: it holds the installation's id, as every event does. */
export const originOf = (installation: string): string => `linli/${installation}`;

/** The same of the installation this database is. Throws where it is none. */
export const logOrigin = async (sql: Sql): Promise<string> => originOf(await ownInstallation(sql));

/** Where the log stands, before another checkpoint is signed. */
export interface Standing {
  readonly size: number;
  /** The newest checkpoint. */
  readonly before: CheckpointRow | undefined;
  readonly origin: string;
  /** The time of the checkpoint that would be signed now: always after the newest one's. */
  readonly at: Instant;
  /** Milliseconds since the newest checkpoint; null when there is none. */
  readonly sinceMs: number | null;
}

/** Reads where the log stands. The lock of the log comes first. */
export async function standing(tx: Tx): Promise<Standing> {
  const [size, before] = await Promise.all([logSize(tx), newestCheckpoint(tx)]);
  const [clock] = await tx<{ id: string; at: Instant; sinceMs: number | null }[]>`
    SELECT id, greatest(clock_timestamp(), ${before?.at ?? null}::timestamptz + interval '1 ms')::timestamptz(3) AS at,
      (extract(epoch FROM clock_timestamp() - ${before?.at ?? null}::timestamptz) * 1000)::float8 AS "sinceMs" FROM installation`;
  const { id, at, sinceMs } = clock!;
  return { size, before, origin: originOf(id), at, sinceMs };
}

/**
 * Signs how far the log has come, if that is due; undefined otherwise, or when the key is elsewhere. The lock of the log
 * comes first. Throws `LogRolledBack`.
 */
export async function makeCheckpoint(
  tx: Tx,
  signing: LogSigning,
  { everyMs = 60_000, everyEvents = 1_000, quietMs = 86_400_000 }: CheckpointOptions = {},
): Promise<Made | undefined> {
  const { size, before, origin, at, sinceMs } = await standing(tx);
  const fresh = size - (before?.size ?? 0);
  const due = before ? fresh >= everyEvents || sinceMs! >= (fresh > 0 ? everyMs : quietMs) : size > 0;
  if (!due) return undefined;
  const active = (await logKeysMade(tx)).at(-1);
  const signer = signing.signer(origin, active?.key);
  if (!signer) return undefined;
  const keyId = active?.id ?? 1;
  if (!active) await tx`INSERT INTO log_keys (id, key, announced) VALUES (${keyId}, ${verifierText(signer)}, true)`;
  return sign(tx, signing, { before, size, origin, at, keyId, signers: [signer] });
}

/** Whether the log, which has `size` events, begins with a tree that was signed. */
export async function beginsWith(sql: Sql, said: SignedTree, size: number): Promise<boolean> {
  return said.size <= size && sameHash(await readRoot(said.size, treeReader(sql, 'events')), said.root);
}

/** What is signed, with which keys, after what. */
export interface ToSign {
  readonly before: { readonly number: number; readonly size: number } | undefined;
  readonly size: number;
  readonly origin: string;
  readonly at: Instant;
  readonly keyId: number;
  readonly signers: readonly NoteSigner[];
  readonly nextKey?: string;
}

/** Signs the tree as it is and keeps the note. Throws `LogRolledBack` when it contradicts what was signed here before. */
export async function sign(tx: Tx, signing: LogSigning, to: ToSign): Promise<Made> {
  const { before, size, origin, at, keyId, signers, nextKey } = to;
  const read = treeReader(tx, 'events');
  const said = signing.remembered(origin);
  if (said && !(await beginsWith(tx, said, size)))
    throw new LogRolledBack(
      `The log has ${size} events and does not begin with the ${said.size} that were signed: the database was restored or rewritten.`,
    );
  const heads = await moveHeads(tx, before?.size ?? 0);
  const root = await readRoot(size, read);
  const checkpoint: Checkpoint = { origin, size, root, heads, at, ...(nextKey === undefined ? {} : { nextKey }) };
  const note = signCheckpoint(checkpoint, signers);
  const number = (before?.number ?? 0) + 1;
  signing.remember(origin, { size, root });
  await tx`
    INSERT INTO log_checkpoints (number, size, at, key_id, note) VALUES (${number}, ${size}, ${at}, ${keyId}, ${note})`;
  return { number, size, at };
}
