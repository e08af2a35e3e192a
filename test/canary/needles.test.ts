import { deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { canariesIn, newCanary } from './needles.ts';

const around = (n: number) => ['', 'x', 'xy', 'xyz'][n]!;
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const escaped = (text: string) => [...text].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');

const ways: Record<string, (text: string) => Uint8Array> = {
  'as it is': latin1,
  'in capitals': (text) => latin1(text.toUpperCase()),
  'in hexadecimal digits': (text) => latin1(latin1(text).toString('hex')),
  'in base64': (text) => latin1(latin1(text).toString('base64')),
  'in base64 for addresses': (text) => latin1(latin1(text).toString('base64url')),
  'in base64 amid JSON': (text) => latin1(`{"data":"${latin1(text).toString('base64')}","metadata":{}}`),
  'in JSON with escapes': (text) => latin1(escaped(text)),
  'in UTF-16': (text) => Buffer.from(text, 'utf16le'),
  'in a gzip stream': (text) => gzipSync(text),
  'in a gzip stream, in base64': (text) => gzipSync(latin1(text).toString('base64')),
  'in a zip': (text) => zip(text),
};

test.each(Object.entries(ways))('a canary is found %s', (_, way) => {
  for (const before of [0, 1, 2, 3])
    for (const after of [0, 1, 2, 3]) {
      const canary = newCanary();
      expect([...canariesIn(way(`${around(before)}${canary}${around(after)}`))]).toEqual([
        expect.stringMatching(new RegExp(`^${canary}`)),
      ]);
    }
});

test('nothing is found where there is none', () => {
  expect(canariesIn(latin1('qzcanar qzcanbry')).size).toBe(0);
  expect(canariesIn(new Uint8Array()).size).toBe(0);
  expect(
    canariesIn(latin1('PK\x03\x04 no zip PK\x01\x02 at all, though it looks like one from afar, and so on')).size,
  ).toBe(0);
});

/** A zip with one file, as far as a reader of its central directory looks. */
function zip(text: string): Buffer {
  const packed = deflateRawSync(text);
  const local = Buffer.alloc(30);
  local.write('PK\x03\x04', 'latin1');
  const entry = Buffer.alloc(46);
  entry.write('PK\x01\x02', 'latin1');
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  return Buffer.concat([local, packed, entry]);
}
