import type { Text } from '../sdk/program.ts';
import { isAfterDue, moved } from './deadline.ts';
import { seenBy } from './deputies.ts';
import type { EventData, EventDraft } from './event.ts';
import { hoursOf, planRungs } from './ladder.ts';
import { rungsOf } from './own-ladders.ts';
import { replanDuties } from './replan.ts';
import type { Deadline, PlannedRung, State } from './state.ts';
import { tell } from './story.ts';
import { toMs } from './time/civil.ts';
import { rungInstant } from './time/rungs.ts';
import { projectComplaints } from './voice/complaint.ts';
import type { World } from './world.ts';

/**
 * Brings a case up to date with the world's calendar: occurrences of duties that rest days move or leave out are planned
 * again, and its clocks counted again: an event for each that moves, that is no longer a
 * guess (or has become one), or whose rungs still to come lie elsewhere now. Nothing when the calendar is the one the
 * state was last counted by; and again nothing when asked again.
 */
export function project(state: State, outside: World): EventDraft[] {
  const { version } = outside.calendar;
  if (state.calendar === version) return [];
  const org = seenBy(state, outside.program, outside.org, outside.now);
  const world = { ...outside, org, home: state };
  const story = tell(state, world, world.now);
  const planned = replanDuties(story);
  const clocks = Object.values(story.state.deadlines).flatMap((before): EventDraft[] => {
    const after = recounted(planned.get(before.id) ?? before, world);
    const data = after && projection(before, after, state.calendar, version);
    return data ? [{ type: 'deadline.projected', data }] : [];
  });
  return [...story.events, ...clocks, ...projectComplaints(state, world)];
}

/** A clock by another calendar. A moved one opens a new generation; one that stays plans its rungs still to come anew. */
function recounted(deadline: Deadline, world: World): Deadline {
  const after = moved(deadline, {}, world);
  return after.generation === deadline.generation ? { ...after, rungs: replanned(deadline, world) } : after;
}

/**
 * Rungs of a deadline that has not moved: those that fired stay as they are. Where a pause after the due day has held
 * them back, they are only moved on to the working hours of the new calendar.
 */
function replanned(deadline: Deadline, world: World): PlannedRung[] {
  const { rungs, start, dueAt, dueDate, pauses, ladder } = deadline;
  const heldBack = pauses.some(({ from }) => isAfterDue(deadline, from));
  if (heldBack) {
    const hours = (n: number) => hoursOf(world, deadline, rungsOf(world.program, ladder)[n]);
    const onward = (rung: PlannedRung) =>
      rungInstant({ dueAt: rung.at, offset: 'due', hours: hours(rung.n), calendar: world.calendar });
    return rungs.map((rung) => (rung.firedAt ? rung : { ...rung, at: onward(rung) }));
  }
  const fired = rungs.filter(({ firedAt }) => firedAt !== undefined);
  const anew = planRungs({ start, dueAt, ...(dueDate === undefined ? {} : { dueDate }) }, deadline, world);
  // what has passed already and is not planned any more was dropped when the clock got this date
  const toCome = anew.flatMap((rung) => {
    const known = rungs.find(({ n }) => n === rung.n);
    if (known?.firedAt !== undefined || (!known && rung.at <= world.now)) return [];
    return [known ? { ...rung, account: known.account } : rung];
  });
  return [...fired, ...toCome].sort((a, b) => a.n - b.n);
}

/** What the event says; undefined when the clock is what it was. */
function projection(
  before: Deadline,
  after: Deadline,
  from: string,
  calendar: string,
): EventData['deadline.projected'] | undefined {
  const hasMoved = after.dueAt !== before.dueAt;
  const surer = before.provisional !== after.provisional;
  if (!hasMoved && !surer && sameRungs(before, after) && samePlan(before, after)) return undefined;
  const was = { calendar: from, provisional: before.provisional };
  return { deadline: after, from: before.dueAt, calendar, was, why: reason(before, after, hasMoved, surer) };
}

function reason(before: Deadline, after: Deadline, hasMoved: boolean, surer: boolean): Text {
  const certainty: Text = !surer
    ? ['工作日历有变', 'the working-day calendar has changed']
    : after.provisional
      ? ['工作日历尚无官方安排', 'the calendar has no official arrangement any more']
      : ['官方日历已公布', 'the official calendar is out'];
  const later = toMs(after.dueAt) > toMs(before.dueAt);
  const effect: Text = hasMoved
    ? later
      ? ['期限顺延', 'it is due later']
      : ['期限提前', 'it is due earlier']
    : surer
      ? ['期限不变', 'the due date stays']
      : ['期限不变，提醒时间重排', 'the due date stays, its reminders are planned anew'];
  return [`${certainty[0]}，${effect[0]}`, `${certainty[1]}: ${effect[1]}`];
}

function samePlan(a: Deadline, b: Deadline): boolean {
  return a.plannedDate === b.plannedDate && a.plannedGuess === b.plannedGuess && a.graceFrom === b.graceFrom;
}

function sameRungs({ rungs: a }: Deadline, { rungs: b }: Deadline): boolean {
  return a.length === b.length && a.every(({ n, at }, i) => b[i]!.n === n && b[i]!.at === at);
}
