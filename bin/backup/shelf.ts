import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addMs, toDate } from '../../engine/time/civil.ts';
import type { Instant } from '../../sdk/time.ts';
import { flushFolder, isAsWritten, SUMS, UNFINISHED, unfinished } from './files.ts';
import { keyNamesIn } from './keys.ts';
import { type BackupLabel, labelOf, MANIFEST } from './manifest.ts';
import { notePruned } from './pruned.ts';
import { verifyBackup } from './verify.ts';

/** Something in a folder of backups: a backup, keys that lie apart, or what was broken off while it was made or pruned. */
export type OnShelf = { readonly name: string; readonly past: boolean } & (
  | BackupLabel
  | { readonly kind: 'unfinished' }
);

/** What was broken off has been touched by nobody for so long. */
const UNTOUCHED_MS = 86_400_000;

/**
 * What lies in a folder of backups and is ours, and whether its day is past: the last day of a backup or of keys, in Shanghai; of
 * what was broken off a day without a change. Throws where the folder cannot be read or is a backup itself.
 */
export async function shelfOf(folder: string, now: Instant): Promise<OnShelf[]> {
  if (existsSync(join(folder, MANIFEST)))
    throw new Error(`${folder} is a backup itself. Way out: name the folder it lies in.`);
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const found = await Promise.all(
    entries.map(async ({ name }): Promise<OnShelf[]> => {
      if (UNFINISHED.test(name)) {
        const past = (await lastChange(join(folder, name))) < Date.parse(addMs(now, -UNTOUCHED_MS));
        return [{ name, kind: 'unfinished', past }];
      }
      const label = await labelOf(join(folder, name));
      return label ? [{ name, ...label, past: label.keepUntil !== undefined && label.keepUntil < toDate(now) }] : [];
    }),
  );
  return found.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function lastChange(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true });
  const times = await Promise.all(['', ...entries].map((name) => stat(join(folder, name)).catch(() => undefined)));
  return Math.max(0, ...times.map((each) => each?.mtimeMs ?? 0));
}

/** What became, or would become, of what is past its day. */
export interface Pruning {
  readonly removed: readonly OnShelf[];
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Removes what is past its day, but of each installation the last backup and the last keys that are whole, and of backups also the last that
 * is signed with a key of the log that is known here, where one is. What is removed loses its name first and its list of sums next, so that nothing that is
 * half there looks whole; what an earlier call has left so is removed with it. `dryRun`: says it and removes nothing.
 */
export async function prune(
  folder: string,
  {
    now,
    logKeys,
    dryRun = false,
  }: {
    readonly now: Instant;
    readonly logKeys: (installation: string) => readonly string[];
    readonly dryRun?: boolean;
  },
): Promise<Pruning> {
  const shelf = await shelfOf(folder, now);
  const [removed, left]: [OnShelf[], { name: string; why: string }[]] = [[], []];
  const staying = new Map<string, readonly string[]>();
  for (const each of shelf) {
    if (!each.past) continue;
    if (each.kind !== 'unfinished') {
      const of = `${each.kind} ${each.installation}`;
      if (!staying.has(of)) staying.set(of, await lastWhole(folder, sameAs(each, shelf), logKeys));
      const stays = staying.get(of)!;
      const why =
        stays.length === 0
          ? 'no whole one would be left'
          : stays.includes(each.name)
            ? each.name === stays[0]
              ? 'it is the last whole one'
              : 'it is the last that is signed'
            : (await isAsWritten(join(folder, each.name), MANIFEST))
              ? undefined
              : 'its day is not what was written: remove it by hand, if it is not needed';
      if (why !== undefined) {
        left.push({ name: each.name, why });
        continue;
      }
    }
    if (!dryRun) await remove(folder, each, now);
    removed.push(each);
  }
  return { removed, left };
}

type Labelled = Exclude<OnShelf, { readonly kind: 'unfinished' }>;

/** Those of the same kind and installation: first those that are kept, then those past their day, the newest of each first. */
const sameAs = ({ kind, installation }: Labelled, shelf: readonly OnShelf[]): Labelled[] =>
  shelf
    .filter((each): each is Labelled => each.kind === kind && each.installation === installation)
    .sort((a, b) => Number(a.past) - Number(b.past) || (a.takenAt < b.takenAt ? 1 : -1));

/** The last that is whole, and where nobody known has signed it, the last whole one after it that somebody has. */
async function lastWhole(
  folder: string,
  of: readonly Labelled[],
  logKeys: (installation: string) => readonly string[],
): Promise<string[]> {
  if (of[0]?.kind === 'keys') return lastKeys(folder, of);
  const whole: string[] = [];
  for (const { name, installation } of of) {
    const known = logKeys(installation);
    const verdict = await verifyBackup(join(folder, name), { logKeys: () => known }).catch(() => undefined);
    if (!verdict?.holds) continue;
    const signed = verdict.signature.known || known.length === 0;
    if (whole.length === 0 || signed) whole.push(name);
    if (signed) break;
  }
  return whole;
}

/** The last keys that open what older ones there open: others take the place of none. */
async function lastKeys(folder: string, of: readonly Labelled[]): Promise<string[]> {
  const all = await Promise.all(of.map(async (each) => ({ each, names: await keyNamesIn(join(folder, each.name)) })));
  const found = all.find(
    ({ each: { takenAt }, names }) =>
      names &&
      all.every((other) => other.each.takenAt > takenAt || [...(other.names ?? [])].every((id) => names.has(id))),
  );
  return found ? [found.each.name] : [];
}

async function remove(folder: string, each: OnShelf, now: Instant): Promise<void> {
  const at = join(folder, each.name);
  const aside = each.kind === 'unfinished' ? at : unfinished(at);
  if (each.kind !== 'unfinished') {
    await notePruned(folder, { name: each.name, keepUntil: each.keepUntil ?? '', removedAt: now });
    await rename(at, aside);
    await flushFolder(folder);
  }
  await rm(join(aside, SUMS), { force: true });
  await rm(aside, { recursive: true, force: true });
  await flushFolder(folder);
}
