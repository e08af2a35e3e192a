import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recurrence } from '../../sdk/duty.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { addDays, daysBetween } from './civil.ts';
import { daysInMonth, partsOf, toDayNumber, weekdayOf } from './day-number.ts';
import { gridDayAfter, nameOfDay, periodStart } from './recurrence.ts';
import recorded from './recurrence-rules.json' with { type: 'json' };

const rest = { grace: '1 day' } as const;

/** The first days of a grid. */
function days(recurrence: Recurrence, anchor: CalendarDate, count: number): CalendarDate[] {
  const found: CalendarDate[] = [];
  for (let after = anchor; found.length < count; ) {
    const day = gridDayAfter(recurrence, anchor, after);
    if (day === undefined) break;
    found.push(day);
    after = day;
  }
  return found;
}

describe('days of the lunar year', () => {
  it.each<[string, Recurrence['lunar'], CalendarDate, string]>([
    // tyme4ts, lunar-typescript and chinese-days agree on these; ICU has 2027-02-07 and 2030-02-02 for the first row
    [
      '春节',
      [{ month: 1, day: 1 }],
      '2023-12-31',
      '2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03',
    ],
    ['春节 later', [{ month: 1, day: 1 }], '2032-12-31', '2033-01-31 2034-02-19'],
    ['除夕', [{ month: 12, day: 'last' }], '2025-01-01', '2025-01-28 2026-02-16 2027-02-05 2028-01-25'],
    ['端午, not in 闰五月', [{ month: 5, day: 5 }], '2026-01-01', '2026-06-19 2027-06-09 2028-05-28 2029-06-16'],
    ['端午 in both months', [{ month: 5, day: 5, leap: 'also' }], '2027-12-01', '2028-05-28 2028-06-27 2029-06-16'],
    ['a birthday in 闰五月', [{ month: 5, day: 5, leap: 'instead' }], '2027-01-01', '2027-06-09 2028-06-27 2029-06-16'],
    ['中秋', [{ month: 8, day: 15 }], '2025-01-01', '2025-10-06 2026-09-25 2027-09-15 2028-10-03'],
    ['重阳', [{ month: 9, day: 9 }], '2025-01-01', '2025-10-29 2026-10-18 2027-10-08'],
    ['闰十一月 2033', [{ month: 11, day: 1, leap: 'also' }], '2033-11-01', '2033-11-22 2033-12-22 2034-12-11'],
  ])('%s', (_, lunar = [], anchor, expected) => {
    const dates = expected.split(' ');
    expect(days({ lunar, ...rest }, anchor, dates.length)).toEqual(dates);
  });

  it('are called by their names', () => {
    const lunar = [
      { month: 1, day: 1, name: ['春节', 'Spring Festival'] },
      { month: 8, day: 15, name: ['中秋', 'Mid-Autumn'] },
    ] as const;
    expect(nameOfDay({ lunar, ...rest }, '2026-09-25')).toEqual(['中秋', 'Mid-Autumn']);
    expect(nameOfDay({ lunar, ...rest }, '2026-09-26')).toBeUndefined();
  });
});

describe('days of the year', () => {
  it('come in order, and 29 February on the 28th where there is no other', () =>
    expect(days({ solar: ['10-01', '02-29', '02-28'], ...rest }, '2026-02-28', 5)).toEqual([
      '2026-10-01',
      '2027-02-28',
      '2027-10-01',
      '2028-02-28',
      '2028-02-29',
    ]));
});

describe('periods of a quota', () => {
  it.each<[string, CalendarDate, string]>([
    ['calendar week', '2026-09-20', '2026-09-27 2026-10-04'], // a Sunday
    ['calendar month', '2026-01-15', '2026-01-31 2026-02-28 2026-03-31'],
    ['calendar month', '2026-01-31', '2026-02-28'],
    ['calendar quarter', '2026-03-31', '2026-06-30 2026-09-30'],
    ['calendar year', '2026-12-30', '2026-12-31 2027-12-31'],
    ['100 days', '2026-01-01', '2026-04-11 2026-07-20'],
    ['1 month', '2026-01-31', '2026-02-28 2026-03-31'],
  ])('%s from %s', (within, anchor, ends) => {
    const quota = { times: 3, within } as NonNullable<Recurrence['quota']>;
    const dates = ends.split(' ');
    expect(days({ quota }, anchor, dates.length)).toEqual(dates);
    // periods touch: the next begins on the day after the last has ended
    for (const [n, end] of dates.entries()) {
      if (n > 0) expect(periodStart(within, anchor, end)).toBe(addDays(dates[n - 1]!, 1));
    }
  });
});

describe('a rule of RFC 5545', () => {
  // each line: a rule, the start day, and the eight days that another implementation (python-dateutil 2.9.0) plans after it
  it('plans what another implementation plans', () => {
    for (const line of recorded) {
      const [rule = '', anchor = '', ...expected] = line.split(' ');
      expect([line, ...days({ rrule: rule, ...rest }, anchor, 8)]).toEqual([line, ...expected]);
    }
    expect(recorded.length).toBeGreaterThan(250);
  });

  it('plans the days a calendar on the wall would be marked by', () =>
    fc.assert(
      fc.property(anyRule, anyDate, ({ rule, holds }, anchor) => {
        const until = addDays(anchor, 800);
        const marked: CalendarDate[] = [];
        for (let day = addDays(anchor, 1); day <= until; day = addDays(day, 1))
          if (holds(day, anchor)) marked.push(day);
        const planned = days({ rrule: rule, ...rest }, anchor, marked.length);
        expect(planned).toEqual(marked);
      }),
      { numRuns: 60 },
    ));

  it('ends with UNTIL, that day included', () =>
    expect(days({ rrule: 'FREQ=WEEKLY;UNTIL=20261002', ...rest }, '2026-09-18', 9)).toEqual([
      '2026-09-25',
      '2026-10-02',
    ]));
});

