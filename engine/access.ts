import type { Instant } from '../sdk/time.ts';
import type { CaseEvent } from './event.ts';
import type { EmergencyAccess, Party, State } from './state.ts';
import { isOfAge } from './time/age.ts';

/** So many are kept in the state until they are reviewed; the record keeps all. */
const MOST_KEPT = 50;

/** The state after an event about who may read the case; undefined when the event is none of these. Never refuses: it happened. */
export function evolveAccess(state: State, event: CaseEvent): State | undefined {
  switch (event.type) {
    case 'access.opened': {
      const { id, person, until } = event.data;
      const opened: EmergencyAccess = { id, person, from: event.recordedAt, until };
      const kept = Object.entries(state.emergencyAccess ?? {}).slice(1 - MOST_KEPT);
      return { ...state, emergencyAccess: Object.fromEntries([...kept, [id, opened]]) };
    }
    case 'access.ended': {
      const { [event.data.id]: one, ...others } = state.emergencyAccess ?? {};
      if (!one) return state;
      return { ...state, emergencyAccess: { ...others, [one.id]: { ...one, endedAt: event.recordedAt } } };
    }
    case 'access.approved': {
      const { until, person } = event.data;
      const { persons = {}, ...kept } = state.minorAccess ?? {};
      if (person === undefined) return { ...state, minorAccess: { ...state.minorAccess, standing: until } };
      // what has run out says nothing any more
      const running = Object.entries(persons).filter(([, end]) => end > event.recordedAt);
      const next = Object.fromEntries([...running, [person, until]].slice(-MOST_KEPT));
      return { ...state, minorAccess: { ...kept, persons: next } };
    }
    case 'access.reviewed': {
      const { [event.data.id]: _, ...others } = state.emergencyAccess ?? {};
      const { emergencyAccess: __, ...rest } = state;
      return Object.keys(others).length > 0 ? { ...rest, emergencyAccess: others } : rest;
    }
    default:
      return undefined;
  }
}

/** The emergency access by which a person may read a case at a moment: it ends by itself. */
export function accessAt(
  { emergencyAccess = {} }: Pick<State, 'emergencyAccess'>,
  person: string,
  at: Instant,
): EmergencyAccess | undefined {
  return Object.values(emergencyAccess).find(
    (each) => each.person === person && each.endedAt === undefined && at < each.until,
  );
}

/** Whether a case is about somebody under eighteen at a moment, as far as dates of birth are known. */
export function isAboutMinor(
  { parties }: { readonly parties: State['parties'] | readonly Party[] },
  at: Instant,
): boolean {
  return Object.values(parties).some(({ birthDate }) => birthDate !== undefined && !isOfAge(birthDate, 18, at));
}

/**
 * Whether the head has let a person read of the minors of a case at a moment (minors' network protection regulation, art. 36):
 * by name, or with everybody who answers for the case or works in its unit (`standing`).
 */
export function isApproved(
  { minorAccess = {} }: Pick<State, 'minorAccess'>,
  { person, standing, at }: { readonly person: string; readonly standing: boolean; readonly at: Instant },
): boolean {
  const { standing: all, persons = {} } = minorAccess;
  const own = Object.hasOwn(persons, person) ? persons[person] : undefined;
  return (standing && all !== undefined && at < all) || (own !== undefined && at < own);
}
