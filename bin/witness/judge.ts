import { type Checkpoint, openCheckpoint } from '../../engine/record/checkpoint.ts';
import { sameHash, verifyConsistency } from '../../engine/record/merkle.ts';
import { type NoteVerifier, openNote, parseVerifier } from '../../engine/record/note.ts';

/** What a witness refuses, for good: each comes with the notes that show it. */
export type Wrong = 'signature' | 'rollback' | 'fork' | 'rewritten' | 'time';

/** Raised for what no honest log does. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly wrong: Wrong;
  constructor(wrong: Wrong, message: string) {
    super(message);
    this.wrong = wrong;
  }
}

/** A checkpoint that a trusted key has signed, and the key that it says comes next. */
export interface Believed {
  readonly checkpoint: Checkpoint;
  readonly nextKey: NoteVerifier | undefined;
}

/** Checks a note by itself: the trusted key has signed it, for its own log. Throws `Refused`. */
export function believe(note: string, trusted: NoteVerifier): Believed {
  const { checkpoint } = refusing(() => openCheckpoint(note, [trusted]), 'signature');
  return { checkpoint, nextKey: nextKeyOf(note, checkpoint) };
}

/** A key that is announced has to have signed too: nobody can put the log under a key that he does not hold. */
function nextKeyOf(note: string, checkpoint: Checkpoint): NoteVerifier | undefined {
  const { nextKey } = checkpoint;
  if (nextKey === undefined) return undefined;
  return refusing(() => {
    const next = parseVerifier(nextKey);
    openNote(note, [next]);
    if (next.name !== checkpoint.origin) throw new Error('It announces a foreign key.');
    return next;
  }, 'signature');
}

/** What follows from a checkpoint for the one kept before: the same again, news, or news if a proof says so. */
export type Step = 'known' | 'new' | 'needs proof';

/** Compares two checkpoints of one log, the older one kept. Throws `Refused`. */
export function compare(kept: Checkpoint, seen: Checkpoint): Step {
  if (seen.size < kept.size)
    throw new Refused('rollback', `The log had ${kept.size} events and is said to have ${seen.size}.`);
  if (seen.size > kept.size) {
    if (seen.at <= kept.at)
      throw new Refused('time', `It has grown since ${kept.at}, but is said to be of ${seen.at}.`);
    return 'needs proof';
  }
  const heads = seen.heads.count === kept.heads.count && sameHash(seen.heads.root, kept.heads.root);
  if (!sameHash(seen.root, kept.root) || !heads)
    throw new Refused('fork', `There are two logs of ${kept.size} events: their roots differ.`);
  return seen.at > kept.at ? 'new' : 'known';
}

/** Checks that the log has only grown. Throws `Refused` when the proof, or the lack of one, shows otherwise. */
export function believeGrowth(kept: Checkpoint, seen: Checkpoint, path: readonly string[] | undefined): void {
  const hashes = path?.map((each) => Buffer.from(each, 'hex'));
  if (hashes && verifyConsistency(kept, seen, hashes)) return;
  throw new Refused(
    'rewritten',
    `The log of ${seen.size} events ${path ? 'does not begin' : 'could not be shown to begin'} with the ${kept.size} that were signed.`,
  );
}

function refusing<T>(act: () => T, wrong: Wrong): T {
  try {
    return act();
  } catch (error) {
    throw new Refused(wrong, (error as Error).message);
  }
}
