import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_FEN } from './entry.ts';
import { amountInWords } from './words.ts';

describe('amounts in words', () => {
  it.each([
    // the examples of the rules themselves, with one 零 where they leave it open
    [140_950, '壹仟肆佰零玖元伍角整'],
    [600_714, '陆仟零柒元壹角肆分'],
    [168_032, '壹仟陆佰捌拾元零叁角贰分'],
    [10_700_053, '壹拾万柒仟元零伍角叁分'],
    [1_640_902, '壹万陆仟肆佰零玖元零贰分'],
    [32_504, '叁佰贰拾伍元零肆分'],
    [0, '零元整'],
    [1, '壹分'],
    [5, '伍分'],
    [10, '壹角整'],
    [15, '壹角伍分'],
    [100, '壹元整'],
    [1_000, '壹拾元整'],
    [1_005, '壹拾元零伍分'],
    [150_000, '壹仟伍佰元整'],
    [259_000, '贰仟伍佰玖拾元整'],
    [28_800_000, '贰拾捌万捌仟元整'],
    [10_050_000, '壹拾万零伍佰元整'],
    [10_000_000_500, '壹亿零伍元整'],
    [10_001_000_000, '壹亿零壹万元整'],
    [10_000_500_000, '壹亿零伍仟元整'],
    [MOST_FEN, '壹仟亿元整'],
    [-259_001, '负贰仟伍佰玖拾元零壹分'],
  ])('%i fen', (fen, words) => {
    expect(amountInWords(fen)).toBe(words);
  });

  it.each([0.5, Number.NaN, MOST_FEN + 1, -MOST_FEN - 1])('refuses %d', (fen) => {
    expect(() => amountInWords(fen)).toThrow(RangeError);
  });

  const sizes = Array.from({ length: 13 }, (_, n) => 10 ** (n + 1));
  const any = fc.oneof(...sizes.map((most) => fc.integer({ min: -most, max: most })));

  it('read back, they give the amount', () => {
    fc.assert(
      fc.property(any, (fen) => {
        expect(readBack(amountInWords(fen))).toBe(fen);
      }),
    );
  });

  it('never say two 零 together, and end in 整 or 分', () => {
    fc.assert(
      fc.property(any, (fen) => {
        expect(amountInWords(fen)).toMatch(/^(?!.*零零).*(整|分)$/);
      }),
    );
  });
});

/** A reader of its own: adds digit by place as a bank's clerk would. */
function readBack(words: string): number {
  const sign = words.startsWith('负') ? -1 : 1;
  const [yuan = '', rest = ''] = words.includes('元')
    ? words.replace('负', '').split('元')
    : ['', words.replace('负', '')];
  const part = (unit: string) => digit(new RegExp(`(.)${unit}`).exec(rest)?.[1]);
  return sign * (whole(yuan) * 100 + part('角') * 10 + part('分'));
}

function whole(words: string): number {
  for (const [unit, size] of [
    ['亿', 1e8],
    ['万', 1e4],
  ] as const) {
    const at = words.indexOf(unit);
    if (at >= 0) return whole(words.slice(0, at)) * size + whole(words.slice(at + 1));
  }
  let sum = 0;
  for (const [, figure, unit] of words.matchAll(/([零壹贰叁肆伍陆柒捌玖])([仟佰拾]?)/g)) {
    sum += digit(figure) * ({ 仟: 1000, 佰: 100, 拾: 10 }[unit ?? ''] ?? 1);
  }
  return sum;
}

function digit(sign: string | undefined): number {
  return sign ? '零壹贰叁肆伍陆柒捌玖'.indexOf(sign) : 0;
}
