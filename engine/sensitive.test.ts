import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HIDDEN, isIdNumber, masked, maskedFields } from './sensitive.ts';

// the example of GB 11643-1999, annex A
const EXAMPLE = '11010519491231002X';

describe('a resident identity number', () => {
  test('is told by its check character and its birthday', () => {
    expect(isIdNumber(EXAMPLE)).toBe(true);
    for (const wrong of [
      '110105194912310021',
      '11010519491331002X',
      '1101051949123100',
      `${EXAMPLE}1`,
      '11010519491231002x',
    ])
      expect(isIdNumber(wrong), wrong).toBe(false);
  });

  test('is not one any more when a digit is another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digit = (Number(EXAMPLE[at]) + by) % 10;
        expect(isIdNumber(`${EXAMPLE.slice(0, at)}${digit}${EXAMPLE.slice(at + 1)}`)).toBe(false);
      }),
    );
  });
});

describe('what is shown of a sensitive field', () => {
  test('of a telephone the ends, of an identity number and of health nothing', () => {
    expect(masked('idNumber', EXAMPLE)).toBe(HIDDEN);
    expect(masked('telephone', '138 0000 1234')).toBe('138****1234');
    expect(masked('telephone', '12345')).toBe(HIDDEN);
    expect(masked('health', '肢体残疾二级')).toBe(HIDDEN);
  });

  test('tells neither the value nor how long it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300 }), (value) => {
        expect(masked('health', value)).toBe(HIDDEN);
        expect(masked('idNumber', value)).toBe(HIDDEN);
      }),
    );
  });

  test('other fields are shown as they are; a text that no field of the program is is not', () => {
    const name = ['甲', 'a'] as const;
    const fields = {
      open: { name, kind: 'number' },
      hidden: { name, kind: 'text', personal: true, sensitive: 'health' },
    } as const;
    expect(maskedFields(fields, { open: 3, hidden: '病', other: 'x' })).toEqual({
      open: 3,
      hidden: HIDDEN,
      other: HIDDEN,
    });
  });
});
