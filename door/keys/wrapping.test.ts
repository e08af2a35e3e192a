import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { seal, unseal } from '../../db/aes.ts';
import { unwrap, wrap } from './wrapping.ts';

const yearly = { id: '2026-00000000', secret: randomBytes(32) };
const name = { id: 'c1.00000000', owner: 'c1' };
const key = randomBytes(32);

test('a wrapped key opens with its yearly key and name, and with nothing else', () => {
  const wrapped = wrap(yearly, name, key);
  expect(wrapped.length).toBe(60);
  expect(unwrap(yearly, name, wrapped)).toEqual(key);
  for (const wrong of [
    () => unwrap({ ...yearly, secret: randomBytes(32) }, name, wrapped),
    () => unwrap({ ...yearly, id: '2027-00000000' }, name, wrapped),
    () => unwrap(yearly, { ...name, owner: 'c2' }, wrapped),
    () => unwrap(yearly, { ...name, id: 'c1.00000001' }, wrapped),
    () => unwrap(yearly, name, wrapped.subarray(0, 59)),
    () => unwrap(yearly, name, seal(yearly.secret, 'else', key)),
  ])
    expect(wrong).toThrow();
});

test('every byte of what is sealed is covered, and no two sealings are alike', () => {
  const clear = Buffer.from('周某');
  const sealed = seal(key, 'context', clear);
  expect(unseal(key, 'context', sealed)).toEqual(clear);
  expect(seal(key, 'context', clear)).not.toEqual(sealed);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(() => unseal(key, 'context', changed)).toThrow();
  }
  for (let length = 0; length < sealed.length; length++)
    expect(() => unseal(key, 'context', sealed.subarray(0, length))).toThrow();
  expect(() => unseal(key, 'other', sealed)).toThrow();
});
