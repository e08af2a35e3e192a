import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { addDays, daysBetween, startOfDay } from '../time/civil.ts';
import type { Closings } from './closings.ts';
import { lastDayOf } from './closings.ts';

/**
 * Where surprise counts fall. The year is cut into as many parts as the program wants counts; one day is drawn from each.
 *
 * The seed of a draw is `lot("<case>\n<book>\n<part>")`: the SHA-256 of that text between two copies of a secret that the
 * installation drew by itself when it was set up, and that nobody in a case can read. The hash of the record's head was the
 * alternative and is worse: everybody who reads the case could work out the day as soon as the head stands, and whoever
 * writes into the case could go on writing until the day suits him. The secret is fixed before any case is opened, and its
 * hash is public (`count_lots.commitment`) from the first day. When the day has come the seed is told in the event
 * `count.drawn`; from it everybody can work out the day again, and the database answers whether it is the right seed
 * (`linli books verify`). Nothing that people of a case can read says the day before.
 */
export type Lot = (about: string) => string;

/** The first and last day of a part of a year, `2026-3of4`. Throws on a text that is none. */
export function daysOfSpan(span: string): { readonly first: CalendarDate; readonly last: CalendarDate } {
  const match = /^(\d{4})-(\d+)of(\d+)$/.exec(span);
  if (!match) throw new Error(`no part of a year: ${span}`);
  const [year, n, of] = [match[1]!, Number(match[2]), Number(match[3])];
  const month = (index: number) => `${year}-${String(index + 1).padStart(2, '0')}`;
  const first = `${month(Math.floor((12 * (n - 1)) / of))}-01`;
  const next = Math.floor((12 * n) / of);
  return { first, last: lastDayOf(month(next - 1)) };
}

/** The part of the year a day lies in, of as many as there are counts a year. */
export function spanOf(day: CalendarDate, counts: number): string {
  const month = Number(day.slice(5, 7)) - 1;
  let n = counts;
  while (Math.floor((12 * (n - 1)) / counts) > month) n -= 1;
  return `${day.slice(0, 4)}-${n}of${counts}`;
}

/** The part after another. */
export function nextSpan(span: string): string {
  const counts = Number(span.slice(span.indexOf('of') + 2));
  return spanOf(addDays(daysOfSpan(span).last, 1), counts);
}

/** What the seed of a draw is made of. */
export function aboutDraw(caseId: string, book: string, span: string): string {
  return `${caseId}\n${book}\n${span}`;
}

/** The day that a seed (lower-case hex) draws from a part of a year: its first 48 bits modulo the number of days. */
export function dayDrawn(span: string, seed: string): CalendarDate {
  const { first, last } = daysOfSpan(span);
  return addDays(first, Number.parseInt(seed.slice(0, 12), 16) % (daysBetween(first, last) + 1));
}

/** A draw that is to come. */
export interface Draw {
  readonly span: string;
  readonly day: CalendarDate;
  readonly seed: string;
  readonly at: Instant;
}

/** The next surprise count of a book; undefined when its program wants none, nothing was ever booked, or no lot is known. */
export function nextDraw(
  closings: Closings | undefined,
  { caseId, book, lot }: { readonly caseId: string; readonly book: string; readonly lot: Lot | undefined },
): Draw | undefined {
  const { counts, since, span: last } = closings ?? {};
  if (counts === undefined || since === undefined || lot === undefined) return undefined;
  const draw = (span: string): Draw => {
    const seed = lot(aboutDraw(caseId, book, span));
    const day = dayDrawn(span, seed);
    return { span, seed, day, at: startOfDay(day) };
  };
  if (last !== undefined) return draw(nextSpan(last));
  const current = spanOf(since, counts);
  const first = draw(current);
  return first.day > since ? first : draw(nextSpan(current));
}
