import { type BudgetUnit, parseBudget } from '../../sdk/budget.ts';
import type { Recurrence } from '../../sdk/duty.ts';
import type { Text } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { parseAt } from '../../sdk/time-slot.ts';
import { addWorkingDays, nearestWorkingDay, type WorkCalendar } from './calendar.ts';
import { addDays, addMonths, addMs, atTime, daysBetween, endOfDay, startOfDay, toDate } from './civil.ts';
import { fromDayNumber, toDayNumber } from './day-number.ts';
import { gridDayAfter, mostOf, nameOfDay, periodStart } from './recurrence.ts';

/**
 * Where a duty stands: the number of its next occurrence, the day of the grid that one comes from, and which of the day's times it
 * is. All a case keeps of a duty besides its start.
 */
export interface Place {
  readonly n: number;
  readonly day: CalendarDate;
  /** Place in `at`, from 0; 0 without times. */
  readonly slot: number;
  /** The day of the grid after which this one was searched: a newer calendar searches from there again. */
  readonly after?: CalendarDate;
}

/** An occurrence as it is planned. */
export interface Planned {
  /** The planned day; of a quota the last day of its period. */
  readonly date: CalendarDate;
  /** The planned time, or the beginning of the slot; undefined when the whole day is meant. */
  readonly at?: Instant;
  /** What grace in hours and minutes, and `closes`, run from: the planned time, the slot's end, or 24:00 of the day. */
  readonly until: Instant;
  /** From when it can be done, as far as window and form say. */
  readonly notBefore?: Instant;
  /** Whether window, slot or period bind it: then what happened outside of them is no occurrence of it. */
  readonly bound: boolean;
  /** From when it cannot be done any more. */
  readonly closesAt?: Instant;
  readonly label?: Text;
  /** Of a quota: how often it is to be done, from the day it began. */
  readonly times?: number;
  /** Whether the planned day hangs on a day without an official arrangement. */
  readonly provisional: boolean;
}

/** What a duty's days are reckoned with. `anchor`: the day on which it began. */
export interface Course {
  readonly recurrence: Recurrence;
  readonly anchor: CalendarDate;
  readonly calendar: WorkCalendar;
}

/** Nothing that comes once a year or by a rule can be done earlier than this before its day, unless its window says so. */
const OPENS_DAYS_BEFORE = 30;

/** So many days of a grid may fall out or together in a row (rest days) before it is taken to have ended. */
const MOST_IN_A_ROW = 800;

/** The first occurrence of a duty; undefined when there is none. */
export function firstPlace(course: Course): Place | undefined {
  return search(course, { n: 0, from: course.anchor, shown: course.anchor });
}

/** The occurrence after one; undefined when that was the last. */
export function placeAfter(course: Course, { n, day, slot, after }: Place): Place | undefined {
  if (slot + 1 < timesOf(course)) return { n: n + 1, day, slot: slot + 1, ...(after === undefined ? {} : { after }) };
  return search(course, { n, from: day, shown: shownDay(course, day)?.date ?? day });
}

/**
 * The place of an occurrence by a newer calendar: searched again from the same day of the grid. What is left out on rest days
 * lands on no day that is over already: none before `today`, nor before its own where that is earlier. Undefined when nothing is left.
 */
export function placeAgain(course: Course, place: Place, today: CalendarDate): Place | undefined {
  const { n, day, slot, after: from } = place;
  if (from === undefined || slot > 0) return place;
  const shown = from === course.anchor ? from : (shownDay(course, from)?.date ?? from);
  if (course.recurrence.restDays !== 'skip') return search(course, { n: n - 1, from, shown });
  const floor = addDays(day < today ? day : today, -1);
  return search(course, { n: n - 1, from, shown: shown > floor ? shown : floor });
}

/** The place of the occurrence before one, as far as that says; undefined for the first. */
export function placeBefore(course: Course, { n, day, slot, after }: Place): Place | undefined {
  if (slot > 0) return { n: n - 1, day, slot: slot - 1 };
  return after === undefined || after === course.anchor
    ? undefined
    : { n: n - 1, day: after, slot: timesOf(course) - 1 };
}

/** Whether nothing comes after a place though its rule goes on: whatever the grid still has for a long time is rest days. */
export function endsInRest(course: Course, place: Place): boolean {
  const { recurrence, anchor } = course;
  if (placeAfter(course, place) || place.n >= mostOf(recurrence) * timesOf(course)) return false;
  return gridDayAfter(recurrence, anchor, place.day) !== undefined;
}

/** How many occurrences a planned day has: its times, or one. */
function timesOf({ recurrence }: Course): number {
  return recurrence.at?.length ?? 1;
}

