import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { addMonths, endOfDay } from './civil.ts';

/**
 * The moment from which somebody is so many years old. Counted as the Civil Code counts a period of years: the day of birth
 * is not counted (art. 201), the period ends on the corresponding day, or on the last day of the month where there is none
 * (art. 202: born on 29 February, 28 February in a common year), and with its 24:00 (art. 203). That this day is a rest day
 * moves nothing: nobody has to act on it.
 */
export function comesOfAge(birthDate: CalendarDate, years: number): Instant {
  return endOfDay(addMonths(birthDate, 12 * years));
}

/** Whether somebody is so many years old at a moment. */
export function isOfAge(birthDate: CalendarDate, years: number, at: Instant): boolean {
  return at >= comesOfAge(birthDate, years);
}
