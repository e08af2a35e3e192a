import fc from 'fast-check';
import { Solar } from 'lunar-typescript';
import { describe, expect, it } from 'vitest';
import { addDays } from './civil.ts';
import { leapMonthOf, lunarOccurrence, lunarToSolar, nextLunarOccurrence, solarToLunar } from './lunar.ts';

/** From the almanac of the Purple Mountain Observatory (GB/T 33661-2017); the years with a * are wrong in ICU. */
const springFestivals: Record<number, string> = {
  2019: '2019-02-05',
  2020: '2020-01-25',
  2021: '2021-02-12',
  2022: '2022-02-01',
  2023: '2023-01-22',
  2024: '2024-02-10',
  2025: '2025-01-29',
  2026: '2026-02-17',
  2027: '2027-02-06', // *
  2028: '2028-01-26',
  2029: '2029-02-13',
  2030: '2030-02-03', // *
  2033: '2033-01-31',
  2034: '2034-02-19',
};

describe('lunar dates', () => {
  it('knows the first day of each year', () => {
    for (const [year, date] of Object.entries(springFestivals)) {
      expect(lunarToSolar(Number(year), 1, 1)).toBe(date);
      expect(solarToLunar(date)).toEqual({ year: Number(year), month: 1, day: 1 });
    }
  });

  it.each([
    ['端午', 2026, 5, 5, '2026-06-19'],
    ['端午', 2027, 5, 5, '2027-06-09'],
    ['端午 before a leap fifth month', 2028, 5, 5, '2028-05-28'],
    ['闰五月初五', 2028, -5, 5, '2028-06-27'],
    ['中秋', 2025, 8, 15, '2025-10-06'],
    ['中秋', 2026, 8, 15, '2026-09-25'],
    ['中秋', 2027, 8, 15, '2027-09-15'],
    ['中秋', 2028, 8, 15, '2028-10-03'],
    ['重阳', 2025, 9, 9, '2025-10-29'],
    ['重阳', 2026, 9, 9, '2026-10-18'],
    ['重阳', 2027, 9, 9, '2027-10-08'],
    ['闰十一月初一', 2033, -11, 1, '2033-12-22'],
  ])('%s %i', (_, year, month, day, date) => {
    expect(lunarToSolar(year, month, day)).toBe(date);
    expect(solarToLunar(date)).toEqual({ year, month, day });
  });

  it('names the leap month of a year', () => {
    expect([2020, 2023, 2025, 2026, 2028, 2033].map(leapMonthOf)).toEqual([4, 2, 6, 0, 5, 11]);
  });

  it('agrees with another library in every month from 1900 to 2099, and turns back', () => {
    for (let date = '1900-02-01'; date < '2100-01-01'; date = addDays(date, 11)) {
      const lunar = solarToLunar(date);
      const other = Solar.fromYmd(...(date.split('-').map(Number) as [number, number, number])).getLunar();
      expect(lunar, date).toEqual({ year: other.getYear(), month: other.getMonth(), day: other.getDay() });
      expect(lunarToSolar(lunar.year, lunar.month, lunar.day)).toBe(date);
    }
  }, 60_000);

  it('refuses days that do not exist', () => {
    expect(() => lunarToSolar(2026, -5, 1)).toThrow(RangeError); // no leap month in 2026
    expect(() => lunarToSolar(2024, 12, 30)).toThrow(RangeError); // a month of 29 days
    expect(() => lunarToSolar(2026, 13, 1)).toThrow(RangeError);
    expect(() => lunarToSolar(2026, 0, 1)).toThrow(RangeError);
    expect(() => lunarToSolar(1800, 1, 1)).toThrow(RangeError);
    expect(() => lunarOccurrence(2026, { month: 8, day: 31 })).toThrow(RangeError);
    expect(() => solarToLunar('2026-02-30')).toThrow(RangeError);
  });
});

describe('anniversaries', () => {
  it('falls on the last day of a month that is too short', () => {
    expect(lunarOccurrence(2024, { month: 12, day: 30 })).toBe('2025-01-28'); // 除夕 is the 29th
    expect(lunarOccurrence(2024, { month: 12, day: 'last' })).toBe('2025-01-28');
    expect(lunarOccurrence(2023, { month: 12, day: 'last' })).toBe('2024-02-09'); // the 30th
  });

  it('keeps a birthday of a leap month in the ordinary month of other years', () => {
    expect(lunarOccurrence(2028, { month: -5, day: 5 })).toBe('2028-06-27');
    expect(lunarOccurrence(2029, { month: -5, day: 5 })).toBe(lunarToSolar(2029, 5, 5));
  });

  it('comes exactly once a lunar year, each later than the one before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1901, max: 2090 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 30 }),
        (year, n, leap, day) => {
          const month = leap ? -n : n;
          const [first, second] = [lunarOccurrence(year, { month, day }), lunarOccurrence(year + 1, { month, day })];
          expect(first < second).toBe(true);
          expect(nextLunarOccurrence(first, { month, day })).toBe(second);
          expect(nextLunarOccurrence(addDays(first, -1), { month, day })).toBe(first);
        },
      ),
      { numRuns: 300 },
    );
  });
});
