import { SolarTerm } from 'tyme4ts';
import type { Text } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { addDays } from './civil.ts';
import { lunarOccurrence } from './lunar.ts';

/** Names the rule by which days without a record are guessed; part of a calendar's version. */
export const STATUTORY_RULE = '2025';

/** Place of 清明 among the 24 solar terms of a year, counted from 冬至 of the year before. */
const QINGMING = 7;

const english: Readonly<Record<string, string>> = {
  元旦: 'New Year’s Day',
  春节: 'Spring Festival',
  清明节: 'Tomb-Sweeping Day',
  劳动节: 'Labour Day',
  端午节: 'Dragon Boat Festival',
  中秋节: 'Mid-Autumn Festival',
  国庆节: 'National Day',
  三月三: 'March the Third Festival',
};

/**
 * The holidays of all citizens in a year: 元旦 1, 春节 4 (除夕 to 初三), 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3. This is what
 * the law alone says; which weekdays are taken in exchange is only known from the year's notice.
 *
 * Rule: 全国年节及纪念日放假办法, as amended by State Council Decree 795 and in force since 2025-01-01.
 */
export function statutoryHolidays(year: number): ReadonlyMap<CalendarDate, string> {
  // from its first day, since the lunar year before 1900 is not known
  const eve = addDays(lunarOccurrence(year, { month: 1, day: 1 }), -1);
  const qingming = SolarTerm.fromIndex(year, QINGMING).getSolarDay();
  return new Map([
    [`${year}-01-01`, '元旦'],
    ...[0, 1, 2, 3].map((n): [CalendarDate, string] => [addDays(eve, n), '春节']),
    [`${year}-04-${String(qingming.getDay()).padStart(2, '0')}`, '清明节'],
    [`${year}-05-01`, '劳动节'],
    [`${year}-05-02`, '劳动节'],
    [lunarOccurrence(year, { month: 5, day: 5 }), '端午节'],
    [lunarOccurrence(year, { month: 8, day: 15 }), '中秋节'],
    ...[1, 2, 3].map((day): [CalendarDate, string] => [`${year}-10-0${day}`, '国庆节']),
  ]);
}

/** What to call a day that is off for a holiday, or worked in exchange for one. Names not known here stay as they are. */
export function holidayText(name: string, off: boolean): Text {
  const translated = name
    .split('、')
    .map((part) => english[part] ?? part)
    .join(', ');
  return off ? [name, translated] : [`${name}调休上班`, `make-up workday, ${translated}`];
}
