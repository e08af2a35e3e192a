import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { verifyDossier } from '../../bin/dossier/verify.ts';
import { readWitness } from '../../bin/witness/folder.ts';
import { type NoteVerifier, verifierText } from '../../engine/record/note.ts';
import { type Mutant, mutantOf, type Parts } from './mutate.ts';
import { askPython } from './python.ts';

/** What trying changes showed. */
export interface Trial {
  /** How often each kind was tried. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Changes that a verifier which should have found them did not find: kind, number, and which. */
  readonly missed: readonly string[];
  /** How many both verifiers found, and how many one of them alone. */
  readonly foundBy: Readonly<Record<'both' | 'first alone' | 'second alone', number>>;
  /** False alarms on dossiers nobody has touched. */
  readonly alarms: readonly string[];
}

/** What is tried, where, and the key of the log that signed the dossiers' checkpoint. */
export interface TrialOptions {
  readonly seed: number;
  readonly n: number;
  readonly folder: string;
  readonly key: NoteVerifier;
  /** The folder of a witness who has kept that checkpoint. */
  readonly witness: string;
  /** Told after some, with what has been shown so far. */
  readonly onBatch?: (done: number, trial: Trial) => void;
}

const AT_ONCE = 50;

/**
 * Tries `n` changes of dossiers on both verifiers. What only the engine can tell the second one has to leave, and to say so.
 * Untouched dossiers are asked about between them.
 */
export async function tryMutants(
  bases: readonly Parts[],
  { seed, n, folder, key, witness, onBatch }: TrialOptions,
): Promise<Trial> {
  const kinds = new Map<string, number>();
  const foundBy = { both: 0, 'first alone': 0, 'second alone': 0 };
  const notes = readWitness(witness).notes.map(({ note }) => note);
  const missed: string[] = [];
  const alarms: string[] = [];
  mkdirSync(folder, { recursive: true });
  const untouched = bases.map(({ bytes }, i) => {
    const path = join(folder, `untouched-${i}.zip`);
    writeFileSync(path, bytes);
    return path;
  });
  for (let from = 0; from < n; from += AT_ONCE) {
    const mutants: { mutant: Mutant; path: string; no: number }[] = [];
    for (let no = from; no < Math.min(n, from + AT_ONCE); no++) {
      const mutant = await mutantOf(bases[no % bases.length]!, seed, Math.floor(no / bases.length));
      const path = join(folder, `${no}.zip`);
      writeFileSync(path, mutant.bytes);
      mutants.push({ mutant, path, no });
      kinds.set(mutant.kind, (kinds.get(mutant.kind) ?? 0) + 1);
    }
    // both verifiers look at the same time, each in a process of its own
    const asked = askPython(
      [...mutants.map(({ path }) => path), ...untouched],
      [...['--key', verifierText(key), '--witness', witness]],
    );
    asked.catch(() => {});
    const held = new Map<string, boolean>();
    for (const { mutant, path } of mutants) {
      held.set(path, (await verifyDossier(path, { key, witness: notes, pages: mutant.found === 'engine' })).holds);
      await setImmediate();
    }
    const second = new Map((await asked).map((each) => [each.file, each]));
    for (const { mutant, path, no } of mutants) {
      const other = second.get(path)!;
      if (held.get(path) !== false) missed.push(`${no} ${mutant.kind}: the first verifier`);
      const found = [held.get(path) === false, !other.holds];
      if (found.includes(true)) foundBy[found.every(Boolean) ? 'both' : found[0] ? 'first alone' : 'second alone'] += 1;
      const left = other.unchecked.map(({ rule }) => rule);
      if (mutant.found === 'both' ? other.holds : other.holds && !(left.includes('state') && left.includes('pages')))
        missed.push(`${no} ${mutant.kind}: the second verifier`);
      rmSync(path);
    }
    for (const path of untouched) {
      const pages = from === 0;
      if (!(await verifyDossier(path, { key, witness: notes, pages })).holds)
        alarms.push(`${path}: the first verifier`);
      if (!second.get(path)?.holds) alarms.push(`${path}: the second verifier`);
    }
    onBatch?.(Math.min(n, from + AT_ONCE), { kinds, foundBy, missed, alarms });
  }
  return { kinds, foundBy, missed, alarms };
}
