import { type Checkpoint, parseCheckpoint } from '../../engine/record/checkpoint.ts';
import { type NoteVerifier, parseNote, parseVerifier, verifierText } from '../../engine/record/note.ts';
import type { WitnessFolder } from './folder.ts';
import { type Believed, believe, believeGrowth, compare, Refused } from './judge.ts';
import { type Listed, type LogServer, PAGE, Unreachable } from './server.ts';

/** Told of what a witness does, one line each. */
export type Say = (line: string) => void;

/** What a turn has found; a refusal is thrown instead. */
export interface Seen {
  /** Checkpoints that were kept. */
  readonly kept: number;
  readonly newest: Checkpoint;
}

/** What a witness is made of. */
export interface WitnessDeps {
  readonly server: LogServer;
  readonly folder: WitnessFolder;
  readonly say: Say;
  readonly now: () => Date;
}

/**
 * One look at the log: every checkpoint since the last one kept is checked by signature and against the one before, and kept.
 * Throws `Refused`, with the evidence put away, and `Unreachable`.
 */
export async function look({ server, folder, say, now }: WitnessDeps): Promise<Seen> {
  let kept = 0;
  for (;;) {
    const after = folder.last()?.number;
    const { latest, items, key } = await server.checkpoints(after);
    const trusted = folder.trusted() ?? firstKey(key);
    // the newest one is looked at when none are left before it
    const all =
      items.length < PAGE && latest && !items.some(({ note }) => note === latest.note) ? [...items, latest] : items;
    if (all.length === 0 && !folder.last()) throw new Unreachable('The log has no checkpoint yet.');
    for (const each of all) if (await take(each, trusted)) kept += 1;
    if (items.length < PAGE) break;
  }
  return { kept, newest: keptCheckpoint(folder.last()!.note) };

  function firstKey(key: string | undefined): NoteVerifier {
    if (key === undefined) throw new Unreachable('The server names no key. Way out: give it with --log-key.');
    return parseVerifier(key);
  }

  async function take(seen: Listed, first: NoteVerifier): Promise<boolean> {
    const last = folder.last();
    const trusted = folder.trusted() ?? first;
    let believed: Believed | undefined;
    let path: readonly string[] | undefined;
    try {
      if (last?.note === seen.note) return false;
      believed = believe(seen.note, trusted);
      const before = last && keptCheckpoint(last.note);
      const step = before ? compare(before, believed.checkpoint) : 'new';
      if (step === 'known') return false;
      if (before && step === 'needs proof') {
        path = await server.growth(before.size, believed.checkpoint.size);
        believeGrowth(before, believed.checkpoint, path);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { wrong, message } = error;
      const file = folder.accuse({
        ...{ wrong, message, seenAt: now().toISOString(), key: verifierText(trusted) },
        ...{ kept: last ?? null, seen, path: path ?? null },
      });
      say(`✗ ${wrong}: ${message}`);
      say(`  the evidence lies in ${file}`);
      throw error;
    }
    if (!folder.trusted()) {
      folder.trust(trusted, 'first');
      say(`trusting ${trusted.name} (${trusted.id}) from now on: compare it with what the house has told you`);
    }
    folder.keep({ seenAt: now().toISOString(), number: seen.number, note: seen.note, path: path ?? [] });
    if (believed.nextKey && believed.nextKey.id !== trusted.id) {
      folder.trust(believed.nextKey, 'announced');
      say(`the key has changed, announced by the old one: ${trusted.id} → ${believed.nextKey.id}`);
    }
    return true;
  }
}

/** A note of our own folder: its signature was checked when it was kept, maybe by a key before this one. */
const keptCheckpoint = (note: string): Checkpoint => parseCheckpoint(parseNote(note).text);
