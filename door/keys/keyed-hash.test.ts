import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyedHash } from './keyed-hash.ts';

const [one, other] = [{ secret: randomBytes(32) }, { secret: randomBytes(32) }];

test('the hash of a text is the same with the same key, for the same purpose, and nowhere else', () => {
  const hash = keyedHash(one, 'identity', '11010519491231002X');
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(keyedHash(one, 'identity', '11010519491231002X')).toBe(hash);
  expect(keyedHash(one, 'identity', '110105194912310038')).not.toBe(hash);
  expect(keyedHash(one, 'act body', '11010519491231002X')).not.toBe(hash);
  expect(keyedHash(other, 'identity', '11010519491231002X')).not.toBe(hash);
});

test('it is the one it was: what is kept is compared with it for decades', () => {
  expect(keyedHash({ secret: new Uint8Array(32) }, 'identity', '11010519491231002X')).toBe(
    '25908c2530c14ffd4610c5922b26516409a6e627ef62cc13d885fb3832742c2b',
  );
});
