import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** A sealed file cannot be opened. The message says why. */
export class SealProblem extends Error {
  override readonly name = 'SealProblem';
}

const FORMAT = 'linli-sealed';
const VERSION = 1;
/** What scrypt costs: about half a second and 128 MiB. */
const COST = { N: 2 ** 17, r: 8, p: 1 };
const MAX_MEMORY = 256 * 1024 * 1024;
const CHUNK = 64 * 1024;
const TAG = 16;
const MOST_HEADER = 1_000;

interface Header {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly kdf: 'scrypt';
  readonly salt: string;
  /** The first seven bytes of every nonce; four bytes of the chunk's number follow, and one that is 1 on the last. */
  readonly nonce: string;
}

/**
 * Seals bytes with a passphrase: scrypt makes the key, AES-256-GCM seals chunks of 64 KiB, each under its number and with a
 * mark on the last, so that none can be changed, moved, left out or cut off. The line before them is authenticated too.
 */
export async function* seal(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  passphrase: string,
): AsyncGenerator<Buffer> {
  const header: Header = {
    ...{ format: FORMAT, version: VERSION, kdf: 'scrypt' },
    ...{ salt: randomBytes(32).toString('hex'), nonce: randomBytes(7).toString('hex') },
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const key = keyOf(passphrase, header);
  yield line;
  let [waiting, n] = [Buffer.alloc(0), 0];
  const sealed = (chunk: Buffer, last: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(header, n, last)).setAAD(line);
    n += 1;
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  };
  for await (const bytes of source) {
    waiting = Buffer.concat([waiting, bytes]);
    // the last chunk is sealed as such: one is kept back until more has come
    while (waiting.length > CHUNK) {
      yield sealed(waiting.subarray(0, CHUNK), false);
      waiting = waiting.subarray(CHUNK);
    }
  }
  yield sealed(waiting, true);
}

/** Opens a sealed file into another one. Throws {@link SealProblem}; what was written by then is of no use. */
export function unseal(from: string, to: string, passphrase: string): void {
  const source = openSync(from, 'r');
  const target = openSync(to, 'wx', 0o600);
  try {
    const { header, line } = headerIn(source);
    const key = keyOf(passphrase, header);
    let at = line.length;
    for (let n = 0, last = false; !last; n += 1) {
      const chunk = read(source, at, CHUNK + TAG);
      at += chunk.length;
      last = read(source, at, 1).length === 0;
      if (chunk.length < TAG) throw wrong();
      const opened = createDecipheriv('aes-256-gcm', key, nonceOf(header, n, last)).setAAD(line);
      opened.setAuthTag(chunk.subarray(chunk.length - TAG));
      try {
        const clear = Buffer.concat([opened.update(chunk.subarray(0, chunk.length - TAG)), opened.final()]);
        writeSync(target, clear);
      } catch {
        throw wrong();
      }
    }
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

function headerIn(source: number): { readonly header: Header; readonly line: Buffer } {
  const start = read(source, 0, MOST_HEADER);
  const end = start.indexOf(0x0a);
  try {
    const line = start.subarray(0, end + 1);
    const header = JSON.parse(line.toString('utf8')) as Header;
    const whole =
      header.format === FORMAT &&
      header.version === VERSION &&
      header.kdf === 'scrypt' &&
      /^[0-9a-f]{64}$/.test(header.salt) &&
      /^[0-9a-f]{14}$/.test(header.nonce);
    if (whole) return { header, line };
  } catch {
    // told below
  }
  throw new SealProblem('It is no sealed file of Linli. Way out: give the file as "linli case export" wrote it.');
}

function read(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const n = readSync(file, bytes, done, length - done, at + done);
    if (n === 0) break;
    done += n;
  }
  return bytes.subarray(0, done);
}

function nonceOf({ nonce }: Header, n: number, last: boolean): Buffer {
  const count = Buffer.alloc(5);
  count.writeUInt32BE(n);
  count[4] = last ? 1 : 0;
  return Buffer.concat([Buffer.from(nonce, 'hex'), count]);
}

const keyOf = (passphrase: string, { salt }: Header): Buffer =>
  scryptSync(passphrase.normalize('NFC'), Buffer.from(salt, 'hex'), 32, { ...COST, maxmem: MAX_MEMORY });

const wrong = (): SealProblem =>
  new SealProblem(
    'The passphrase is wrong, or the file was changed or cut. Way out: ask for the passphrase, or for the file again.',
  );
