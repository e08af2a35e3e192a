import type { Rung, Text } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import type { EventDraft } from './event.ts';
import type { Deadline, PlannedRung } from './state.ts';
import { addMs, endOfDay, startOfDay, toDate, toMs } from './time/civil.ts';
import { dueOf, graceDeadline, isLate } from './time/clock.ts';
import { type Hours, OFFICE_HOURS, rungInstant } from './time/rungs.ts';
import type { World } from './world.ts';

/** What a new clock is made from. `plannedDate`: an occurrence of a duty, whose deadline is that day plus the budget as grace. */
interface DeadlineWish {
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
    rungs: planRungs({ start, ...due }, ladder, world),
    ...(plannedDate ? { plannedDate } : {}),
    ...(skips?.length ? { skips } : {}),
  };
}

/**
 * A clock after pauses, extensions or a newer calendar: the due date counted again from the same start. When it moved, all
 * rungs are planned anew in the next generation; what fired in an earlier one stays fired. When it did not (the pause began
 * after the deadline had passed), the generation stays, and the rungs still to come wait as long as the pause lasted. A
 * clock that is paused stays paused, however else it is moved.
 */
export function moved(
  deadline: Deadline,
  change: Partial<Pick<Deadline, 'pauses' | 'extensions' | 'budget'>>,
  world: Pick<World, 'program' | 'calendar'>,
): Deadline {
  const { pausedSince, dueDate: _, ...rest } = { ...deadline, ...change };
  const due = countAgain(rest, world.calendar);
  const paused = pausedSince && rest.pauses.some((pause) => pause.to === undefined) ? { pausedSince } : {};
  if (due.dueAt === deadline.dueAt)
    return { ...rest, ...due, ...paused, rungs: postponed(deadline, rest.pauses, world) };
  const rungs = planRungs({ start: rest.start, ...due }, rest.ladder, world);
  return { ...rest, ...due, ...paused, generation: deadline.generation + 1, rungs };
}

/** Rungs of an unmoved deadline after a pause of it has ended. */
function postponed(
  { ladder, rungs, pauses: before }: Deadline,
  after: Deadline['pauses'],
  { program, calendar }: Pick<World, 'program' | 'calendar'>,
): readonly PlannedRung[] {
  const ended = after.find((pause, n) => pause.to !== undefined && before[n] && before[n].to === undefined);
  if (ended?.to === undefined) return rungs;
  const from = startOfDay(ended.from);
  const lasted = toMs(endOfDay(ended.to)) - toMs(from);
  return rungs.map((rung) => {
    if (rung.firedAt || rung.at < from) return rung;
    const hours = hoursOf(program.ladders[ladder]?.[rung.n]);
    return { ...rung, at: rungInstant({ dueAt: addMs(rung.at, lasted), offset: 'due', hours, calendar }) };
  });
}

/** What becomes of the records of accountability a clock has caused when it ends: done at `at`, or never when there is no such time. */
export function accountsSettled({ accounts = [] }: Pick<Deadline, 'accounts'>, at?: Instant): EventDraft[] {
  return accounts.map(({ id, dueAt }) => {
    const done =
      at !== undefined && isLate({ dueAt }, at) ? ('done late' as const) : ('done in time, recorded late' as const);
    return { type: 'accountability.settled', data: { id, result: at === undefined ? 'never done' : done } };
  });
}

/** The id of the accountability record of this generation of a deadline: one record a generation. */
export function accountId({ id, generation }: Pick<Deadline, 'id' | 'generation'>): string {
  return `${id}.g${generation}`;
}

/** Pauses with the open one ended on the day of `at`, at the earliest on the day it began (both ends included). */
export function endPause(deadline: Deadline, at: Instant): Deadline['pauses'] {
  const to = toDate(at);
  return deadline.pauses.map((pause) =>
    pause.to === undefined ? { ...pause, to: to < pause.from ? pause.from : to } : pause,
  );
}

function countAgain(clock: Omit<Deadline, 'rungs' | 'dueDate'>, calendar: World['calendar']) {
  const pauses = clock.pauses.flatMap(({ from, to }) => (to === undefined ? [] : [{ from, to }]));
  const { start, budget, extensions, plannedDate } = clock;
  return plannedDate === undefined
    ? dueOf({ start, budget, calendar, pauses, extensions })
    : graceDeadline({ plannedDate, grace: budget, calendar, pauses, extensions });
}

/** The ladder of a clock. A reminder that would lie before the clock's own start is left out: it would remind of nothing. */
function planRungs(
  due: { readonly start: Instant; readonly dueAt: Instant; readonly dueDate?: CalendarDate },
  ladder: string,
  { program, calendar }: Pick<World, 'program' | 'calendar'>,
): PlannedRung[] {
  const rungs = (program.ladders[ladder] ?? []).map(
    (rung, n): PlannedRung => ({
      n,
      tell: rung.tell,
      account: rung.account ?? false,
      at: rungInstant({ ...due, offset: rung.at, hours: hoursOf(rung), calendar }),
    }),
  );
  return rungs.filter(({ at }) => at > due.start);
}

function hoursOf(rung: Rung | undefined): Hours {
  return rung?.hours === 'any' ? 'any' : OFFICE_HOURS;
}
