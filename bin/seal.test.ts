import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Sealing, SealProblem, seal, unseal } from './seal.ts';

const content = Buffer.alloc(150_000, '给邻居的承诺');
const passphrase: Sealing = { passphrase: '桂花 开 了 三 次' };
const key: Sealing = { key: { id: 'backup.1', secret: randomBytes(32) }, file: 'a.gz' };

async function all(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const got: Buffer[] = [];
  for await (const part of parts) got.push(part);
  return Buffer.concat(got);
}

/** Bytes in pieces that end anywhere. */
function* inPieces(bytes: Uint8Array, size = 70_001): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const sealed = (bytes: Uint8Array, sealing: Sealing) => all(seal(inPieces(bytes), sealing));
const opened = (bytes: Uint8Array, sealing: Sealing, size?: number) => all(unseal(inPieces(bytes, size), sealing));

test.each<[string, Sealing, Sealing[]]>([
  ['a passphrase', passphrase, [{ passphrase: '别的话' }, key]],
  [
    'a key',
    key,
    [
      { ...key, file: 'b.gz' },
      { ...key, key: { ...key.key, secret: randomBytes(32) } },
      { ...key, key: { ...key.key, id: 'backup.2' } },
      passphrase,
    ],
  ],
])(
  'what was sealed with %s opens with it alone, and shows nothing before',
  async (_, sealing, others) => {
    for (const bytes of [content, content.subarray(0, 64 * 1024), content.subarray(0, 64 * 1024 + 1), Buffer.alloc(0)])
      expect((await opened(await sealed(bytes, sealing), sealing)).equals(bytes)).toBe(true);
    const file = await sealed(content, sealing);
    expect((await opened(file, sealing, 977)).equals(content)).toBe(true);
    expect(file.includes('承诺')).toBe(false);
    for (const other of others) await expect(opened(file, other)).rejects.toThrow(SealProblem);
  },
  60_000,
);

test.each<[string, Sealing]>([
  ['a passphrase', passphrase],
  ['a key', key],
])(
  'a file that was changed, cut, put in another order or is none is refused (%s)',
  async (_, sealing) => {
    const file = await sealed(content, sealing);
    const start = file.indexOf(0x0a) + 1;
    const chunk = 64 * 1024 + 16;
    const [one, two, three] = [0, 1, 2].map((k) => file.subarray(start + k * chunk, start + (k + 1) * chunk));
    const flipped = Buffer.from(file);
    flipped[start + 5]! ^= 1;
    const line = Buffer.from(file);
    line.write('6', file.indexOf('"nonce":"') + 9);
    const others = [
      flipped,
      file.subarray(0, start),
      file.subarray(0, start + chunk),
      file.subarray(0, file.length - 1),
      Buffer.concat([file.subarray(0, start), two!, one!, three!]),
      Buffer.concat([file, Buffer.from([0])]),
      Buffer.from('PK'),
      Buffer.alloc(2_000, 'x'),
      Buffer.alloc(0),
    ];
    for (const other of others) await expect(opened(other, sealing)).rejects.toThrow(SealProblem);
    if (!line.equals(file)) await expect(opened(line, sealing)).rejects.toThrow(SealProblem);
  },
  60_000,
);