/** Rules, and by hand the days each means. */
const anyDate = fc.integer({ min: 18_000, max: 30_000 }).map((n) => addDays('1970-01-01', n));
const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const someDays = fc.subarray(weekdays, { minLength: 1 });
const every = fc.integer({ min: 1, max: 4 });
const weekdayName = (day: CalendarDate) => weekdays[weekdayOf(toDayNumber(day)) - 1]!;
const monday = (day: CalendarDate) => addDays(day, 1 - weekdayOf(toDayNumber(day)));
const monthsFrom = (anchor: CalendarDate, day: CalendarDate) => {
  const [from, to] = [partsOf(anchor), partsOf(day)];
  return (to.year - from.year) * 12 + to.month - from.month;
};
const anyRule = fc.oneof(
  every.map((n) => ({
    rule: `FREQ=DAILY;INTERVAL=${n}`,
    holds: (day: CalendarDate, anchor: CalendarDate) => daysBetween(anchor, day) % n === 0,
  })),
  fc.tuple(every, someDays).map(([n, on]) => ({
    rule: `FREQ=WEEKLY;INTERVAL=${n};BYDAY=${on.join(',')}`,
    holds: (day: CalendarDate, anchor: CalendarDate) =>
      on.includes(weekdayName(day)) && (daysBetween(monday(anchor), monday(day)) / 7) % n === 0,
  })),
  fc.tuple(every, fc.integer({ min: 1, max: 31 }), fc.boolean()).map(([n, date, fromEnd]) => ({
    rule: `FREQ=MONTHLY;INTERVAL=${n};BYMONTHDAY=${fromEnd ? -date : date}`,
    holds: (day: CalendarDate, anchor: CalendarDate) => {
      const { year, month, day: on } = partsOf(day);
      const wanted = fromEnd ? daysInMonth(year, month) + 1 - date : date;
      return on === wanted && monthsFrom(anchor, day) % n === 0;
    },
  })),
  fc.tuple(every, fc.constantFrom(...weekdays), fc.constantFrom(1, 2, 3, 4, -1)).map(([n, weekday, nth]) => ({
    rule: `FREQ=MONTHLY;INTERVAL=${n};BYDAY=${nth}${weekday}`,
    holds: (day: CalendarDate, anchor: CalendarDate) => {
      const { year, month, day: on } = partsOf(day);
      const place = nth > 0 ? Math.ceil(on / 7) === nth : on > daysInMonth(year, month) - 7;
      return weekdayName(day) === weekday && place && monthsFrom(anchor, day) % n === 0;
    },
  })),
);

describe('every form', () => {
  const form: fc.Arbitrary<Recurrence> = fc.oneof(
    fc
      .tuple(fc.integer({ min: 2, max: 20 }), fc.constantFrom('days', 'weeks', 'months'))
      .map(([n, unit]) => ({ every: `${n} ${unit}`, ...rest }) as Recurrence),
    anyRule.map(({ rule }) => ({ rrule: rule, ...rest })),
    fc
      .uniqueArray(fc.constantFrom('01-01', '02-28', '02-29', '07-01', '10-01', '12-31'), { minLength: 1 })
      .map((solar) => ({ solar, ...rest }) as Recurrence),
    fc
      .array(
        fc.record({
          month: fc.integer({ min: 1, max: 12 }),
          day: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant('last' as const)),
          leap: fc.constantFrom(undefined, 'also' as const, 'instead' as const),
        }),
        { minLength: 1, maxLength: 4 },
      )
      .map((lunar) => ({ lunar, ...rest }) as Recurrence),
    fc
      .constantFrom('calendar week', 'calendar month', 'calendar quarter', 'calendar year', '10 days', '1 month')
      .map((within) => ({ quota: { times: 2, within } }) as Recurrence),
  );

  it('plans later and later days, none of them twice and none left out', () =>
    fc.assert(
      fc.property(form, anyDate, fc.integer({ min: 0, max: 2_000 }), (recurrence, anchor, later) => {
        const planned = days(recurrence, anchor, 12);
        for (const [n, day] of planned.entries()) expect(day > (planned[n - 1] ?? anchor)).toBe(true);
        // asked from any day in between, the answer is the same next day: nothing hides between two days of the grid
        const from = addDays(anchor, later % Math.max(1, daysBetween(anchor, planned.at(-1) ?? anchor)));
        expect(gridDayAfter(recurrence, anchor, from)).toBe(planned.find((day) => day > from));
      }),
      { numRuns: 150 },
    ));

  it('plans nothing before it began', () =>
    fc.assert(
      fc.property(form, anyDate, (recurrence, anchor) => {
        expect(gridDayAfter(recurrence, anchor, addDays(anchor, -900))).toBe(days(recurrence, anchor, 1)[0]);
      }),
      { numRuns: 50 },
    ));
});
