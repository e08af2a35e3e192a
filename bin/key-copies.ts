import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Grave, type KeptKey, type KeyCopies, ownerOf } from '../door/keys/data-keys.ts';
import { type NoteSigner, verifierText } from '../engine/record/note.ts';
import type { Config } from './config.ts';
import { caseInGrave, graveSigner, graveText, readGrave } from './grave.ts';
import { replaceFile } from './whole-file.ts';

const shape = z.object({
  id: z.string(),
  owner: z.string(),
  yearlyKey: z.string(),
  wrapped: z.base64(),
  madeAt: z.iso.datetime(),
});

/** How the file ends that says a case is destroyed. */
const BURIED = '.destroyed.json';

/** What the file is called that says a case is destroyed. */
export const graveName = (owner: string): string => `${encodeURIComponent(owner)}${BURIED}`;

/** The files in a folder by which cases are said to be destroyed, by their names; those of other names somebody else has put there. */
export const gravesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((each) =>
        each.isFile() && isGraveName(each.name) && graveName(ownerOfGrave(each.name)) === each.name ? [each.name] : [],
      )
    : [];

/**
 * Whether one of these says so of the case that it is called after. One that tells of another case says nothing of this; one that is
 * damaged may have: what was destroyed stays so.
 */
export function isGraveOf(path: string, owner: string): boolean {
  try {
    return [owner, undefined].includes(caseInGrave(readGrave(path, readFileSync(path, 'utf8'))));
  } catch (error) {
    return !['ENOENT', 'EISDIR'].includes(String((error as NodeJS.ErrnoException).code));
  }
}

const isGraveName = (name: string): boolean => name.endsWith(BURIED);

/** Of which case; the name itself where it was not given by {@link graveName}, or where no case can be called so: the database takes no such text. */
function ownerOfGrave(name: string): string {
  const encoded = name.slice(0, -BURIED.length);
  try {
    const owner = decodeURIComponent(encoded);
    return owner.includes('\0') ? encoded : owner;
  } catch {
    return encoded;
  }
}

/** Where `linli start` keeps copies of the data keys: the folder of the configuration, or one in the data folder. */
export const keyFolder = ({ keyFolder: given, dataDir }: Pick<Config, 'keyFolder' | 'dataDir'>): string =>
  given ?? join(dataDir, 'data-keys');

/** The same, where this configuration keeps any: on a database of one's own choice copies lie where it says, or nowhere. */
export const copiesFolder = (config: Pick<Config, 'keyFolder' | 'dataDir' | 'databaseUrl'>): string | undefined =>
  config.keyFolder ?? (config.databaseUrl === undefined ? keyFolder(config) : undefined);

/** The copies this machine keeps; undefined where it keeps none. */
export function copiesHere(config: Config): KeyCopies | undefined {
  const folder = copiesFolder(config);
  return folder === undefined ? undefined : keyCopies(folder);
}

/** Copies of the wrapped data keys in a folder, a file each, so that a database restored to an earlier point gets them back. */
export function keyCopies(folder: string): KeyCopies {
  const fileOf = (owner: string): string => join(folder, `${encodeURIComponent(owner)}.json`);
  const graveOf = (owner: string): string => join(folder, graveName(owner));
  const forget = (owner: string): void => {
    const own = `${encodeURIComponent(owner)}.`;
    for (const name of readdirSync(folder))
      if (name.startsWith(own) && name.endsWith('.json') && !isGraveName(name))
        rmSync(join(folder, name), { force: true });
  };
  const grave = (owner: string): Grave => readGrave(graveOf(owner), readFileSync(graveOf(owner), 'utf8'));
  /** Whether what is kept of a case may stay: it can be read, tells of that case, and the key that is here has signed it. */
  const isGood = (owner: string, signer: NoteSigner | undefined): boolean => {
    try {
      const kept = grave(owner);
      if (caseInGrave(kept) !== owner) return false;
      return !signer || graveSigner(kept, signer.name) === verifierText(signer);
    } catch {
      return false; // there is none, or it is damaged
    }
  };
  const isBuried = (owner: string): boolean => isGraveOf(graveOf(owner), owner);
  return {
    isBuried,
    bury(of, signer) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // first what says that it is destroyed: a process that ends here is gone on with by the next
      if (!isGood(of.caseId, signer)) replaceFile(graveOf(of.caseId), graveText(of, signer));
      forget(of.caseId);
    },
    buried: () => gravesIn(folder).map(ownerOfGrave),
    grave,
    write({ id, owner, yearlyKey, wrapped, madeAt }) {
      if (isBuried(owner)) return;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // of a key that the database has lost this copy is all there is: it stays, under its own name;
      // looked at again, since another process may write a copy for the same owner at the same instant
      for (let there = this.read(owner); there && there.id !== id; ) {
        replaceFile(fileOf(there.id), textOf(there));
        const now = this.read(owner);
        if (now?.id === there.id) break;
        there = now;
      }
      replaceFile(fileOf(owner), textOf({ id, owner, yearlyKey, wrapped, madeAt }));
      // destroyed while this was written: whoever did so has looked before
      if (isBuried(owner)) forget(owner);
    },
    read: (owner) => readCopy(fileOf(owner), owner),
    byId(id) {
      const owner = ownerOf(id);
      const newest = readCopy(fileOf(owner), owner);
      return newest?.id === id ? newest : readCopy(fileOf(id), owner);
    },
  };
}

const textOf = ({ id, owner, yearlyKey, wrapped, madeAt }: KeptKey): string =>
  `${JSON.stringify({ id, owner, yearlyKey, wrapped: Buffer.from(wrapped).toString('base64'), madeAt })}\n`;

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
