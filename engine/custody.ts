import type { Instant } from '../sdk/time.ts';
import type { CaseEvent } from './event.ts';
import { isOwn } from './rights.ts';
import type { Deadline, Erasure, OpenItem, State } from './state.ts';

// What is kept of a case when the help has ended: legal holds, and requests to erase (PIPL arts. 47 and 49).

/** The key of the task to answer a request to erase; no program's key has a colon. */
export const ERASURE = 'linli:erasure';

/** So long the unit has to answer it: what is practised under PIPL art. 50, and no act may lengthen. */
export const ERASURE_WITHIN = '15 working days';

/** So many holds of one case stand at once. */
export const MOST_HOLDS = 20;

/** Tasks and clocks that neither the end of the help nor its new beginning ends: what officials owe all the same. */
export function outlivesHelp(what: OpenItem['kind'] | Deadline['of']): boolean {
  return what === 'finding' || what === 'erasure';
}

/**
 * Acts that go on handling what is only to be stored and protected. What the law asks for goes on: audit, complaints and
 * emergencies, the books, holds, and the answer to the request itself.
 */
export const LIMITED: ReadonlySet<string> = new Set([
  ...['note.add', 'document.attach', 'case.reopen', 'consent.give', 'history.correct', 'case.handAway'],
]);

/** Whether a case is only stored and protected: its help and follow-up have ended, and whom it is about has asked to be erased. */
export function isLimited({ status, erasure }: Pick<State, 'status' | 'erasure'>): boolean {
  return status === 'closed' && erasure?.decision === 'limited';
}

/** Whether a person is at a moment one of those whom what is only stored and protected is about, or still speaks for one as a guardian. */
export function isOwnOf(state: Pick<State, 'parties' | 'erasure'>, person: string, at: Instant): boolean {
  const voices = state.erasure?.voices ?? [];
  return Object.values(state.parties).some((party) => party.person === person && isOwn(state, party, voices, at));
}

/** Whether a request to erase waits for its answer. */
export function isAskedToErase({ erasure }: Pick<State, 'erasure'>): boolean {
  return erasure !== undefined && erasure.decision === undefined;
}

/** The state after an event about what is kept; undefined when the event is none of these. Never refuses: it happened. */
export function evolveCustody(state: State, event: CaseEvent): State | undefined {
  switch (event.type) {
    case 'hold.set': {
      const { id, ground } = event.data;
      const audit = event.actor.post === undefined ? ({ audit: true } as const) : {};
      const hold = { id, ground, by: event.actor.id, ...audit, since: event.recordedAt };
      return { ...state, holds: { ...state.holds, [id]: hold } };
    }
    case 'hold.lifted': {
      const { [event.data.id]: _, ...others } = state.holds ?? {};
      const { holds: __, ...rest } = state;
      return Object.keys(others).length > 0 ? { ...rest, holds: others } : rest;
    }
    case 'erasure.requested': {
      const { id, by, voices } = event.data;
      const erasure: Erasure = { id, by, voices, at: event.occurredAt, recordedBy: event.actor.id };
      return { ...state, erasure };
    }
    case 'erasure.answered': {
      const { erasure } = state;
      if (erasure?.id !== event.data.id) return state;
      return without({ ...state, erasure: { ...erasure, decision: event.data.decision } }, event.data.id);
    }
    case 'erasure.withdrawn': {
      const { erasure, ...rest } = state;
      return erasure?.id === event.data.id ? without(rest, event.data.id) : state;
    }
    default:
      return undefined;
  }
}

/** Without the task of a request, which has been answered or is no more. */
function without(state: State, item: string): State {
  const { [item]: _, ...items } = state.items;
  return { ...state, items };
}
