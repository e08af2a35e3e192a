import { type Due, nextDue } from './agenda.ts';
import { advanceBooks } from './books/clock.ts';
import { accountId } from './deadline.ts';
import type { EventDraft } from './event.ts';
import { cancelItem, endDuty, openOccurrence } from './flow.ts';
import { dutyOf, postOf } from './lookup.ts';
import { holdersBetween, toldFor } from './org.ts';
import type { State } from './state.ts';
import { add, type Story, tell } from './story.ts';
import { addMs } from './time/civil.ts';
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
 * follow-up. Each exactly once: an event marks it in the state. Stops after about `limit` events with `more`.
 */
export function advance(state: State, world: World, limit = MOST_EVENTS): Advanced {
  const story = tell(state, world, world.now);
  for (let due = nextDue(state); due && due.at <= world.now; due = nextDue(story.state)) {
    if (story.events.length >= limit) return { events: story.events, state: story.state, more: true };
    const before = story.events.length;
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
  else if (due.what === 'books') add(story, ...advanceBooks(story.state, story.world));
  else endFollowUp(story);
}

function miss(story: Story, { item, at }: Extract<Due, { what: 'missed' }>): void {
  const { id, key, plannedDate } = item;
  const lapsesAt = addMs(at, LATE_WINDOW_MS);
  add(story, { type: 'duty.missed', occurredAt: at, data: { id, duty: key, plannedDate: plannedDate!, lapsesAt } });
}

function occur(story: Story, { duty: key }: Extract<Due, { what: 'occurrence' }>): void {
  const duty = dutyOf(story.world.program, key);
  if (duty) openOccurrence(story, duty);
  else add(story, { type: 'duty.ended', data: { duty: key } });
}

/** One rung, told to whoever holds the post at this moment; where the rung says so, with a record of accountability. */
function fire(story: Story, { deadline, rung }: Extract<Due, { what: 'rung' }>): void {
  const { org, now } = story.world;
  const post = postOf(story.state, deadline.answers);
  const doer = story.state.items[deadline.id];
  const skips = deadline.skips ?? [];
  const told = post ? toldFor(org, { post, tell: rung.tell, at: now, skips }) : toldAtHome(story, rung.tell, skips);
  const doers = rung.tell === 'holder' && doer ? doersOf(story.state, doer) : [];
  const also = doers
    .filter((person) => !skips.includes(person) && !told.some((each) => each.person === person))
    .map((person) => ({ person, unit: story.state.unit, level: org.units[story.state.unit]?.level ?? 'community' }));
  add(story, {
    type: 'rung.fired',
    occurredAt: rung.at,
    data: {
      deadline: deadline.id,
      name: deadline.name,
      generation: deadline.generation,
      rung: rung.n,
      plannedAt: rung.at,
      dueAt: deadline.dueAt,
      tell: rung.tell,
      told: [...told, ...also],
      account: rung.account,
    },
  });
  if (!rung.account) return;
  add(story, {
    type: 'accountability.opened',
    occurredAt: rung.at,
    data: {
      id: accountId(deadline),
      deadline: deadline.id,
      name: deadline.name,
      post: post ?? '',
      holders: post ? holdersBetween(org, post, deadline.start, now) : [],
      promisedAt: deadline.start,
      dueAt: deadline.dueAt,
    },
  });
}

/** Work that is assigned to no post escalates too: to the heads from the case's own unit upwards. */
function toldAtHome(story: Story, to: Parameters<typeof toldFor>[1]['tell'], skips: readonly string[]) {
  const { org, now } = story.world;
  const head = org.units[story.state.unit]?.head;
  return head ? toldFor(org, { post: head, tell: to, at: now, skips }) : [];
}

/** Persons with a login who do an item: its assignee, or the parties and persons of its role. */
function doersOf(state: State, item: { by: string; assignee?: { person?: string } }): string[] {
  if (item.assignee?.person) return [item.assignee.person];
  const assigned = state.assignments[item.by]?.person;
  const parties = Object.values(state.parties).flatMap((party) =>
    party.role === item.by && party.person ? [party.person] : [],
  );
  return assigned ? [assigned, ...parties] : parties;
}

function lapse(story: Story, { item, at }: Extract<Due, { what: 'lapsed' }>): void {
  const deadline = story.state.deadlines[item.id];
  const account = deadline?.rungs.some((rung) => rung.account && rung.firedAt) ? accountId(deadline) : undefined;
  add(story, { type: 'duty.lapsed', occurredAt: at, data: { id: item.id, duty: item.key } });
  if (account) add(story, { type: 'accountability.settled', data: { id: account, result: 'never done' } });
}

function endFollowUp(story: Story): void {
  const why = ['回访期已满', 'the follow-up has ended'] as const;
  for (const duty of story.world.program.duties) endDuty(story, duty, why);
  for (const item of Object.values(story.state.items)) cancelItem(story, item, why);
  add(story, { type: 'case.ended', data: {} });
}
