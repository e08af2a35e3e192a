import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { nearestWorkingDay, type WorkCalendar } from './calendar.ts';
import { endOfDay, fromMs, startOfDay, toDate, toMs } from './civil.ts';
import { type DayNumber, fromDayNumber, toDayNumber } from './day-number.ts';
import { type ClosedPause, isPaused, joinPauses, type Pause, type Stretch } from './pauses.ts';
import { isNever, type Point, runSpan, type Span, spansOf, startDay } from './span.ts';

/** A budget with everything that moves its end. */
export interface Clock {
  readonly start: Instant;
  /** A {@link Budget} of the sdk; typed as text because stored clocks come back as text. */
  readonly budget: string;
  readonly calendar: WorkCalendar;
  readonly pauses: readonly Pause[];
  /** Budgets added one after the other at the end. */
  readonly extensions: readonly string[];
  /** `keep` leaves a last day that is a rest day where it is; without it such a day moves to the next working day. */
  readonly restDays?: 'keep';
}

/** A clock all of whose pauses have ended: it has a due date. */
export interface RunningClock extends Clock {
  readonly pauses: readonly ClosedPause[];
}

/** When a budget ends. */
export interface Due {
  /** The last day, for budgets in days and longer; without it the budget ends at the moment `dueAt` itself. */
  readonly dueDate?: CalendarDate;
  /** The moment from which it is late: 24:00 of the due date, or the exact end of a budget in hours or minutes. */
  readonly dueAt: Instant;
  /** Whether a day without an official arrangement was asked about, so that the date may still move. */
  readonly provisional: boolean;
}

/** One span of a clock as it ran: `nominal` is where its budget was used up, `to` the end after any move off a rest day. */
export interface Leg {
  readonly span: Span;
  readonly from: Point;
  readonly nominal: Point;
  readonly to: Point;
}

/** A clock gone through; the end of the last leg is {@link isNever} when an open pause lies before it. */
export interface ClockRun {
  readonly stretches: readonly Stretch[];
  readonly legs: readonly Leg[];
  readonly end: Point;
}

/** Runs a clock to its end. */
export function runClock(clock: Clock): ClockRun {
  const stretches = joinPauses(clock.pauses);
  const legs: Leg[] = [];
  let end: Point = { ms: toMs(clock.start) };
  for (const span of spansOf([clock.budget, ...clock.extensions])) {
    const from: Point = end;
    if (isNever(from)) break;
    const nominal = runSpan(span, from, stretches, clock.calendar);
    const moves = 'day' in nominal && clock.restDays !== 'keep';
    end = moves ? { day: nextOfficeDay(clock.calendar, nominal.day, stretches) } : nominal;
    legs.push({ span, from, nominal, to: end });
  }
  return { stretches, legs, end };
}

/**
 * When a budget ends; undefined only while a pause without an end stands before it.
 *
 * - Days, weeks, working days, months, years: the start day is not counted, the last day ends at 24:00 local time.
 *   Months and years end on the corresponding day, or the last day of a month that has none. A last day that is a rest
 *   day moves to the next working day. (Civil Code arts. 200–203. Art. 203 also lets a day end with business hours;
 *   the later 24:00 is taken, in favour of the person bound.)
 * - Hours and minutes run exactly, through nights and rest days.
 * - A paused day does not count, whatever the unit (a whole local day for hours and minutes); overlaps count once. What
 *   was left when the pause began is left when it ends: a budget in months has as many days left as lay between then
 *   and its end. No due date lies on a paused day.
 * - An extension counted in the same way as what precedes it is added to it (2 months and 1 month are 3 months); another
 *   runs on from the end reached so far. Neither ever brings the end forward.
 *
 * Throws RangeError on a text that is no budget, moment or date, and when the calendar never has a working day.
 */
export function dueOf(clock: RunningClock): Due;
export function dueOf(clock: Clock): Due | undefined;
export function dueOf(clock: Clock): Due | undefined {
  const run = runClock(clock);
  if (isNever(run.end)) return undefined;
  const provisional = isProvisional(clock, run);
  if ('ms' in run.end) return { dueAt: fromMs(run.end.ms), provisional };
  const dueDate = fromDayNumber(run.end.day);
  return { dueDate, dueAt: endOfDay(dueDate), provisional };
}

/** A planned day of a duty with what moves its deadline. */
export interface PlannedDay {
  readonly plannedDate: CalendarDate;
  /** A budget of the sdk; `0 days` ends with the planned day. */
  readonly grace: string;
  /** Where grace in hours and minutes starts: the planned time of day. Without it 24:00 of the planned day. */
  readonly from?: Instant;
  readonly calendar: WorkCalendar;
  readonly pauses?: readonly ClosedPause[];
  readonly extensions?: readonly string[];
}

/**
 * The deadline of a planned day: planned day plus grace, counted like {@link dueOf} except that it stays on a rest day.
 * Art. 203 is about legal periods; a visit promised every three days is promised on Sundays too, and moving would pile
 * the deadlines of a long holiday onto one day. Grace in hours or minutes runs from the planned time of day,
 * or from 24:00 of the planned day.
 */
export function graceDeadline({ plannedDate, grace, from, calendar, pauses = [], extensions = [] }: PlannedDay): Due {
  const exact = spansOf([grace])[0]?.kind === 'exact';
  // 24:00 belongs to the next civil day, so grace in days starts within the planned day, which is then not counted.
  const start = exact ? (from ?? endOfDay(plannedDate)) : startOfDay(plannedDate);
  return dueOf({ start, budget: grace, calendar, pauses, extensions, restDays: 'keep' });
}

/** Whether a moment lies at or after the due moment. An act at exactly 24:00 is late. */
export function isLate(due: Pick<Due, 'dueAt'>, at: Instant): boolean {
  return at >= due.dueAt;
}

/** Working days by which a moment is later than a due date, 0 when it is not: the day after the due date is the first. */
export function workingDaysLate(calendar: WorkCalendar, dueDate: CalendarDate, at: Instant): number {
  const last = toDayNumber(toDate(at));
  let late = 0;
  for (let day = toDayNumber(dueDate) + 1; day <= last; day++) if (calendar.isWorkingDay(fromDayNumber(day))) late++;
  return late;
}

function nextOfficeDay(calendar: WorkCalendar, from: DayNumber, stretches: readonly Stretch[]): DayNumber {
  if (from === Infinity) return Infinity;
  let day = nearestWorkingDay(calendar, from, 1);
  while (isPaused(stretches, day)) {
    const pause = stretches.find(({ first, last }) => first <= day && day <= last);
    if (!pause || pause.last === Infinity) return Infinity;
    day = nearestWorkingDay(calendar, pause.last + 1, 1);
  }
  return day;
}

function isProvisional({ calendar, restDays }: Clock, run: ClockRun): boolean {
  const anyGuess = (from: DayNumber, to: DayNumber) => {
    for (let day = from; day <= to; day++) if (calendar.provisional(fromDayNumber(day))) return true;
    return false;
  };
  return run.legs.some(
    ({ span, from, nominal, to }) =>
      (span.kind === 'working days' && anyGuess(startDay(from) + 1, startDay(nominal))) ||
      ('day' in nominal && restDays !== 'keep' && anyGuess(nominal.day, startDay(to))),
  );
}
