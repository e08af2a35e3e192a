import type { Book } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { addDays, toDate } from '../time/civil.ts';
import type { BookState, BookWishes } from './state.ts';

/** A month `YYYY-MM`. */
export type Period = string;

/** A closed month: with what it ended, per channel on both sides, and per account (debit positive, after a year's transfer). */
export interface ClosedMonth {
  readonly period: Period;
  readonly cash: Readonly<Record<string, number>>;
  readonly ledger: Readonly<Record<string, number>>;
  readonly accounts: Readonly<Record<string, number>>;
}

/** With what the two sides of a channel end a month. */
export interface MonthEnd {
  readonly period: Period;
  readonly channel: string;
  readonly cashFen: number;
  readonly ledgerFen: number;
}

/**
 * What a book knows of its counts and closings: the last of each, so that its size does not grow with the years. Absent in a
 * book of which nothing was ever counted or closed and whose program asks for neither.
 */
export interface Closings {
  /** The program gives a time to close each month. */
  readonly chased?: true;
  /** Surprise counts a year. */
  readonly counts?: number;
  /** The program gives a time to close each day, which then has a count of its own (own-count.ts). */
  readonly daily?: true;
  /** Of such a book the days on which money moved and that are not closed, with the count of each. */
  readonly days?: readonly { readonly day: CalendarDate; readonly count?: string }[];
  /** The day whose closing is being chased, and the clock that does. */
  readonly dayDue?: { readonly day: CalendarDate; readonly clock: string };
  /** The day of the first entry: from then on surprise counts are drawn. After a reopening, that day. */
  readonly since?: CalendarDate;
  /** The month from which on there is something to close, where that is not the one after the last closed. */
  readonly from?: Period;
  /** The last day an entry was booked on. */
  readonly last?: CalendarDate;
  /** The last closed day, and the balances of the cash side with which it ended. */
  readonly day?: CalendarDate;
  readonly dayFen?: Readonly<Record<string, number>>;
  /** The last count by which all that was booked up to this day has been counted. */
  readonly counted?: { readonly day: CalendarDate; readonly id: string };
  /** When somebody other than the cash holder last counted each channel. */
  readonly third?: Readonly<Record<string, CalendarDate>>;
  /** By how much the last count of a channel was over (short: negative), and it has become a difference. */
  readonly off?: Readonly<Record<string, number>>;
  readonly month?: ClosedMonth;
  /** The last month whose vouchers and statements are in the archive. */
  readonly archived?: Period;
  /** What the approver has signed of a month's end that is not closed yet: by channel what cash has more, and the difference. */
  readonly signed?: {
    readonly period: Period;
    readonly channels: Readonly<Record<string, { readonly id: string; readonly fen: number }>>;
  };
  /** The month whose closing is being chased, and the clock that does. */
  readonly due?: { readonly period: Period; readonly clock: string };
  /** A surprise count that was drawn and not yet made, and the part of the year it is for. */
  readonly drawn?: { readonly span: string; readonly clock: string; readonly missed?: true };
  /** The last part of a year for which a surprise count was drawn. */
  readonly span?: string;
}

/** What a program wants of the closings of a book, as the opening of a case says it; nothing where it wants nothing. */
export function wishesOf({
  closeWithin,
  closeDayWithin,
  counts,
}: Pick<Book, 'closeWithin' | 'closeDayWithin' | 'counts'>): {
  readonly closings?: BookWishes;
} {
  const closings = {
    ...(closeWithin ? { chased: true as const } : {}),
    ...(counts ? { counts } : {}),
    ...(closeDayWithin ? { daily: true as const } : {}),
  };
  return Object.keys(closings).length > 0 ? { closings } : {};
}

/** The month of a day. */
export function monthOf(date: CalendarDate): Period {
  return date.slice(0, 7);
}

/** The month `n` months after (before: negative) another. */
export function shiftPeriod(period: Period, n: number): Period {
  const index = Number(period.slice(0, 4)) * 12 + Number(period.slice(5, 7)) - 1 + n;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/** The last day of a month. */
export function lastDayOf(period: Period): CalendarDate {
  return addDays(`${shiftPeriod(period, 1)}-01`, -1);
}

/**
 * The day an entry recorded now is booked on: today, or the day after the last closed one. No entry ever falls into a closed
 * day; what is recorded for one is late, and stands in the open day.
 */
export function bookingDay({ closings }: Pick<BookState, 'closings'>, now: Instant): CalendarDate {
  const today = toDate(now);
  const closed = closings?.day;
  return closed !== undefined && closed >= today ? addDays(closed, 1) : today;
}

/**
 * What an entry says about its day, where that does not follow from when it was recorded: the day it is booked on, and that
 * it comes late: the day of its paper is closed in the journal, or its month in the ledger.
 */
export function bookedFields(
  book: Pick<BookState, 'closings'>,
  side: 'cash' | 'ledger',
  { now, occurredDate }: { readonly now: Instant; readonly occurredDate: CalendarDate },
): { readonly bookedDate?: CalendarDate; readonly late?: true } {
  const booked = bookingDay(book, now);
  const { day, month } = book.closings ?? {};
  const late =
    side === 'cash'
      ? day !== undefined && occurredDate <= day
      : month !== undefined && monthOf(occurredDate) <= month.period;
  return { ...(booked === toDate(now) ? {} : { bookedDate: booked }), ...(late ? { late: true } : {}) };
}

/** The last year whose books are closed for good; undefined when none is. */
export function closedYear({ closings }: Pick<BookState, 'closings'>): string | undefined {
  const period = closings?.month?.period;
  if (period === undefined) return undefined;
  const year = Number(period.slice(0, 4));
  return String(period.endsWith('-12') ? year : year - 1);
}
