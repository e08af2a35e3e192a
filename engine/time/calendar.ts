import type { Text } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { type DayNumber, fromDayNumber, toDayNumber, weekdayOf } from './day-number.ts';

/** Which days are working days, as one version of the record says. Pure data to the engine: the door loads it. */
export interface WorkCalendar {
  /** Names the record; events and due dates carry it, so that a later record can be seen to have changed them. */
  readonly version: string;
  /** Whether offices work on that day. */
  isWorkingDay(date: CalendarDate): boolean;
  /** Whether the answer for that day is only a guess, no official arrangement being known yet (暂定). */
  provisional(date: CalendarDate): boolean;
  /** What the record calls that day: the holiday it is off for, or the make-up workday it is (调休). Undefined for other days. */
  nameOf?(date: CalendarDate): Text | undefined;
}

/** Monday to Friday, knowing no holiday and no make-up workday: every answer is provisional. */
export const weekdayCalendar: WorkCalendar = {
  version: 'weekdays',
  isWorkingDay: (date) => weekdayOf(toDayNumber(date)) <= 5,
  provisional: () => true,
};

/** No arrangement of holidays leaves offices shut for longer; more means that the calendar's data is broken. */
const LONGEST_REST_DAYS = 366;

/**
 * The nearest working day at or after (`step` 1) or at or before (`step` -1) a day.
 * Throws RangeError when the calendar has no working day within a year.
 */
export function nearestWorkingDay(calendar: WorkCalendar, day: DayNumber, step: 1 | -1): DayNumber {
  for (let i = 0; i <= LONGEST_REST_DAYS; i++) {
    if (calendar.isWorkingDay(fromDayNumber(day + i * step))) return day + i * step;
  }
  throw new RangeError(`calendar ${calendar.version} has no working day within a year of ${fromDayNumber(day)}`);
}

/**
 * The n-th working day after a date, before it when `n` is negative, the date itself when `n` is 0. The date itself is
 * not counted and need not be a working day. Throws RangeError like {@link nearestWorkingDay}.
 */
export function addWorkingDays(calendar: WorkCalendar, date: CalendarDate, n: number): CalendarDate {
  const step = n < 0 ? -1 : 1;
  let day = toDayNumber(date);
  for (let left = Math.abs(n); left > 0; left--) day = nearestWorkingDay(calendar, day + step, step);
  return fromDayNumber(day);
}
