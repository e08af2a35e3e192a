import { canonicalJson } from '../sdk/canonical.ts';
import type { Duty, Text } from '../sdk/program.ts';
import { gridOf, placeOf, running } from './duties.ts';
import { cancelItem } from './flow.ts';
import { openItems } from './lookup.ts';
import { guessOf, NOTHING_LEFT } from './occurrences.ts';
import type { Deadline, OccurrenceGrid, OpenItem } from './state.ts';
import { add, type Story } from './story.ts';
import { toDate } from './time/civil.ts';
import { type Course, type Place, type Planned, placeAgain, placeBefore, planned } from './time/occurrence.ts';

/** An open occurrence: its place before, and by the newer calendar. */
interface Placed {
  readonly was: Place;
  readonly now: Place;
}

const CHANGED: Text = ['工作日历有变', 'the working-day calendar has changed'];
const OFFICIAL: Text = ['官方日历已公布', 'the official calendar is out'];

/**
 * Plans occurrences of duties again where rest days move or leave out days: the open ones planned for today or later, in
 * order, then the next one, each searched again from the day of the grid before it. What was planned for a day that is over,
 * or missed, stays; none moves to a day that is over, and none is lost.
 * @returns the clocks of the occurrences planned again, by id, whose dates are still to be counted from the planned day of now
 */
export function replanDuties(story: Story): Map<string, Deadline> {
  const clocks = new Map<string, Deadline>();
  for (const duty of story.world.program.duties) {
    if (duty.restDays === undefined) continue;
    let last: Placed | undefined;
    for (const item of openItems(story.state, duty.duty)) {
      if (!item.grid) continue;
      const { anchor, n, day, slot = 0, after } = item.grid;
      const course = { recurrence: duty, anchor, calendar: story.world.calendar };
      const was = { n, day, slot, after };
      const now = isAhead(story, item) ? searchedAgain(story, course, was, last) : was;
      if (!now) {
        cancelItem(story, item, NOTHING_LEFT);
        continue;
      }
      const plan = planned(course, now);
      const moves = isAhead(story, item) && plan.date >= today(story);
      last = { was, now: moves ? now : was };
      if (!moves) continue;
      const deadline = story.state.deadlines[item.id];
      if (deadline) clocks.set(item.id, clockFor(deadline, plan, guessOf(course.calendar, now.day, plan.date)));
      replanItem(story, item, plan, { anchor, n, ...gridOf(duty, now), day: now.day, after: now.after ?? after });
    }
    replanNext(story, duty, last);
  }
  return clocks;
}

/** The place of an occurrence by the newer calendar; another time of a day goes where the time before it went. */
function searchedAgain(story: Story, course: Course, place: Place, before: Placed | undefined): Place | undefined {
  if (before?.was.n !== place.n - 1) return placeAgain(course, place, today(story));
  const { day, after } = before.now;
  if (place.slot > 0) return { ...place, day, ...(after === undefined ? {} : { after }) };
  return placeAgain(course, { ...place, after: day }, today(story));
}

function replanItem(story: Story, item: OpenItem, plan: Planned, grid: OccurrenceGrid): void {
  const { world } = story;
  const { date, at, closesAt, notBefore = item.openedAt } = plan;
  const from = notBefore > world.now ? notBefore : item.openedAt;
  const next: OpenItem = {
    ...item,
    ...{ plannedDate: date, grid },
    ...(at === undefined ? {} : { plannedAt: at }),
    ...(item.window ? { window: { from, ...(closesAt === undefined ? {} : { to: closesAt }) } } : {}),
  };
  if (canonicalJson(next) === canonicalJson(item)) return;
  const guess = story.state.deadlines[item.id]?.plannedGuess;
  const why = guess !== undefined && !world.calendar.provisional(guess) ? OFFICIAL : CHANGED;
  const data = { item: next, from: item.plannedDate ?? date, calendar: world.calendar.version, why };
  add(story, { type: 'item.replanned', data });
}

/** The clock of an occurrence with the day it is planned for now; `guess`: the day without an official arrangement that hangs on. */
function clockFor(deadline: Deadline, { date, at, until }: Planned, guess: string | undefined): Deadline {
  const { plannedGuess: _, ...clock } = deadline;
  return {
    ...{ ...clock, plannedDate: date },
    ...(guess === undefined ? {} : { plannedGuess: guess }),
    ...(at === undefined ? {} : { graceFrom: until }),
  };
}

/** The next occurrence, which has not opened: its place, and when it opens. */
function replanNext(story: Story, duty: Duty, last: Placed | undefined): void {
  const { world } = story;
  const was = story.state.duties[duty.duty];
  if (was?.after === undefined) return;
  const course = { recurrence: duty, anchor: was.anchor, calendar: world.calendar };
  const now = searchedAgain(story, course, placeOf(duty, was), last);
  if (!now) {
    add(story, { type: 'duty.ended', data: { duty: duty.duty, why: NOTHING_LEFT } });
    return;
  }
  // it opens when the one before is over, though not earlier than it would have, nor in the past
  const earliest = was.opensAt < world.now ? was.opensAt : world.now;
  const before = placeBefore(course, now);
  const over = before ? planned(course, before).until : earliest;
  const next = running(duty, course, now, over > earliest ? over : earliest);
  if (canonicalJson(next) === canonicalJson(was)) return;
  const { date } = planned(course, now);
  const data = { duty: duty.duty, running: next, plannedDate: date, was, calendar: world.calendar.version };
  add(story, { type: 'duty.replanned', data: { ...data, why: CHANGED } });
}

/** Whether an open occurrence is planned for today or later: only then can it still be planned for another day. */
function isAhead(story: Story, { missedAt, plannedDate = '' }: OpenItem): boolean {
  return missedAt === undefined && plannedDate >= today(story);
}

function today({ world }: Story): string {
  return toDate(world.now);
}
