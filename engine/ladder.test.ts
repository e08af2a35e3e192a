import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rung } from '../sdk/program.ts';
import { day, org, program } from './case.fixture.ts';
import { hoursOf, planRungs } from './ladder.ts';
import { SURPRISE_LADDER } from './own-ladders.ts';
import { addWorkingDays, weekdayCalendar } from './time/calendar.ts';
import { atTime, dayOfMs, endOfDay, startOfDay, toDate, toMs } from './time/civil.ts';
import { fromDayNumber } from './time/day-number.ts';
import type { World } from './world.ts';

// Rungs in the working hours of the units they tell. Day 0 is Monday, 2 March 2026.

type Span = { readonly from: string; readonly to: string };

function worldOf(rungs: readonly Rung[], hours: Readonly<Record<string, Span>>, unit = 'community') {
  const units = Object.fromEntries(
    Object.entries(org.units).map(([id, each]) => [id, { ...each, ...(hours[id] ? { hours: hours[id] } : {}) }]),
  );
  return {
    program: { ...program, ladders: { ladder: rungs } },
    calendar: weekdayCalendar,
    org: { ...org, units } as World['org'],
    home: { unit, assignments: { secretary: { post: 'secretary' } } },
  };
}
const due = { start: day(0), dueAt: endOfDay('2026-03-11'), dueDate: '2026-03-11' };
const of = { ladder: 'ladder', answers: 'secretary' };
const inShanghai = (at: string) =>
  `${toDate(at)} ${new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(11, 16)}`;

describe('a rung', () => {
  const ladder: Rung[] = [
    { at: '-2 working days', tell: 'holder' },
    { at: 'due', tell: 'holder' },
    { at: '+1 working day', tell: 'unit' },
    { at: '+3 working days', tell: 'sub-district' },
    { at: '+5 working days', tell: 'district', hours: 'any' },
  ];
  it('keeps to the hours of the unit it tells, 09:00–17:00 where none are set, or to none', () => {
    const hours = { community: { from: '14:00', to: '18:00' }, district: { from: '10:00', to: '11:00' } };
    expect(planRungs(due, of, worldOf(ladder, hours)).map(({ at }) => inShanghai(at))).toEqual([
      '2026-03-09 14:00',
      '2026-03-12 14:00',
      '2026-03-13 14:00',
      '2026-03-17 09:00',
      '2026-03-19 00:00',
    ]);
  });

  it('goes by the unit of the case where no post answers, and by the answering post where that is elsewhere', () => {
    const hours = { community: { from: '14:00', to: '18:00' }, district: { from: '10:00', to: '11:00' } };
    const world = worldOf(ladder, hours);
    expect(hoursOf(world, { answers: 'nobody' }, ladder[0])).toEqual(hours.community);
    const above = { ...world, home: { unit: 'community', assignments: { secretary: { post: 'district-head' } } } };
    expect(hoursOf(above, { answers: 'secretary' }, ladder[0])).toEqual(hours.district);
    expect(hoursOf(above, { answers: 'secretary' }, ladder[4])).toBe('any');
  });

  it('tells of a surprise count on the morning of the day drawn, or of the first working day after it', () => {
    const surprise = { ladder: SURPRISE_LADDER, answers: 'secretary' };
    const told = (drawn: string, from = '09:00') => {
      const start = startOfDay(drawn);
      const dueDate = addWorkingDays(weekdayCalendar, drawn, 1);
      const clock = { start, dueDate, dueAt: endOfDay(dueDate) };
      return planRungs(clock, surprise, worldOf([], { community: { from, to: '17:00' } }))
        .filter(({ at }) => at < clock.dueAt)
        .map(({ at }) => inShanghai(at));
    };
    expect(told('2026-03-05')).toEqual(['2026-03-05 09:00']); // a Thursday
    expect(told('2026-03-06', '08:30')).toEqual(['2026-03-06 08:30', '2026-03-09 08:30']);
    for (const restDay of ['2026-03-07', '2026-03-08']) expect(told(restDay)).toEqual(['2026-03-09 09:00']);
    expect(told('2026-03-09', '08:30')).toEqual(['2026-03-09 08:30']);
  });
});

const minute = fc.integer({ min: 0, max: 1_438 });
const clockTime = (n: number) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;
const span = fc
  .tuple(minute, minute)
  .filter(([a, b]) => a !== b)
  .map(([a, b]): Span => ({ from: clockTime(Math.min(a, b)), to: clockTime(Math.max(a, b)) }));
const spans = fc.record({ community: span, 'sub-district': span, district: span });
const offset = fc.oneof(
  fc.constant('due' as const),
  fc
    .tuple(fc.integer({ min: -6, max: 6 }), fc.constantFrom('working days', 'days', 'hours', 'minutes'))
    .filter(([n]) => n !== 0)
    .map(([n, unit]) => `${n > 0 ? '+' : ''}${n} ${Math.abs(n) === 1 ? unit.slice(0, -1) : unit}` as Rung['at']),
);
const rung = fc.record({
  at: offset,
  tell: fc.constantFrom('holder' as const, 'unit' as const, 'sub-district' as const, 'district' as const),
});
const dates = fc.integer({ min: 20_520, max: 20_900 }).map(fromDayNumber);

describe('rungs of units with any hours', () => {
  it('keep the order they have where all work the same hours, on working days, and within their hours', () => {
    fc.assert(
      fc.property(fc.array(rung, { minLength: 2, maxLength: 6 }), spans, dates, (rungs, hours, date) => {
        const at = { start: '2020-01-01T00:00:00.000Z', dueAt: endOfDay(date), dueDate: date };
        const world = worldOf(rungs, hours);
        const planned = planRungs(at, of, world);
        const plain = new Map(planRungs(at, of, worldOf(rungs, {})).map((each) => [each.n, each.at]));
        for (const [i, one] of planned.entries()) {
          for (const other of planned) {
            // one of two that tell the same at the same moment is left out
            const [ours, theirs] = [plain.get(one.n), plain.get(other.n)];
            if (ours !== undefined && theirs !== undefined && ours < theirs) expect(one.at <= other.at).toBe(true);
          }
          if (rungs[one.n]!.at.startsWith('-')) expect(one.at < at.dueAt).toBe(true);
          else expect(one.at >= at.dueAt).toBe(true);
          const shared = planned.some((other, j) => j !== i && other.at === one.at);
          const own = hoursOf(world, { answers: 'secretary' }, rungs[one.n]);
          if (own === 'any' || shared) continue;
          const on = fromDayNumber(dayOfMs(toMs(one.at)));
          expect(weekdayCalendar.isWorkingDay(on)).toBe(true);
          expect(one.at >= atTime(on, own.from) && one.at < atTime(on, own.to)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
