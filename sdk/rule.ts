import { RRuleTemporal } from 'rrule-temporal';
import type { CalendarDate } from './time.ts';

/** A recurrence rule (RFC 5545) that has been read. */
export interface Rule {
  /** What rrule-temporal is given: the rule without its end. */
  readonly endless: string;
  /** UNTIL: the last day on which it can happen. */
  readonly until?: CalendarDate;
  /** COUNT: how many times it happens at most, the start day not counted. */
  readonly count?: number;
}

/** Parts a rule may have and the values each takes; everything below a day, and RSCALE, is left out on purpose. */
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,2}$/,
  COUNT: /^[1-9]\d{0,4}$/,
  UNTIL: /^\d{8}$/,
  BYMONTH: listOf('(?:[1-9]|1[0-2])'),
  BYMONTHDAY: listOf('-?(?:[1-9]|[12]\\d|3[01])'),
  BYDAY: listOf('(?:[+-]?(?:[1-9]|[1-4]\\d|5[0-3]))?(?:MO|TU|WE|TH|FR|SA|SU)'),
  BYSETPOS: listOf('-?(?:[1-9]\\d?|[12]\\d\\d|3[0-5]\\d|36[0-6])'),
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
};

/**
 * Reads a rule. The library passes over parts it does not know and numbers that cannot be (`BYMONTHDAY=45`), so that a typing
 * error would silently change the promise: here each part is known, there once, and has values that can be.
 * @returns the rule, or in words why it is none
 */
export function readRule(text: string): Rule | string {
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [name = '', value = '', ...rest] = part.split('=');
    const form = PARTS[name];
    if (!form) return `"${part}" is no part of a rule that plans days (${Object.keys(PARTS).join(', ')})`;
    if (parts.has(name)) return `${name} is there twice`;
    if (rest.length > 0 || !form.test(value)) return `${name} cannot be "${[value, ...rest].join('=')}"`;
    parts.set(name, value);
  }
  const freq = parts.get('FREQ');
  if (!freq) return 'FREQ is missing';
  if (parts.has('COUNT') && parts.has('UNTIL')) return 'COUNT and UNTIL cannot both be there';
  if (freq === 'WEEKLY' && parts.has('BYMONTHDAY')) return 'BYMONTHDAY does not go with FREQ=WEEKLY';
  const numbered = /\d/.test(parts.get('BYDAY') ?? '');
  if (numbered && !['MONTHLY', 'YEARLY'].includes(freq))
    return 'a numbered BYDAY goes with FREQ=MONTHLY and YEARLY only';
  const others = ['BYMONTH', 'BYMONTHDAY', 'BYDAY'].some((name) => parts.has(name));
  if (parts.has('BYSETPOS') && !others) return 'BYSETPOS needs another BY… part to choose from';
  const until = untilOf(parts.get('UNTIL'));
  if (until === 'no day') return `UNTIL is no day: ${parts.get('UNTIL')}`;
  const count = parts.get('COUNT');
  const endless = [...parts].filter(([name]) => name !== 'COUNT' && name !== 'UNTIL').map(([n, v]) => `${n}=${v}`);
  return {
    endless: endless.join(';'),
    ...(until === undefined ? {} : { until }),
    ...(count === undefined ? {} : { count: Number(count) }),
  };
}

/**
 * The first day after `after` on which a rule plans something that begins with `anchor` (its DTSTART); undefined when there
 * is none, ever or before the year 3000. The start day itself, and COUNT, are the caller's.
 */
export function ruleDayAfter({ endless, until }: Rule, anchor: CalendarDate, after: CalendarDate) {
  const rruleString = `DTSTART;TZID=UTC:${anchor.replaceAll('-', '')}T000000\nRRULE:${endless}`;
  const rule = new RRuleTemporal({ rruleString, strict: true, cache: false });
  const day = nextOf(rule, after)?.toPlainDate().toString();
  return day === undefined || day > (until ?? '2999-12-31') || day.length > 10 ? undefined : day;
}

/** Whether a rule ever plans a day, whichever of four years in a row it begins in. */
export function happens(rule: Rule): boolean {
  const { endless } = rule;
  return ['2025', '2026', '2027', '2028'].some((year) => {
    const anchor = `${year}-01-01`;
    return ruleDayAfter({ endless }, anchor, anchor) !== undefined;
  });
}

/** The library gives up with an error where nothing comes for some thousand periods. */
function nextOf(rule: RRuleTemporal, after: CalendarDate) {
  try {
    return rule.next(new Date(`${after}T00:00:00Z`));
  } catch (error) {
    if (error instanceof Error && /exceeded/.test(error.message)) return null;
    throw error;
  }
}

function untilOf(text: string | undefined): CalendarDate | undefined | 'no day' {
  if (text === undefined) return undefined;
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  const read = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date) ? date : 'no day';
}

function listOf(value: string): RegExp {
  return new RegExp(`^${value}(?:,${value})*$`);
}
