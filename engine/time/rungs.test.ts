import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weekdayCalendar } from './calendar.ts';
import { addDays, addMs, endOfDay, startOfDay } from './civil.ts';
import { type Hours, OFFICE_HOURS, rungInstant } from './rungs.ts';

const local = (instant: string) =>
  addMs(instant, 8 * 3_600_000)
    .slice(0, 16)
    .replace('T', ' ');
const rung = (due: string, offset: string, hours: Hours) =>
  due.length === 10
    ? rungInstant({ dueAt: endOfDay(due), dueDate: due, offset, hours, calendar: weekdayCalendar })
    : rungInstant({ dueAt: due, offset, hours, calendar: weekdayCalendar });

describe('rungs beside a due date (offset, in working hours, at any hour)', () => {
  it.each([
    // due on Friday 2026-09-18
    ['2026-09-18', 'due', '2026-09-21 09:00', '2026-09-19 00:00'],
    ['2026-09-18', '-5 working days', '2026-09-11 09:00', '2026-09-11 00:00'],
    ['2026-09-18', '-1 working day', '2026-09-17 09:00', '2026-09-17 00:00'],
    ['2026-09-18', '+1 working day', '2026-09-22 09:00', '2026-09-22 00:00'],
    ['2026-09-18', '+5 working days', '2026-09-28 09:00', '2026-09-26 00:00'],
    ['2026-09-18', '-2 hours', '2026-09-18 16:59', '2026-09-18 22:00'],
    ['2026-09-18', '-10 hours', '2026-09-18 14:00', '2026-09-18 14:00'],
    ['2026-09-18', '-20 hours', '2026-09-18 09:00', '2026-09-18 04:00'],
    ['2026-09-18', '+2 hours', '2026-09-21 09:00', '2026-09-19 02:00'],
    ['2026-09-18', '+1 week', '2026-09-28 09:00', '2026-09-26 00:00'],
    ['2026-09-18', '-1 month', '2026-08-18 09:00', '2026-08-18 00:00'],
    ['2026-09-21', '-1 day', '2026-09-21 09:00', '2026-09-20 00:00'], // Sunday: Monday morning is before the due
    ['2026-09-20', '-1 day', '2026-09-18 09:00', '2026-09-19 00:00'], // due on a Sunday: Monday would be too late
    ['2026-09-16', 'due', '2026-09-17 09:00', '2026-09-17 00:00'],
  ])('due %s, %s: %s, %s', (due, offset, working, any) => {
    expect(local(rung(due, offset, OFFICE_HOURS))).toBe(working);
    expect(local(rung(due, offset, 'any'))).toBe(any);
  });
});

describe('rungs beside a deadline that is a moment', () => {
  const saturday = '2026-09-19T07:00:00.000Z'; // 15:00 local
  const wednesday = '2026-09-16T02:15:30.000Z'; // 10:15:30 local
  it.each([
    [saturday, 'due', '2026-09-21 09:00', '2026-09-19 15:00'],
    [saturday, '+30 minutes', '2026-09-21 09:00', '2026-09-19 15:30'],
    [saturday, '+1 working day', '2026-09-22 09:00', '2026-09-21 15:00'],
    [saturday, '-1 working day', '2026-09-18 15:00', '2026-09-18 15:00'],
    [saturday, '-1 hour', '2026-09-18 16:59', '2026-09-19 14:00'],
    [wednesday, 'due', '2026-09-16 10:15', '2026-09-16 10:15'],
    [wednesday, '-1 hour', '2026-09-16 09:15', '2026-09-16 09:15'],
    [wednesday, '-2 hours', '2026-09-16 09:00', '2026-09-16 08:15'],
    [wednesday, '+7 hours', '2026-09-17 09:00', '2026-09-16 17:15'],
    [wednesday, '+1 working day', '2026-09-17 10:15', '2026-09-17 10:15'],
    ['2026-09-16T00:30:00.000Z', '-1 hour', '2026-09-15 16:59', '2026-09-16 07:30'],
  ])('due %s, %s: %s, %s', (due, offset, working, any) => {
    expect(local(rung(due, offset, OFFICE_HOURS))).toBe(working);
    expect(local(rung(due, offset, 'any'))).toBe(any);
  });
  it('refuses what is no offset', () => expect(() => rung(saturday, '5 days', 'any')).toThrow(/not an offset/));
});

describe('always', () => {
  const date = fc.integer({ min: 5_000, max: 25_000 }).map((n) => addDays('1970-01-01', n));
  const due = fc.oneof(
    date,
    fc.tuple(date, fc.integer({ min: 0, max: 86_399_999 })).map(([d, ms]) => addMs(startOfDay(d), ms)),
  );
  const unit = fc.constantFrom('minutes', 'hours', 'working days', 'days', 'weeks', 'months');
  const hours = fc.constantFrom<Hours>(OFFICE_HOURS, 'any', { from: '00:00', to: '24:00' });
  const signed = (n: number, u: string) => (n === 0 ? 'due' : `${n > 0 ? '+' : '-'}${Math.abs(n)} ${u}`);
  const plural = fc.integer({ min: -40, max: 40 }).map((n) => (Math.abs(n) === 1 ? n * 2 : n));

  it('before the deadline means before it, after it after; working hours mean a working day in its hours', () =>
    fc.assert(
      fc.property(due, plural, unit, hours, (d, n, u, h) => {
        const at = rung(d, signed(n, u), h);
        const dueAt = d.length === 10 ? endOfDay(d) : d;
        expect(n < 0 ? at < dueAt : at >= dueAt).toBe(true);
        if (h === OFFICE_HOURS && at >= '1992') {
          expect(weekdayCalendar.isWorkingDay(local(at).slice(0, 10))).toBe(true);
          expect(local(at).slice(11) >= '09:00' && local(at).slice(11) < '17:00').toBe(true);
        }
      }),
      { numRuns: 500 },
    ));
  it('a later offset in the same unit never fires earlier', () =>
    fc.assert(
      fc.property(due, plural, unit, hours, (d, n, u, h) => {
        const next = n === -2 ? 0 : n === 0 ? 2 : n + 1;
        expect(rung(d, signed(next, u), h) >= rung(d, signed(n, u), h)).toBe(true);
      }),
      { numRuns: 500 },
    ));
});
