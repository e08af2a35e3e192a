import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { objectIn } from '../door/json-bytes.ts';
import type { LogSigning } from '../door/log/checkpoint.ts';
import { type NoteSigner, noteSigner, verifierText } from '../engine/record/note.ts';
import type { Config } from './config.ts';
import { flushFolder, replaceFile } from './whole-file.ts';

/** The key of the log in files: `signer` and the memory of what it has signed, and a key that comes next. */
export interface LogKeyFiles extends LogSigning {
  /** Where the key lies. */
  readonly file: string;
  /** The key that lies here, whether it signs or not; undefined when there is none. Makes none. */
  here(origin: string): NoteSigner | undefined;
  /** The public keys that lie here, as `linli audit key` shows them: of the key, and of those it has replaced. */
  all(origin: string): string[];
  /** Makes the key that comes next, beside the one that signs; a second time the same. */
  next(origin: string): NoteSigner;
  /** Puts the key that came next into the place of the old one, which is kept beside it. */
  adopt(): void;
}

const memory = z.object({
  origin: z.string(),
  size: z.number().int().min(0),
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The file of the configuration, or one of our own in the data folder. */
export const logKeyFile = ({ dataDir, logKeyFile: given }: Config): string => given ?? join(dataDir, 'log-key.pem');

/**
 * The key of the log in a file that only its owner can read; made when the log has none yet. What was signed last lies beside
 * it. Files are written as a whole or not at all. Throws for a file that cannot be read.
 */
export function logKeyFiles(file: string): LogKeyFiles {
  const nextFile = `${file}.next`;
  const memoryFile = `${file}.signed`;
  let known: { readonly key: string; readonly signer: NoteSigner } | undefined;

  function adopt(): void {
    if (!existsSync(nextFile)) return;
    // `replaced` knows it by this name
    if (existsSync(file)) renameSync(file, `${file}.${new Date().toISOString().slice(0, 10)}.${process.pid}`);
    renameSync(nextFile, file);
    flushFolder(dirname(file));
  }

  function replaced(): string[] {
    if (!existsSync(dirname(file))) return [];
    const name = basename(file);
    return readdirSync(dirname(file))
      .filter((each) => each.startsWith(`${name}.`) && /^\.\d{4}-\d{2}-\d{2}\.\d+$/.test(each.slice(name.length)))
      .map((each) => join(dirname(file), each));
  }

  return {
    file,
    adopt,
    all: (origin) =>
      [file, ...replaced()].flatMap((each) => {
        const key = readKey(each);
        return key ? [verifierText(noteSigner(origin, key))] : [];
      }),
    here(origin) {
      const key = readKey(file);
      return key && noteSigner(origin, key);
    },
    signer(origin, active) {
      if (known && known.key === active) return known.signer;
      if (active === undefined) return noteSigner(origin, readKey(file) ?? makeKey(file));
      for (const each of [file, nextFile]) {
        const key = readKey(each);
        const signer = key && noteSigner(origin, key);
        if (!signer || verifierText(signer) !== active) continue;
        // whoever changed the key had committed that, and then did not come so far
        if (each === nextFile) adopt();
        known = { key: active, signer };
        return signer;
      }
      return undefined;
    },
    next: (origin) => noteSigner(origin, readKey(nextFile) ?? makeKey(nextFile)),
    remembered(origin) {
      if (!existsSync(memoryFile)) return undefined;
      const found = memory.safeParse(objectIn(readFileSync(memoryFile)));
      if (!found.success) throw new Error(`${memoryFile} is damaged: it says what this log's key has signed last.`);
      const { size, root, origin: its } = found.data;
      return its === origin ? { size, root: Buffer.from(root, 'hex') } : undefined;
    },
    remember(origin, { size, root }) {
      replaceFile(memoryFile, `${JSON.stringify({ origin, size, root: Buffer.from(root).toString('hex') })}\n`);
    },
  };
}

function readKey(file: string): KeyObject | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return createPrivateKey(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} holds no private key: it should be one of Ed25519, in PEM.`);
  }
}

function makeKey(file: string): KeyObject {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  replaceFile(file, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return privateKey;
}
