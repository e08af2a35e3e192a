import { type ParsedBudget, parseBudget, parseEvery } from '../budget.ts';
import { FORMS } from '../duty.ts';
import type { Duty, Program } from '../program.ts';
import { happens, readRule } from '../rule.ts';
import { parseAt } from '../time-slot.ts';

const CALENDAR_PERIODS = ['calendar week', 'calendar month', 'calendar quarter', 'calendar year'];
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Each duty has exactly one form of recurrence, which can be read and plans something; times, windows and grace fit together. */
export function dutyProblems(program: Program): string[] {
  return program.duties.flatMap((duty) => {
    const at = `duties.${duty.duty}`;
    const forms = FORMS.filter((form) => duty[form] !== undefined);
    const one =
      forms.length === 1
        ? []
        : [`${at}: says ${forms.length === 0 ? 'nothing' : forms.join(' and ')}; one of ${FORMS.join(', ')} is needed`];
    const checks = [everyProblems, ruleProblems, solarProblems, lunarProblems, quotaProblems];
    const rest = [graceProblems, timeProblems, windowProblems, restProblems];
    return [...one, ...[...checks, ...rest].flatMap((check) => check(at, duty))];
  });
}

function everyProblems(at: string, { every }: Duty): string[] {
  return every === undefined || parseEvery(every)
    ? []
    : [`${at}.every: "${every}" is no interval; write it as "3 days"`];
}

function ruleProblems(at: string, { rrule }: Duty): string[] {
  if (rrule === undefined) return [];
  const rule = readRule(rrule);
  if (typeof rule === 'string') return [`${at}.rrule: ${rule}`];
  return happens(rule) ? [] : [`${at}.rrule: "${rrule}" never happens`];
}

function solarProblems(at: string, { solar = [] }: Duty): string[] {
  return [
    ...solar.flatMap((day) => {
      const [, month, date] = /^(\d\d)-(\d\d)$/.exec(day) ?? [];
      const days = DAYS_IN_MONTH[Number(month) - 1] ?? 0;
      return Number(date) >= 1 && Number(date) <= days ? [] : [`${at}.solar: "${day}" is no day; write it as "07-01"`];
    }),
    ...twice(solar).map((day) => `${at}.solar: "${day}" is there twice`),
  ];
}

function lunarProblems(at: string, { lunar = [] }: Duty): string[] {
  const days = lunar.map(({ month, day, leap }) => `month ${month}, day ${day}${leap ? ` (leap: ${leap})` : ''}`);
  return twice(days).map((day) => `${at}.lunar: ${day} is there twice`);
}

function quotaProblems(at: string, { quota, at: times, window, restDays }: Duty): string[] {
  if (!quota) return [];
  const members = [times && 'at', window && 'window', restDays && 'restDays'].filter(Boolean);
  return [
    ...(CALENDAR_PERIODS.includes(quota.within) || parseEvery(quota.within)
      ? []
      : [`${at}.quota.within: "${quota.within}" is no period; write "calendar month" or "2 weeks"`]),
    ...members.map((member) => `${at}.${member}: a quota is done on any day of its period, and has no "${member}"`),
  ];
}

function graceProblems(at: string, { grace, quota }: Duty): string[] {
  if (grace === undefined) return quota ? [] : [`${at}.grace: is missing; "0 days" ends with the planned day`];
  return parseBudget(grace) ? [] : [`${at}.grace: "${grace}" is no budget; write it as "15 working days"`];
}

function timeProblems(at: string, { at: times = [] }: Duty): string[] {
  const slots = times.map(parseAt);
  return times.flatMap((time, n) => {
    const slot = slots[n];
    if (!slot) return [`${at}.at: "${time}" is no time of day; write "21:00" or "16:00-18:00"`];
    const before = slots[n - 1];
    return before && slot.from < (before.to ?? before.from) + (before.to ? '' : ' ')
      ? [`${at}.at: "${time}" is not after the one before it`]
      : [];
  });
}

/** Lengths are compared only where both are exact or both are in days: what else they come to hangs on the calendar. */
function windowProblems(at: string, { window, grace, at: times }: Duty): string[] {
  if (!window) return [];
  const { opens, closes } = window;
  const found = (['opens', 'closes'] as const).flatMap((member) => {
    const text = window[member];
    return text === undefined || parseBudget(text)
      ? []
      : [`${at}.window.${member}: "${text}" is no budget; write it as "3 days"`];
  });
  if (opens === undefined && closes === undefined) found.push(`${at}.window: neither opens nor closes anything`);
  if (times === undefined && isExact(parseBudget(opens ?? '')))
    found.push(`${at}.window.opens: "${opens}" before which time of day? Give \`at\`, or whole days`);
  const [end, last] = [parseBudget(closes ?? ''), parseBudget(grace ?? '')];
  if (end && last && lengthOf(end, last) < lengthOf(last, end))
    found.push(`${at}.window.closes: "${closes}" is shorter than the grace of "${grace}"`);
  return found;
}

function restProblems(at: string, { restDays, solar, lunar, every, rrule }: Duty): string[] {
  if (restDays !== 'skip') return [];
  if (solar || lunar)
    return [
      `${at}.restDays: a day of the year is not skipped, as festivals always are rest days; move it, or let it stay`,
    ];
  const weekday = every === undefined ? rrule !== undefined && staysOnWeekend(rrule) : isWeekly(every);
  return weekday
    ? [
        `${at}.restDays: "${every ?? rrule}" can fall on weekends only, and then would never be asked for; write BYDAY with a working day, or move it`,
      ]
    : [];
}

/** A grid of whole weeks keeps the weekday on which the case happened to begin. */
function isWeekly(every: string): boolean {
  const { n = 1, unit } = parseEvery(every) ?? {};
  return unit === 'weeks' || (unit === 'days' && n % 7 === 0);
}

/** Whether a rule names weekends only, or keeps the weekday of the start day. */
function staysOnWeekend(rrule: string): boolean {
  const parts = new Map(rrule.split(';').map((part) => part.split('=') as [string, string | undefined]));
  const days = parts.get('BYDAY');
  if (days) return days.split(',').every((day) => /S[AU]$/.test(day));
  if (parts.has('BYMONTHDAY') || parts.has('BYMONTH')) return false;
  const freq = parts.get('FREQ');
  return freq === 'WEEKLY' || (freq === 'DAILY' && Number(parts.get('INTERVAL') ?? 1) % 7 === 0);
}

function isExact(budget: ParsedBudget | undefined): boolean {
  return budget?.unit === 'hours' || budget?.unit === 'minutes';
}

const MINUTES = { minutes: 1, hours: 60, days: 1_440, weeks: 10_080 } as const;

/** In minutes; equal for units that cannot be compared with the other's. */
function lengthOf({ n, unit }: ParsedBudget, other: ParsedBudget): number {
  if (unit === other.unit) return n;
  return unit in MINUTES && other.unit in MINUTES ? n * MINUTES[unit as keyof typeof MINUTES] : 0;
}

function twice(list: readonly string[]): string[] {
  return [...new Set(list.filter((one, n) => list.indexOf(one) !== n))];
}
