import { type Due, nextDue } from './agenda.ts';
import { advanceBooks } from './books/clock.ts';
import { outlivesHelp } from './custody.ts';
import { accountId, accountsSettled } from './deadline.ts';
import { seenBy } from './deputies.ts';
import { endPeriod } from './disclosure.ts';
import type { EventDraft } from './event.ts';
import { cancelClock, cancelItem, endDuty } from './flow.ts';
import { dutyOf } from './lookup.ts';
import { openOccurrence } from './occurrences.ts';
import { endOffers, lapseOffer } from './offer-story.ts';
import type { OpenItem, State } from './state.ts';
import { add, type Story, tell } from './story.ts';
import { addMs } from './time/civil.ts';
import { accountable, toldAbout } from './told.ts';
import { advanceVoice } from './voice/due.ts';
import type { World } from './world.ts';

/** How long after its deadline a missed occurrence of a duty can still be recorded late: as long as a case may be opened back. */
const LATE_WINDOW_MS = 30 * 86_400_000;

/** The most events that fire in one transaction; the rest fires in the next. */
const MOST_EVENTS = 200;

/** What time has done: events in due order, the state they lead to, and whether more is due. */
export interface Advanced {
  readonly events: readonly EventDraft[];
  readonly state: State;
  readonly more: boolean;
}

/**
 * Fires what is due by `world.now`, in due order: missed occurrences, rungs, new occurrences of duties, the end of the
 * follow-up. Each exactly once: an event marks it in the state. What happens is dated when it was due, so that a long
 * sleep leads to the same events as being woken every time; people are told as the posts are held now. Stops after about
 * `limit` events with `more`. Throws when something is due and nothing comes of it.
 */
export function advance(state: State, world: World, limit = MOST_EVENTS): Advanced {
  const org = seenBy(state, world.program, world.org, world.now);
  const story = tell(state, { ...world, org, home: state }, world.now);
  for (let due = nextDue(state, world.lot); due && due.at <= world.now; due = nextDue(story.state, world.lot)) {
    if (story.events.length >= limit) return { events: story.events, state: story.state, more: true };
    const before = story.events.length;
    story.at = due.at;
    happen(story, due);
    if (story.events.length === before) throw new Error(`Due at ${due.at} and nothing came of it: ${due.what}`);
  }
  return { events: story.events, state: story.state, more: false };
}

function happen(story: Story, due: Due): void {
  if (due.what === 'missed') miss(story, due);
  else if (due.what === 'rung') fire(story, due);
  else if (due.what === 'occurrence') occur(story, due);
  else if (due.what === 'lapsed') lapse(story, due);
  else if (due.what === 'offer') lapseOffer(story, due.offer);
  else if (due.what === 'voice') advanceVoice(story, due);
  else if (due.what === 'disclosure') endPeriod(story, due.id);
  else if (due.what === 'books') add(story, ...advanceBooks(story.state, { ...story.world, now: due.at }));
  else endFollowUp(story);
}

function miss(story: Story, { item, at }: Extract<Due, { what: 'missed' }>): void {
  const { id, key, plannedDate } = item;
  const lapsesAt = addMs(at, LATE_WINDOW_MS);
  const data = { id, duty: key, plannedDate: plannedDate!, lapsesAt, ...progressOf(item) };
  add(story, { type: 'duty.missed', data });
}

function occur(story: Story, { duty: key }: Extract<Due, { what: 'occurrence' }>): void {
  const duty = dutyOf(story.world.program, key);
  if (duty) openOccurrence(story, duty);
  else add(story, { type: 'duty.ended', data: { duty: key } });
}

/** One rung, told to whoever holds the post at this moment; where the rung says so, with a record of accountability. */
function fire(story: Story, { deadline, rung }: Extract<Due, { what: 'rung' }>): void {
  const { org, now } = story.world;
  const told = toldAbout(story.state, org, deadline, rung.tell, now);
  const { id, name, generation, dueAt } = deadline;
  const { n, at: plannedAt, tell: to, account } = rung;
  const data = { deadline: id, name, generation, rung: n, plannedAt, dueAt, tell: to, told, account };
  add(story, { type: 'rung.fired', data });
  const record = accountId(deadline);
  if (!account || deadline.accounts?.some((each) => each.id === record)) return;
  const { post, holders } = accountable(story.state, org, deadline, told, now);
  const promised = { promisedAt: deadline.start, dueAt };
  add(story, { type: 'accountability.opened', data: { id: record, deadline: id, name, post, holders, ...promised } });
}

function lapse(story: Story, { item }: Extract<Due, { what: 'lapsed' }>): void {
  const deadline = story.state.deadlines[item.id];
  add(story, { type: 'duty.lapsed', data: { id: item.id, duty: item.key, ...progressOf(item) } });
  if (deadline) add(story, ...accountsSettled(deadline));
}

/** How much of a quota was done; nothing for other duties. */
function progressOf({ quota }: OpenItem): { done: number; of: number } | Record<string, never> {
  return quota ? { done: quota.done, of: quota.of } : {};
}

function endFollowUp(story: Story): void {
  const why = ['回访期已满', 'the follow-up has ended'] as const;
  for (const duty of story.world.program.duties) endDuty(story, duty, why);
  endOffers(story, why);
  for (const item of Object.values(story.state.items)) if (!outlivesHelp(item.kind)) cancelItem(story, item, why);
  for (const id of Object.keys(story.state.emergencyAccess ?? {})) cancelClock(story, id);
  add(story, { type: 'case.ended', data: {} });
}
