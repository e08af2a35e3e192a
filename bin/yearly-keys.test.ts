import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeTestFolder, removeTestFolder } from '../test/support/folders.ts';
import { yearlyKeysIn } from './yearly-keys.ts';

let folder: string;
afterEach(() => removeTestFolder(folder));

const keysIn = () => {
  folder = makeTestFolder('yearly-keys');
  return join(folder, 'deep', 'yearly-keys.json');
};

test('the file is made once, for its owner only, and the newest key is the last', () => {
  const file = keysIn();
  const keys = yearlyKeysIn(file);
  expect(keys.exists()).toBe(false);
  expect(() => keys.newest()).toThrow(file);
  keys.begin();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const first = keys.newest();
  expect(first.id).toMatch(/^\d{4}-[0-9a-f]{8}$/);
  expect(first.secret.length).toBe(32);
  const before = readFileSync(file, 'utf8');
  yearlyKeysIn(file).begin();
  expect(readFileSync(file, 'utf8')).toBe(before);
  const second = keys.add();
  expect(keys.newest()).toEqual(second);
  expect(keys.byId(first.id)).toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a key that another process has added is found, one that nobody has is not', () => {
  const file = keysIn();
  const [here, there] = [yearlyKeysIn(file), yearlyKeysIn(file)];
  here.begin();
  here.newest();
  const added = there.add();
  expect(here.byId(added.id)).toEqual(added);
  expect(here.newest()).toEqual(added);
  expect(here.byId('2026-ffffffff')).toBeUndefined();
});

test('a damaged file is said to be damaged', () => {
  const file = keysIn();
  yearlyKeysIn(file).begin();
  for (const text of ['', '{', '{"yearlyKeys":[]}', '{"yearlyKeys":[{"id":"2026-00000000","secret":"x"}]}']) {
    writeFileSync(file, text);
    expect(() => yearlyKeysIn(file).newest()).toThrow('is damaged');
  }
});
