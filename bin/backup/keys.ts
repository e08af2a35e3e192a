import { existsSync } from 'node:fs';
import { constants, copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Config } from '../config.ts';
import { copiesFolder } from '../key-copies.ts';
import { keysFile } from '../keys-file.ts';
import { logKeyFile } from '../log-key.ts';
import { signInSecretFile } from '../sign-in-secret.ts';
import { yearlyKeysFile, yearlyKeysIn } from '../yearly-keys.ts';
import { keyTable } from './database.ts';
import { checkFiles, type FolderInMaking } from './files.ts';

const YEARLY = 'yearly-keys';

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

/** Whether both layers of keys are at hand after a restore: the yearly keys, and the data keys that they wrap. */
export function haveKeys(config: Config, from: string | undefined): boolean {
  const given = (name: string) => from !== undefined && existsSync(join(from, name));
  const copies = copiesFolder(config);
  const dataKeys = given(keyTable.file) || (copies !== undefined && existsSync(copies));
  return dataKeys && (given(YEARLY) || existsSync(yearlyKeysFile(config)));
}

/** Throws when one folder lies in the other, or they are the same: then the keys are not apart. */
export function checkApart(backup: string, keys: string): void {
  const inside = (inner: string, outer: string) => !relative(resolve(outer), resolve(inner)).startsWith('..');
  if (inside(keys, backup) || inside(backup, keys))
    throw new Error('The keys would lie with the backup. Way out: --keys-to a folder elsewhere, best on another disk.');
}

/** Writes the keys that lie on this machine into a folder apart; answers their names. */
export async function writeKeys(config: Config, folder: FolderInMaking): Promise<string[]> {
  const names: string[] = [];
  for (const { name, path } of secretFiles(config)) {
    if (!existsSync(path)) continue;
    await folder.write(name, Readable.from([await readFile(path)]));
    names.push(name);
  }
  return names;
}

/** What the machine has gone on with by itself: what lies there is never older than what a backup has. */
const GOES_ON: ReadonlySet<string> = new Set(['log-key.pem.signed', 'log-key.pem.given-up']);

/** Puts keys back to where they are looked for. One that is there already must be the same, or hold it; nothing is overwritten. Answers the names. */
export async function restoreKeys(config: Config, from: string): Promise<string[]> {
  const findings = await checkFiles(from);
  if (findings.length > 0) throw new Error(`The keys in ${from} cannot be relied on: ${findings.join('; ')}`);
  const given = secretFiles(config).filter(({ name }) => existsSync(join(from, name)));
  for (const { name, path } of given) {
    if (existsSync(path) && !GOES_ON.has(name) && !(await holds(path, join(from, name), name)))
      throw new Error(
        `${path} is there already and is another one. Way out: move it away, if the one of the backup is right.`,
      );
  }
  for (const { name, path } of given) {
    if (existsSync(path)) continue;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await copyFile(join(from, name), path, constants.COPYFILE_EXCL);
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
