import type { Instant } from '../sdk/time.ts';
import { evolveAccess } from './access.ts';
import { resumed } from './books/closing-evolve.ts';
import { evolveBooks } from './books/evolve.ts';
import { openBook } from './books/state.ts';
import { evolveCustody } from './custody.ts';
import { ENDS_DESTRUCTION, evolveDestruction, remainderOf, withoutDestruction } from './destruction.ts';
import type { CaseEvent, EventData } from './event.ts';
import { HISTORY } from './history.ts';
import { evolveFindings } from './inspection.ts';
import { serialKey } from './lookup.ts';
import { evolveMigration } from './migration.ts';
import { evolveOffers } from './offers.ts';
import { evolveDisclosures, withoutDisclosure } from './posted.ts';
import {
  type Deadline,
  type GroupTally,
  type OpenItem,
  type Party,
  STATE_VERSION,
  type StageState,
  type State,
} from './state.ts';
import { addMs, msBetween, toDate } from './time/civil.ts';
import { evolveVoice } from './voice/evolve.ts';

/**
 * The state after an event. Total: what happened is never refused. It looks at nothing but state and event, so that a
 * state can be rebuilt from events alone, whatever the program says today.
 */
export function evolve(state: State | undefined, event: CaseEvent): State {
  if (event.type === 'case.opened') return opened(event.data, event);
  // the events before it say nothing any more: it stands for all of them
  if (event.type === 'record.destroyed') return remainderOf(event.data, event);
  if (!state) throw new Error(`A case begins with case.opened, not with ${event.type}.`);
  const next =
    evolveBooks(state, event) ??
    evolveVoice(state, event) ??
    evolveAccess(state, event) ??
    evolveCustody(state, event) ??
    evolveDestruction(state, event) ??
    evolveDisclosures(state, event) ??
    change(state, event);
  const goesOn = next.destruction && ENDS_DESTRUCTION.has(event.type) ? withoutDestruction(next) : next;
  return goesOn.at < event.recordedAt ? { ...goesOn, at: event.recordedAt } : goesOn;
}

function opened(data: EventData['case.opened'], event: CaseEvent): State {
  return {
    v: STATE_VERSION,
    caseId: data.caseId,
    caseNo: data.caseNo,
    program: data.program,
    unit: data.unit,
    status: data.status,
    openedAt: data.openedAt,
    imported: data.imported,
    at: event.recordedAt,
    calendar: data.calendar,
    parties: Object.fromEntries(data.parties.map((party) => [party.id, party])),
    assignments: data.assignments,
    fields: data.fields,
    votes: {},
    stages: Object.fromEntries(data.stages.map((key): [string, StageState] => [key, { round: 0, state: 'future' }])),
    counts: {},
    round: {},
    items: {},
    deadlines: {},
    duties: {},
    books: Object.fromEntries(data.books.map((book) => [book.key, openBook(book)])),
    effects: {},
    serial: partySerials(data.parties),
    added: {},
    ...(data.referredFrom ? { referredFrom: data.referredFrom } : {}),
    ...(data.partOf ? { partOf: data.partOf } : {}),
    reopened: 0,
  };
}

