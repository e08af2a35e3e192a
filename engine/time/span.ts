import { parseBudget } from '../../sdk/budget.ts';
import type { WorkCalendar } from './calendar.ts';
import { nearestWorkingDay } from './calendar.ts';
import { dayOfMs, startOfDayMs } from './civil.ts';
import { type DayNumber, dayNumberOf, fromDayNumber, partsOf, shiftMonths } from './day-number.ts';
import { firstRunningDay, isPaused, type Stretch } from './pauses.ts';

/** A part of a budget that is counted in one way: `n` days, working days or months, or milliseconds where exact. */
export interface Span {
  readonly kind: 'days' | 'working days' | 'months' | 'exact';
  readonly n: number;
  /** How much of `n` is the budget itself; the rest are extensions. */
  readonly own: number;
}

/** How far a clock has come: a civil day (its 24:00), or an exact moment in milliseconds. Infinity: never. */
export type Point = { readonly day: DayNumber } | { readonly ms: number };

/** Whether a clock never gets there, because a pause has not ended. */
export function isNever(point: Point): boolean {
  return ('day' in point ? point.day : point.ms) === Infinity;
}

const FACTOR = {
  days: 1,
  weeks: 7,
  months: 1,
  years: 12,
  minutes: 60_000,
  hours: 3_600_000,
  'working days': 1,
} as const;
const KIND = {
  days: 'days',
  weeks: 'days',
  months: 'months',
  years: 'months',
  minutes: 'exact',
  hours: 'exact',
  'working days': 'working days',
} as const;

/**
 * Budget and extensions as spans to be run one after the other. Neighbours counted in the same way are added up first:
 * 2 months from 12-31 and 1 month more end on 03-31, not on 03-28. Throws RangeError on a text that is no budget.
 */
export function spansOf(budgets: readonly string[]): readonly Span[] {
  const spans: Span[] = [];
  for (const [i, text] of budgets.entries()) {
    const budget = parseBudget(text);
    if (!budget) throw new RangeError(`not a budget like "15 working days", "2 months" or "36 hours": ${text}`);
    const kind = KIND[budget.unit];
    const n = budget.n * FACTOR[budget.unit];
    const previous = spans.at(-1);
    if (previous?.kind === kind) spans[spans.length - 1] = { ...previous, n: previous.n + n };
    else spans.push({ kind, n, own: i === 0 ? n : 0 });
  }
  return spans;
}

/** Where a span ends that begins at `from`, paused days not counting. A span of no days ends on the first running day. */
export function runSpan(span: Span, from: Point, stretches: readonly Stretch[], calendar: WorkCalendar): Point {
  if (span.kind === 'exact')
    return { ms: runExact(span.n, 'ms' in from ? from.ms : startOfDayMs(from.day + 1), stretches) };
  const day = startDay(from);
  if (span.kind === 'working days' && span.n > 0) return { day: runWorkingDays(span.n, day, stretches, calendar) };
  return { day: runDays(daysOf(span, day), day, stretches) };
}

/** The civil day at which a point lies. */
export function startDay(point: Point): DayNumber {
  return 'day' in point ? point.day : dayOfMs(point.ms);
}

/** A span in days: months become as many days as lie between a day and its corresponding day. */
export function daysOf(span: Pick<Span, 'kind' | 'n'>, from: DayNumber): number {
  if (span.kind !== 'months') return span.n;
  return dayNumberOf(shiftMonths(partsOf(fromDayNumber(from)), span.n)) - from;
}

function runDays(n: number, from: DayNumber, stretches: readonly Stretch[]): DayNumber {
  if (n === 0) return firstRunningDay(stretches, from);
  let end = from + n;
  for (const { first, last } of stretches) {
    if (first > end) break;
    if (last > from) end += last - Math.max(first, from + 1) + 1;
  }
  return end;
}

function runWorkingDays(n: number, from: DayNumber, stretches: readonly Stretch[], calendar: WorkCalendar): DayNumber {
  let day = from;
  for (let left = n; left > 0; ) {
    day = firstRunningDay(stretches, day + 1);
    if (day === Infinity) return Infinity;
    const working = nearestWorkingDay(calendar, day, 1);
    day = working;
    if (!isPaused(stretches, working)) left--;
  }
  return day;
}

function runExact(ms: number, from: number, stretches: readonly Stretch[]): number {
  let at = from;
  let left = ms;
  for (const { first, last } of stretches) {
    const pauseStart = startOfDayMs(first);
    if (at + left <= pauseStart) break;
    const pauseEnd = last === Infinity ? Infinity : startOfDayMs(last + 1);
    if (pauseEnd <= at) continue;
    left -= Math.max(0, pauseStart - at);
    at = pauseEnd;
  }
  return at + left;
}
