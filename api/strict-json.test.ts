import { describe, expect, it } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('parseStrictJson', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['[]', []],
    ['"文"', '文'],
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', { a: { a: 1 }, b: [{ a: 1 }, { a: 2 }] }],
    ['{"a":"x\\"y:","b":"a"}', { a: 'x"y:', b: 'a' }],
    ['{"emoji":"\\ud83d\\ude00"}', { emoji: '😀' }],
  ])('takes %s', (text, value) => {
    expect(parseStrictJson(bytes(text))).toMatchObject({ value });
  });

  it.each([
    ['', 'MALFORMED'],
    ['{', 'MALFORMED'],
    ['{"a":1', 'MALFORMED'],
    ['{"a":1}}', 'MALFORMED'],
    ['{a:1}', 'MALFORMED'],
    ['NaN', 'MALFORMED'],
    ['{"a":1,"a":2}', 'MALFORMED'],
    ['{"a":1,"\\u0061":2}', 'MALFORMED'],
    ['[{"b":{"a":1, "a" :2}}]', 'MALFORMED'],
    ['['.repeat(100_000), 'MALFORMED'],
    [`${'['.repeat(40)}${']'.repeat(40)}`, 'MALFORMED'],
    ['"unterminated \\', 'MALFORMED'],
    ['{"a":"\\u0000"}', 'INVALID_DATA'],
    ['{"a":["\\ud800"]}', 'INVALID_DATA'],
    ['{"\\u0000":1}', 'INVALID_DATA'],
    ['{"__proto__":{"admin":true}}', 'INVALID_DATA'],
    ['{"x":{"constructor":1}}', 'INVALID_DATA'],
    ['{"a":1e999}', 'INVALID_DATA'],
    ['{"a":-9007199254740993}', 'INVALID_DATA'],
  ])('refuses %.40s', (text, code) => {
    expect(parseStrictJson(bytes(text))).toMatchObject({ code });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(parseStrictJson(new Uint8Array([0x22, 0xff, 0xfe, 0x22]))).toMatchObject({ code: 'MALFORMED' });
    expect(parseStrictJson(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))).toMatchObject({ code: 'MALFORMED' });
  });

  it('names the place of what cannot be kept', () => {
    expect(parseStrictJson(bytes('{"parties":[{"name":"a\\u0000"}]}'))).toMatchObject({
      errors: [{ path: 'parties[0].name' }],
    });
  });
});
