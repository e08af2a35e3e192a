import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type KeptKey, type KeyCopies, ownerOf } from '../door/keys/data-keys.ts';
import type { Config } from './config.ts';
import { replaceFile } from './whole-file.ts';

const shape = z.object({
  id: z.string(),
  owner: z.string(),
  yearlyKey: z.string(),
  wrapped: z.base64(),
  madeAt: z.iso.datetime(),
});

/** Where `linli start` keeps copies of the data keys: the folder of the configuration, or one in the data folder. */
export const keyFolder = ({ keyFolder: given, dataDir }: Pick<Config, 'keyFolder' | 'dataDir'>): string =>
  given ?? join(dataDir, 'data-keys');

/** The same, where this configuration keeps any: on a database of one's own choice copies lie where it says, or nowhere. */
export const copiesFolder = (config: Pick<Config, 'keyFolder' | 'dataDir' | 'databaseUrl'>): string | undefined =>
  config.keyFolder ?? (config.databaseUrl === undefined ? keyFolder(config) : undefined);

/** Copies of the wrapped data keys in a folder, a file each, so that a database restored to an earlier point gets them back. */
export function keyCopies(folder: string): KeyCopies {
  const fileOf = (owner: string): string => join(folder, `${encodeURIComponent(owner)}.json`);
  return {
    write({ id, owner, yearlyKey, wrapped, madeAt }) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const before = this.read(owner);
      // of a key that the database has lost this copy is all there is: it stays, under its own name
      if (before && before.id !== id) renameSync(fileOf(owner), fileOf(before.id));
      const kept = { id, owner, yearlyKey, wrapped: Buffer.from(wrapped).toString('base64'), madeAt };
      replaceFile(fileOf(owner), `${JSON.stringify(kept)}\n`);
    },
    read: (owner) => readCopy(fileOf(owner), owner),
    byId(id) {
      const owner = ownerOf(id);
      const newest = readCopy(fileOf(owner), owner);
      return newest?.id === id ? newest : readCopy(fileOf(id), owner);
    },
  };
}

function readCopy(file: string, owner: string): KeptKey | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { id, yearlyKey, wrapped, madeAt, owner: whose } = shape.parse(JSON.parse(text));
  if (whose !== owner) throw new Error(`${file} is the copy of another key.`);
  return { id, owner, yearlyKey, wrapped: Buffer.from(wrapped, 'base64'), madeAt };
}
