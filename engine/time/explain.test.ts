import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type WorkCalendar, weekdayCalendar } from './calendar.ts';
import { addDays, startOfDay } from './civil.ts';
import { type Clock, dueOf } from './clock.ts';
import { explainDue } from './explain.ts';
import type { Pause } from './pauses.ts';

/** 1 to 8 October 2026 off for National Day, Saturday 10 October worked in exchange; 2026 official, other years guessed. */
const calendar: WorkCalendar = {
  version: 'october',
  isWorkingDay: (date) =>
    date === '2026-10-10' || (!(date >= '2026-10-01' && date <= '2026-10-08') && weekdayCalendar.isWorkingDay(date)),
  provisional: (date) => !date.startsWith('2026'),
  nameOf(date) {
    if (date === '2026-10-10') return ['国庆节调休上班', 'make-up workday, National Day'];
    return date >= '2026-10-01' && date <= '2026-10-08' ? ['国庆节', 'National Day'] : undefined;
  },
};
const clock = (start: string, budget: string, pauses: readonly Pause[] = [], extensions: string[] = []): Clock => ({
  ...{ start: startOfDay(start), budget, calendar, pauses, extensions },
});
const lines = (of: Clock, language: 0 | 1 = 1) =>
  explainDue(of).days.map(({ date, counted, why }) => `${date.slice(5)} ${counted ? '+' : ' '} ${why[language]}`);
const notice: Pause = { from: '2026-09-23', to: '2026-09-25', name: ['公示', 'public notice'] };
const hearing: Pause = { from: '2026-09-24', to: '2026-09-27', name: ['听证', 'hearing'] };

describe('the explanation of a date', () => {
  it('names holidays, weekends and make-up workdays', () => {
    expect(lines(clock('2026-09-30', '2 working days'))).toEqual([
      '09-30   the start day is not counted',
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `10-0${n}   a rest day (National Day), not counted`),
      '10-09 + working day 1 of 2',
      '10-10 + working day 2 of 2, make-up workday, National Day',
    ]);
    expect(lines(clock('2026-10-16', '1 working day'), 0)).toEqual([
      '10-16   起算当日不计入',
      '10-17   星期六休息日，不计入',
      '10-18   星期日休息日，不计入',
      '10-19 + 第 1 个工作日，共 1 个',
    ]);
  });

  it('says what a pause was for, and both where two overlap', () => {
    expect(lines(clock('2026-09-22', '1 working day', [notice, hearing]))).toEqual([
      '09-22   the start day is not counted',
      '09-23   paused (public notice), not counted',
      '09-24   paused (public notice, hearing), not counted',
      '09-25   paused (public notice, hearing), not counted',
      '09-26   paused (hearing), not counted',
      '09-27   paused (hearing), not counted',
      '09-28 + working day 1 of 1',
    ]);
    const { to: _, ...open } = hearing;
    expect(lines(clock('2026-09-22', '1 working day', [notice, open])).at(-1)).toBe(
      '09-24   paused (public notice, hearing), not resumed yet',
    );
  });

  it('tells an extension from the budget itself, and the move off a rest day', () => {
    expect(lines(clock('2026-09-29', '1 day', [], ['2 days']))).toEqual([
      '09-29   the start day is not counted',
      '09-30 + day 1 of 3',
      '10-01 + day 2 of 3, extension',
      '10-02 + day 3 of 3, extension',
      ...[3, 4, 5, 6, 7, 8].map((n) => `10-0${n}   a rest day (National Day), the end moves on`),
      expect.stringContaining('10-09   the last day was a rest day'),
    ]);
    expect(lines(clock('2026-09-29', '1 working day', [], ['1 day'])).slice(1, 3)).toEqual([
      '09-30 + working day 1 of 1',
      '10-01 + day 1 of 1, extension',
    ]);
  });

  it('marks the days on which a provisional date hangs', () => {
    const { provisional, days } = explainDue(clock('2026-12-30', '2 working days'));
    expect(provisional).toBe(true);
    expect(days.map(({ date, provisional }) => [date, provisional ?? false])).toEqual([
      ['2026-12-30', false],
      ['2026-12-31', false],
      ['2027-01-01', true],
    ]);
    expect(days.at(-1)?.why[1]).toBe('working day 2 of 2 (provisional)');
  });

  it('marks days exactly where the date is provisional', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 700 }).map((n) => addDays('2026-01-01', n)),
        fc.constantFrom('days', 'working days', 'weeks', 'months'),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 60 }),
        (start, unit, n, length) => {
          const pause = { from: addDays(start, 2), to: addDays(start, 2 + length) };
          const of = clock(start, `${n} ${unit}`, [pause]);
          const { due, days, provisional } = explainDue({
            ...of,
            budget: n === 1 ? `1 ${unit.slice(0, -1)}` : of.budget,
          });
          expect(days.some((day) => day.provisional)).toBe(provisional);
          expect(due).toBe(dueOf({ ...of, budget: n === 1 ? `1 ${unit.slice(0, -1)}` : of.budget })?.dueDate);
          expect(days.at(-1)?.date).toBe(due);
        },
      ),
    ));
});
