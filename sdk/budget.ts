type Plural = 'minutes' | 'hours' | 'working days' | 'days' | 'weeks' | 'months' | 'years';
type Singular = 'minute' | 'hour' | 'working day' | 'day' | 'week' | 'month' | 'year';
type PeriodPlural = 'days' | 'weeks' | 'months' | 'years';
type PeriodSingular = 'day' | 'week' | 'month' | 'year';

/** The unit of a parsed budget, always in the plural. */
export type BudgetUnit = Plural;

/**
 * A length of time as an official writes it: `15 working days`, `2 months`, `1 day`.
 * How each unit is counted: engine/time/clock.ts. Fractions and signs pass the compiler but not {@link parseBudget}.
 */
export type Budget = `${number} ${Plural}` | `1 ${Singular}`;

/** How often a duty returns: `3 days`, `1 month`. Whole days and longer, at least one. */
export type Every = `${number} ${PeriodPlural}` | `1 ${PeriodSingular}`;

/** Where a rung lies beside its deadline: `due`, `-5 working days`, `+1 working day`, `+2 hours`. */
export type Offset = 'due' | `${'+' | '-'}${number} ${Plural}` | `${'+' | '-'}1 ${Singular}`;

/** A budget taken apart: `n` units, `n` a whole number from 0 up. */
export interface ParsedBudget {
  readonly n: number;
  readonly unit: BudgetUnit;
}

/** An interval taken apart: `n` units, `n` a whole number from 1 up. */
export interface ParsedEvery {
  readonly n: number;
  readonly unit: PeriodPlural;
}

/** An offset taken apart: `n` is negative before the deadline and positive after it; `due` is 0 minutes. */
export interface ParsedOffset {
  readonly n: number;
  readonly unit: BudgetUnit;
}

/** The longest budget is a hundred years in any unit, so that no due date leaves the calendar. */
const MOST: Readonly<Record<BudgetUnit, number>> = {
  minutes: 52_560_000,
  hours: 876_000,
  'working days': 26_000,
  days: 36_525,
  weeks: 5_218,
  months: 1_200,
  years: 100,
};

const SHAPE = /^(0|[1-9]\d{0,7}) (minute|hour|working day|day|week|month|year)(s?)$/;

/**
 * Reads a budget: `{n, unit}`, or undefined when the text is none (a sign, a fraction, a leading zero, an unknown unit,
 * `2 day`, more than a hundred years). `0 days` is a budget: it ends with the day on which it starts.
 */
export function parseBudget(text: string): ParsedBudget | undefined {
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const n = Number(match[1]);
  if (match[3] === '' && n !== 1) return undefined;
  const unit = `${match[2] as Singular}s` as const;
  return n <= MOST[unit] ? { n, unit } : undefined;
}

/** Reads an interval of a duty: a budget of at least one day, week, month or year; undefined otherwise. */
export function parseEvery(text: string): ParsedEvery | undefined {
  const budget = parseBudget(text);
  if (!budget || budget.n < 1) return undefined;
  const { n, unit } = budget;
  return unit === 'days' || unit === 'weeks' || unit === 'months' || unit === 'years' ? { n, unit } : undefined;
}

/** Reads the offset of a rung, or undefined. `+0 days` is refused: that rung is called `due`. */
export function parseOffset(text: string): ParsedOffset | undefined {
  if (text === 'due') return { n: 0, unit: 'minutes' };
  const sign = text[0] === '+' ? 1 : text[0] === '-' ? -1 : 0;
  const budget = sign === 0 ? undefined : parseBudget(text.slice(1));
  return budget && budget.n > 0 ? { n: sign * budget.n, unit: budget.unit } : undefined;
}
