import type { CalendarDate } from '../../sdk/time.ts';

/** Milliseconds of a civil day without a change of clocks. */
export const DAY_MS = 86_400_000;

/** A civil day as a count of days since 1970-01-01 (proleptic Gregorian): cheap to add, compare and take weekdays of. */
export type DayNumber = number;

/** Year, month (1–12) and day of month as numbers. */
export interface Ymd {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const SHAPE = /^(19|2\d)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Days in a month of the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether the text is a real day `YYYY-MM-DD` of the years 1900 to 2999. */
export function isCalendarDate(text: string): text is CalendarDate {
  return SHAPE.test(text) && Number(text.slice(8)) <= daysInMonth(Number(text.slice(0, 4)), Number(text.slice(5, 7)));
}

/** The parts of a date. Throws RangeError on a text that is no date: dates are checked where they enter. */
export function partsOf(date: CalendarDate): Ymd {
  if (!isCalendarDate(date)) throw new RangeError(`not a date YYYY-MM-DD of the years 1900 to 2999: ${date}`);
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

/** The number of a day given in parts. */
export function dayNumberOf({ year, month, day }: Ymd): DayNumber {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** The number of a day. Throws RangeError like {@link partsOf}. */
export function toDayNumber(date: CalendarDate): DayNumber {
  return dayNumberOf(partsOf(date));
}

/** The date with that number. */
export function fromDayNumber(day: DayNumber): CalendarDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day of the week, 1 = Monday … 7 = Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: DayNumber): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** The same day of the month `months` later (or earlier), the last day of the month where it has no such day. */
export function shiftMonths({ year, month, day }: Ymd, months: number): Ymd {
  const index = year * 12 + (month - 1) + months;
  const toYear = Math.floor(index / 12);
  const toMonth = index - toYear * 12 + 1;
  return { year: toYear, month: toMonth, day: Math.min(day, daysInMonth(toYear, toMonth)) };
}
