import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WorkCalendar } from '../../engine/time/calendar.ts';
import { productCalendar, productRecords } from '../../engine/time/calendar-years.ts';
import { addDays, addMonths, addMs, daysBetween, startOfDay } from '../../engine/time/civil.ts';
import { dueOf } from '../../engine/time/clock.ts';
import { explainDue } from '../../engine/time/explain.ts';
import { lunarOccurrence, lunarToSolar, solarToLunar } from '../../engine/time/lunar.ts';
import { askOracle, type Python, preparePython, type Question } from './oracle.ts';

// The clock and the calendars beside an independent oracle: the official years, and the provisional ones up to 2056.

const FIRST = 2004;
const LAST = 2056;
const years = Array.from({ length: LAST - FIRST + 1 }, (_, n) => FIRST + n);
const recorded = productRecords.map(({ year }) => year);
const SEED = 20_261_122;

let python: Python;
/** What the oracle says of every day of every year, `1` for a working day. */
let workingDays: ReadonlyMap<number, string>;
beforeAll(() => {
  python = preparePython();
  const answers = ask(years.map((year): Question => ({ ask: 'working', year })));
  workingDays = new Map(years.map((year, n) => [year, answers[n] as string]));
}, 400_000);

const ask = (questions: readonly Question[]) => askOracle(python, questions);
const daysOf = (year: number) =>
  Array.from({ length: daysBetween(`${year}-01-01`, `${year + 1}-01-01`) }, (_, n) => addDays(`${year}-01-01`, n));

/** The oracle's working days as a calendar: it has official data for the years before the product's first record. */
const oracleCalendar: WorkCalendar = {
  version: 'oracle',
  isWorkingDay: (date) =>
    workingDays.get(Number(date.slice(0, 4)))?.[daysBetween(`${date.slice(0, 4)}-01-01`, date)] === '1',
  provisional: (date) => date >= '2027',
};

const between = (from: number, to: number) =>
  fc
    .integer({ min: 0, max: daysBetween(`${from}-01-01`, `${to + 1}-01-01`) - 1 })
    .map((n) => addDays(`${from}-01-01`, n));
const budget = fc
  .tuple(
    fc.constantFrom('working day', 'day', 'week', 'month', 'year'),
    fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 90 })),
  )
  .map(([unit, n]) => `${unit === 'year' ? n % 3 : n} ${unit}s`.replace(/^1 (.*)s$/, '1 $1'));
const pausesFrom = (start: string) =>
  fc.array(
    fc
      .tuple(fc.integer({ min: -10, max: 90 }), fc.integer({ min: 0, max: 25 }))
      .map(([at, length]) => [addDays(start, at), addDays(start, at + length)] as const),
    { maxLength: 4 },
  );
/** The clock starts at some moment of its start day, which must make no difference. */
const scene = (from: number, to: number) =>
  between(from, to).chain((start) =>
    fc.record({
      start: fc.constant(start),
      ms: fc.integer({ min: 0, max: 86_399_999 }),
      budget,
      extensions: fc.array(budget, { maxLength: 2 }),
      pauses: pausesFrom(start),
    }),
  );

function compare(from: number, to: number, numRuns: number, calendar: WorkCalendar) {
  const scenes = fc.sample(scene(from, to), { seed: SEED, numRuns });
  const answers = ask(scenes.map(({ ms: _, ...rest }): Question => ({ ask: 'due', ...rest })));
  for (const [n, { start, ms, budget, extensions, pauses }] of scenes.entries()) {
    const clock = {
      ...{ start: addMs(startOfDay(start), ms), budget, extensions, calendar },
      pauses: pauses.map(([first, last]) => ({ from: first, to: last })),
    };
    expect(dueOf(clock).dueDate, JSON.stringify(scenes[n])).toBe(answers[n]);
    if (n % 10 === 0) expect(explainDue(clock).due).toBe(answers[n]);
  }
}

it('fails where there is no Python, and says what is needed', () =>
  expect(() => preparePython(['no-such-python'])).toThrow(/No Python was found.*needs Python 3.8/));

describe('beside the oracle', () => {
  it('every working day of the recorded years, and of the provisional years to come, is the same', () => {
    expect(recorded).toEqual([2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    for (const year of years.filter((each) => each >= 2019)) {
      const ours = daysOf(year).map((date) => (productCalendar.isWorkingDay(date) ? '1' : '0'));
      const differ = daysOf(year).filter((_, n) => ours[n] !== workingDays.get(year)?.[n]);
      expect(differ, `${year}`).toEqual([]);
      expect(productCalendar.provisional(`${year}-07-01`)).toBe(!recorded.includes(year));
    }
  });

  it(
    'due dates are the same under the official calendar, across New Year into provisional years too',
    () => compare(2019, 2055, 3000, productCalendar),
    120_000,
  );

  it(
    'due dates are the same in every year that has data, 2004 to 2026',
    () => compare(2004, 2025, 2000, oracleCalendar),
    120_000,
  );

  it('hours and minutes end at the same moment', () => {
    const moments = fc.tuple(between(2004, LAST), fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 5000 }));
    const scenes = fc.sample(
      moments.chain(([date, minute, minutes]) =>
        pausesFrom(date).map((pauses) => ({ start: addMs(startOfDay(date), minute * 60_000), minutes, pauses })),
      ),
      { seed: SEED, numRuns: 120 },
    );
    const answers = ask(scenes.map((each): Question => ({ ask: 'minutes', ...each })));
    for (const [n, { start, minutes, pauses }] of scenes.entries()) {
      const spans = pauses.map(([from, to]) => ({ from, to }));
      const clock = { start, budget: `${minutes} minutes`.replace(/^1 minutes$/, '1 minute') };
      const due = dueOf({ ...clock, pauses: spans, extensions: [], calendar: productCalendar });
      expect(due.dueAt, JSON.stringify(scenes[n])).toBe(answers[n]);
    }
  }, 120_000);

  it('months and years end on the same day', () => {
    const scenes = fc.sample(fc.tuple(between(FIRST, LAST), fc.integer({ min: -600, max: 600 })), {
      seed: SEED,
      numRuns: 3000,
    });
    const answers = ask(scenes.map(([date, n]): Question => ({ ask: 'months', date, n })));
    for (const [n, [date, months]] of scenes.entries())
      expect(addMonths(date, months), `${date} ${months}`).toBe(answers[n]);
  }, 60_000);

  it('every day has the same lunar date, leap months included, and leads back to itself', () => {
    const dates = years.flatMap(daysOf);
    const answers = ask(dates.map((date): Question => ({ ask: 'lunar', date }))) as [number, number, number][];
    const leap = new Set<string>();
    const differ = dates.filter((date, n) => {
      const [year, month, day] = answers[n]!;
      if (month < 0) leap.add(`${year}${month}`);
      const own = solarToLunar(date);
      const festival = month < 0 || day === 30 ? date : lunarOccurrence(year, { month, day });
      const same = own.year === year && own.month === month && own.day === day && festival === date;
      return !same || lunarToSolar(year, month, day) !== date;
    });
    expect(differ).toEqual([]);
    expect(leap.size).toBe(20);
  }, 120_000);
});
