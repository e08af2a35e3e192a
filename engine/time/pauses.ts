import type { Text } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { type DayNumber, toDayNumber } from './day-number.ts';

/** Days on which a clock stands still, both ends included. Without `to` it has not ended yet. */
export interface Pause {
  readonly from: CalendarDate;
  readonly to?: CalendarDate;
  /** What for, in words, to explain it. */
  readonly name?: Text;
}

/** A pause whose end is known. */
export interface ClosedPause extends Pause {
  readonly to: CalendarDate;
}

/** A stretch of paused days, both ends included; `last` is Infinity while it is open. */
export interface Stretch {
  readonly first: DayNumber;
  readonly last: DayNumber;
}

/** Pauses in order, overlapping and touching ones joined, so that no day counts twice; one that ends before it starts is none. */
export function joinPauses(pauses: readonly Pause[]): readonly Stretch[] {
  const sorted = pauses
    .map(({ from, to }) => ({ first: toDayNumber(from), last: to === undefined ? Infinity : toDayNumber(to) }))
    .filter(({ first, last }) => first <= last)
    .sort((a, b) => a.first - b.first);
  const joined: { first: number; last: number }[] = [];
  for (const stretch of sorted) {
    const previous = joined.at(-1);
    if (previous && stretch.first <= previous.last + 1) previous.last = Math.max(previous.last, stretch.last);
    else joined.push(stretch);
  }
  return joined;
}

/** Whether a day is paused. */
export function isPaused(stretches: readonly Stretch[], day: DayNumber): boolean {
  return stretches.some(({ first, last }) => first <= day && day <= last);
}

/** The first day at or after `day` that is not paused; Infinity inside an open pause. */
export function firstRunningDay(stretches: readonly Stretch[], day: DayNumber): DayNumber {
  const inside = stretches.find(({ first, last }) => first <= day && day <= last);
  return inside ? inside.last + 1 : day;
}
