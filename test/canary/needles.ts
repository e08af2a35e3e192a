import { randomBytes } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';

// Canaries: words that occur nowhere but where a test has written them, and the search for them in any bytes.

/** All canaries begin so: one search finds every one. */
const FOREWORD = 'qzcanary';
const TAIL = 10;
const LENGTH = FOREWORD.length + TAIL;

/** A new canary: small letters and digits, so that it stays itself in names, ids, paths, e-mails and JSON. */
export function newCanary(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return FOREWORD + [...randomBytes(TAIL)].map((byte) => letters[byte % letters.length]).join('');
}

/** How bytes may hide a text, and how each is undone again: what is told is where in the text of `written` the canary begins. */
interface Disguise {
  readonly written: string;
  readonly undone: (text: string) => string;
}

const perEscape = (text: string) =>
  text.replace(/\\u00([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
const hexOf = (text: string) => Buffer.from(text, 'latin1').toString('hex');

/** What of base64 does not depend on what stands around: of each alignment the middle. */
function base64Of(shift: number): Disguise {
  const all = Buffer.from('\0'.repeat(shift) + FOREWORD, 'latin1').toString('base64');
  const from = shift === 0 ? 0 : 4;
  const whole = Math.floor((shift + FOREWORD.length) / 3) * 4;
  const written = all.slice(from, whole);
  const before = '\0'.repeat(shift === 0 ? 0 : 3 - shift);
  // what stood before the first whole group is known: it is the beginning of the canary
  return {
    written,
    undone: (text) =>
      FOREWORD.slice(0, before.length) +
      Buffer.from(text.replace(/[^A-Za-z0-9+/_-].*$/s, ''), 'base64').toString('latin1'),
  };
}

const disguises: readonly Disguise[] = [
  { written: FOREWORD, undone: (text) => text },
  { written: FOREWORD.toUpperCase(), undone: (text) => text.toLowerCase() },
  { written: hexOf(FOREWORD), undone: (text) => Buffer.from(text, 'hex').toString('latin1') },
  { written: hexOf(FOREWORD).toUpperCase(), undone: (text) => Buffer.from(text, 'hex').toString('latin1') },
  { written: [...FOREWORD].map((letter) => `\\u00${hexOf(letter)}`).join(''), undone: perEscape },
  { written: [...FOREWORD].join('\0'), undone: (text) => text.replaceAll('\0', '') },
  ...[0, 1, 2].map(base64Of),
];

/** The canaries in bytes, whatever they are written as; gzip streams and zip files are opened. */
export function canariesIn(bytes: Uint8Array): Set<string> {
  const found = new Set<string>();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  for (const { written, undone } of disguises) {
    for (let at = text.indexOf(written); at >= 0; at = text.indexOf(written, at + written.length)) {
      const canary = undone(text.slice(at, at + LENGTH * 6)).slice(0, LENGTH);
      // one that is cut short is one too
      found.add(new RegExp(`^${FOREWORD}[a-z0-9]*`).exec(canary)?.[0] ?? FOREWORD);
    }
  }
  for (const inner of packedIn(Buffer.from(text, 'latin1'))) for (const canary of canariesIn(inner)) found.add(canary);
  return found;
}

/** What is packed in bytes: a gzip stream from their beginning, the files of a zip. What cannot be unpacked is looked at as it is. */
function packedIn(bytes: Buffer): Uint8Array[] {
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [gunzipSync(bytes)];
  } catch {
    return [];
  }
  return bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04' ? zipped(bytes) : [];
}

/** The files of a zip by its central directory. */
function zipped(bytes: Buffer): Uint8Array[] {
  const files: Uint8Array[] = [];
  for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    const [method, size, local] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ];
    if (method !== 8 || local + 30 > bytes.length) continue;
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    try {
      files.push(inflateRawSync(bytes.subarray(from, from + size)));
    } catch {
      // no entry of a directory, but bytes that look like one
    }
  }
  return files;
}