/** The planned day or time, the window and the rest of an occurrence. `since`: from when a quota is counted, where that is later than its period. */
export function planned(course: Course, { day, slot }: Place, since?: Instant): Planned {
  const { recurrence, anchor, calendar } = course;
  const { date, provisional } = shownDay(course, day) ?? { date: day, provisional: false };
  const label = nameOfDay(recurrence, day);
  const named = label ? { label } : {};
  if (recurrence.quota) return { ...quotaOf(recurrence.quota, anchor, day, since), provisional: false };
  const time = parseAt(recurrence.at?.[slot] ?? '');
  const at = time && atTime(date, time.from);
  const until = at && time ? endOfSlot(date, at, time.to) : endOfDay(date);
  const { opens, closes } = recurrence.window ?? {};
  const yearly = recurrence.every === undefined;
  const opensAt = opens ? before(opens, date, at, calendar) : time?.to ? at : undefined;
  const notBefore = opensAt ?? (yearly ? startOfDay(addDays(date, -OPENS_DAYS_BEFORE)) : undefined);
  return {
    ...{ date, until, provisional, bound: opensAt !== undefined || closes !== undefined, ...named },
    ...(at ? { at } : {}),
    ...(notBefore ? { notBefore } : {}),
    ...(closes ? { closesAt: after(closes, date, until, calendar) } : {}),
  };
}

/** A slot whose beginning a leap of the clock has swallowed (summer time, 1986 to 1991) is not over before it begins. */
function endOfSlot(date: CalendarDate, at: Instant, to: string | undefined): Instant {
  const end = to === undefined ? at : atTime(date, to);
  return end > at ? end : at;
}

function quotaOf(
  { times, within }: NonNullable<Recurrence['quota']>,
  anchor: CalendarDate,
  end: CalendarDate,
  since: Instant | undefined,
): Omit<Planned, 'provisional'> {
  const start = periodStart(within, anchor, end);
  const until = endOfDay(end);
  // the day on which something begins is not counted
  const first = since === undefined ? start : addDays(toDate(since), since > startOfDay(toDate(since)) ? 1 : 0);
  const [left, whole] = [daysBetween(first, end) + 1, daysBetween(start, end) + 1];
  const share = left >= whole ? times : Math.max(1, Math.floor((times * left) / whole));
  return { date: end, until, notBefore: startOfDay(start), bound: true, closesAt: until, times: share };
}

function search(course: Course, { n, from, shown }: { n: number; from: CalendarDate; shown: CalendarDate }) {
  // COUNT of a rule counts days, n their times
  if (n >= mostOf(course.recurrence) * timesOf(course)) return undefined;
  let day = gridDayAfter(course.recurrence, course.anchor, from);
  for (let i = 0; day !== undefined && i < MOST_IN_A_ROW; i++) {
    const on = shownDay(course, day);
    if (on && on.date > shown) return { n: n + 1, day, slot: 0, after: from };
    day = gridDayAfter(course.recurrence, course.anchor, day);
  }
  return undefined;
}

/** The planned day of a day of the grid, moved off rest days where the duty says so; undefined when it falls out. */
function shownDay({ recurrence: { restDays }, calendar }: Course, day: CalendarDate) {
  if (restDays === undefined) return { date: day, provisional: false };
  if (restDays === 'skip') {
    return calendar.isWorkingDay(day) ? { date: day, provisional: calendar.provisional(day) } : undefined;
  }
  const date = fromDayNumber(nearestWorkingDay(calendar, toDayNumber(day), restDays === 'next' ? 1 : -1));
  return { date, provisional: calendar.provisional(day) || calendar.provisional(date) };
}

/** So long before a planned day (its 00:00, in whole days) or time. */
function before(budget: string, date: CalendarDate, at: Instant | undefined, calendar: WorkCalendar): Instant {
  const { n, unit } = parseBudget(budget)!;
  if (unit === 'hours' || unit === 'minutes') return addMs(at ?? startOfDay(date), -n * MS[unit]);
  return startOfDay(shift(date, -n, unit, calendar));
}

/** So long after a planned day (its 24:00, in whole days) or time. */
function after(budget: string, date: CalendarDate, until: Instant, calendar: WorkCalendar): Instant {
  const { n, unit } = parseBudget(budget)!;
  if (unit === 'hours' || unit === 'minutes') return addMs(until, n * MS[unit]);
  return endOfDay(shift(date, n, unit, calendar));
}

const MS = { hours: 3_600_000, minutes: 60_000 } as const;

function shift(
  date: CalendarDate,
  n: number,
  unit: Exclude<BudgetUnit, 'hours' | 'minutes'>,
  calendar: WorkCalendar,
): CalendarDate {
  if (unit === 'working days') return addWorkingDays(calendar, date, n);
  if (unit === 'days' || unit === 'weeks') return addDays(date, unit === 'days' ? n : n * 7);
  return addMonths(date, unit === 'months' ? n : n * 12);
}
