import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { joinShares, readShare, type Splitting, splitKeys } from './key-shares.ts';
import { makeFile } from './whole-file.ts';
import { keptKeysIn, writtenKeys } from './yearly-keys.ts';

/** Writes shares of the yearly keys in a file into a folder that is not there yet; answers the files. Throws as `splitKeys`. */
export async function splitYearlyKeys(file: string, to: string, splitting: Splitting): Promise<string[]> {
  if (existsSync(to)) throw new Error(`${to} is there already. Way out: name a folder that is not there yet.`);
  const shares = await splitKeys(keptKeysIn(file), splitting);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  return shares.map((share) => {
    const name = join(to, `linli-key-share-${share.number}-of-${share.of}.json`);
    makeFile(name, `${JSON.stringify(share, undefined, 2)}\n`);
    return name;
  });
}

/**
 * Makes the file of the yearly keys anew from shares; answers the names of the keys. Refuses where there is one: keys that are in use
 * are never written over. Throws as `joinShares`.
 */
export async function joinYearlyKeys(file: string, shares: readonly string[]): Promise<string[]> {
  if (existsSync(file))
    throw new Error(
      `${file} is there: it holds yearly keys. Way out: move it away first, or set LINLI_KEY_FILE to another place.`,
    );
  const keys = await joinShares(shares.map((share) => readShare(readFileSync(share), share)));
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!makeFile(file, writtenKeys(keys)))
    throw new Error(`${file} was made by somebody else meanwhile: nothing is written.`);
  return keys.map(({ id }) => id);
}
