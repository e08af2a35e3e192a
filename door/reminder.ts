import type { WorkCalendar } from '../engine/time/calendar.ts';
import { addDays, daysBetween, startOfDay, toDate } from '../engine/time/civil.ts';
import { firstWorkingInstant, type Hours, nextWorkingMorning } from '../engine/time/rungs.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';

/** Why a message is brought to somebody: for the first time, because it lies unread, or because what it is about still waits. */
export type Reason = 'first' | 'repeat' | 'weekly';

/** What of a message decides when it is brought. */
export interface Remindable {
  readonly createdAt: Instant;
  /** When it was last brought to somebody. */
  readonly broughtAt?: Instant | undefined;
  /** How often it was brought again because it lay unread. */
  readonly repeats: number;
  readonly acknowledged: boolean;
  /** It came from the last rung of a ladder. */
  readonly top: boolean;
  /** Its deadline runs, stands still, or is over (met, cancelled, or moved since); undefined where it is about no deadline. */
  readonly deadline?: 'running' | 'paused' | 'over' | undefined;
}

/** A message about no deadline is repeated so often: nothing else would ever end it. */
export const mostRepeats = 10;

/** Whether to bring a message now, and when to look again; never when that is absent. */
export interface Turn {
  readonly bring?: { readonly reason: Reason; readonly day: CalendarDate };
  readonly nextAt?: Instant;
}

/**
 * What is due of a message at a moment.
 *
 * - The first time at once, unless it has been read meanwhile.
 * - Unread, again on every working day in working hours (of the unit it was told in), as long as its deadline is open; one
 *   about no deadline (a complaint) {@link mostRepeats} times, and then it lies in the inbox.
 * - Read, from the last rung: each week from the day it was told, until its deadline is over; a week that falls on a holiday
 *   or was slept through comes on the next working day, and weeks missed in an outage come once, not one by one.
 * - While the deadline stands still nothing is repeated.
 */
export function turnOf(
  message: Remindable,
  now: Instant,
  { calendar, hours }: { readonly calendar: WorkCalendar; readonly hours: Exclude<Hours, 'any'> },
): Turn {
  const told = toDate(message.createdAt);
  const today = toDate(now);
  const morning = nextWorkingMorning(calendar, hours, now);
  if (!message.broughtAt && !message.acknowledged) return { bring: { reason: 'first', day: told }, nextAt: morning };
  if (message.deadline === 'over') return {};
  if (message.deadline === 'paused') return { nextAt: morning };
  if (message.deadline === undefined && message.repeats >= mostRepeats) return {};
  const open = firstWorkingInstant(calendar, hours, now);
  if (!message.acknowledged) {
    return open > now ? { nextAt: open } : { bring: { reason: 'repeat', day: today }, nextAt: morning };
  }
  if (!message.top || message.deadline === undefined) return {};
  const weeks = Math.floor(daysBetween(told, today) / 7);
  const next = firstWorkingInstant(calendar, hours, startOfDay(addDays(told, 7 * (weeks + 1))));
  const day = addDays(told, 7 * weeks);
  if (weeks === 0 || (message.broughtAt && toDate(message.broughtAt) >= day)) return { nextAt: next };
  return open > now ? { nextAt: open } : { bring: { reason: 'weekly', day }, nextAt: next };
}
