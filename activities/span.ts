import { parseBudget } from '../sdk/budget.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const unitMs = {
  minutes: minuteMs,
  hours: 60 * minuteMs,
  days: dayMs,
  'working days': (dayMs * 7) / 5,
  weeks: 7 * dayMs,
  months: 31 * dayMs,
  years: 366 * dayMs,
} as const;

/**
 * A budget as a span for technical limits (how long a plugin's call may be tried), where a day more or less does not matter.
 * Deadlines of cases are counted by engine/time. Throws a RangeError for a text that is no budget.
 */
export function spanMs(budget: string): number {
  const parsed = parseBudget(budget);
  if (!parsed) throw new RangeError(`${budget} is not a span of time such as "2 hours"`);
  return Math.max(1_000, Math.ceil(parsed.n * unitMs[parsed.unit]));
}
