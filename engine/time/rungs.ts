import { type ParsedOffset, parseOffset } from '../../sdk/budget.ts';
import type { CalendarDate, Instant, TimeOfDay } from '../../sdk/time.ts';
import { addWorkingDays, nearestWorkingDay, type WorkCalendar } from './calendar.ts';
import { atTimeMs, dayOfMs, fromMs, startOfDayMs, toMs } from './civil.ts';
import { type DayNumber, dayNumberOf, fromDayNumber, partsOf, shiftMonths, toDayNumber } from './day-number.ts';

/** The hours of a working day in which a rung may fire, `to` excluded; or any moment of any day. */
export type Hours = { readonly from: TimeOfDay; readonly to: TimeOfDay } | 'any';

/** What a unit works by when it has set nothing else. */
export const OFFICE_HOURS: Exclude<Hours, 'any'> = { from: '09:00', to: '17:00' };

const MINUTE_MS = 60_000;

/** A rung to be placed beside its deadline. `dueDate` is there where the deadline is a day, as {@link Due} gives it. */
export interface RungPlace {
  readonly dueAt: Instant;
  readonly dueDate?: CalendarDate | undefined;
  /** An `Offset` of the sdk; typed as text because stored programs come back as text. */
  readonly offset: string;
  readonly hours: Hours;
  readonly calendar: WorkCalendar;
}

/**
 * When a rung fires.
 *
 * - `due` fires when the deadline has passed: `dueAt`, which is 24:00 of a due date.
 * - Hours and minutes lie exactly before or after `dueAt`.
 * - Days and longer **before** a due date: at the start of that day; `-5 working days` is the fifth working day before
 *   the due date, at the start of working hours. **After** it: at 24:00 of that day, because `+1 working day` means that
 *   one whole working day has gone by; due on a Friday, `due` fires on Monday morning and `+1 working day` on Tuesday
 *   morning. Beside a deadline that is a moment, the time of day is kept.
 * - In working hours, a rung fires at its moment or in the first working minute after it. A rung before the deadline
 *   must fall before it: where that minute would come too late, the last working minute before its moment is taken
 *   (the start of working hours for days and longer). `any` fires at its moment.
 *
 * Rungs of one deadline in the same unit keep the order of their offsets. Throws RangeError on a text that is no offset, date or moment,
 * and when the calendar never has a working day.
 */
export function rungInstant(place: RungPlace): Instant {
  const offset = parseOffset(place.offset);
  if (!offset) throw new RangeError(`not an offset like "due", "-5 working days" or "+2 hours": ${place.offset}`);
  const dueMs = toMs(place.dueAt);
  const { hours, calendar } = place;
  if (hours === 'any') return fromMs(shift(place, offset, dueMs));
  // Days after an exact moment count from the minute in which the deadline's own rung fires, to stay after it.
  const fromOwnRung = offset.n > 0 && place.dueDate === undefined && !isExact(offset);
  const from = fromOwnRung ? firstWorkingMs(calendar, hours, dueMs) : dueMs;
  const at = shift(place, offset, from);
  const forward = firstWorkingMs(calendar, hours, at);
  if (offset.n >= 0 || forward < dueMs) return fromMs(forward);
  return fromMs(lastWorkingMs(calendar, hours, at, !isExact(offset)));
}

function isExact({ unit }: ParsedOffset): boolean {
  return unit === 'hours' || unit === 'minutes';
}

/** The moment of an offset before working hours are looked at. */
function shift({ dueDate, calendar }: RungPlace, offset: ParsedOffset, from: number): number {
  if (offset.unit === 'minutes') return from + offset.n * MINUTE_MS;
  if (offset.unit === 'hours') return from + offset.n * 60 * MINUTE_MS;
  if (dueDate !== undefined) {
    const day = shiftDay(calendar, toDayNumber(dueDate), offset);
    return startOfDayMs(offset.n > 0 ? day + 1 : day);
  }
  const day = dayOfMs(from);
  return startOfDayMs(shiftDay(calendar, day, offset)) + (from - startOfDayMs(day));
}

function shiftDay(calendar: WorkCalendar, day: DayNumber, { n, unit }: ParsedOffset): DayNumber {
  switch (unit) {
    case 'working days':
      return toDayNumber(addWorkingDays(calendar, fromDayNumber(day), n));
    case 'weeks':
      return day + n * 7;
    case 'months':
    case 'years':
      return dayNumberOf(shiftMonths(partsOf(fromDayNumber(day)), unit === 'years' ? n * 12 : n));
    default:
      return day + n;
  }
}

/** The moment itself when it lies in working hours, else their next start. */
export function firstWorkingInstant(calendar: WorkCalendar, hours: Exclude<Hours, 'any'>, at: Instant): Instant {
  return fromMs(firstWorkingMs(calendar, hours, toMs(at)));
}

/** The start of working hours on the first working day after the day of a moment. */
export function nextWorkingMorning(calendar: WorkCalendar, hours: Exclude<Hours, 'any'>, at: Instant): Instant {
  return fromMs(atTimeMs(nearestWorkingDay(calendar, dayOfMs(toMs(at)) + 1, 1), hours.from));
}

/** `at` when it lies in working hours, else the next start of working hours. */
function firstWorkingMs(calendar: WorkCalendar, hours: Exclude<Hours, 'any'>, at: number): number {
  const day = dayOfMs(at);
  if (calendar.isWorkingDay(fromDayNumber(day)) && at < atTimeMs(day, hours.to)) {
    return Math.max(at, atTimeMs(day, hours.from));
  }
  return atTimeMs(nearestWorkingDay(calendar, day + 1, 1), hours.from);
}

/** The start or the last minute of the working hours that ended most recently before `at`. */
function lastWorkingMs(calendar: WorkCalendar, hours: Exclude<Hours, 'any'>, at: number, atStart: boolean): number {
  const today = dayOfMs(at);
  const day = nearestWorkingDay(calendar, at > atTimeMs(today, hours.from) ? today : today - 1, -1);
  return atStart ? atTimeMs(day, hours.from) : atTimeMs(day, hours.to) - MINUTE_MS;
}
