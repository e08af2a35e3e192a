import { existsSync } from 'node:fs';
import { constants, copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { type KeptKey, type KeyCopies, ownerOf } from '../../door/keys/data-keys.ts';
import { INSTALLATION, unwrap, type YearlyKeys } from '../../door/keys/wrapping.ts';
import type { Config } from '../config.ts';
import { copiesFolder, copiesHere, graveName, gravesIn, isGraveOf } from '../key-copies.ts';
import { keysFile } from '../keys-file.ts';
import { logKeyFile } from '../log-key.ts';
import { signInSecretFile } from '../sign-in-secret.ts';
import { yearlyKeysFile, yearlyKeysIn } from '../yearly-keys.ts';
import { bytesOf, contentOf } from './content.ts';
import { keyTable } from './database.ts';
import { checkFiles, type FolderInMaking } from './files.ts';
import { whyGone } from './pruned.ts';

/** What the file of the yearly keys is called in a backup of the keys. */
export const YEARLY = 'yearly-keys';

/** Where in a backup of the keys lies what says of cases that they are destroyed: without it an older backup would bring them back. */
const GRAVES = 'destroyed';

/** A secret of this installation in a file: where it lies, and what it is called in a backup of the keys. */
interface SecretFile {
  readonly name: string;
  readonly path: string;
}

/**
 * The files that a backup of the database must not lie beside: the key that signs the log with its memory of what it signed,
 * the yearly keys that wrap the data keys, the secret of signing in, and the API keys of the first run. The database holds only the hashes of logins.
 */
export function secretFiles(config: Config): SecretFile[] {
  const logKey = logKeyFile(config);
  return [
    { name: 'log-key.pem', path: logKey },
    { name: 'log-key.pem.signed', path: `${logKey}.signed` },
    { name: 'log-key.pem.given-up', path: `${logKey}.given-up` },
    { name: 'log-key.pem.next', path: `${logKey}.next` },
    { name: YEARLY, path: yearlyKeysFile(config) },
    { name: 'sign-in-secret', path: signInSecretFile(config) },
    { name: 'keys.json', path: keysFile(config.dataDir) },
  ];
}

/** The yearly keys at hand for a restore: those of this machine, and those in the folder of the keys, and whether there are any. None are made. */
export function yearlyKeysAtHand(
  config: Config,
  from: string | undefined,
): Pick<YearlyKeys, 'byId'> & { readonly any: boolean } {
  const files = [yearlyKeysFile(config), ...(from === undefined ? [] : [join(from, YEARLY)])];
  const there = files.filter((file) => existsSync(file)).map(yearlyKeysIn);
  return {
    any: there.length > 0,
    byId: (id) => there.map((each) => each.byId(id)).find((found) => found !== undefined),
  };
}

/** Which data keys can be opened after a restore. */
export interface DataKeysAtHand {
  /** Whether there is any. */
  readonly any: boolean;
  /** Whether the one of this name is missed: it cannot be, and its case is not destroyed as far as this machine and the folder of the keys know. */
  lacks(id: string): boolean;
  /** Whether the case of the one of this name is destroyed, as far as this machine and the folder of the keys know. */
  destroyed(id: string): boolean;
}

/** The data keys at hand for a restore: in the folder of the keys, and as copies on this machine; each with the yearly key that wraps it. Throws when that folder cannot be relied on. */
export async function dataKeysAtHand(
  config: Config,
  from: string | undefined,
  yearly: Pick<YearlyKeys, 'byId'>,
): Promise<DataKeysAtHand> {
  const given = new Map<string, Omit<KeptKey, 'madeAt'>>();
  const rowsDestroyed = new Set<string>();
  if (from !== undefined) await checkKeys(from);
  if (from !== undefined)
    for await (const { id, key } of keyRowsIn(from)) {
      if (key) given.set(id, key);
      else rowsDestroyed.add(id);
    }
  const copies = copiesHere(config);
  const copyOf = (read: (from: KeyCopies) => KeptKey | undefined): KeptKey | undefined => {
    try {
      return copies && read(copies);
    } catch {
      return undefined; // damaged: as good as none
    }
  };
  const opensWith = (key: Omit<KeptKey, 'madeAt'> | undefined): boolean => {
    const outer = key && yearly.byId(key.yearlyKey);
    if (!outer) return false;
    try {
      unwrap(outer, key, key.wrapped);
      return true;
    } catch {
      return false;
    }
  };
  const destroyed = (id: string): boolean =>
    rowsDestroyed.has(id) ||
    (from !== undefined && isGraveOf(join(from, GRAVES, graveName(ownerOf(id))), ownerOf(id))) ||
    copies?.isBuried?.(ownerOf(id)) === true;
  return {
    destroyed,
    any: [...given.values()].some(opensWith) || opensWith(copyOf((of) => of.read(INSTALLATION))),
    lacks: (id) => !opensWith(given.get(id)) && !opensWith(copyOf((of) => of.byId(id))) && !destroyed(id),
  };
}

/** The data keys in a folder of keys, in the order of the file; of a destroyed one the name alone. Throws for a damaged file. */
async function* keyRowsIn(
  from: string,
): AsyncGenerator<{ readonly id: string; readonly key: Omit<KeptKey, 'madeAt'> | undefined }> {
  if (!existsSync(join(from, keyTable.file))) return;
  for await (const line of contentOf(from, undefined).lines(keyTable.file)) {
    const [id, owner, yearlyKey, wrapped] = line.split('\t') as [string, string, string, string];
    yield { id, key: wrapped === '\\N' ? undefined : { id, owner, yearlyKey, wrapped: bytesOf(wrapped) } };
  }
}

/** The names of the keys in a folder of keys, yearly and data keys; undefined where it is damaged, or a data key in it does not open with its yearly keys. */
export async function keyNamesIn(from: string): Promise<ReadonlySet<string> | undefined> {
  if ((await checkFiles(from)).length > 0) return undefined;
  const names = new Set<string>();
  try {
    const yearly = existsSync(join(from, YEARLY)) ? yearlyKeysIn(join(from, YEARLY)) : undefined;
    for (const { id } of yearly?.list() ?? []) names.add(id);
    for await (const { id, key } of keyRowsIn(from)) {
      const outer = key && yearly?.byId(key.yearlyKey);
      if (key && !outer) return undefined;
      if (key && outer) unwrap(outer, key, key.wrapped);
      names.add(id);
    }
  } catch {
    return undefined;
  }
  return names;
}

/** Throws when one folder lies in the other, or they are the same: then the keys are not apart. */
export function checkApart(backup: string, keys: string): void {
  const inside = (inner: string, outer: string) => !relative(resolve(outer), resolve(inner)).startsWith('..');
  if (inside(keys, backup) || inside(backup, keys))
    throw new Error('The keys would lie with the backup. Way out: --keys-to a folder elsewhere, best on another disk.');
}

/** Writes the keys that lie on this machine into a folder apart, and what says of cases that they are destroyed; answers the names of the keys. */
export async function writeKeys(config: Config, folder: FolderInMaking): Promise<string[]> {
  const names: string[] = [];
  for (const { name, path } of secretFiles(config)) {
    if (!existsSync(path)) continue;
    await folder.write(name, Readable.from([await readFile(path)]));
    names.push(name);
  }
  const copies = copiesFolder(config);
  for (const name of copies === undefined ? [] : gravesIn(copies))
    await folder.write(`${GRAVES}/${name}`, Readable.from([await readFile(join(copies!, name))]));
  return names;
}

async function checkKeys(from: string): Promise<void> {
  const findings = await checkFiles(from);
  if (findings.length > 0)
    throw new Error(`The keys in ${from} cannot be relied on: ${findings.join('; ')}.${await whyGone(from)}`);
}

/** What the machine has gone on with by itself: what lies there is never older than what a backup has. */
const GOES_ON: ReadonlySet<string> = new Set(['log-key.pem.signed', 'log-key.pem.given-up']);

/** Puts keys back to where they are looked for. One that is there already must be the same, or hold it; nothing is overwritten. Answers the names. */
export async function restoreKeys(config: Config, from: string): Promise<string[]> {
  await checkKeys(from);
  const given = secretFiles(config).filter(({ name }) => existsSync(join(from, name)));
  for (const { name, path } of given) {
    if (existsSync(path) && !GOES_ON.has(name) && !(await holds(path, join(from, name), name)))
      throw new Error(
        `${path} is there already and is another one. Way out: move it away, if the one of the backup is right.`,
      );
  }
  const graves = gravesIn(join(from, GRAVES));
  const copies = copiesFolder(config);
  if (graves.length > 0 && copies === undefined)
    throw new Error(
      `The keys in ${from} say of ${graves.length} cases that they are destroyed, and this machine has no place to know it by: they would come back. Way out: name a folder with LINLI_KEY_FOLDER.`,
    );
  for (const { name, path } of given) {
    if (existsSync(path)) continue;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await copyFile(join(from, name), path, constants.COPYFILE_EXCL);
  }
  for (const name of graves) {
    if (existsSync(join(copies!, name))) continue;
    await mkdir(copies!, { recursive: true, mode: 0o700 });
    await copyFile(join(from, GRAVES, name), join(copies!, name), constants.COPYFILE_EXCL);
  }
  return given.map(({ path }) => basename(path));
}

/** Whether a file that is there is the one of the backup; the yearly keys may have become more since. */
async function holds(path: string, given: string, name: string): Promise<boolean> {
  if ((await readFile(path)).equals(await readFile(given))) return true;
  if (name !== YEARLY) return false;
  const here = new Set(
    yearlyKeysIn(path)
      .list()
      .map(({ id }) => id),
  );
  return yearlyKeysIn(given)
    .list()
    .every(({ id }) => here.has(id));
}
