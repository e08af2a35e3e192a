import { evolveBooks } from './books/evolve.ts';
import { openBook } from './books/state.ts';
import type { CaseEvent, EventData } from './event.ts';
import { type Deadline, type OpenItem, STATE_VERSION, type StageState, type State } from './state.ts';

/**
 * The state after an event. Total: what happened is never refused. It looks at nothing but state and event, so that a
 * state can be rebuilt from events alone, whatever the program says today.
 */
export function evolve(state: State | undefined, event: CaseEvent): State {
  if (event.type === 'case.opened') return opened(event.data, event);
  if (!state) throw new Error(`A case begins with case.opened, not with ${event.type}.`);
  const next = evolveBooks(state, event) ?? change(state, event);
  return next.at < event.recordedAt ? { ...next, at: event.recordedAt } : next;
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
    serial: {},
    added: {},
    reopened: 0,
  };
}

function change(state: State, event: CaseEvent): State {
  switch (event.type) {
    case 'consent.given':
      return { ...state, consent: { by: event.data.by, at: event.occurredAt } };
    case 'consent.withdrawn':
      return without(state, 'consent');
    case 'decision.recorded': {
      const vote = { passed: event.data.passed, at: event.occurredAt };
      return { ...state, votes: { ...state.votes, [event.data.body]: vote } };
    }
    case 'plan.approved':
      return { ...state, status: 'open', approvedAt: event.occurredAt, votes: {} };
    case 'plan.revised':
      return revised(state, event.data);
    case 'stage.entered':
      return {
        ...withStage(state, event.data.stage, {
          state: 'current',
          round: event.data.round,
          enteredAt: event.occurredAt,
          extended: [],
        }),
        stage: event.data.stage,
        counts: event.data.carryCounts ? state.counts : {},
        round: {},
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
      return { ...state, added: { ...state.added, [key]: item } };
    }
    case 'item.opened':
    case 'item.reopened':
      return openedItem(state, event.data.item);
    case 'item.assigned':
      return withItem(state, event.data.id, { assignee: event.data.assignee });
    case 'item.cancelled':
      return withoutItem(state, event.data.id);
    case 'item.skipped':
      return marked(withoutItem(state, event.data.id), event.data.key, 'skipped');
    case 'task.completed':
    case 'milestone.reached':
    case 'await.occurred':
      return done(state, event.data);
    case 'duty.began': {
      const { duty, anchor, next, opensAt } = event.data;
      return { ...state, duties: { ...state.duties, [duty]: { anchor, next, opensAt } } };
    }
    case 'duty.due': {
      const { duty, next, nextOpensAt } = event.data;
      const running = state.duties[duty];
      if (!running) return state;
      return { ...state, duties: { ...state.duties, [duty]: { ...running, next, opensAt: nextOpensAt } } };
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
      return withDeadline(state, event.data.deadline);
    case 'deadline.projected':
      return { ...withDeadline(state, event.data.deadline), calendar: event.data.calendar };
    case 'deadline.met':
    case 'deadline.cancelled':
      return withoutDeadline(state, event.data.id);
    case 'deadline.paused': {
      const deadline = state.deadlines[event.data.id];
      if (!deadline) return state;
      const pauses = [...deadline.pauses, { kind: event.data.kind, from: event.data.from }];
      return withDeadline(state, { ...deadline, pauses, pausedSince: event.recordedAt });
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
    case 'rung.fired':
      return fired(state, event);
    case 'party.added':
    case 'party.changed':
      return { ...state, parties: { ...state.parties, [event.data.party.id]: event.data.party } };
    case 'party.ended':
      return { ...state, parties: removed(state.parties, event.data.id) };
    case 'role.assigned':
      return { ...state, assignments: { ...state.assignments, [event.data.role]: event.data.assignment } };
    case 'data.corrected':
      return { ...state, fields: { ...state.fields, ...event.data.fields } };
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
      return followUpUntil ? { ...closed, followUpUntil } : closed;
    }
    case 'case.ended':
      return without({ ...state, status: 'closed' }, 'followUpUntil');
    case 'case.reopened': {
      const again: State = { ...state, status: event.data.status, reopened: state.reopened + 1 };
      return without(without(without(again, 'followUpUntil'), 'outcome'), 'closedAt');
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

function openedItem(state: State, item: OpenItem): State {
  const serial = { ...state.serial, [item.key]: Math.max(state.serial[item.key] ?? 0, serialOf(item.id)) };
  const next = { ...state, serial, items: { ...state.items, [item.id]: item } };
  return item.kind === 'duty' ? next : marked(next, item.key, 'open');
}

function done(state: State, { id, key, fields }: EventData['task.completed']): State {
  const counts = { ...state.counts, [key]: (state.counts[key] ?? 0) + 1 };
  const next = { ...withoutItem(state, id), counts, fields: fields ? { ...state.fields, ...fields } : state.fields };
  return state.items[id]?.kind === 'duty' ? next : marked(next, key, 'done');
}

function fired(state: State, event: CaseEvent & { type: 'rung.fired' }): State {
  const deadline = state.deadlines[event.data.deadline];
  if (!deadline) return state;
  const rungs = deadline.rungs.map((rung) =>
    rung.n === event.data.rung ? { ...rung, firedAt: event.recordedAt } : rung,
  );
  return withDeadline(state, { ...deadline, rungs });
}

function marked(state: State, key: string, as: 'open' | 'done' | 'skipped'): State {
  return { ...state, round: { ...state.round, [key]: as } };
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

function withoutDeadline(state: State, id: string): State {
  return { ...state, deadlines: removed(state.deadlines, id) };
}

function removed<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = record;
  return rest;
}

function without(
  state: State,
  key: 'consent' | 'stage' | 'suspendedFrom' | 'followUpUntil' | 'outcome' | 'closedAt',
): State {
  const { [key]: _, ...rest } = state;
  return rest;
}

/** The number at the end of an item's id `<key>-<n>`. */
function serialOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}
