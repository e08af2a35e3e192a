import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { objectIn } from '../door/json-bytes.ts';
import type { YearlyKey, YearlyKeys } from '../door/keys/wrapping.ts';
import type { Config } from './config.ts';
import { makeFile, replaceFile } from './whole-file.ts';

/** The yearly keys in their file. */
export interface YearlyKeysFile extends YearlyKeys {
  /** Where they lie. */
  readonly file: string;
  /** Whether there is a file. */
  exists(): boolean;
  /** Makes the file with a first key; leaves one that is there by now. */
  begin(): void;
  /** Adds a key, which is the newest from now on. */
  add(): YearlyKey;
  /** Names of the keys, the newest last, and when each was made. */
  list(): readonly { readonly id: string; readonly madeAt: string }[];
}

const shape = z.object({
  yearlyKeys: z
    .array(
      z.object({
        id: z.string().regex(/^\d{4}-[0-9a-f]{8}$/),
        secret: z.base64().length(44),
        madeAt: z.iso.datetime(),
      }),
    )
    .min(1),
});
type Kept = z.infer<typeof shape>['yearlyKeys'][number];

/** The file of the configuration, or one of our own in the data folder. */
export const yearlyKeysFile = ({ dataDir, keyFile: given }: Pick<Config, 'dataDir' | 'keyFile'>): string =>
  given ?? join(dataDir, 'yearly-keys.json');

/**
 * The yearly keys in a file that only its owner can read. It is read again when a key is asked for that was not in it: another
 * process may have added one. Throws for a file that cannot be read.
 */
export function yearlyKeysIn(file: string): YearlyKeysFile {
  let known: readonly Kept[] = [];
  const read = (): readonly Kept[] => {
    known = keptKeysIn(file);
    return known;
  };

  const find = (id: string, among: readonly Kept[]) => among.find((key) => key.id === id);
  return {
    file,
    exists: () => existsSync(file),
    begin() {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      makeFile(file, writtenKeys([fresh()]));
    },
    add() {
      const key = fresh();
      replaceFile(file, writtenKeys([...read(), key]));
      return opened(key);
    },
    list: () => read().map(({ id, madeAt }) => ({ id, madeAt })),
    // a key another process has added is taken at once: the file is small, and new data keys are rare
    newest: () => opened(read().at(-1) as Kept),
    byId(id) {
      const found = find(id, known) ?? find(id, read());
      return found && opened(found);
    },
  };
}

/** The keys as the file keeps them. Throws for a file that is not there or cannot be read. */
export function keptKeysIn(file: string): readonly Kept[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `The file of the yearly keys ${file} is not there: nothing that was encrypted can be read without it. ` +
        'Ways out: put it back from where its copy is kept, join it of its shares (linli data-keys join), or name the place where it lies with LINLI_KEY_FILE.',
    );
  }
  const { data } = shape.safeParse(objectIn(bytes));
  if (!data) throw new Error(`${file} is damaged. Way out: put the yearly keys back from where their copy is kept.`);
  return data.yearlyKeys;
}

const opened = ({ id, secret }: Kept): YearlyKey => ({ id, secret: Buffer.from(secret, 'base64') });

/** The text of the file with these keys. */
export const writtenKeys = (keys: readonly Kept[]): string => `${JSON.stringify({ yearlyKeys: keys }, undefined, 2)}\n`;

function fresh(): Kept {
  const madeAt = new Date().toISOString();
  return {
    id: `${madeAt.slice(0, 4)}-${randomBytes(4).toString('hex')}`,
    secret: randomBytes(32).toString('base64'),
    madeAt,
  };
}
