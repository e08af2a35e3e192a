import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addWorkingDays, type WorkCalendar, weekdayCalendar } from './calendar.ts';
import { addDays, addMs, isCalendarDate, startOfDay } from './civil.ts';
import { type Clock, dueOf, graceDeadline, isLate, workingDaysLate } from './clock.ts';
import { explainDue } from './explain.ts';

const noon = (date: string) => addMs(startOfDay(date), 43_200_000);
const clock = (start: string, budget: string, pauses: [string, string?][] = [], extensions: string[] = []): Clock => ({
  start: start.length === 10 ? noon(start) : start,
  budget,
  calendar: weekdayCalendar,
  pauses: pauses.map(([from, to]) => (to === undefined ? { from } : { from, to })),
  extensions,
});
/** 1 to 8 October 2026 off, 10 October (a Saturday) on, all official. */
const october: WorkCalendar = {
  version: 'october',
  isWorkingDay: (date) =>
    date === '2026-10-10' || (!(date >= '2026-10-01' && date <= '2026-10-08') && weekdayCalendar.isWorkingDay(date)),
  provisional: (date) => date.slice(0, 4) !== '2026',
};

describe('due dates (start, budget, pauses, extensions)', () => {
  it.each([
    ['2026-09-18', '15 working days', [], [], '2026-10-09'],
    ['2026-09-19', '1 working day', [], [], '2026-09-21'], // from a Saturday
    ['2026-09-18', '30 days', [], [], '2026-10-19'], // 10-18 is a Sunday
    ['2026-09-18', '2 weeks', [], [], '2026-10-02'],
    ['2026-09-18', '2 months', [], [], '2026-11-18'],
    ['2026-12-31', '2 months', [], [], '2027-03-01'], // 02-28 is a Sunday
    ['2023-12-31', '2 months', [], [], '2024-02-29'],
    ['2024-02-29', '1 year', [], [], '2025-02-28'],
    ['2026-09-18', '0 days', [], [], '2026-09-18'],
    // a pause keeps the budget that is left
    ['2026-09-18', '15 working days', [['2026-10-05', '2026-10-06']], [], '2026-10-13'],
    ['2026-09-18', '15 working days', [['2026-10-03', '2026-10-04']], [], '2026-10-09'], // a weekend only
    ['2026-09-18', '15 working days', [['2026-10-12', '2026-10-30']], [], '2026-10-09'], // after the end
    ['2026-09-18', '15 working days', [['2026-10-09', '2026-10-12']], [], '2026-10-13'],
    [
      '2026-09-18',
      '10 days',
      [
        ['2026-09-20', '2026-09-22'],
        ['2026-09-22', '2026-09-23'],
      ],
      [],
      '2026-10-02',
    ],
    ['2026-09-18', '10 days', [['2026-09-10', '2026-09-18']], [], '2026-09-28'], // only the start day, not counted anyway
    ['2026-09-18', '10 days', [['2026-09-25', '2026-09-20']], [], '2026-09-28'], // ends before it starts: none
    ['2026-09-18', '1 month', [['2026-10-18', '2026-10-18']], [], '2026-10-19'], // on the last day itself
    ['2026-09-18', '1 day', [['2026-09-20', '2026-09-22']], [], '2026-09-23'], // Saturday moves into a pause, then past it
    // an extension runs on
    ['2026-09-18', '15 working days', [], ['10 working days'], '2026-10-23'],
    ['2026-12-31', '2 months', [], ['1 month'], '2027-03-31'],
    ['2026-12-31', '2 months', [], ['5 days'], '2027-03-08'], // from 03-01, and 03-06 is a Saturday
    ['2026-09-18', '0 days', [['2026-09-18', '2026-09-20']], [], '2026-09-21'],
    ['2026-09-18T02:00:00.000Z', '24 hours', [], ['1 working day'], '2026-09-21'],
  ] as const)('%s, %s, %j, %j: %s', (start, budget, pauses, extensions, dueDate) => {
    const due = dueOf(clock(start, budget, pauses as unknown as [string, string?][], [...extensions]));
    expect(due).toEqual({ dueDate, dueAt: startOfDay(addDays(dueDate, 1)), provisional: true });
  });

  it.each([
    ['2026-09-18T02:00:00.000Z', '36 hours', [], [], '2026-09-19T14:00:00.000Z'],
    ['2026-09-18T02:00:00.000Z', '36 hours', [['2026-09-19', '2026-09-20']], [], '2026-09-21T14:00:00.000Z'],
    ['2026-09-18T02:00:00.000Z', '36 hours', [['2026-09-18', '2026-09-18']], [], '2026-09-20T04:00:00.000Z'],
    ['2026-09-18T02:00:00.000Z', '36 hours', [['2026-09-01', '2026-09-17']], [], '2026-09-19T14:00:00.000Z'],
    ['2026-09-18T02:00:00.000Z', '30 minutes', [], ['2 hours'], '2026-09-18T04:30:00.000Z'],
    ['2026-09-18T02:00:00.000Z', '1 working day', [], ['2 hours'], '2026-09-21T18:00:00.000Z'],
    ['1986-05-03T10:00:00.000Z', '24 hours', [], [], '1986-05-04T10:00:00.000Z'],
  ] as const)('%s, %s, %j, %j: exactly %s', (start, budget, pauses, extensions, dueAt) => {
    const due = dueOf(clock(start, budget, pauses as unknown as [string, string?][], [...extensions]));
    expect(due).toEqual({ dueAt, provisional: budget.includes('working') });
  });

  it('has no end while a pause is open, and one when the pause begins after it', () => {
    for (const budget of ['15 working days', '20 days', '1 month', '300 hours']) {
      expect(dueOf(clock('2026-09-18', budget, [['2026-09-22']]))).toBeUndefined();
      expect(dueOf(clock('2026-09-18', budget, [['2026-11-01']]))).toBeDefined();
    }
    // the last day is a Saturday and would move onto a paused Monday
    expect(dueOf(clock('2026-09-18', '1 day', [['2026-09-20']]))).toBeUndefined();
  });

  it('asks the calendar given, and says when its answer is a guess', () => {
    const due = (start: string, budget: string) => dueOf({ ...clock(start, budget), calendar: october });
    expect(due('2026-09-18', '10 working days')).toMatchObject({ dueDate: '2026-10-10', provisional: false });
    expect(due('2026-09-18', '14 days')).toMatchObject({ dueDate: '2026-10-09', provisional: false });
    expect(due('2026-12-18', '1 month')).toMatchObject({ dueDate: '2027-01-18', provisional: true });
    expect(due('2026-12-30', '2 working days')).toMatchObject({ dueDate: '2027-01-01', provisional: true });
    expect(due('2026-12-30', '200 hours')).toMatchObject({ provisional: false });
  });

  it('refuses what is no budget', () => expect(() => dueOf(clock('2026-09-18', 'soon'))).toThrow(/not a budget/));

  it.each([
    ['2026-09-18', '1 day', '2026-09-19'], // a Saturday stays
    ['2026-09-18', '0 days', '2026-09-18'],
    ['2026-09-18', '10 working days', '2026-10-02'],
    ['1988-07-01', '2 days', '1988-07-03'],
  ])('planned %s, grace %s: %s', (plannedDate, grace, dueDate) => {
    expect(graceDeadline({ plannedDate, grace, calendar: weekdayCalendar }).dueDate).toBe(dueDate);
  });
  it('counts grace in hours from 24:00 of the planned day', () => {
    const due = graceDeadline({ plannedDate: '2026-09-18', grace: '6 hours', calendar: weekdayCalendar });
    expect(due).toEqual({ dueAt: '2026-09-18T22:00:00.000Z', provisional: false });
  });

  it('24:00 itself is late; lateness counts working days', () => {
    expect(isLate({ dueAt: '2026-09-18T16:00:00.000Z' }, '2026-09-18T15:59:59.999Z')).toBe(false);
    expect(isLate({ dueAt: '2026-09-18T16:00:00.000Z' }, '2026-09-18T16:00:00.000Z')).toBe(true);
    expect(workingDaysLate(weekdayCalendar, '2026-09-18', noon('2026-09-20'))).toBe(0);
    expect(workingDaysLate(weekdayCalendar, '2026-09-18', noon('2026-09-23'))).toBe(3);
  });
});

