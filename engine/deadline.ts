import type { Text } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import type { EventDraft } from './event.ts';
import { hoursOf, planRungs } from './ladder.ts';
import { rungsOf } from './own-ladders.ts';
import type { Deadline, KindPause, PlannedRung } from './state.ts';
import { addDays, addMs, startOfDay, toDate } from './time/civil.ts';
import { dueOf, graceDeadline, isLate } from './time/clock.ts';
import { DAY_MS } from './time/day-number.ts';
import { joinPauses } from './time/pauses.ts';
import { rungInstant } from './time/rungs.ts';
import type { World } from './world.ts';

/** What clocks and their ladders are counted by. */
type ClockWorld = Pick<World, 'program' | 'calendar' | 'org' | 'home'>;

/** What a clock is moved by: as of `now` some of its rungs may have passed. */
type MovingWorld = ClockWorld & Pick<World, 'now'>;

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
  readonly world: ClockWorld;
  readonly plannedDate?: CalendarDate;
  readonly graceFrom?: Instant;
  /** The unit whose head has to answer, where that is not the answering post. */
  readonly unit?: string;
  /** Persons whose posts the ladder passes over. */
  readonly skips?: readonly string[];
}

/** A new clock with its ladder planned, in generation 1. */
export function deadlineFor(wish: DeadlineWish): Deadline {
  const { id, of, name, answers, unit, start, budget, ladder, world, plannedDate, graceFrom, skips } = wish;
  const { calendar } = world;
  const due = plannedDate
    ? graceDeadline({ plannedDate, grace: budget, calendar, ...(graceFrom ? { from: graceFrom } : {}) })
    : dueOf({ start, budget, calendar, pauses: [], extensions: [] });
  const whose = { answers, ...(unit === undefined ? {} : { unit }) };
  const base = { id, of, name, ...whose, start, budget, ladder, extensions: [], pauses: [], generation: 1 };
  return {
    ...base,
    ...due,
    rungs: planRungs({ start, ...due }, base, world),
    ...(plannedDate ? { plannedDate } : {}),
    ...(graceFrom ? { graceFrom } : {}),
    ...(skips?.length ? { skips } : {}),
  };
}

/**
 * A clock after pauses, extensions or a newer calendar: the due date counted again from the same start. When it moved, the
 * rungs are planned anew in the next generation; what fired in an earlier one stays fired. When it did not, generation and
 * rungs stay; only where the pause began after the deadline do the rungs still to come wait as many days as it has newly
 * stood still. A clock that is paused stays paused while any pause of it is open, however else it is moved.
 */
export function moved(
  deadline: Deadline,
  change: Partial<Pick<Deadline, 'pauses' | 'extensions' | 'granted' | 'budget'>>,
  world: MovingWorld,
): Deadline {
  const { pausedSince, dueDate: _, ...changed } = { ...deadline, ...change };
  const rest = { ...changed, pauses: joined(changed.pauses) };
  const due = countAgain(rest, world.calendar);
  const paused = pausedSince && rest.pauses.some((pause) => pause.to === undefined) ? { pausedSince } : {};
  if (due.dueAt === deadline.dueAt)
    return { ...rest, ...due, ...paused, rungs: postponed(deadline, changed.pauses, world) };
  const rungs = highestPassed(planRungs({ start: rest.start, ...due }, rest, world), { ...rest, ...due }, world.now);
  return { ...rest, ...due, ...paused, generation: deadline.generation + 1, rungs };
}

/**
 * Rungs of a clock with another date: of those that lie in the past already only the highest fires, in the name of all. A
 * date that has passed as well is no new promise: while a record of accountability is open it causes no second one.
 */
function highestPassed(
  rungs: readonly PlannedRung[],
  { dueAt, accounts }: Pick<Deadline, 'dueAt' | 'accounts'>,
  now: Instant,
): readonly PlannedRung[] {
  const passed = rungs.filter(({ at }) => at <= now);
  const highest = passed.reduce<PlannedRung | undefined>(
    (top, rung) => (top && top.at > rung.at ? top : rung),
    undefined,
  );
  const recorded = dueAt <= now && (accounts?.length ?? 0) > 0;
  return rungs
    .filter((rung) => rung.at > now || rung === highest)
    .map((rung) => {
      const asks = rung.account || (rung === highest && passed.some(({ account }) => account));
      return { ...rung, account: asks && !recorded };
    });
}

/** Rungs of an unmoved deadline after a pause of it has ended: days that an earlier pause has covered move nothing again. */
function postponed(deadline: Deadline, after: Deadline['pauses'], world: ClockWorld): readonly PlannedRung[] {
  const { ladder, rungs, pauses: before, pausedSince } = deadline;
  const ended = after.find((pause, n) => pause.to !== undefined && before[n] && before[n].to === undefined);
  if (ended === undefined || !isAfterDue(deadline, ended.from)) return rungs;
  const since = pausedSince ?? startOfDay(ended.from);
  const lasted = (pausedDays(after) - pausedDays(before)) * DAY_MS;
  return rungs.map((rung) => {
    if (rung.firedAt || rung.at < since) return rung;
    const hours = hoursOf(world, deadline, rungsOf(world.program, ladder)[rung.n]);
    return {
      ...rung,
      at: rungInstant({ dueAt: addMs(rung.at, lasted), offset: 'due', hours, calendar: world.calendar }),
    };
  });
}

