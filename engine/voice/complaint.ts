import type { ComplaintClock, EventDraft, Told } from '../event.ts';
import type { Complaint, State } from '../state.ts';
import { addDays, endOfDay, toDate } from '../time/civil.ts';
import { dueOf } from '../time/clock.ts';
import { OFFICE_HOURS, rungInstant } from '../time/rungs.ts';
import type { World } from '../world.ts';
import { hasPerson, involved, joined, sealedFor, toldFrom, unitAbove } from './above.ts';

/** Time to answer a complaint, and an appeal against an answer. */
export const ANSWER_WITHIN = '15 working days';

/** How long an answer can be appealed against, in days; as for the review of a petition (信访工作条例, art. 35). */
export const APPEAL_DAYS = 30;

/** So many rounds at most: the answer, the review (复查) and the final review (复核). */
export const MOST_ROUNDS = 3;

/** Reminders before and after the day on which an answer is due, and how many levels above the first one told. */
const RUNGS = [
  { at: '-3 working days', up: 0 },
  { at: 'due', up: 1 },
  { at: '+5 working days', up: 2 },
  { at: '+10 working days', up: 3 },
  { at: '+20 working days', up: 3 },
] as const;

/** The clock of a complaint from now on. */
export function complaintClock({ now, calendar }: Pick<World, 'now' | 'calendar'>): ComplaintClock {
  const due = dueOf({ start: now, budget: ANSWER_WITHIN, calendar, pauses: [], extensions: [] });
  const rungs = RUNGS.map(({ at: offset, up }) => ({
    at: rungInstant({
      dueAt: due.dueAt,
      ...(due.dueDate ? { dueDate: due.dueDate } : {}),
      offset,
      hours: OFFICE_HOURS,
      calendar,
    }),
    up,
  }));
  return { dueAt: due.dueAt, ...(due.dueDate ? { dueDate: due.dueDate } : {}), rungs };
}

/** Until when an answer given now can be appealed against. */
export function appealUntil(now: string): string {
  return endOfDay(addDays(toDate(now), APPEAL_DAYS));
}

/**
 * Whom a complaint is told: the head of the level above the case's unit, past everyone it is about, who stands in for them
 * and who answers to them; each round one level higher. Where nobody is above, the highest unit and no person. About nobody
 * known (`apart`) it also goes past everybody who works on the case, as long as somebody in office is left.
 */
export function toldOfComplaint(
  state: State,
  { org, now }: Pick<World, 'org' | 'now'>,
  {
    about,
    sealed,
    apart,
    levels,
  }: {
    readonly about?: string;
    readonly sealed: readonly string[];
    readonly apart?: readonly string[];
    readonly levels: number;
  },
): Told[] {
  const never = [...new Set([...sealed, ...(about === undefined ? [] : sealedFor(state, org, [about], now))])];
  const past = (skips: readonly string[]) =>
    toldFrom(state, org, unitAbove(state, org, skips, { now, post: 'head' }), { levels, now, skips });
  if (apart === undefined) return past(never);
  const told = past([...new Set([...never, ...apart, ...involved(state, org, now)])]);
  return hasPerson(told) ? told : joined(past(never), told);
}

/** When time next does something to a complaint: the next reminder, or the end of the time to appeal. */
export function complaintDueAt({ rungs, endsAt }: Complaint): string | undefined {
  return endsAt ?? rungs[0]?.at;
}

/** Complaints whose answer, or whose reminders still to come, a newer calendar sets for other days. */
export function projectComplaints({ complaints = {} }: State, { calendar }: Pick<World, 'calendar'>): EventDraft[] {
  return Object.values(complaints).flatMap(({ id, since, endsAt, dueAt, rungs: left }): EventDraft[] => {
    if (endsAt !== undefined) return [];
    const clock = complaintClock({ now: since, calendar });
    const rungs = clock.rungs.slice(clock.rungs.length - left.length);
    if (clock.dueAt === dueAt && rungs.every(({ at }, n) => at === left[n]?.at)) return [];
    return [{ type: 'complaint.projected', data: { id, calendar: calendar.version, ...clock, rungs } }];
  });
}

/** Persons who are not told of a complaint any more: whom it is about, and whoever has answered it, but for who made it. */
export function passedBy({ sealed, answerers = [], by }: Complaint): string[] {
  return [...new Set([...sealed, ...answerers.filter((person) => person !== by)])];
}

/** What time does to a complaint that is due. */
export function complaintDue(state: State, world: World, complaint: Complaint): EventDraft {
  const { id, dueAt, endsAt, rungs, round } = complaint;
  if (endsAt !== undefined) return { type: 'complaint.closed', data: { id } };
  const { at: plannedAt, up } = rungs[0]!;
  const levels = round - 1 + up;
  const told = toldOfComplaint(state, world, { ...complaint, sealed: passedBy(complaint), levels });
  return { type: 'complaint.reminded', data: { id, plannedAt, dueAt, told } };
}