describe('explanation', () => {
  it('names every day', () => {
    const { due, provisional, days } = explainDue(clock('2026-09-17', '2 days', [['2026-09-18', '2026-09-18']]));
    expect({ due, provisional }).toEqual({ due: '2026-09-21', provisional: true });
    expect(days.map(({ date, counted, why }) => [date, counted, why[1]])).toEqual([
      ['2026-09-17', false, 'the start day is not counted'],
      ['2026-09-18', false, 'paused, not counted'],
      ['2026-09-19', true, 'day 1 of 2'],
      ['2026-09-20', true, 'day 2 of 2 (provisional)'],
      ['2026-09-21', false, expect.stringContaining('art. 203')],
    ]);
  });
  it('ends at a pause that is open', () => {
    const { due, days } = explainDue(clock('2026-09-18', '15 working days', [['2026-09-22']]));
    expect(due).toBeUndefined();
    expect(days.at(-1)).toEqual({
      date: '2026-09-22',
      counted: false,
      why: ['暂停，尚未恢复', 'paused, not resumed yet'],
    });
  });
  it('shows the days through which hours run', () => {
    const { due, days } = explainDue(clock('2026-09-18T02:00:00.000Z', '38 hours', [['2026-09-19', '2026-09-19']]));
    expect(due).toBe('2026-09-20T16:00:00.000Z');
    expect(days.map(({ date, counted }) => [date, counted])).toEqual([
      ['2026-09-18', true],
      ['2026-09-19', false],
      ['2026-09-20', true],
    ]);
  });
});