/** Whether a pause from the start of a day on begins when the deadline has passed: such a pause moves no date. */
export function isAfterDue({ dueAt, dueDate }: Pick<Deadline, 'dueAt' | 'dueDate'>, from: CalendarDate): boolean {
  return dueDate === undefined ? startOfDay(from) >= dueAt : from > dueDate;
}

/** Whether a clock is past its deadline at `now`, and no pause that began before it still holds it. */
export function isOverdue(deadline: Deadline, now: Instant): boolean {
  return isLate(deadline, now) && openPauses(deadline).every(({ from }) => isAfterDue(deadline, from));
}

/**
 * The first day of a pause made at `now` for what happened at `at`. A clock that is overdue already stands still from now on
 * and never earlier: from today, or from tomorrow where the deadline is a moment, so that no pause takes lateness back.
 */
export function pauseFrom(deadline: Deadline, at: Instant, now: Instant): CalendarDate {
  if (!isOverdue(deadline, now)) return toDate(at);
  return deadline.dueDate === undefined ? addDays(toDate(now), 1) : toDate(now);
}

/** Ended pauses of one kind that touch or overlap as one, so that a clock paused every day keeps one pause and not hundreds. */
function joined(pauses: Deadline['pauses']): Deadline['pauses'] {
  const all: (KindPause | undefined)[] = [...pauses];
  for (const [i, pause] of pauses.entries()) {
    if (pause.to === undefined) continue;
    let { from, to }: { from: CalendarDate; to: CalendarDate } = { from: pause.from, to: pause.to };
    for (const [j, other] of all.slice(0, i).entries()) {
      if (other?.to === undefined || other.kind !== pause.kind) continue;
      if (other.from > addDays(to, 1) || from > addDays(other.to, 1)) continue;
      from = other.from < from ? other.from : from;
      to = other.to > to ? other.to : to;
      all[j] = undefined;
    }
    all[i] = { ...pause, from, to };
  }
  return all.filter((pause) => pause !== undefined);
}

/** What becomes of the records of accountability a clock has caused when it ends: done at `at`, or never when there is no such time. */
export function accountsSettled({ accounts = [] }: Pick<Deadline, 'accounts'>, at?: Instant): EventDraft[] {
  return accounts.map(({ id, dueAt }) => {
    const done =
      at !== undefined && isLate({ dueAt }, at) ? ('done late' as const) : ('done in time, recorded late' as const);
    return { type: 'accountability.settled', data: { id, result: at === undefined ? 'never done' : done } };
  });
}

/** What extends a clock by a budget: approved by a person on the day of `at`. */
export function extension(
  { extensions, granted = [] }: Pick<Deadline, 'extensions' | 'granted'>,
  budget: string,
  { by, at, askedBy }: { readonly by: string; readonly at: Instant; readonly askedBy?: string },
): Pick<Required<Deadline>, 'extensions' | 'granted'> {
  const grant = { budget, by, on: toDate(at), ...(askedBy === undefined ? {} : { askedBy }) };
  return { extensions: [...extensions, budget], granted: [...granted, grant] };
}

/** The id of the accountability record of this generation of a deadline: one record a generation. */
export function accountId({ id, generation }: Pick<Deadline, 'id' | 'generation'>): string {
  return `${id}.g${generation}`;
}

/**
 * Pauses with the open one of a kind (all open ones without it) ended on the day of `at`, at the earliest on the day it
 * began (both ends included).
 */
export function endPause(deadline: Deadline, at: Instant, kind?: string): Deadline['pauses'] {
  const to = toDate(at);
  return deadline.pauses.map((pause) =>
    pause.to === undefined && (kind === undefined || pause.kind === kind)
      ? { ...pause, to: to < pause.from ? pause.from : to }
      : pause,
  );
}

/** Pauses of a clock that have not ended. */
export function openPauses({ pauses }: Pick<Deadline, 'pauses'>): Deadline['pauses'] {
  return pauses.filter(({ to }) => to === undefined);
}

/** On how many days ended pauses let a clock stand still, overlaps counted once. */
function pausedDays(pauses: Deadline['pauses']): number {
  const ended = joinPauses(pauses.filter(({ to }) => to !== undefined));
  return ended.reduce((days, { first, last }) => days + last - first + 1, 0);
}

function countAgain(clock: Omit<Deadline, 'rungs' | 'dueDate'>, calendar: World['calendar']) {
  const pauses = clock.pauses.flatMap(({ from, to }) => (to === undefined ? [] : [{ from, to }]));
  const { start, budget, extensions, plannedDate, plannedGuess, graceFrom } = clock;
  if (plannedDate === undefined) return dueOf({ start, budget, calendar, pauses, extensions });
  const from = graceFrom ? { from: graceFrom } : {};
  const due = graceDeadline({ plannedDate, grace: budget, calendar, pauses, extensions, ...from });
  return { ...due, provisional: due.provisional || (plannedGuess !== undefined && calendar.provisional(plannedGuess)) };
}
