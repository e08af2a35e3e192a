import {
  closeSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { seal, unseal } from '../seal.ts';
import { flushFolder } from '../whole-file.ts';

const SHORTEST = 12;

/** The passphrase in a file: its first line. Throws where it is too short to keep a case secret. */
export function passphraseIn(file: string): string {
  const [line = ''] = readFileSync(file, 'utf8').split(/\r?\n/);
  if ([...line].length >= SHORTEST) return line;
  throw new Error(
    `The first line of ${file} is the passphrase and has at least ${SHORTEST} characters. Way out: take five words or more.`,
  );
}

/** Writes sealed bytes into a file that is not there yet, readable by its owner only. What is left of a failure is removed. */
export async function writeSealed(file: string, bytes: AsyncIterable<Uint8Array>, passphrase: string): Promise<void> {
  const handle = openSync(file, 'wx', 0o600);
  let whole = false;
  try {
    for await (const part of seal(bytes, { passphrase })) writeSync(handle, part);
    fsyncSync(handle);
    whole = true;
  } finally {
    closeSync(handle);
    if (!whole) rmSync(file, { force: true });
  }
  flushFolder(dirname(file));
}

const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Opens a sealed file for as long as `work` takes, in a folder that only this user reads and that is removed afterwards, also
 * when the process is told to end.
 */
export async function withOpened<T>(file: string, passphrase: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'linli-case-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const end = (signal: NodeJS.Signals) => {
    remove();
    for (const each of ENDS) process.off(each, end);
    // ends as it would have without us
    process.kill(process.pid, signal);
  };
  for (const each of ENDS) process.on(each, end);
  process.on('exit', remove);
  try {
    const path = join(folder, 'dossier.zip');
    await pipeline(
      createReadStream(file),
      (bytes: AsyncIterable<Buffer>) => unseal(bytes, { passphrase }),
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    );
    return await work(path);
  } finally {
    for (const each of ENDS) process.off(each, end);
    process.off('exit', remove);
    remove();
  }
}
