import type { Duty } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { OpenItem, RunningDuty, State } from './state.ts';
import type { WorkCalendar } from './time/calendar.ts';
import { startOfDay, toDate } from './time/civil.ts';
import { occurrence } from './time/grid.ts';
import {
  type Course,
  endsInRest,
  firstPlace,
  type Place,
  type Planned,
  placeAfter,
  planned,
} from './time/occurrence.ts';

/** Occurrences of a duty that fell out while nothing was asked for: how many, and the planned days of the first and the last. */
export interface FellOut {
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

/** A duty that begins at a moment: its grid and its first occurrence; undefined when it never has one. */
export function begun(duty: Duty, at: Instant, calendar: WorkCalendar): RunningDuty | undefined {
  const course = { recurrence: duty, anchor: toDate(at), calendar };
  const place = firstPlace(course);
  return place && running(duty, course, place, at);
}

/** The occurrence that opens next: its place and what is planned. */
export function nextOf(duty: Duty, state: RunningDuty, calendar: WorkCalendar): Place & Planned {
  const course = { recurrence: duty, anchor: state.anchor, calendar };
  const place = placeOf(duty, state);
  return { ...place, ...planned(course, place, state.opensAt) };
}

/** Where a duty stands when its next occurrence has opened; undefined when that was the last. */
export function afterNext(duty: Duty, state: RunningDuty, calendar: WorkCalendar): RunningDuty | undefined {
  const course = { recurrence: duty, anchor: state.anchor, calendar };
  const now = placeOf(duty, state);
  const place = placeAfter(course, now);
  if (!place) return undefined;
  return running(duty, course, place, planned(course, now).until);
}

/** Whether nothing comes after the next occurrence though its rule goes on: what its grid still has is rest days. */
export function runsDry(duty: Duty, state: RunningDuty, calendar: WorkCalendar): boolean {
  return endsInRest({ recurrence: duty, anchor: state.anchor, calendar }, placeOf(duty, state));
}

/**
 * Where a duty goes on after a suspension that ends at `at`: with the first occurrence planned after that day, or after that
 * moment where it has times; and what fell out. Undefined `on` when nothing is left.
 */
export function resumed(
  duty: Duty,
  state: RunningDuty,
  at: Instant,
  calendar: WorkCalendar,
): { readonly on: RunningDuty | undefined; readonly fellOut?: FellOut } {
  const course = { recurrence: duty, anchor: state.anchor, calendar };
  const out: string[] = [];
  let count = 0;
  let previous: Place | undefined;
  let place: Place | undefined = placeOf(duty, state);
  while (place && isOver(planned(course, place), at)) {
    const { date } = planned(course, place);
    out[count === 0 ? 0 : 1] = date;
    count++;
    previous = place;
    place = placeAfter(course, place);
  }
  if (count === 0) return { on: state };
  const fellOut = { count, first: out[0]!, last: out.at(-1)! };
  if (!place) return { on: undefined, fellOut };
  const after = previous ? planned(course, previous).until : startOfDay(state.anchor);
  return { on: running(duty, course, place, after > at ? after : at), fellOut };
}

/** An occurrence planned for a day is over with that day already: what was planned for the day of the resumption is not asked for. */
function isOver({ date, at, until }: Planned, now: Instant): boolean {
  return at === undefined ? date <= toDate(now) : until <= now;
}

/** Whether something that happened at `at` can be an occurrence: within its window, slot or period where it has one. */
export function isWithin(state: State, { id, window }: OpenItem, at: Instant): boolean {
  if (!window) return true;
  const { dueAt = '' } = state.deadlines[id] ?? {};
  const { from, to } = window;
  return at >= from && (to === undefined || at < (to > dueAt ? to : dueAt));
}

/** A duty whose next occurrence has this place, and opens at `at` or when its window or form lets it. */
export function running(duty: Duty, course: Course, place: Place, at: Instant): RunningDuty {
  const { notBefore } = planned(course, place);
  const opensAt = notBefore !== undefined && notBefore > at ? notBefore : at;
  const base = { anchor: course.anchor, next: place.n, opensAt };
  return isCounted(duty) ? base : { ...base, ...gridOf(duty, place) };
}

/** What a case keeps of a place: where rest days move or leave out days, also where it was searched from. */
export function gridOf({ restDays }: Duty, { day, slot, after }: Place): Pick<RunningDuty, 'day' | 'slot' | 'after'> {
  const from = restDays === undefined || after === undefined ? {} : { after };
  return { day, ...(slot > 0 ? { slot } : {}), ...from };
}

/** The place of the occurrence that opens next. */
export function placeOf(duty: Duty, { anchor, next: n, day, slot = 0, after }: RunningDuty): Place {
  if (day !== undefined) return { n, day, slot, ...(after === undefined ? {} : { after }) };
  if (duty.every === undefined) throw new RangeError(`the next day of the duty ${duty.duty} is not known`);
  return { n, day: occurrence({ anchor, every: duty.every, n }), slot };
}

/** Whether the day of the n-th occurrence follows from n alone. */
function isCounted({ every, at, restDays }: Duty): boolean {
  return every !== undefined && at === undefined && restDays === undefined;
}