function change(state: State, event: CaseEvent): State {
  switch (event.type) {
    case 'decision.recorded': {
      const { item, key, passed } = event.data;
      if (item !== undefined && key !== undefined)
        return passed ? done(state, { id: item, key, at: event.occurredAt }) : state;
      const vote = { passed, at: event.occurredAt };
      return { ...state, votes: { ...state.votes, [event.data.body]: vote } };
    }
    case 'plan.decided': {
      const vote = { passed: true, at: event.occurredAt };
      const votes = event.data.votes.map((body) => [body, vote] as const);
      return { ...state, votes: { ...state.votes, ...Object.fromEntries(votes) } };
    }
    case 'plan.approved':
      return { ...state, status: 'open', approvedAt: event.occurredAt, votes: {} };
    case 'plan.revised':
      return revised(state, event.data);
    case 'stage.entered':
      return {
        ...state,
        stages: { ...state.stages, [event.data.stage]: entered(state, event) },
        stage: event.data.stage,
        counts: event.data.carryCounts ? state.counts : {},
        round: {},
        ended: {},
      };
    case 'stage.done':
      return without(withStage(state, event.data.stage, { state: 'done', doneAt: event.occurredAt }), 'stage');
    case 'stage.left': {
      const to = event.data.why === 'skip' ? 'skipped' : 'future';
      return without(withStage(state, event.data.stage, { state: to }), 'stage');
    }
    case 'stage.extended': {
      const { stage, budget } = event.data;
      return withStage(state, stage, { extended: [...(state.stages[stage]?.extended ?? []), budget] });
    }
    case 'item.added': {
      const { key, ...item } = event.data.item;
      return { ...state, added: { ...state.added, [key]: { ...item, once: true } } };
    }
    case 'item.opened':
      return openedItem(state, event.data.item);
    case 'item.reopened':
      return openedItem(uncounted(state, event.data.item.key), event.data.item);
    case 'item.assigned':
      return assigned(state, event.data);
    case 'item.cancelled':
      return forgotten(withoutDisclosure(withoutItem(state, event.data.id), event.data.id), event.data.key);
    case 'item.skipped':
      return forgotten(
        marked(withoutItem(state, event.data.id), event.data.key, 'skipped', event.occurredAt),
        event.data.key,
      );
    case 'task.completed':
    case 'milestone.reached':
    case 'await.occurred':
      return done(state, event.data);
    case 'disclosure.cleared':
      return withoutDisclosure(done(state, event.data), event.data.id);
    case 'option.added':
      return withOption(state, event.data, { name: event.data.name });
    case 'option.rejected':
      return withOption(state, event.data, { rejected: true });
    case 'group.sized':
      return withTally(state, event.data.id, { size: event.data.size });
    case 'group.counted':
      return withTally(state, event.data.id, { listed: event.data.listed, ended: event.data.ended });
    case 'duty.began': {
      const { duty, fellOut: _, ...running } = event.data;
      return { ...state, duties: { ...state.duties, [duty]: running } };
    }
    case 'duty.due': {
      const { duty, next, nextOpensAt: opensAt, nextDay: day, nextSlot: slot, nextAfter: after } = event.data;
      const anchor = state.duties[duty]?.anchor;
      if (anchor === undefined) return state;
      const place = {
        ...(day === undefined ? {} : { day }),
        ...(slot === undefined ? {} : { slot }),
        ...(after === undefined ? {} : { after }),
      };
      return { ...state, duties: { ...state.duties, [duty]: { anchor, next, opensAt, ...place } } };
    }
    case 'duty.counted':
      return counted(state, event.data);
    case 'duty.replanned': {
      const { duty, running, calendar } = event.data;
      return { ...state, duties: { ...state.duties, [duty]: running }, calendar };
    }
    case 'item.replanned': {
      const { item, calendar } = event.data;
      return { ...state, items: { ...state.items, [item.id]: item }, calendar };
    }
    case 'duty.ended':
      return { ...state, duties: removed(state.duties, event.data.duty) };
    case 'duty.missed':
      return withItem(state, event.data.id, { missedAt: event.recordedAt, lapsesAt: event.data.lapsesAt });
    case 'duty.lapsed':
      return withoutDeadline(withoutItem(state, event.data.id), event.data.id);
    case 'deadline.set':
      return withDeadline(state, event.data.deadline);
    case 'deadline.moved':
      return withDeadline(lapsingLater(state, event), event.data.deadline);
    case 'deadline.projected':
      return { ...withDeadline(state, event.data.deadline), calendar: event.data.calendar };
    case 'deadline.met':
    case 'deadline.cancelled':
      return withoutDeadline(state, event.data.id);
    case 'deadline.paused': {
      const deadline = state.deadlines[event.data.id];
      if (!deadline) return state;
      const { kind, name, from } = event.data;
      const pause = { kind, from, ...(name ? { name } : {}) };
      const pausedSince = deadline.pausedSince ?? event.recordedAt;
      return withDeadline(state, { ...deadline, pauses: [...deadline.pauses, pause], pausedSince });
    }
    case 'deadline.extensionRequested': {
      const deadline = state.deadlines[event.data.id];
      if (!deadline) return state;
      return withDeadline(state, { ...deadline, requested: { budget: event.data.budget, by: event.actor.id } });
    }
    case 'deadline.extensionDecided': {
      const deadline = state.deadlines[event.data.id];
      if (!deadline) return state;
      const { requested: _, ...decided } = deadline;
      return withDeadline(state, decided);
    }
    case 'deadline.nudged':
      return nudged(state, event);
    case 'rung.fired':
      return fired(state, event);
    case 'accountability.opened': {
      const deadline = state.deadlines[event.data.deadline];
      if (!deadline) return state;
      const { id, dueAt } = event.data;
      return withDeadline(state, { ...deadline, accounts: [...(deadline.accounts ?? []), { id, dueAt }] });
    }
    case 'party.added': {
      const { party } = event.data;
      const serial = { ...state.serial, [`party:${party.role}`]: partyNo(party) };
      const next = { ...state, serial, parties: { ...state.parties, [party.id]: party } };
      return state.gone?.[party.role] ? { ...next, gone: removed(state.gone, party.role) } : next;
    }
    case 'party.changed':
      return { ...state, parties: { ...state.parties, [event.data.party.id]: event.data.party } };
    case 'role.assigned':
      return { ...state, assignments: { ...state.assignments, [event.data.role]: event.data.assignment } };
    case 'data.corrected':
      return { ...state, fields: { ...state.fields, ...event.data.fields } };
    case 'history.imported':
      return { ...state, serial: { ...state.serial, [HISTORY]: serialOf(event.data.id) } };
    case 'history.stageDone':
      return doneOnPaper(state, event);
    case 'history.counted': {
      const { item, count } = event.data;
      return { ...state, counts: { ...state.counts, [item]: (state.counts[item] ?? 0) + count } };
    }
    case 'effect.asked':
      return { ...state, effects: { ...state.effects, [event.data.id]: event.data.item } };
    case 'effect.answered':
      return { ...state, effects: removed(state.effects, event.data.id) };
    case 'case.suspended':
      return { ...state, status: 'suspended', suspendedFrom: state.status };
    case 'case.resumed':
      return without({ ...state, status: state.suspendedFrom ?? 'open' }, 'suspendedFrom');
    case 'case.closed': {
      const { outcome, followUpUntil } = event.data;
      const closed: State = { ...state, status: 'followUp', outcome, closedAt: event.occurredAt };
      return without(followUpUntil ? { ...closed, followUpUntil } : closed, 'suspendedFrom');
    }
    case 'case.ended':
      return without({ ...state, status: 'closed' }, 'followUpUntil');
    case 'case.reopened': {
      const books = resumed(state.books, event);
      const again: State = { ...state, books, status: event.data.status, reopened: state.reopened + 1 };
      return without(without(without(again, 'followUpUntil'), 'outcome'), 'closedAt');
    }
    case 'case.migrated':
      return evolveMigration(state, event.data);
    case 'case.handedAway':
      return { ...state, away: { to: event.data.to, at: event.recordedAt, seq: event.seq } };
    case 'case.takenBack':
      return without(state, 'away');
    case 'case.departed': {
      if (!state.away) return state;
      const ended = without(without(state, 'suspendedFrom'), 'followUpUntil');
      return {
        ...ended,
        status: 'closed',
        closedAt: state.closedAt ?? event.occurredAt,
        away: { ...state.away, departed: true },
      };
    }
    case 'case.received': {
      const { unit, assignments } = event.data;
      // the bodies of another house have not voted, nor has its head approved who reads of minors
      const here = { ...state, unit, assignments: { ...state.assignments, ...assignments }, votes: {} };
      return without(without(here, 'minorAccess'), 'away');
    }
    case 'transfer.offered':
    case 'transfer.accepted':
    case 'transfer.refused':
    case 'transfer.revoked':
    case 'transfer.lapsed':
    case 'referral.answered':
      return evolveOffers(state, event);
    case 'finding.recorded':
    case 'finding.answered':
    case 'finding.accepted':
    case 'finding.returned':
      return evolveFindings(state, event);
    case 'escalation.returned':
      return withoutItem(state, event.data.id);
    case 'case.moved': {
      const { unit, assignments = {}, why } = event.data;
      const moved = { ...state, unit, assignments: { ...state.assignments, ...assignments } };
      // the bodies of another unit have not voted
      return why === 'transfer' ? { ...moved, votes: {} } : moved;
    }
    default:
      return state;
  }
}

