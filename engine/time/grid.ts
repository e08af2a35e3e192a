import { parseEvery } from '../../sdk/budget.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { dayNumberOf, fromDayNumber, partsOf, shiftMonths, toDayNumber } from './day-number.ts';

/**
 * The grid of a duty that returns after a fixed interval: planned days every `every` after `anchor`, the day on which
 * the case or stage began. The grid never moves, whenever an occurrence was done. The deadline of a planned day is
 * `graceDeadline` in engine/time/clock.ts.
 */
export interface IntervalGrid {
  readonly anchor: CalendarDate;
  /** An `Every` of the sdk (`3 days`, `1 month`); typed as text because stored programs come back as text. */
  readonly every: string;
}

/**
 * The planned day of the n-th occurrence, n = 1, 2, 3 …; the anchor itself is not one (a start day is not counted).
 * Months and years are counted from the anchor, never from the last occurrence: monthly from 01-31 gives 02-28, 03-31.
 * Throws RangeError when `n` is not a whole number from 1 up, or `every` is shorter than a day or no interval.
 */
export function occurrence({ anchor, every, n }: IntervalGrid & { readonly n: number }): CalendarDate {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`occurrences are numbered from 1: ${n}`);
  const { days, months } = stepOf(every);
  if (days > 0) return fromDayNumber(toDayNumber(anchor) + n * days);
  return fromDayNumber(dayNumberOf(shiftMonths(partsOf(anchor), n * months)));
}

/** The number of the first occurrence planned after `date`, at least 1. A reopened stage goes on from there on its new grid. */
export function nextIndexAfter(anchor: CalendarDate, every: string, date: CalendarDate): number {
  const { days, months } = stepOf(every);
  if (days > 0) return Math.max(1, Math.floor((toDayNumber(date) - toDayNumber(anchor)) / days) + 1);
  const [from, to] = [partsOf(anchor), partsOf(date)];
  const whole = Math.max(1, Math.floor(((to.year - from.year) * 12 + (to.month - from.month)) / months));
  return occurrence({ anchor, every, n: whole }) > date ? whole : whole + 1;
}

function stepOf(every: string): { readonly days: number; readonly months: number } {
  const interval = parseEvery(every);
  if (!interval) throw new RangeError(`not an interval like "3 days", "2 weeks" or "1 month": ${every}`);
  switch (interval.unit) {
    case 'days':
      return { days: interval.n, months: 0 };
    case 'weeks':
      return { days: interval.n * 7, months: 0 };
    case 'months':
      return { days: 0, months: interval.n };
    case 'years':
      return { days: 0, months: interval.n * 12 };
  }
}
