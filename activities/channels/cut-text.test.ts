import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText, jsonBytes, utf8Bytes } from './cut-text.ts';

const family = '👨‍👩‍👧‍👦'; // 25 bytes, seven code points, one character
const accent = 'e\u0301';

describe('cutting a text', () => {
  test.each([
    ['', 0, ''],
    ['abc', 3, 'abc'],
    ['abcd', 3, '…'],
    ['abcd', 2, ''],
    ['邻里邻里', 12, '邻里邻里'],
    ['邻里邻里', 11, '邻里…'],
    ['邻里邻里', 9, '邻里…'],
    ['邻里邻里', 8, '邻…'],
    ['a😀b', 6, 'a😀b'],
    ['a😀bc', 6, 'a…'],
    [`${family}${family}`, 50, `${family}${family}`],
    [`${family}${family}`, 49, `${family}…`],
    [`a${accent}`.repeat(2), 7, `a${accent}…`],
    ['a\ud800b', 5, 'a\ufffdb'],
    // one character longer than all the room there is: as much of it as goes
    [`${family}x`, 7, '👨…'],
  ])('%j to %d bytes: %j', (text, bytes, expected) => {
    expect(cutText(text, bytes)).toBe(expected);
  });
});

test('counted in characters', () => {
  const characters = (value: string) => [...value].length;
  expect(cutText('😀'.repeat(10), 10, characters)).toBe('😀'.repeat(10));
  expect(cutText('😀'.repeat(11), 10, characters)).toBe(`${'😀'.repeat(9)}…`);
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(fc.constantFrom('邻', 'a', '😀', family, accent, '"', '\\', '\n', '\u0001', '🇨🇳', '\ud83d', '里'), {
      maxLength: 120,
    })
    .map((parts) => parts.join('')),
);
const wellFormed = (value: string) => Buffer.from(value, 'utf8').toString('utf8');

describe.each([
  ['UTF-8', utf8Bytes],
  ['JSON', jsonBytes],
])('whatever the text, counted in %s', (_, bytesOf) => {
  const cut = (value: string, max: number) => cutText(value, max, bytesOf);

  test('it fits, is well formed, and cut only where it must be', () => {
    fc.assert(
      fc.property(text, fc.nat(300), (value, max) => {
        const result = cut(value, max);
        expect(bytesOf(result)).toBeLessThanOrEqual(max);
        expect(wellFormed(result)).toBe(result);
        if (bytesOf(wellFormed(value)) <= max) expect(result).toBe(wellFormed(value));
        else if (max >= 3) expect(result.endsWith('…')).toBe(true);
        else expect(result).toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is left are the first characters, whole, and not one fewer than fit', () => {
    const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' });
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 300 }), (value, max) => {
        const whole = wellFormed(value);
        fc.pre(bytesOf(whole) > max);
        const kept = cut(value, max).slice(0, -1);
        expect(whole.startsWith(kept)).toBe(true);
        const characters = Array.from(segmenter.segment(whole), ({ segment }) => segment);
        if (bytesOf(characters[0]!) > max - 3) {
          expect(characters[0]!.startsWith(kept)).toBe(true);
          return;
        }
        const n = Array.from(segmenter.segment(kept)).length;
        expect(characters.slice(0, n).join('')).toBe(kept);
        expect(bytesOf(characters.slice(0, n + 1).join(''))).toBeGreaterThan(max - 3);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('a text of megabytes is looked at no further than needed', () => {
  expect(utf8Bytes(cutText('邻里'.repeat(2_000_000), 2048))).toBe(2046);
});
