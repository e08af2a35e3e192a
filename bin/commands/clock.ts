import { type Command, InvalidArgumentError } from 'commander';
import { productCalendar } from '../../engine/time/calendar-years.ts';
import { isCalendarDate, normalizeInstant, startOfDay } from '../../engine/time/civil.ts';
import type { Clock } from '../../engine/time/clock.ts';
import { type Explanation, explainDue } from '../../engine/time/explain.ts';
import type { ClosedPause } from '../../engine/time/pauses.ts';
import { parseBudget } from '../../sdk/budget.ts';
import type { Instant } from '../../sdk/time.ts';
import type { RegisterCommand } from '../context.ts';

interface Options {
  readonly start: Instant;
  readonly budget: string;
  readonly pause: readonly ClosedPause[];
  readonly extend: readonly string[];
  readonly json?: true;
}

/** `linli clock`: the date a budget ends, and why, day by day. Needs no server and no database. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('clock')
    .description('the date a budget ends, and why')
    .requiredOption(
      '--start <date>',
      'the start: a date, or a moment with its offset (the start day is not counted)',
      readStart,
    )
    .requiredOption('--budget <budget>', 'such as "15 working days", "30 days", "2 months" or "36 hours"', readBudget)
    .option('--pause <from..to>', 'days that do not count, both ends included; can be given again', readPause, [])
    .option('--extend <budget>', 'added at the end, such as "10 working days"; can be given again', readExtension, [])
    .option('--json', 'for programs: {due, provisional, days: [{date, counted, why: [zh, en]}]}')
    .action(({ start, budget, pause, extend, json }: Options, command: Command) => {
      const clock = { start, budget, pauses: pause, extensions: extend, calendar: productCalendar };
      const answer = explained(clock, command);
      if (json) {
        const days = answer.days.map(({ date, counted, why }) => ({ date, counted, why }));
        return context.print(JSON.stringify({ ...answer, days }, undefined, 2));
      }
      for (const { date, counted, why } of answer.days)
        context.print(`${date} ${counted ? '✓' : ' '} ${why.join(' · ')}`);
      context.print(
        `${answer.due}${answer.provisional ? '  (暂定 provisional: no official calendar for these days)' : ''}`,
      );
    });
};

/** The answer, or wrong use where the budget leads out of the years Linli counts in (1900 to 2999). */
function explained(clock: Clock, command: Command): Explanation {
  try {
    return explainDue(clock);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return command.error(`error: this date cannot be counted: ${error.message}`, {
      code: 'commander.invalidArgument',
      exitCode: 2,
    });
  }
}

function readStart(text: string): Instant {
  const start = isCalendarDate(text) ? startOfDay(text) : normalizeInstant(text);
  if (start === undefined)
    throw new InvalidArgumentError('Give a date like 2026-09-18 or a moment like 2026-09-18T09:00:00+08:00.');
  return start;
}

function readBudget(text: string): string {
  if (!parseBudget(text))
    throw new InvalidArgumentError('Give a budget like "15 working days", "2 months" or "36 hours".');
  return text;
}

function readExtension(text: string, before: readonly string[]): readonly string[] {
  return [...before, readBudget(text)];
}

function readPause(text: string, before: readonly ClosedPause[]): readonly ClosedPause[] {
  const [from, to, ...more] = text.split('..');
  if (
    from === undefined ||
    to === undefined ||
    more.length > 0 ||
    !isCalendarDate(from) ||
    !isCalendarDate(to) ||
    to < from
  ) {
    throw new InvalidArgumentError('Give the first and the last day like 2026-10-09..2026-10-12.');
  }
  return [...before, { from, to }];
}
