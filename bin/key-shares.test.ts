import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unwrap, wrap } from '../door/keys/wrapping.ts';
import { makeTestFolder, removeTestFolder } from '../test/support/folders.ts';
import { joinShares, readShare, splitKeys } from './key-shares.ts';
import { joinYearlyKeys, splitYearlyKeys } from './recovery.ts';
import { yearlyKeysIn } from './yearly-keys.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = makeTestFolder('key-shares');
  file = join(folder, 'yearly-keys.json');
  yearlyKeysIn(file).begin();
  yearlyKeysIn(file).add();
});
afterEach(() => removeTestFolder(folder));

const kept = () =>
  (JSON.parse(readFileSync(file, 'utf8')) as { yearlyKeys: Parameters<typeof splitKeys>[0] }).yearlyKeys;

test('the lost yearly keys are joined of any two of three shares, and open what was sealed', async () => {
  const name = { id: 'case.1', owner: 'case' };
  const key = randomBytes(32);
  const wrapped = wrap(yearlyKeysIn(file).newest(), name, key);
  const before = readFileSync(file);
  const files = await splitYearlyKeys(file, join(folder, 'shares'), { need: 2, of: 3 });
  expect(files).toHaveLength(3);
  expect(readdirSync(join(folder, 'shares'))).toHaveLength(3);
  expect(statSync(files[0]!).mode & 0o777).toBe(0o600);
  await expect(joinYearlyKeys(file, files)).rejects.toThrow('is there');
  for (const two of [files.slice(0, 2), files.slice(1), [files[2]!, files[0]!]]) {
    rmSync(file);
    await joinYearlyKeys(file, two);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(unwrap(yearlyKeysIn(file).newest(), name, wrapped).equals(key)).toBe(true);
  }
});

test('one share tells nothing and is not enough, nor is the same one twice', async () => {
  const shares = await splitKeys(kept(), { need: 2, of: 3 });
  const [one] = shares;
  for (const { secret } of kept()) expect(JSON.stringify(one)).not.toContain(secret.slice(0, 20));
  await expect(joinShares([one!])).rejects.toThrow('It takes 2 different shares, and there are 1');
  await expect(joinShares([one!, one!])).rejects.toThrow('there are 1');
  expect(await joinShares(shares)).toEqual(kept());
});

test('shares of different splittings, altered ones and what is none are refused, and nothing is written', async () => {
  const [one, two] = await splitKeys(kept(), { need: 2, of: 2 });
  const [, other] = await splitKeys(kept(), { need: 2, of: 2 });
  await expect(joinShares([one!, other!])).rejects.toThrow('not of one splitting');
  const bytes = Buffer.from(two!.share, 'base64');
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    await expect(joinShares([one!, { ...two!, share: changed.toString('base64') }])).rejects.toThrow('altered');
  }
  await expect(joinShares([one!, { ...two!, share: '' }])).rejects.toThrow('altered');
  expect(() => readShare(Buffer.from('{}'), 'x.json')).toThrow('x.json is no share');
  for (const numbers of [
    { need: 1, of: 3 },
    { need: 4, of: 3 },
    { need: 2, of: 21 },
    { need: Number.NaN, of: 3 },
  ])
    await expect(splitKeys(kept(), numbers)).rejects.toThrow('Way out');
  renameSync(file, `${file}.away`);
  mkdirSync(join(folder, 'bad'));
  writeFileSync(join(folder, 'bad', 'a.json'), '{}');
  await expect(joinYearlyKeys(file, [join(folder, 'bad', 'a.json')])).rejects.toThrow('is no share');
  expect(yearlyKeysIn(file).exists()).toBe(false);
});
