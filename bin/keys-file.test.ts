import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestFolder, removeTestFolder } from '../test/support/folders.ts';
import { type Keys, keysFile, readKeys, saveKeys } from './keys-file.ts';

let folder: string;
beforeAll(() => {
  folder = makeTestFolder('keys');
});
afterAll(() => removeTestFolder(folder));

const keys: Keys = {
  url: 'http://127.0.0.1:8420',
  units: [{ id: 'community-1', level: 'community', name: '社区' }],
  posts: [{ id: 'community-1-secretary', kind: 'secretary', unit: 'community-1' }],
  keys: [{ role: 'auditor', person: 'p-auditor', post: null, unit: 'district-1', key: 'k' }],
};

test('keys are read as they were saved, and only the owner may read them', () => {
  expect(readKeys(folder)).toBeUndefined();
  saveKeys(folder, keys);
  expect(readKeys(folder)).toEqual(keys);
  expect(statSync(keysFile(folder)).mode & 0o777).toBe(0o600);
});

test('an older file that others could read is replaced by one they cannot', () => {
  chmodSync(keysFile(folder), 0o644);
  saveKeys(folder, keys);
  expect(statSync(keysFile(folder)).mode & 0o777).toBe(0o600);
});

test('a damaged file says so, and how to go on', () => {
  writeFileSync(keysFile(folder), '{"url":');
  expect(() => readKeys(folder)).toThrow(/damaged.*backup/);
});
