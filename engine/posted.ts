import type { Instant } from '../sdk/time.ts';
import type { CaseEvent } from './event.ts';
import type { Disclosure, State } from './state.ts';

// What of disclosures and objections stands in the state.

/** Ids of the undecided objections to a disclosure. */
export function objectionsTo({ objections = {} }: Pick<State, 'objections'>, key: string): string[] {
  return Object.keys(objections).filter((id) => objections[id]!.disclosure === key);
}

/** When the next disclosure comes down, and which. */
export function nextEnd({ disclosures = {} }: Pick<State, 'disclosures'>): { id: string; at: Instant } | undefined {
  const ends = Object.entries(disclosures).flatMap(([id, { until, over }]) => (over ? [] : [{ id, at: until }]));
  return ends.sort((a, b) => (a.at < b.at || (a.at === b.at && a.id < b.id) ? -1 : 1))[0];
}

/** The disclosures and objections of a case after an event; undefined where it is about none. */
export function evolveDisclosures(state: State, event: CaseEvent): State | undefined {
  const { disclosures = {}, objections = {} } = state;
  switch (event.type) {
    case 'disclosure.posted': {
      const { id, key, until } = event.data;
      const posted: Disclosure = { key, by: event.actor.id, at: event.occurredAt, until };
      return { ...state, disclosures: { ...disclosures, [id]: posted } };
    }
    case 'disclosure.ended': {
      const posted = disclosures[event.data.id];
      return posted ? { ...state, disclosures: { ...disclosures, [event.data.id]: { ...posted, over: true } } } : state;
    }
    case 'disclosure.takenDown': {
      const { [event.data.id]: _, ...others } = disclosures;
      return { ...state, disclosures: others };
    }
    case 'objection.raised': {
      const { id, disclosure } = event.data;
      const by = event.actor.kind === 'system' ? {} : { by: event.actor.id };
      const poster = Object.values(disclosures).find(({ key }) => key === disclosure)?.by;
      const against = poster === undefined ? {} : { poster };
      return { ...state, objections: { ...objections, [id]: { disclosure, ...by, ...against } } };
    }
    case 'objection.decided': {
      const { [event.data.id]: _, ...items } = state.items;
      return withoutObjection({ ...state, items }, event.data.id);
    }
    default:
      return undefined;
  }
}

/** A state in which nothing is public any more under an item, nor waits for a decision under it. */
export function withoutDisclosure(state: State, id: string): State {
  const { [id]: posted, ...disclosures } = state.disclosures ?? {};
  return withoutObjection(posted ? { ...state, disclosures } : state, id);
}

function withoutObjection(state: State, id: string): State {
  const { [id]: found, ...objections } = state.objections ?? {};
  return found ? { ...state, objections } : state;
}
