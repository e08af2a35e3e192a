import { type ParsedBudget, parseBudget } from '../budget.ts';
import { keyOf } from '../keys.ts';
import type { Item, Program, Stage } from '../program.ts';

/** Days of a unit, at least and at most: working days spread over rest days, months and years differ. */
const DAYS: Readonly<Record<ParsedBudget['unit'], readonly [least: number, most: number]>> = {
  minutes: [1 / 1440, 1 / 1440],
  hours: [1 / 24, 1 / 24],
  'working days': [1, 2],
  days: [1, 1],
  weeks: [7, 7],
  months: [28, 31],
  years: [365, 366],
};

/**
 * Deadlines that cannot hold together: an item (with those its clock waits for), or the time limit of a call, that ends for
 * certain only after its stage. The approved plan of a case may give the stage another deadline, so that it is no reason to
 * refuse the program itself.
 */
export function deadlineProblems(program: Program): string[] {
  return program.stages.flatMap((stage) => {
    const allowed = daysOf(stage.within)?.[1];
    if (allowed === undefined || stage.from !== undefined) return [];
    return stage.items.flatMap((item) => {
      const at = `stages.${stage.stage}.${keyOf(item)}`;
      const least = leastDays(stage, item);
      const limit = 'call' in item ? (daysOf(item.limit)?.[0] ?? 0) : 0;
      return [
        ...(least > allowed
          ? [`${at}.within: ends for certain only after its stage, which has ${stage.within}; give the stage more time`]
          : []),
        ...(limit > allowed ? [`${at}.limit: is longer than its stage, which has ${stage.within}`] : []),
      ];
    });
  });
}

/** The fewest days after its stage's beginning on which the time allowed for an item, and for those it starts after, is over. */
function leastDays(stage: Stage, item: Item, seen: ReadonlySet<Item> = new Set()): number {
  const own = item.within === undefined ? 0 : (daysOf(item.within)?.[0] ?? 0);
  const before = stage.items.find((each) => keyOf(each) === item.from);
  if (!before || seen.has(before)) return own;
  return own + leastDays(stage, before, new Set([...seen, item]));
}

function daysOf(budget: string): readonly [number, number] | undefined {
  const parsed = parseBudget(budget);
  const days = parsed && DAYS[parsed.unit];
  return days && [parsed.n * days[0], parsed.n * days[1]];
}