function revised(state: State, data: EventData['plan.revised']): State {
  const stages = { ...state.stages };
  for (const [key, target] of Object.entries(data.targets ?? {})) stages[key] = { ...stages[key]!, target };
  for (const [key, within] of Object.entries(data.deadlines ?? {})) stages[key] = { ...stages[key]!, within };
  const added = { ...state.added };
  for (const { key, ...item } of data.items ?? []) added[key] = item;
  return { ...state, stages, added, votes: {} };
}

/** A new round of a stage. What the approved plan has fixed for the stage holds in every round. */
function entered(state: State, { data, occurredAt }: CaseEvent & { type: 'stage.entered' }): StageState {
  const { target, within } = state.stages[data.stage] ?? {};
  return {
    ...{ state: 'current', round: data.round, enteredAt: occurredAt, extended: [] },
    ...(target === undefined ? {} : { target }),
    ...(within === undefined ? {} : { within }),
  };
}

function openedItem(state: State, item: OpenItem): State {
  const source = serialKey(item);
  const serial = { ...state.serial, [source]: Math.max(state.serial[source] ?? 0, serialOf(item.id)) };
  const next = { ...state, serial, items: { ...state.items, [item.id]: item } };
  return OUTSIDE_ROUNDS.has(item.kind) ? next : marked(next, item.key, 'open');
}

