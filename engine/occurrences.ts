import type { Duty, Text } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import { deadlineFor } from './deadline.ts';
import { afterNext, begun, gridOf, nextOf, runsDry } from './duties.ts';
import type { EventData } from './event.ts';
import { answersFor, nextId } from './lookup.ts';
import { agreedTo } from './purpose.ts';
import type { Deadline, OpenItem, RunningDuty } from './state.ts';
import { add, type Story } from './story.ts';
import type { WorkCalendar } from './time/calendar.ts';

/** Why a duty ends, or does not begin, though nobody ended it. */
export const NOTHING_LEFT: Text = ['再没有可以安排的日子', 'no day is left that it could be planned for'];

type Occurrence = ReturnType<typeof nextOf>;

/** Begins the grid of a duty on the day of `at`; its first occurrence can be done at once. Not without consent to its purpose. */
export function beginDuty(story: Story, duty: Duty, at: Instant): void {
  if (!agreedTo(story.state, duty.purpose)) return;
  const running = begun(duty, at, story.world.calendar);
  if (running) add(story, { type: 'duty.began', data: { duty: duty.duty, ...running } });
  else add(story, { type: 'duty.ended', data: { duty: duty.duty, why: NOTHING_LEFT } });
}

/** Opens the next occurrence of a duty: what is due, the item, its clock, and the end of the duty where that was the last. */
export function openOccurrence(story: Story, duty: Duty): void {
  const running = story.state.duties[duty.duty]!;
  const occurrence = nextOf(duty, running, story.world.calendar);
  const after = afterNext(duty, running, story.world.calendar);
  const occurredAt = running.opensAt;
  add(story, { type: 'duty.due', occurredAt, data: dueOf(duty, occurrence, after) });
  const item = itemOf(story, duty, occurrence, occurredAt);
  add(story, { type: 'item.opened', occurredAt, data: { item } });
  add(story, { type: 'deadline.set', occurredAt, data: { deadline: clockOf(story, duty, item, occurrence) } });
  if (after) return;
  const why = runsDry(duty, running, story.world.calendar) ? { why: NOTHING_LEFT } : {};
  add(story, { type: 'duty.ended', occurredAt, data: { duty: duty.duty, ...why } });
}

function dueOf(
  { duty }: Duty,
  { n, date, at, until }: Occurrence,
  after: RunningDuty | undefined,
): EventData['duty.due'] {
  return {
    ...{ duty, n, plannedDate: date, ...(at === undefined ? {} : { plannedAt: at }) },
    ...{ next: n + 1, nextOpensAt: after?.opensAt ?? until },
    ...(after?.day === undefined ? {} : { nextDay: after.day }),
    ...(after?.slot === undefined ? {} : { nextSlot: after.slot }),
    ...(after?.after === undefined ? {} : { nextAfter: after.after }),
  };
}

function itemOf({ state, world }: Story, duty: Duty, occurs: Occurrence, openedAt: Instant): OpenItem {
  const { duty: key, name, by } = duty;
  const { date, at, bound, closesAt, label, times, n } = occurs;
  const { anchor } = state.duties[key]!;
  const { after, ...place } = gridOf(duty, occurs);
  return {
    ...{ id: nextId(state, { key, kind: 'duty' }), key, kind: 'duty' },
    name: label ? [`${name[0]}（${label[0]}）`, `${name[1]} (${label[1]})`] : name,
    ...{ by, answers: answersFor(world.program, by), required: false, repeat: false, openedAt, plannedDate: date },
    ...(at === undefined ? {} : { plannedAt: at }),
    ...(after === undefined ? {} : { grid: { anchor, n, day: occurs.day, ...place, after } }),
    ...(bound ? { window: { from: openedAt, ...(closesAt === undefined ? {} : { to: closesAt }) } } : {}),
    ...(times === undefined ? {} : { quota: { of: times, done: 0 } }),
  };
}

/** The clock of an occurrence: planned day or time plus grace. It is provisional where the planned day or the grace is. */
function clockOf({ world }: Story, { grace, ladder }: Duty, item: OpenItem, occurs: Occurrence): Deadline {
  const { id, name, answers, openedAt: start } = item;
  const promise = { id, of: 'duty' as const, name, answers, start, budget: grace ?? '0 days', ladder, world };
  const from = occurs.at === undefined ? {} : { graceFrom: occurs.until };
  const deadline = deadlineFor({ ...promise, plannedDate: occurs.date, ...from });
  const guess = guessOf(world.calendar, occurs.day, occurs.date);
  if (!occurs.provisional || guess === undefined) return deadline;
  return { ...deadline, provisional: true, plannedGuess: guess };
}

/** The day without an official arrangement on which a planned day hangs. Moved off a rest day it hangs on two days, which may lie in two years. */
export function guessOf(calendar: WorkCalendar, day: CalendarDate, date: CalendarDate): CalendarDate | undefined {
  return [day, date]
    .filter((each) => calendar.provisional(each))
    .sort()
    .at(-1);
}
