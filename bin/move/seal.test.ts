import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { SealProblem, seal, unseal } from './seal.ts';

let folder: string;
beforeAll(() => {
  folder = makeTestFolder('seal');
});
afterAll(() => removeTestFolder(folder));

const content = Buffer.alloc(150_000, '给邻居的承诺');
const passphrase = '桂花 开 了 三 次';

async function sealed(bytes: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of seal([bytes.subarray(0, 70_001), bytes.subarray(70_001)], passphrase)) parts.push(part);
  return Buffer.concat(parts);
}

let n = 0;
function opened(bytes: Uint8Array, words = passphrase): Buffer {
  n += 1;
  const [from, to] = [join(folder, `${n}.sealed`), join(folder, `${n}.clear`)];
  writeFileSync(from, bytes);
  unseal(from, to, words);
  return readFileSync(to);
}

test('what was sealed opens with the passphrase alone, and shows nothing before', async () => {
  for (const bytes of [content, content.subarray(0, 64 * 1024), Buffer.alloc(0)])
    expect(opened(await sealed(bytes)).equals(bytes)).toBe(true);
  const file = await sealed(content);
  expect(file.includes('承诺')).toBe(false);
  expect(() => opened(file, '别的话')).toThrow(SealProblem);
}, 60_000);

test('a file that was changed, cut, put in another order or is none is refused', async () => {
  const file = await sealed(content);
  const start = file.indexOf(0x0a) + 1;
  const chunk = 64 * 1024 + 16;
  const [one, two, three] = [0, 1, 2].map((k) => file.subarray(start + k * chunk, start + (k + 1) * chunk));
  const flipped = Buffer.from(file);
  flipped[start + 5]! ^= 1;
  const line = Buffer.from(file);
  line.write('6', file.indexOf('"nonce":"') + 9);
  const others = [
    flipped,
    file.subarray(0, start + chunk),
    file.subarray(0, file.length - 1),
    Buffer.concat([file.subarray(0, start), two!, one!, three!]),
    Buffer.concat([file, Buffer.from([0])]),
    Buffer.from('PK'),
  ];
  for (const other of others) expect(() => opened(other)).toThrow(SealProblem);
  if (!line.equals(file)) expect(() => opened(line)).toThrow(SealProblem);
}, 60_000);
