import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from './civil.ts';
import { nextIndexAfter, occurrence } from './grid.ts';

describe('planned days', () => {
  it.each([
    ['2026-09-18', '3 days', 1, '2026-09-21'],
    ['2026-09-18', '3 days', 2434, '2046-09-15'],
    ['2026-09-18', '2 weeks', 2, '2026-10-16'],
    ['2026-01-31', '1 month', 1, '2026-02-28'],
    ['2026-01-31', '1 month', 2, '2026-03-31'],
    ['2024-02-29', '1 year', 4, '2028-02-29'],
  ])('%s every %s, number %i: %s', (anchor, every, n, date) => expect(occurrence({ anchor, every, n })).toBe(date));

  it.each([
    ['2026-09-18', '3 days', '2026-09-01', 1],
    ['2026-09-18', '3 days', '2026-09-20', 1],
    ['2026-09-18', '3 days', '2026-09-21', 2],
    ['2026-01-31', '1 month', '2026-02-27', 1],
    ['2026-01-31', '1 month', '2026-02-28', 2],
  ])('%s every %s, after %s: number %i', (anchor, every, date, n) =>
    expect(nextIndexAfter(anchor, every, date)).toBe(n),
  );

  it.each([0, -1, 1.5])('number %d is refused', (n) =>
    expect(() => occurrence({ anchor: '2026-09-18', every: '3 days', n })).toThrow(RangeError),
  );
  it('an interval in hours is refused', () =>
    expect(() => nextIndexAfter('2026-09-18', '3 hours', '2026-09-18')).toThrow(/not an interval/));
});

describe('always', () => {
  const date = fc.integer({ min: 5_000, max: 25_000 }).map((n) => addDays('1970-01-01', n));
  const every = fc
    .tuple(fc.integer({ min: 2, max: 20 }), fc.constantFrom('days', 'weeks', 'months', 'years'))
    .map(([n, unit]) => `${n} ${unit}`);
  it('later occurrences lie later, all after the anchor', () =>
    fc.assert(
      fc.property(date, every, fc.integer({ min: 1, max: 30 }), (anchor, every, n) => {
        const at = occurrence({ anchor, every, n });
        expect(at > anchor && occurrence({ anchor, every, n: n + 1 }) > at).toBe(true);
      }),
    ));
  it('the next one after a day is the first after it', () =>
    fc.assert(
      fc.property(date, every, fc.integer({ min: -100, max: 8_000 }), (anchor, every, days) => {
        const day = addDays(anchor, days);
        const n = nextIndexAfter(anchor, every, day);
        expect(occurrence({ anchor, every, n }) > day).toBe(true);
        if (n > 1) expect(occurrence({ anchor, every, n: n - 1 }) <= day).toBe(true);
      }),
    ));
});
