import type { CaseEvent, Destroyed, EventType } from './event.ts';
import { type Destruction, STATE_VERSION, type State } from './state.ts';

// The contents of a case are destroyed by two people, after a wait (docs/retention.md, ADR 33).

/** So many days lie between the approval and the destruction: whoever is told of it can still stop it. */
export const DESTRUCTION_WAITS_DAYS = 7;

/** The same in milliseconds. */
export const DESTRUCTION_WAITS_MS = DESTRUCTION_WAITS_DAYS * 86_400_000;

/** Events after which a request, or its approval, does not hold any more: who still wants it asks again. */
export const ENDS_DESTRUCTION: ReadonlySet<string> = new Set<EventType>([
  ...(['destruction.refused', 'destruction.revoked', 'hold.set', 'case.reopened'] as const),
  ...(['case.handedAway', 'case.received', 'case.moved'] as const),
]);

/** The state after an event about the destruction; undefined when the event is none of these. Never refuses: it happened. */
export function evolveDestruction(state: State, event: CaseEvent): State | undefined {
  switch (event.type) {
    case 'destruction.requested': {
      const { id, ground } = event.data;
      const destruction: Destruction = { id, seq: event.seq, by: event.actor.id, at: event.recordedAt, ground };
      return { ...state, destruction };
    }
    case 'destruction.approved': {
      const { destruction } = state;
      if (destruction?.id !== event.data.id) return state;
      const approved = { seq: event.seq, by: event.actor.id, at: event.recordedAt, from: event.data.from };
      return { ...state, destruction: { ...destruction, approved } };
    }
    default:
      return undefined;
  }
}

/** Without a request to destroy. */
export function withoutDestruction(state: State): State {
  const { destruction: _, ...rest } = state;
  return rest;
}

/**
 * What is left of a case: which one it was, in which unit, when, and that it is destroyed. Made of the last event alone, since
 * what the events before it said is gone.
 */
export function remainderOf(
  { case: of }: Destroyed,
  { seq, recordedAt }: Pick<CaseEvent, 'seq' | 'recordedAt'>,
): State {
  const { caseId, caseNo, program, unit, openedAt, closedAt, imported, calendar } = of;
  return {
    ...{ v: STATE_VERSION, caseId, caseNo, program, unit, status: 'closed', openedAt, imported, calendar },
    at: recordedAt,
    ...(closedAt === null ? {} : { closedAt }),
    ...{ parties: {}, assignments: {}, fields: {}, votes: {}, stages: {}, counts: {}, round: {}, items: {} },
    ...{ deadlines: {}, duties: {}, books: {}, effects: {}, serial: {}, added: {}, reopened: 0 },
    destroyed: { at: recordedAt, seq },
  };
}

/**
 * The text whose SHA-256 stands in the certificate: a line with number and hash of every event before it, then one with id and
 * hash of every document, in order of their ids. With headers and documents' rows, which stay, anybody makes it again.
 */
export function digestText(
  events: readonly { readonly seq: number; readonly hash: string }[],
  documents: readonly { readonly id: string; readonly sha256: string }[],
): string {
  const inOrder = [...documents].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    ...events.map(({ seq, hash }) => `${seq} ${hash}\n`),
    ...inOrder.map(({ id, sha256 }) => `${id} ${sha256}\n`),
  ].join('');
}
