import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';
import { programHash } from './program-hash.ts';
import { tinyProgram } from './tiny-program.fixture.ts';

test('the order in which members are written makes no difference', () => {
  expect(programHash(backwards(tinyProgram) as typeof tinyProgram)).toBe(programHash(tinyProgram));
});

test('every word counts', () => {
  expect(programHash({ ...tinyProgram, version: '1.0.1' })).not.toBe(programHash(tinyProgram));
  expect(programHash({ ...tinyProgram, intake: [] })).not.toBe(programHash(tinyProgram));
});

test('is SHA-256 in hexadecimal, the same through JSON', () => {
  expect(programHash(tinyProgram)).toMatch(/^[0-9a-f]{64}$/);
  expect(programHash(JSON.parse(JSON.stringify(tinyProgram)))).toBe(programHash(tinyProgram));
});

test('canonical text follows RFC 8785', () => {
  expect(canonicalJson({ b: [1e21, 0.1, -0, true, null], a: '\u20ac$\u000f\n"\\' })).toBe(
    '{"a":"€$\\u000f\\n\\"\\\\","b":[1e+21,0.1,0,true,null]}',
  );
  expect(() => canonicalJson(undefined)).toThrow(TypeError);
});

function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([member, inner]) => [member, backwards(inner)]),
  );
}
