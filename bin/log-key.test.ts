import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifierText } from '../engine/record/note.ts';
import { makeTestFolder, removeTestFolder } from '../test/support/folders.ts';
import { logKeyFiles } from './log-key.ts';

const ORIGIN = 'linli/x';
let folder: string;
let file: string;
beforeEach(() => {
  folder = makeTestFolder('log-key');
  file = join(folder, 'deeper', 'log-key.pem');
});
afterEach(() => removeTestFolder(folder));

test('the first key is made, for its owner alone, and found again', () => {
  const made = logKeyFiles(file).signer(ORIGIN, undefined)!;
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const key = verifierText(made);
  expect(verifierText(logKeyFiles(file).signer(ORIGIN, undefined)!)).toBe(key);
  expect(verifierText(logKeyFiles(file).signer(ORIGIN, key)!)).toBe(key);
  expect(verifierText(logKeyFiles(file).here(ORIGIN)!)).toBe(key);
});

test('where another key signs nothing is made and nothing signed', () => {
  const other = verifierText(logKeyFiles(join(folder, 'other.pem')).signer(ORIGIN, undefined)!);
  expect(logKeyFiles(file).signer(ORIGIN, other)).toBeUndefined();
  expect(logKeyFiles(file).here(ORIGIN)).toBeUndefined();
});

test('a key that comes next signs once it is the log’s, even if nobody came to put it into its place', () => {
  const files = logKeyFiles(file);
  const old = verifierText(files.signer(ORIGIN, undefined)!);
  const next = verifierText(files.next(ORIGIN));
  expect(verifierText(files.next(ORIGIN))).toBe(next);
  expect(verifierText(files.signer(ORIGIN, old)!)).toBe(old);
  expect(verifierText(files.signer(ORIGIN, next)!)).toBe(next);
  expect(verifierText(logKeyFiles(file).here(ORIGIN)!)).toBe(next);
  // the old one is kept, and known
  expect(readdirSync(join(folder, 'deeper')).filter((name) => /^log-key\.pem\.\d{4}/.test(name))).toHaveLength(1);
  expect(logKeyFiles(file).all(ORIGIN)).toEqual([next, old]);
  expect(logKeyFiles(join(folder, 'nowhere', 'log-key.pem')).all(ORIGIN)).toEqual([]);
});

test('what was signed is remembered, for this log alone', () => {
  logKeyFiles(file).signer(ORIGIN, undefined);
  const tree = { size: 7, root: Buffer.alloc(32, 3) };
  logKeyFiles(file).remember(ORIGIN, tree);
  expect(logKeyFiles(file).remembered(ORIGIN)).toEqual(tree);
  expect(logKeyFiles(file).remembered('linli/y')).toBeUndefined();
  writeFileSync(`${file}.signed`, '{');
  expect(() => logKeyFiles(file).remembered(ORIGIN)).toThrow('damaged');
});

test('a file that holds no key is said to be damaged, not replaced', () => {
  logKeyFiles(file).signer(ORIGIN, undefined);
  writeFileSync(file, 'nothing');
  expect(() => logKeyFiles(file).signer(ORIGIN, undefined)).toThrow('no private key');
  expect(readFileSync(file, 'utf8')).toBe('nothing');
});