const date = fc.integer({ min: 5_000, max: 25_000 }).map((n) => addDays('1970-01-01', n)); // 1983 to 2038
const start = fc.tuple(date, fc.integer({ min: 0, max: 86_399_999 })).map(([d, ms]) => addMs(startOfDay(d), ms));
const unit = fc.constantFrom('minutes', 'hours', 'working days', 'days', 'weeks', 'months', 'years');
const n = fc.integer({ min: 0, max: 60 });
const pausesOf = (from: string) =>
  fc.array(
    fc.tuple(fc.integer({ min: -20, max: 80 }), fc.integer({ min: 0, max: 30 })).map(([at, length]) => ({
      from: addDays(from.slice(0, 10), at),
      to: addDays(from.slice(0, 10), at + length),
    })),
    { maxLength: 5 },
  );
const scene = start.chain((s) => fc.record({ start: fc.constant(s), unit, n, pauses: pausesOf(s) }));
const run = (start: string, budget: string, pauses: Clock['pauses'] = [], extensions: string[] = []) =>
  dueOf({ start, budget, calendar: weekdayCalendar, pauses, extensions })!;

describe('always', () => {
  it('a larger budget never ends earlier, and nothing ends before it starts', () =>
    fc.assert(
      fc.property(scene, ({ start, unit, n, pauses }) => {
        const due = run(start, `${n} ${unit}`, pauses).dueAt;
        expect(due >= start).toBe(true);
        expect(run(start, `${n + 1} ${unit}`, pauses).dueAt >= due).toBe(true);
      }),
    ));
  it('a pause never shortens, and counts once however often it is named or cut in pieces', () =>
    fc.assert(
      fc.property(scene, ({ start, unit, n, pauses }) => {
        const due = run(start, `${n} ${unit}`, pauses);
        expect(due.dueAt >= run(start, `${n} ${unit}`).dueAt).toBe(true);
        const pieces = pauses.flatMap((p) => [{ from: p.from, to: p.from }, p, { from: p.to!, to: p.to! }]);
        expect(run(start, `${n} ${unit}`, [...pieces.reverse(), ...pauses])).toEqual(due);
      }),
    ));
  it('an extension never shortens, and in the same unit adds up', () =>
    fc.assert(
      fc.property(scene, unit, fc.integer({ min: 1, max: 40 }), ({ start, unit: first, n, pauses }, second, m) => {
        const due = run(start, `${n} ${first}`, pauses, [`${m} ${second}`]);
        expect(due.dueAt >= run(start, `${n} ${first}`, pauses).dueAt).toBe(true);
        if (first === second) expect(due).toEqual(run(start, `${n + m} ${first}`, pauses));
      }),
    ));
  it('never ends on a rest day or a paused day', () =>
    fc.assert(
      fc.property(scene, ({ start, unit, n, pauses }) => {
        const { dueDate } = run(start, `${n} ${unit}`, pauses);
        if (dueDate === undefined) return;
        expect(isCalendarDate(dueDate)).toBe(true);
        expect(weekdayCalendar.isWorkingDay(dueDate)).toBe(true);
        expect(pauses.some((p) => p.from <= dueDate && dueDate <= p.to!)).toBe(false);
      }),
    ));
  it('the explanation agrees: as many days counted as the budget has, in order, to the due date', () =>
    fc.assert(
      fc.property(scene, fc.constantFrom('working days', 'days'), ({ start, n, pauses }, unit) => {
        const input = { start, budget: `${n} ${unit}`, calendar: weekdayCalendar, pauses, extensions: [] };
        const { due, days } = explainDue(input);
        expect(due).toBe(dueOf(input)!.dueDate);
        expect(days.at(-1)!.date).toBe(due);
        expect(days.filter((d) => d.counted)).toHaveLength(n);
        expect(days.map((d) => d.date)).toEqual(days.map((_, i) => addDays(days[0]!.date, i)));
      }),
    ));
  it('working days forth and back meet again, from a working day', () =>
    fc.assert(
      fc.property(date, fc.integer({ min: -400, max: 400 }), (from, count) => {
        const there = addWorkingDays(weekdayCalendar, from, count);
        if (count !== 0) expect(weekdayCalendar.isWorkingDay(there)).toBe(true);
        if (weekdayCalendar.isWorkingDay(from)) expect(addWorkingDays(weekdayCalendar, there, -count)).toBe(from);
      }),
    ));
  it('a calendar without working days is refused, not searched for ever', () => {
    const never: WorkCalendar = { version: 'never', isWorkingDay: () => false, provisional: () => false };
    expect(() => addWorkingDays(never, '2026-09-18', 1)).toThrow(/never has no working day/);
  });
});
