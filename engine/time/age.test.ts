import { describe, expect, it } from 'vitest';
import { comesOfAge, isOfAge } from './age.ts';

/** Days of every month, by the rule of the calendar as it is printed and with none of the product's code. */
const monthDays = (year: number, month: number) =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31;
const two = (n: number) => String(n).padStart(2, '0');

function* days(from: number, until: number): Iterable<{ year: number; month: number; day: number; text: string }> {
  for (let year = from; year <= until; year++)
    for (let month = 1; month <= 12; month++)
      for (let day = 1; day <= monthDays(year, month); day++)
        yield { year, month, day, text: `${year}-${two(month)}-${two(day)}` };
}

/** Arts. 201 to 203 in words: the corresponding day, or the last of its month, to its very end; then the next day begins in Shanghai. */
function oracle(born: { year: number; month: number; day: number }, years: number): string {
  const year = born.year + years;
  const last = Math.min(born.day, monthDays(year, born.month));
  return new Date(Date.UTC(year, born.month - 1, last, 16, 0, 0)).toISOString();
}

describe('the age of a person', () => {
  it('changes at the same moment as by an independent count, for every date of birth and each of 25 years', () => {
    let asked = 0;
    for (const born of days(1992, 2016))
      for (let years = 1; years <= 25; years++) {
        asked++;
        const at = oracle(born, years);
        if (comesOfAge(born.text, years) !== at)
          throw new Error(`${born.text} + ${years}: ${comesOfAge(born.text, years)}, not ${at}`);
      }
    expect(asked).toBe(9_132 * 25);
  });

  it.each([
    ['2008-02-29', 14, '2022-02-28T16:00:00.000Z'],
    ['2008-02-29', 18, '2026-02-28T16:00:00.000Z'],
    ['2008-02-29', 8, '2016-02-29T16:00:00.000Z'],
    ['2008-03-01', 18, '2026-03-01T16:00:00.000Z'],
    ['2008-12-31', 18, '2026-12-31T16:00:00.000Z'],
    // the years of summer time: midnight is an hour earlier in UTC
    ['1973-07-01', 14, '1987-07-01T15:00:00.000Z'],
  ])('born %s, is %i years old from %s', (born, years, at) => {
    expect(comesOfAge(born, years)).toBe(at);
    expect(isOfAge(born, years, at)).toBe(true);
    expect(isOfAge(born, years, new Date(Date.parse(at) - 1).toISOString())).toBe(false);
  });
});
