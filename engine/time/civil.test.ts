import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  addMs,
  atTime,
  daysBetween,
  endOfDay,
  isCalendarDate,
  isInstant,
  msBetween,
  normalizeInstant,
  startOfDay,
  toDate,
} from './civil.ts';
import { toDayNumber, weekdayOf } from './day-number.ts';

describe('dates and moments', () => {
  it.each([
    ['2026-11-22T15:59:59.999Z', '2026-11-22'],
    ['2026-11-22T16:00:00.000Z', '2026-11-23'],
    ['1988-07-01T14:59:59.999Z', '1988-07-01'], // summer time: midnight is 15:00 UTC
    ['1988-07-01T15:00:00.000Z', '1988-07-02'],
    ['1991-12-31T16:00:00.000Z', '1992-01-01'],
  ])('%s falls on %s', (instant, date) => expect(toDate(instant)).toBe(date));

  it.each([
    ['2026-11-22', '2026-11-21T16:00:00.000Z', '2026-11-22T16:00:00.000Z'],
    ['1986-05-04', '1986-05-03T16:00:00.000Z', '1986-05-04T15:00:00.000Z'], // 23 hours
    ['1991-09-15', '1991-09-14T15:00:00.000Z', '1991-09-15T16:00:00.000Z'], // 25 hours
    ['1991-12-31', '1991-12-30T16:00:00.000Z', '1991-12-31T16:00:00.000Z'],
  ])('%s lasts from %s to %s', (date, start, end) => expect([startOfDay(date), endOfDay(date)]).toEqual([start, end]));

  it.each([
    ['2026-11-22', '09:00', '2026-11-22T01:00:00.000Z'],
    ['2026-11-22', '24:00', '2026-11-22T16:00:00.000Z'],
    ['1988-07-01', '09:00', '1988-07-01T00:00:00.000Z'],
    ['1986-05-04', '02:30', '1986-05-03T18:30:00.000Z'], // skipped: 03:30 summer time
  ])('%s %s is %s', (date, time, instant) => expect(atTime(date, time)).toBe(instant));

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2026-11-22', 2, '2027-01-22'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-01-15', -13, '2024-12-15'],
  ])('%s and %i months is %s', (date, n, expected) => expect(addMonths(date, n)).toBe(expected));

  it.each([
    ['2026-11-22T11:16:55+08:00', '2026-11-22T03:16:55.000Z'],
    ['2026-11-22T03:16:55Z', '2026-11-22T03:16:55.000Z'],
    ['2026-11-22t03:16:55.1239z', '2026-11-22T03:16:55.123Z'],
    ['2026-01-01T00:00:00-03:30', '2026-01-01T03:30:00.000Z'],
  ])('%s is the moment %s', (text, instant) => expect(normalizeInstant(text)).toBe(instant));

  it.each([
    '2026-11-22T11:16:55',
    '2026-11-22T11:16+08:00',
    '2026-11-22',
    '2026-02-30T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+24:00',
    '0026-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-13-01T00:00:00Z',
    '',
  ])('%j is no moment', (text) => expect(normalizeInstant(text)).toBeUndefined());

  it.each(['2026-02-29', '2026-2-1', '1899-12-31', '3000-01-01', '2026-04-31', '2026-00-10', 'x'])(
    '%j is no date',
    (text) => {
      expect(isCalendarDate(text)).toBe(false);
      expect(() => startOfDay(text)).toThrow(RangeError);
    },
  );
  it.each(['2026-11-22T03:16:55Z', '2026-02-30T00:00:00.000Z', '2026-11-22T24:00:00.000Z'])(
    '%j is not in our form',
    (text) => expect(isInstant(text)).toBe(false),
  );
  it('refuses a moment that is none', () => expect(() => toDate('soon')).toThrow(RangeError));
});

const day = fc.integer({ min: -25_567, max: 47_000 }).map((n) => addDays('1970-01-01', n)); // 1900 to 2098
const moment = fc.integer({ min: Date.UTC(1900, 1, 1), max: Date.UTC(2098, 0, 1) });
const zoned = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('Asia/Shanghai');

describe('agrees with Temporal', () => {
  it('on the day of a moment', () =>
    fc.assert(
      fc.property(moment, (ms) => {
        expect(toDate(new Date(ms).toISOString())).toBe(zoned(ms).toPlainDate().toString());
      }),
    ));
  it('on the bounds of a day, its weekday and its corresponding days', () =>
    fc.assert(
      fc.property(day, fc.integer({ min: -600, max: 600 }), (date, n) => {
        const plain = Temporal.PlainDate.from(date);
        expect(Date.parse(startOfDay(date))).toBe(plain.toZonedDateTime('Asia/Shanghai').epochMilliseconds);
        expect(weekdayOf(toDayNumber(date))).toBe(plain.dayOfWeek);
        const later = plain.add({ months: n }).toString();
        if (isCalendarDate(later)) expect(addMonths(date, n)).toBe(later);
      }),
    ));
  it('on a local time, summer time and its gaps included', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: toDayNumber('1985-01-01'), max: toDayNumber('1993-01-01') }),
        fc.integer({ min: 0, max: 1439 }),
        (n, minutes) => {
          const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
          const date = addDays('1970-01-01', n);
          const plain = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime('Asia/Shanghai');
          expect(Date.parse(atTime(date, time))).toBe(plain.epochMilliseconds);
        },
      ),
    ));
  it('adds and takes away', () =>
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 300_000 }), (date, n) => {
        expect(daysBetween(date, addDays(date, n))).toBe(n);
        expect(msBetween(startOfDay(date), addMs(startOfDay(date), n))).toBe(n);
        expect(toDate(startOfDay(date))).toBe(date);
        expect(toDate(endOfDay(date))).toBe(addDays(date, 1));
      }),
    ));
});
