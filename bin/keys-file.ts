import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const keysShape = z.object({
  url: z.string(),
  units: z.array(z.object({ id: z.string(), level: z.string(), name: z.string() })),
  posts: z.array(z.object({ id: z.string(), kind: z.string(), unit: z.string() })),
  keys: z.array(
    z.object({
      role: z.string(),
      person: z.string(),
      post: z.string().nullable(),
      unit: z.string(),
      key: z.string(),
      /** Where this person sets a password, once, to sign in by name. */
      welcome: z.string().optional(),
    }),
  ),
});

type Fresh<T> = T extends readonly (infer E)[]
  ? readonly Fresh<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Fresh<T[K]> }
    : T;

/** What the first run made: where Linli answered, the organisation, and the API keys in clear. */
export type Keys = Fresh<z.infer<typeof keysShape>>;

/** One of the keys. `post` is null for rights of a login: caseworker, auditor, administrator. */
export type Key = Keys['keys'][number];

/** Where the keys of the first run lie in the data folder. */
export function keysFile(folder: string): string {
  return join(folder, 'keys.json');
}

/** Writes the keys, readable by the owner only: all of the file or none of it. */
export function saveKeys(folder: string, keys: Keys): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = keysFile(folder);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600, flag: 'w' });
  renameSync(fresh, file);
}

/** Reads the keys; undefined when the first run has not been, or was on another machine. Throws for a damaged file. */
export function readKeys(folder: string): Keys | undefined {
  let text: string;
  try {
    text = readFileSync(keysFile(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const found = keysShape.safeParse(parsed(text));
  if (found.success) return found.data;
  throw new Error(
    `${keysFile(folder)} is damaged. Way out: put it back from a backup; keys cannot be read from the database, which holds only their hashes.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
