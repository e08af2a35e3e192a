import type { Instant } from '../../sdk/time.ts';
import type { Hash } from './merkle.ts';
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './note.ts';

/** How far the log had come: what is signed. */
export interface Checkpoint {
  /** Which log: `linli/` and the id of the installation. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** The tree over the heads of all chains that have an event among the first `size`, in the order they entered the log. */
  readonly heads: { readonly count: number; readonly root: Hash };
  readonly at: Instant;
  /** The key that signs from here on, where it changes: said under the old one. */
  readonly nextKey?: string;
}

/** Raised for a text that is no checkpoint of ours. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const base64 = (hash: Hash): string => Buffer.from(hash).toString('base64');

/** The text of a checkpoint (c2sp.org/tlog-checkpoint); heads, time and key are extension lines, which others pass over. */
export function checkpointText({ origin, size, root, heads, at, nextKey }: Checkpoint): string {
  const lines = [origin, size, base64(root), `heads ${heads.count} ${base64(heads.root)}`, `time ${at}`];
  return `${[...lines, ...(nextKey === undefined ? [] : [`key ${nextKey}`])].join('\n')}\n`;
}

/** Reads what `checkpointText` writes; further lines are passed over. Throws `CheckpointError`. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  const said = (word: string) => extensions.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
  const [count, headsRoot] = said('heads')?.split(' ') ?? [];
  const [at, nextKey] = [said('time'), said('key')];
  if (!origin || !text.endsWith('\n') || extensions.includes('') || !/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(at ?? ''))
    throw new CheckpointError('This is no checkpoint of a record.');
  return {
    ...{ origin, size: countIn(size), root: hashIn(root), at: at! },
    heads: { count: countIn(count), root: hashIn(headsRoot) },
    ...(nextKey === undefined ? {} : { nextKey }),
  };
}

/** Signs a checkpoint with each of the keys. */
export const signCheckpoint = (checkpoint: Checkpoint, signers: readonly NoteSigner[]): string =>
  signNote(checkpointText(checkpoint), signers);

/** A checkpoint that a known key has signed, and by which of them. Throws `NoteError` or `CheckpointError`. */
export function openCheckpoint(
  note: string,
  known: readonly NoteVerifier[],
): { readonly checkpoint: Checkpoint; readonly by: readonly NoteVerifier[] } {
  const { text, by } = openNote(note, known);
  const checkpoint = parseCheckpoint(text);
  if (by.some(({ name }) => name !== checkpoint.origin))
    throw new CheckpointError('The key that signed it is another log’s.');
  return { checkpoint, by };
}

function countIn(text: string | undefined): number {
  const count = Number(text);
  if (!/^(0|[1-9]\d{0,15})$/.test(text ?? '') || !Number.isSafeInteger(count))
    throw new CheckpointError('A number of the checkpoint cannot be read.');
  return count;
}

function hashIn(text: string | undefined): Hash {
  const hash = Buffer.from(text ?? '', 'base64');
  if (hash.length !== 32 || hash.toString('base64') !== text)
    throw new CheckpointError('A hash of the checkpoint cannot be read.');
  return hash;
}