/** What no round of a stage asks for. */
const OUTSIDE_ROUNDS: ReadonlySet<OpenItem['kind']> = new Set([
  ...(['duty', 'escalation', 'finding', 'erasure', 'objection'] as const),
]);

/** An item falls to somebody, or to nobody in particular: then to whoever fills its role again. */
function assigned(state: State, { id, assignee }: EventData['item.assigned']): State {
  const item = state.items[id];
  if (assignee.post !== undefined || assignee.person !== undefined || !item) return withItem(state, id, { assignee });
  const { assignee: _, ...rest } = item;
  return { ...state, items: { ...state.items, [id]: rest } };
}

function done(state: State, { id, key, at, fields }: EventData['task.completed']): State {
  const item = state.items[id];
  const filled = fields ? { ...state, fields: { ...state.fields, ...fields } } : state;
  const next = touched(withoutItem(filled, id), item?.stage, at);
  if (state.added[key]?.once) return forgotten(next, key);
  const counts = { ...state.counts, [key]: (state.counts[key] ?? 0) + 1 };
  return item?.kind === 'duty' ? { ...next, counts } : marked({ ...next, counts }, key, 'done', at);
}

/** An open group with these of its figures, and nothing else: they lie in clear in the outline. */
function withTally(state: State, id: string, figures: Partial<GroupTally>): State {
  const group = state.items[id]?.group;
  return group ? withItem(state, id, { group: { ...group, ...figures } }) : state;
}

/** An option of an open choice as it stands now. */
function withOption(
  state: State,
  { id, option }: { readonly id: string; readonly option: string },
  change: { readonly name?: string; readonly rejected?: true },
): State {
  const options = state.items[id]?.options;
  if (!options) return state;
  return withItem(state, id, {
    options: { ...options, [option]: { ...{ name: option }, ...options[option], ...change } },
  });
}

/** One of a quota is done; its item stays open. */
function counted(state: State, { id, key, at, fields, done: n, of }: EventData['duty.counted']): State {
  const filled = fields ? { ...state, fields: { ...state.fields, ...fields } } : state;
  const { lastAt = at } = filled.items[id]?.quota ?? {};
  const next = withItem(filled, id, { quota: { of, done: n, lastAt: lastAt > at ? lastAt : at } });
  return { ...next, counts: { ...state.counts, [key]: (state.counts[key] ?? 0) + 1 } };
}

/** Notes when the latest finished item of a stage happened. */
function touched(state: State, stage: string | undefined, at: string): State {
  const last = stage === undefined ? undefined : (state.stages[stage]?.lastAt ?? '');
  return stage !== undefined && last !== undefined && last < at ? withStage(state, stage, { lastAt: at }) : state;
}

/** Takes back the count of a finished item that is open again. */
function uncounted(state: State, key: string): State {
  const had = state.counts[key] ?? 0;
  return state.round[key] === 'done' && had > 0 ? { ...state, counts: { ...state.counts, [key]: had - 1 } } : state;
}

