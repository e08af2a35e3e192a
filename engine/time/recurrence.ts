import type { LunarDay, Recurrence } from '../../sdk/duty.ts';
import type { Text } from '../../sdk/program.ts';
import { type Rule, readRule, ruleDayAfter } from '../../sdk/rule.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { dayNumberOf, daysInMonth, fromDayNumber, partsOf, toDayNumber, weekdayOf } from './day-number.ts';
import { nextIndexAfter, occurrence } from './grid.ts';
import { leapMonthOf, lunarOccurrence, solarToLunar } from './lunar.ts';

/** Past it nothing is planned: dates end with the year 2999, and the lunar year before it must still be known. */
const LAST: CalendarDate = '2990-12-31';

/**
 * The first day after `after` that lies on the grid of a recurrence begun on `anchor`; for a quota the last day of the period.
 * Undefined when none is left. The anchor itself is never one (a start day is not counted). Pure: civil dates only, so that no
 * time zone and no clock changes it. COUNT of a rule is the caller's, who knows how many there were.
 */
export function gridDayAfter(
  recurrence: Recurrence,
  anchor: CalendarDate,
  after: CalendarDate,
): CalendarDate | undefined {
  const from = after > anchor ? after : anchor;
  const day = dayAfter(recurrence, anchor, from);
  return day === undefined || day > LAST ? undefined : day;
}

function dayAfter(recurrence: Recurrence, anchor: CalendarDate, from: CalendarDate): CalendarDate | undefined {
  const { every, rrule, solar, lunar, quota } = recurrence;
  if (every !== undefined) return stepAfter(anchor, every, from);
  if (rrule !== undefined) return ruleDayAfter(ruleOf(rrule), anchor, from);
  if (solar !== undefined) return earliest(solar.map((day) => solarAfter(day, from)));
  if (lunar !== undefined) return earliest(lunar.map((day) => lunarAfter(day, from)));
  const { within } = quota;
  return within.startsWith('calendar ') ? periodEndAfter(within, from) : stepAfter(anchor, within, from);
}

/** How many days a recurrence plans at most. */
export function mostOf({ rrule }: Recurrence): number {
  return rrule === undefined ? Infinity : (ruleOf(rrule).count ?? Infinity);
}

/** The name of the day on which an occurrence lies, such as 端午; of two on one day the first. */
export function nameOfDay({ lunar = [] }: Recurrence, date: CalendarDate): Text | undefined {
  const before = fromDayNumber(toDayNumber(date) - 1);
  return lunar.find((day) => day.name && lunarAfter(day, before) === date)?.name;
}

/** The first day of the period of a quota that ends on `end`. */
export function periodStart(within: string, anchor: CalendarDate, end: CalendarDate): CalendarDate {
  if (within.startsWith('calendar ')) {
    const { year, month } = partsOf(end);
    if (within === 'calendar week') return fromDayNumber(toDayNumber(end) - 6);
    const months = MONTHS[within] ?? 1;
    return fromDayNumber(dayNumberOf({ year, month: month - months + 1, day: 1 }));
  }
  const n = nextIndexAfter(anchor, within, fromDayNumber(toDayNumber(end) - 1));
  return fromDayNumber(toDayNumber(n === 1 ? anchor : occurrence({ anchor, every: within, n: n - 1 })) + 1);
}

const MONTHS: Readonly<Record<string, number>> = { 'calendar month': 1, 'calendar quarter': 3, 'calendar year': 12 };

function stepAfter(anchor: CalendarDate, every: string, from: CalendarDate): CalendarDate {
  return occurrence({ anchor, every, n: nextIndexAfter(anchor, every, from) });
}

/** Programs are checked before they are used: a rule that cannot be read is a fault of ours. */
function ruleOf(rrule: string): Rule {
  const rule = readRule(rrule);
  if (typeof rule === 'string') throw new RangeError(`not a rule of RFC 5545: ${rule}`);
  return rule;
}

function solarAfter(day: string, from: CalendarDate): CalendarDate {
  const [month = 1, date = 1] = day.split('-').map(Number);
  for (let year = partsOf(from).year; ; year++) {
    const at = fromDayNumber(dayNumberOf({ year, month, day: Math.min(date, daysInMonth(year, month)) }));
    if (at > from) return at;
  }
}

function lunarAfter(day: LunarDay, from: CalendarDate): CalendarDate {
  for (let year = solarToLunar(from).year; ; year++) {
    const at = lunarDaysOf(year, day).find((each) => each > from);
    if (at !== undefined) return at;
  }
}

/** When a day falls in a lunar year: once, or twice where it is also wanted in the leap month. */
function lunarDaysOf(year: number, { month, day, leap }: LunarDay): CalendarDate[] {
  if (leap === 'instead') return [lunarOccurrence(year, { month: -month, day })];
  const days = [lunarOccurrence(year, { month, day })];
  if (leap === 'also' && leapMonthOf(year) === month) days.push(lunarOccurrence(year, { month: -month, day }));
  return days;
}

function periodEndAfter(within: string, from: CalendarDate): CalendarDate {
  const next = toDayNumber(from) + 1;
  if (within === 'calendar week') return fromDayNumber(next + 7 - weekdayOf(next));
  const { year, month } = partsOf(fromDayNumber(next));
  const months = MONTHS[within];
  if (months === undefined) throw new RangeError(`not a period like "calendar month" or "2 weeks": ${within}`);
  const last = Math.ceil(month / months) * months;
  return fromDayNumber(dayNumberOf({ year, month: last, day: daysInMonth(year, last) }));
}

function earliest(days: readonly CalendarDate[]): CalendarDate | undefined {
  return days.reduce<CalendarDate | undefined>(
    (best, day) => (best === undefined || day < best ? day : best),
    undefined,
  );
}
