import { LunarDay, LunarMonth, LunarYear, SolarDay } from 'tyme4ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { partsOf } from './day-number.ts';

/** A day of the Chinese lunar calendar (农历). A leap month (闰月) is negative: `-5` is 闰五月. */
export interface LunarDate {
  readonly year: number;
  /** 1 to 12, or −1 to −12 for the leap month that follows the month of that number. */
  readonly month: number;
  /** 1 to 30. */
  readonly day: number;
}

/** A day that comes back every lunar year, such as 中秋 (8, 15) or 除夕 (12, `last`). */
export interface LunarAnniversary {
  /** 1 to 12; negative means a leap month, in years that have it, and else the ordinary month of that number. */
  readonly month: number;
  /** 1 to 30, or the last day of the month. The 30th of a month of 29 days is its last day. */
  readonly day: number | 'last';
}

/**
 * The civil date of a lunar one, by Beijing time. Throws RangeError when there is no such day: a leap month the year does
 * not have, the 30th of a month of 29 days, a lunar year outside 1900 to 2999.
 *
 * Rules: GB/T 33661-2017, as tyme4ts computes them. Not ICU: its new moons are minutes off and put the first day of the
 * years 2027 and 2030 on the wrong day.
 */
export function lunarToSolar(year: number, month: number, day: number): CalendarDate {
  const reject = () => new RangeError(`no such lunar day: year ${year}, month ${month}, day ${day}`);
  if (!isLunarMonth(year, month) || !Number.isInteger(day) || day < 1 || day > daysInLunarMonth(year, month)) {
    throw reject();
  }
  return dateOf(LunarDay.fromYmd(year, month, day).getSolarDay());
}

/** The lunar date of a civil one of the years 1900 to 2999. Throws RangeError on a text that is no date. */
export function solarToLunar(date: CalendarDate): LunarDate {
  const { year, month, day } = partsOf(date);
  const lunar = SolarDay.fromYmd(year, month, day).getLunarDay();
  return { year: lunar.getYear(), month: lunar.getMonth(), day: lunar.getDay() };
}

/** Whether a lunar year has that month; true for 1 to 12, and for one negative number in a leap year. */
export function isLunarMonth(year: number, month: number): boolean {
  if (!Number.isInteger(year) || year < 1900 || year > 2999 || !Number.isInteger(month)) return false;
  return month < 0 ? leapMonthOf(year) === -month : month >= 1 && month <= 12;
}

/** The number of the month that is doubled in a lunar year, 0 in a year without a leap month. */
export function leapMonthOf(year: number): number {
  return LunarYear.fromYear(year).getLeapMonth();
}

/** Days of a lunar month, 29 or 30. Throws what the library throws when the year has no such month. */
export function daysInLunarMonth(year: number, month: number): number {
  return LunarMonth.fromYm(year, month).getDayCount();
}

/**
 * When an anniversary falls in a lunar year: always exactly once. A festival keeps to the ordinary month (闰五月初五 is not
 * 端午). The lunar year runs from one 春节 to the next, so months 11 and 12 may lie in the next civil year.
 * Throws RangeError for a month or day that no lunar year has.
 */
export function lunarOccurrence(year: number, { month, day }: LunarAnniversary): CalendarDate {
  const own = isLunarMonth(year, month) ? month : Math.abs(month);
  if (day !== 'last' && !(Number.isInteger(day) && day >= 1 && day <= 30)) {
    throw new RangeError(`no lunar month has a day ${day}: give 1 to 30, or last`);
  }
  if (!isLunarMonth(year, own)) throw new RangeError(`no such lunar month: year ${year}, month ${month}`);
  const length = daysInLunarMonth(year, own);
  return lunarToSolar(year, own, day === 'last' ? length : Math.min(day, length));
}

/** The first occurrence of an anniversary after a date. Throws like {@link lunarOccurrence}. */
export function nextLunarOccurrence(after: CalendarDate, anniversary: LunarAnniversary): CalendarDate {
  for (let { year } = solarToLunar(after); ; year++) {
    const date = lunarOccurrence(year, anniversary);
    if (date > after) return date;
  }
}

function dateOf(day: SolarDay): CalendarDate {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${day.getYear()}-${two(day.getMonth())}-${two(day.getDay())}`;
}
