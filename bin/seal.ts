import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync } from 'node:crypto';

/** Sealed bytes cannot be opened. The message says why. */
export class SealProblem extends Error {
  override readonly name = 'SealProblem';
}

/** A key that seals many files, each under a key of its own that is drawn from it. */
export interface FileKey {
  /** Stands in clear before what is sealed with it. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** What bytes are sealed with: words that people pass on, or a key and the name of the file, in whose place no other then opens. */
export type Sealing = { readonly passphrase: string } | { readonly key: FileKey; readonly file: string };

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
  /** How the key of these bytes is made: of a passphrase, or of a key and the file's name. */
  readonly kdf: 'scrypt' | 'hkdf';
  /** Name of the key; with `hkdf` alone. */
  readonly key?: string;
  readonly salt: string;
  /** The first seven bytes of every nonce; four bytes of the chunk's number follow, and one that is 1 on the last. */
  readonly nonce: string;
}

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Seals bytes as they come: AES-256-GCM seals chunks of 64 KiB, each under its number and with a mark on the last, so that none
 * can be changed, moved, left out or cut off. The line before them, which says how the key is made, is authenticated too.
 */
export async function* seal(source: Bytes, sealing: Sealing): AsyncGenerator<Buffer> {
  const header: Header = {
    ...{ format: FORMAT, version: VERSION },
    ...('key' in sealing ? { kdf: 'hkdf', key: sealing.key.id } : { kdf: 'scrypt' }),
    ...{ salt: randomBytes(32).toString('hex'), nonce: randomBytes(7).toString('hex') },
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const key = keyOf(sealing, header);
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

/**
 * Opens sealed bytes as they come. Throws {@link SealProblem}: what came before is genuine then, and not all of it. Bytes that
 * were cut off between two chunks are noticed at their end alone.
 */
export async function* unseal(source: Bytes, sealing: Sealing): AsyncGenerator<Buffer> {
  let waiting = Buffer.alloc(0);
  let started: { readonly header: Header; readonly line: Buffer; readonly key: Buffer } | undefined;
  let n = 0;
  const open = (sealed: Buffer, last: boolean): Buffer => {
    const { header, line, key } = started!;
    if (sealed.length < TAG) throw wrong(sealing);
    const opening = createDecipheriv('aes-256-gcm', key, nonceOf(header, n, last), { authTagLength: TAG }).setAAD(line);
    opening.setAuthTag(sealed.subarray(sealed.length - TAG));
    n += 1;
    try {
      return Buffer.concat([opening.update(sealed.subarray(0, sealed.length - TAG)), opening.final()]);
    } catch {
      throw wrong(sealing);
    }
  };
  for await (const bytes of source) {
    waiting = Buffer.concat([waiting, bytes]);
    if (!started) {
      const end = waiting.indexOf(0x0a);
      if (end < 0 && waiting.length < MOST_HEADER) continue;
      const line = Buffer.from(waiting.subarray(0, end + 1));
      const header = headerIn(line, sealing);
      started = { header, line, key: keyOf(sealing, header) };
      waiting = waiting.subarray(line.length);
    }
    while (waiting.length > CHUNK + TAG) {
      yield open(waiting.subarray(0, CHUNK + TAG), false);
      waiting = waiting.subarray(CHUNK + TAG);
    }
  }
  if (!started) throw none(sealing);
  yield open(waiting, true);
}

function headerIn(line: Buffer, sealing: Sealing): Header {
  try {
    const header = JSON.parse(line.toString('utf8')) as Header;
    const whole =
      header.format === FORMAT &&
      header.version === VERSION &&
      header.kdf === ('key' in sealing ? 'hkdf' : 'scrypt') &&
      /^[0-9a-f]{64}$/.test(header.salt) &&
      /^[0-9a-f]{14}$/.test(header.nonce);
    if (whole) return header;
  } catch {
    // told below
  }
  throw none(sealing);
}

function nonceOf({ nonce }: Header, n: number, last: boolean): Buffer {
  const count = Buffer.alloc(5);
  count.writeUInt32BE(n);
  count[4] = last ? 1 : 0;
  return Buffer.concat([Buffer.from(nonce, 'hex'), count]);
}

function keyOf(sealing: Sealing, { salt: hex }: Header): Buffer {
  const salt = Buffer.from(hex, 'hex');
  if ('passphrase' in sealing)
    return scryptSync(sealing.passphrase.normalize('NFC'), salt, 32, { ...COST, maxmem: MAX_MEMORY });
  const place = JSON.stringify(['linli sealed file 1', sealing.key.id, sealing.file]);
  return Buffer.from(hkdfSync('sha256', sealing.key.secret, salt, place, 32));
}

const wrong = (sealing: Sealing): SealProblem =>
  new SealProblem(
    'key' in sealing
      ? `It is not what was sealed with the key ${sealing.key.id} as ${sealing.file}, or it was cut. Way out: take another copy of it.`
      : 'The passphrase is wrong, or the file was changed or cut. Way out: ask for the passphrase, or for the file again.',
  );

const none = (sealing: Sealing): SealProblem =>
  new SealProblem(
    'key' in sealing
      ? `What is called ${sealing.file} is not sealed with a key of Linli. Way out: take another copy of it.`
      : 'It is no sealed file of Linli. Way out: give the file as "linli case export" wrote it.',
  );