/** An item a worker added leaves nothing in the state when it has ended. */
function forgotten(state: State, key: string): State {
  if (!state.added[key]?.once) return state;
  const { added, round, ended = {} } = state;
  return { ...state, added: removed(added, key), round: removed(round, key), ended: removed(ended, key) };
}

function partySerials(parties: readonly Party[]): Record<string, number> {
  const serial: Record<string, number> = {};
  for (const party of parties) {
    const key = `party:${party.role}`;
    serial[key] = Math.max(serial[key] ?? 0, partyNo(party));
  }
  return serial;
}

/** The number of a party in its role: the first is called like the role, others `<role>-<n>`. */
function partyNo({ id, role }: Party): number {
  return id === role ? 1 : serialOf(id);
}

/** Only the nudges of one day are kept: that bounds them, and the state. */
function nudged(state: State, { data, actor, recordedAt }: CaseEvent & { type: 'deadline.nudged' }): State {
  const deadline = state.deadlines[data.id];
  if (!deadline) return state;
  const on = toDate(recordedAt);
  const before = deadline.nudged?.on === on ? deadline.nudged.by : {};
  const by = { ...before, [actor.id]: (before[actor.id] ?? 0) + 1 };
  return withDeadline(state, { ...deadline, nudged: { on, by } });
}

function fired(state: State, event: CaseEvent & { type: 'rung.fired' }): State {
  const deadline = state.deadlines[event.data.deadline];
  if (!deadline || deadline.generation !== event.data.generation) return state;
  const rungs = deadline.rungs.map((rung) =>
    rung.n === event.data.rung ? { ...rung, firedAt: event.recordedAt } : rung,
  );
  return withDeadline(state, { ...deadline, rungs });
}

function marked(state: State, key: string, as: 'open' | 'done' | 'skipped', at?: Instant): State {
  const ended = at === undefined ? {} : { ended: { ...state.ended, [key]: at } };
  return { ...state, round: { ...state.round, [key]: as }, ...ended };
}

function withStage(state: State, key: string, patch: Partial<StageState>): State {
  const before = state.stages[key] ?? { round: 0, state: 'future' as const };
  return { ...state, stages: { ...state.stages, [key]: { ...before, ...patch } } };
}

function withItem(state: State, id: string, patch: Partial<OpenItem>): State {
  const item = state.items[id];
  return item ? { ...state, items: { ...state.items, [id]: { ...item, ...patch } } } : state;
}

function withoutItem(state: State, id: string): State {
  return { ...state, items: removed(state.items, id) };
}

function withDeadline(state: State, deadline: Deadline): State {
  return { ...state, deadlines: { ...state.deadlines, [deadline.id]: deadline } };
}

/** A missed occurrence can be recorded late for as much longer as its clock, which goes on now, stood still. */
function lapsingLater(state: State, { data, recordedAt }: CaseEvent & { type: 'deadline.moved' }): State {
  const { id, pausedSince: still } = data.deadline;
  const since = state.deadlines[id]?.pausedSince;
  const lapsesAt = state.items[id]?.lapsesAt;
  if (since === undefined || still !== undefined || lapsesAt === undefined) return state;
  return withItem(state, id, { lapsesAt: addMs(lapsesAt, msBetween(since, recordedAt)) });
}

function withoutDeadline(state: State, id: string): State {
  return { ...state, deadlines: removed(state.deadlines, id) };
}

function removed<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = record;
  return rest;
}

function without(
  state: State,
  key: 'stage' | 'suspendedFrom' | 'away' | 'followUpUntil' | 'minorAccess' | 'outcome' | 'closedAt',
): State {
  const { [key]: _, ...rest } = state;
  return rest;
}

/** A stage that was done before the case was opened; the plan goes on elsewhere. */
function doneOnPaper(state: State, { data, occurredAt }: CaseEvent & { type: 'history.stageDone' }): State {
  const round = Math.max(1, state.stages[data.stage]?.round ?? 0);
  const next = withStage(state, data.stage, { state: 'done', round, doneAt: occurredAt });
  return next.stage === data.stage ? without(next, 'stage') : next;
}

/** The number at the end of an item's id `<key>-<n>`. */
function serialOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}
