import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type NoteSigner, noteSigner, privateKeyOf, verifierText } from '../engine/record/note.ts';
import { makeTestFolder, removeTestFolder } from '../test/support/folders.ts';
import { openGrave } from './grave.ts';
import { keyCopies } from './key-copies.ts';

let folder: string;
afterEach(() => removeTestFolder(folder));

const key = {
  ...{ id: 'c1.00000000', owner: 'c1', yearlyKey: '2026-00000000' },
  ...{ wrapped: Buffer.alloc(60, 7), madeAt: '2026-11-22T03:16:55.000Z' },
};

test('a copy is a file of its own, for its owner only, and is read back as it was', () => {
  folder = makeTestFolder('key-copies');
  const copies = keyCopies(join(folder, 'deep'));
  expect(copies.read('c1')).toBeUndefined();
  copies.write(key);
  copies.write({ ...key, yearlyKey: '2027-00000000' });
  expect(copies.read('c1')).toEqual({ ...key, yearlyKey: '2027-00000000' });
  expect(readdirSync(join(folder, 'deep'))).toEqual(['c1.json']);
  expect(statSync(join(folder, 'deep', 'c1.json')).mode & 0o777).toBe(0o600);
});

test('a copy of another key of the owner is kept beside', () => {
  folder = makeTestFolder('key-copies');
  const copies = keyCopies(folder);
  const other = { ...key, id: 'c1.11111111' };
  copies.write(key);
  copies.write(other);
  copies.write({ ...other, yearlyKey: '2027-00000000' });
  expect(copies.read('c1')?.id).toBe(other.id);
  expect([copies.byId(key.id), copies.byId(other.id)?.yearlyKey]).toEqual([key, '2027-00000000']);
  expect(copies.byId('c1.22222222')).toBeUndefined();
});

test('an owner’s name leads to no other folder, and a copy in the place of another’s is refused', () => {
  folder = makeTestFolder('key-copies');
  const copies = keyCopies(join(folder, 'deep'));
  copies.write({ ...key, owner: '../up/../../x' });
  expect(readdirSync(folder)).toEqual(['deep']);
  copies.write(key);
  writeFileSync(join(folder, 'deep', 'c2.json'), readFileSync(join(folder, 'deep', 'c1.json')));
  expect(() => copies.read('c2')).toThrow('the copy of another key');
});

test('of a destroyed case no copy stays and none comes back; what is left says which events it had', () => {
  folder = makeTestFolder('key-copies');
  const copies = keyCopies(folder);
  copies.write(key);
  copies.write({ ...key, id: 'c1.00000001' });
  copies.write({ ...key, id: 'c10.00000000', owner: 'c10' });
  expect(copies.isBuried?.('c1')).toBe(false);
  const opened = () => openGrave(copies.grave!('c1'), 'c1', { origin: 'linli/x', keys: [], unsigned: ['c1'] });
  const left = { caseId: 'c1', headers: ['{"seq":1}'], certificate: '{"data":{}}' };
  copies.bury?.(left);
  copies.bury?.(left);
  copies.write(key);
  expect(readdirSync(folder).sort()).toEqual(['c1.destroyed.json', 'c10.json']);
  expect(copies.isBuried?.('c1')).toBe(true);
  expect(copies.read('c1')).toBeUndefined();
  expect(copies.byId('c1.00000001')).toBeUndefined();
  expect(copies.buried?.()).toEqual(['c1']);
  expect(opened()).toEqual(left);
});

test('what says so is made anew where it is damaged, and signed where the key is here', () => {
  folder = makeTestFolder('key-copies');
  const copies = keyCopies(folder);
  const left = { caseId: 'c1', headers: ['{"seq":1}'], certificate: '{"data":{}}' };
  copies.bury?.(left);
  writeFileSync(join(folder, 'c1.destroyed.json'), '{');
  expect(() => copies.grave?.('c1')).toThrow('c1.destroyed.json is damaged');
  copies.bury?.(left);
  expect(copies.grave?.('c1').note).toBeUndefined();
  const [signer, next] = [1, 2].map((n) => noteSigner('linli/x', privateKeyOf(Buffer.alloc(32, n))));
  copies.bury?.(left, signer);
  copies.bury?.(left);
  const known = (by: NoteSigner | undefined) => ({ origin: 'linli/x', keys: [verifierText(by!)], unsigned: [] });
  expect(openGrave(copies.grave!('c1'), 'c1', known(signer))).toEqual(left);
  expect(() => openGrave(copies.grave!('c1'), 'c1', known(next))).toThrow('does not know');
  expect(() => openGrave(copies.grave!('c1'), 'c1', { ...known(signer), origin: 'linli/y' })).toThrow(
    'not what was signed',
  );
  copies.bury?.(left, next);
  expect(openGrave(copies.grave!('c1'), 'c1', known(next))).toEqual(left);
});

test('what says so of another case says nothing of this one, and is replaced; a file of a strange name stops nothing', () => {
  folder = makeTestFolder('key-copies');
  const copies = keyCopies(folder);
  const left = (caseId: string) => ({ caseId, headers: ['{"seq":1}'], certificate: '{"data":{}}' });
  const signer = noteSigner('linli/x', privateKeyOf(Buffer.alloc(32, 1)));
  copies.bury?.(left('c1'), signer);
  writeFileSync(join(folder, 'c2.destroyed.json'), readFileSync(join(folder, 'c1.destroyed.json')));
  expect(copies.isBuried?.('c2')).toBe(false);
  copies.write({ ...key, id: 'c2.00000000', owner: 'c2' });
  expect(copies.read('c2')?.id).toBe('c2.00000000');
  const known = { origin: 'linli/x', keys: [verifierText(signer)], unsigned: [] };
  expect(() => openGrave(copies.grave!('c2'), 'c2', known)).toThrow('tells of the case c1');
  copies.bury?.(left('c2'), signer);
  expect(openGrave(copies.grave!('c2'), 'c2', known)).toEqual(left('c2'));
  expect([copies.isBuried?.('c2'), copies.read('c2')]).toEqual([true, undefined]);
  // one that is damaged may have said so: nothing is brought back by it
  writeFileSync(join(folder, 'c3.destroyed.json'), '{');
  expect(copies.isBuried?.('c3')).toBe(true);
  mkdirSync(join(folder, 'c4.destroyed.json'));
  for (const name of ['%00', '%', 'a b', '\n']) writeFileSync(join(folder, `${name}.destroyed.json`), '{');
  expect(copies.isBuried?.('c4')).toBe(false);
  expect(copies.buried?.().toSorted()).toEqual(['c1', 'c2', 'c3']);
});

test('a copy that is written while its case is buried does not stay', () => {
  folder = makeTestFolder('key-copies');
  const copies = keyCopies(folder);
  const left = { caseId: 'c20', headers: ['{"seq":1}'], certificate: '{"data":{}}' };
  const read = copies.read.bind(copies);
  // another process buries it after this one has looked whether it is buried
  copies.read = (owner) => {
    copies.bury?.(left);
    return read(owner);
  };
  copies.write({ ...key, id: 'c20.00000000', owner: 'c20' });
  expect(readdirSync(folder).filter((name) => name.startsWith('c20'))).toEqual(['c20.destroyed.json']);
});
