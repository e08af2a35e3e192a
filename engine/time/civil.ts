import { Temporal } from 'temporal-polyfill';
import type { CalendarDate, Instant, TimeOfDay } from '../../sdk/time.ts';
import { ZONE } from '../../sdk/time.ts';
import {
  DAY_MS,
  type DayNumber,
  dayNumberOf,
  daysInMonth,
  fromDayNumber,
  partsOf,
  shiftMonths,
  toDayNumber,
} from './day-number.ts';

export { isCalendarDate } from './day-number.ts';

/**
 * China has kept UTC+08:00 without a change since its last summer time ended on 1991-09-15 (IANA tz, Asia/Shanghai).
 * From 1992 on plain arithmetic is exact; earlier moments go through the zone's rules.
 */
const FIXED_FROM_MS = Date.UTC(1992, 0, 1);
const FIXED_OFFSET_MS = 8 * 3_600_000;

const INSTANT = /^(?:19|2\d)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** Whether the text is a moment in exactly our form, of the years 1900 to 2999, and exists. */
export function isInstant(text: string): text is Instant {
  if (!INSTANT.test(text)) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
}

/** Whether the text is a time of day `HH:MM`, `00:00` to `24:00`. */
export function isTimeOfDay(text: string): text is TimeOfDay {
  return TIME.test(text);
}

/**
 * A moment written with any offset (RFC 3339, seconds required) in our form; finer than milliseconds is cut off.
 * Undefined for anything else: no offset, a day that does not exist, second 60, years outside 1900 to 2999.
 */
export function normalizeInstant(text: string): Instant | undefined {
  const m = RFC3339.exec(text);
  if (!m) return undefined;
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [offsetHour, offsetMinute] = [Number(m[9] ?? 0), Number(m[10] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day); // not Date.UTC: it reads the years 0 to 99 as 1900 to 1999
  local.setUTCHours(hour, minute, second, Number((m[7] ?? '').slice(0, 3).padEnd(3, '0')));
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000 * (m[8] === '-' ? -1 : 1);
  const instant = new Date(local.getTime() - offsetMs).toISOString();
  return isInstant(instant) ? instant : undefined;
}

/** Milliseconds since 1970. Throws RangeError on a text that is no moment: moments are checked where they enter. */
export function toMs(instant: Instant): number {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) throw new RangeError(`not a moment like 2026-11-22T03:16:55.000Z: ${instant}`);
  return ms;
}

/** The moment at that many milliseconds since 1970. */
export function fromMs(ms: number): Instant {
  return new Date(ms).toISOString();
}

/** The civil day on which a moment falls, as a number. */
export function dayOfMs(ms: number): DayNumber {
  if (ms >= FIXED_FROM_MS) return Math.floor((ms + FIXED_OFFSET_MS) / DAY_MS);
  return dayNumberOf(Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(ZONE).toPlainDate());
}

/** When a civil day begins, in milliseconds since 1970. */
export function startOfDayMs(day: DayNumber): number {
  const ms = day * DAY_MS - FIXED_OFFSET_MS;
  if (ms >= FIXED_FROM_MS) return ms;
  return Temporal.PlainDate.from(fromDayNumber(day)).toZonedDateTime(ZONE).epochMilliseconds;
}

/** The civil day on which a moment falls. */
export function toDate(instant: Instant): CalendarDate {
  return fromDayNumber(dayOfMs(toMs(instant)));
}

/** 00:00 of a civil day (or its first moment, where summer time began at midnight). */
export function startOfDay(date: CalendarDate): Instant {
  return fromMs(startOfDayMs(toDayNumber(date)));
}

/** 24:00 of a civil day, which is the start of the next: a due date has passed from this moment on. */
export function endOfDay(date: CalendarDate): Instant {
  return fromMs(startOfDayMs(toDayNumber(date) + 1));
}

/**
 * The moment of a local time on a civil day. A time skipped by summer time is moved on by the skipped hour, of a time
 * that occurs twice the first is meant (1986 to 1991 and before 1949 only). `24:00` is {@link endOfDay}.
 */
export function atTime(date: CalendarDate, time: TimeOfDay): Instant {
  return fromMs(atTimeMs(toDayNumber(date), time));
}

/** {@link atTime} in numbers. Throws RangeError on a text that is no time of day. */
export function atTimeMs(day: DayNumber, time: TimeOfDay): number {
  if (!isTimeOfDay(time)) throw new RangeError(`not a time of day HH:MM from 00:00 to 24:00: ${time}`);
  if (time === '24:00') return startOfDayMs(day + 1);
  const hour = Number(time.slice(0, 2));
  const minute = Number(time.slice(3));
  const ms = day * DAY_MS - FIXED_OFFSET_MS + (hour * 60 + minute) * 60_000;
  if (ms >= FIXED_FROM_MS) return ms;
  const plain = Temporal.PlainDate.from(fromDayNumber(day)).toPlainDateTime({ hour, minute });
  return plain.toZonedDateTime(ZONE).epochMilliseconds;
}

/** A moment moved by milliseconds. */
export function addMs(instant: Instant, ms: number): Instant {
  return fromMs(toMs(instant) + ms);
}

/** Milliseconds from one moment to another, negative when `to` is earlier. */
export function msBetween(from: Instant, to: Instant): number {
  return toMs(to) - toMs(from);
}

/** A date moved by days. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  return fromDayNumber(toDayNumber(date) + days);
}

/** Days from one date to another, negative when `to` is earlier. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return toDayNumber(to) - toDayNumber(from);
}

/**
 * The corresponding day `months` later, the last day of the month where it has none. This is the last day of a period
 * in months that starts on `date`, as the start day is not counted (Civil Code arts. 201 and 202).
 */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  return fromDayNumber(dayNumberOf(shiftMonths(partsOf(date), months)));
}
