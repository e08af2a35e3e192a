import type { Text } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import type { Deadline, PlannedRung } from './state.ts';
import { toDate } from './time/civil.ts';
import { dueOf, graceDeadline } from './time/clock.ts';
import { OFFICE_HOURS, rungInstant } from './time/rungs.ts';
import type { World } from './world.ts';

/** What a new clock is made from. `plannedDate`: an occurrence of a duty, whose deadline is that day plus the budget as grace. */
export interface DeadlineWish {
  readonly id: string;
  readonly of: Deadline['of'];
  readonly name: Text;
  /** The post role that answers for it. */
  readonly answers: string;
  readonly start: Instant;
  readonly budget: string;
  readonly ladder: string;
  readonly world: Pick<World, 'program' | 'calendar'>;
  readonly plannedDate?: CalendarDate;
  /** Persons whose posts the ladder passes over. */
  readonly skips?: readonly string[];
}

/** A new clock with its ladder planned, in generation 1. */
export function deadlineFor(wish: DeadlineWish): Deadline {
  const { id, of, name, answers, start, budget, ladder, world, plannedDate, skips } = wish;
  const { calendar } = world;
  const due = plannedDate
    ? graceDeadline({ plannedDate, grace: budget, calendar })
    : dueOf({ start, budget, calendar, pauses: [], extensions: [] });
  const base = { id, of, name, answers, start, budget, ladder, extensions: [], pauses: [], generation: 1 };
  return {
    ...base,
    ...due,
    rungs: planRungs(due, ladder, world),
    ...(plannedDate ? { plannedDate } : {}),
    ...(skips?.length ? { skips } : {}),
  };
}

/**
 * A clock moved by pauses or extensions (or a newer calendar): the due date counted again from the same start, all rungs
 * planned anew in the next generation. What fired in an earlier generation stays fired.
 */
export function moved(
  deadline: Deadline,
  change: Partial<Pick<Deadline, 'pauses' | 'extensions'>>,
  world: Pick<World, 'program' | 'calendar'>,
): Deadline {
  const { pausedSince: _, dueDate: __, ...rest } = { ...deadline, ...change };
  const { calendar } = world;
  const due = countAgain(rest, calendar);
  return { ...rest, ...due, generation: deadline.generation + 1, rungs: planRungs(due, rest.ladder, world) };
}

/** Whether the deadline's own record of accountability has been written in this generation, and its id. */
export function accountOf(deadline: Deadline): string | undefined {
  const fired = deadline.rungs.some((rung) => rung.account && rung.firedAt);
  return fired ? accountId(deadline) : undefined;
}

/** The id of the accountability record of this generation of a deadline: one record a generation. */
export function accountId({ id, generation }: Pick<Deadline, 'id' | 'generation'>): string {
  return `${id}.g${generation}`;
}

/** Pauses with the open one ended on the day of `at` (both ends included). */
export function endPause(deadline: Deadline, at: Instant): Deadline['pauses'] {
  return deadline.pauses.map((pause) => (pause.to === undefined ? { ...pause, to: toDate(at) } : pause));
}

function countAgain(clock: Omit<Deadline, 'rungs' | 'dueDate'>, calendar: World['calendar']) {
  const pauses = clock.pauses.flatMap(({ from, to }) => (to === undefined ? [] : [{ from, to }]));
  const { start, budget, extensions, plannedDate } = clock;
  return plannedDate === undefined
    ? dueOf({ start, budget, calendar, pauses, extensions })
    : graceDeadline({ plannedDate, grace: budget, calendar, pauses, extensions });
}

function planRungs(
  due: { readonly dueAt: Instant; readonly dueDate?: CalendarDate },
  ladder: string,
  { program, calendar }: Pick<World, 'program' | 'calendar'>,
): PlannedRung[] {
  return (program.ladders[ladder] ?? []).map((rung, n) => ({
    n,
    tell: rung.tell,
    account: rung.account ?? false,
    at: rungInstant({
      ...due,
      offset: rung.at,
      hours: rung.hours === 'any' ? 'any' : OFFICE_HOURS,
      calendar,
    }),
  }));
}
