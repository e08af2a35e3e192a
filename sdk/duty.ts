import type { Budget, Every } from './budget.ts';
import type { Text } from './program.ts';

/** A day of every year, `MM-DD`. `02-29` is 28 February in years that have no other. */
export type SolarDay = `${number}-${number}`;

/**
 * A day of every lunar year (农历). `{ month: 12, day: 'last' }` is 除夕; the 30th of a month of 29 days is its last day.
 * Leap months (闰月) are passed over, as for festivals: 闰五月初五 is not 端午. `leap: 'also'` asks for the day in both months
 * of a year that doubles this one, `leap: 'instead'` for the leap one there (a birthday in it). The name (`端午`) is shown
 * with the occurrence.
 */
export interface LunarDay {
  readonly month: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;
  readonly day: number | 'last';
  readonly leap?: 'also' | 'instead';
  readonly name?: Text;
}

/** A time of day by which something is planned, `21:00`, or the slot in which it is, `16:00-18:00`; local time. */
export type At = `${number}:${number}` | `${number}:${number}-${number}:${number}`;

/** Periods of a quota: every so long from the start, or those of the calendar (a week begins on Monday). */
export type Period = Every | 'calendar week' | 'calendar month' | 'calendar quarter' | 'calendar year';

/**
 * When an occurrence may be done. Budgets in days count whole days, in hours and minutes from the planned time of day.
 * Without `opens` it may be done once the one before it was planned (a day of the year: at the earliest 30 days before).
 * Without `closes` it may be made good until it lapses, 30 days after its deadline.
 */
export interface Window {
  readonly opens?: Budget;
  readonly closes?: Budget;
}

/** What the forms do not have in common: exactly one says when it recurs. */
interface Forms {
  /** Every so long from the start: `3 days`. */
  readonly every?: never;
  /** A rule of RFC 5545 without DTSTART, which is the start day: `FREQ=MONTHLY;BYDAY=1MO`. Days only: times are in `at`. */
  readonly rrule?: never;
  /** Days of the year. */
  readonly solar?: never;
  /** Days of the lunar year. */
  readonly lunar?: never;
  /** So many times within each period, on whichever days. */
  readonly quota?: never;
}

/** Forms that plan days. */
interface Planned {
  /** From the planned day (or time of day) to the deadline. */
  readonly grace: Budget;
  /** Times of the planned day, in order; without it the whole day. */
  readonly at?: readonly At[];
  readonly window?: Window;
  /**
   * A planned day that is a rest day stays (without this), moves to the `next` working day or the one `before`, or is left
   * out (`skip`; not where the grid may have weekends alone). Two that meet on one day are one. A calendar that comes out late
   * plans open and coming occurrences again.
   */
  readonly restDays?: 'next' | 'before' | 'skip';
}

type Form<N extends keyof Forms, V> = Omit<Forms, N> & { readonly [P in N]: V };

/** When a duty recurs. */
export type Recurrence =
  | (Planned & Form<'every', Every>)
  | (Planned & Form<'rrule', string>)
  | (Planned & Form<'solar', readonly SolarDay[]>)
  | (Planned & Form<'lunar', readonly LunarDay[]>)
  | (Form<'quota', Quota> & {
      /** From the end of the period to the deadline; none by itself. */
      readonly grace?: Budget;
      readonly at?: never;
      readonly window?: never;
      readonly restDays?: never;
    });

/** `times` occurrences in each period. A first one cut short asks for its share, at least one. */
export interface Quota {
  readonly times: number;
  readonly within: Period;
}

/** The names of the forms, one of which a duty has. */
export const FORMS = ['every', 'rrule', 'solar', 'lunar', 'quota'] as const;
