import type { Instant } from '../sdk/time.ts';
import { isCalendarDate, startOfDay } from './time/civil.ts';

/** The key under which a case's state numbers its entries of paper. */
export const HISTORY = 'history:';

/** How exactly paper says when something happened. */
export type Precision = 'day' | 'month' | 'year';

/** A date as paper has it: `2008-05-17`, `2008-05` or `2008`. */
export interface PaperDate {
  readonly date: string;
  readonly precision: Precision;
}

/** Reads a date as paper has it, of the years 1900 to 2999; undefined when it is none. */
export function paperDate(text: string): PaperDate | undefined {
  if (!/^(19|2\d)\d\d(-\d\d(-\d\d)?)?$/.test(text)) return undefined;
  if (text.length === 4) return { date: text, precision: 'year' };
  if (text.length === 7) return isCalendarDate(`${text}-01`) ? { date: text, precision: 'month' } : undefined;
  return isCalendarDate(text) ? { date: text, precision: 'day' } : undefined;
}

/** When it happened at the earliest: by that, what is known less exactly comes first among its like. */
export function earliestOf({ date }: PaperDate): Instant {
  return startOfDay(`${date}${'-01-01'.slice(date.length - 4)}`);
}
