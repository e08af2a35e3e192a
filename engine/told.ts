import type { Tell } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { personsOf } from './apart.ts';
import type { Told } from './event.ts';
import { holdersBetween, toldAbove, toldFor, unitsUp } from './org.ts';
import type { Deadline, State } from './state.ts';
import type { Org } from './world.ts';

/**
 * Whom something about a clock tells at an instant. `holder`: the holder of the answering post and whoever does the work.
 * A role that is assigned to a person tells that person; one that nobody fills tells the heads from the case's own unit
 * upwards, so that unassigned work escalates too.
 */
export function toldAbout(state: State, org: Org, deadline: Deadline, tell: Tell, at: Instant): Told[] {
  const { post, person } = state.assignments[deadline.answers] ?? {};
  const skips = deadline.skips ?? [];
  const told =
    post !== undefined ? toldFor(org, { post, tell, at, skips }) : atHome(state, org, { tell, at, skips, person });
  if (tell !== 'holder') return told;
  const doers = doersOf(state, org, deadline.id, at).filter(
    (each) => !skips.includes(each) && !told.some((other) => other.person === each),
  );
  return [...told, ...[...new Set(doers)].map((each) => asPerson(state, org, each))];
}

function atHome(
  state: State,
  org: Org,
  { tell, at, skips, person }: { tell: Tell; at: Instant; skips: readonly string[]; person: string | undefined },
): Told[] {
  if (tell === 'holder' && person !== undefined && !skips.includes(person)) return [asPerson(state, org, person)];
  const to = { unit: state.unit, tell: tell === 'holder' ? ('unit' as const) : tell, at };
  const told = toldAbove(org, { ...to, skips: person === undefined ? skips : [...skips, person] });
  return told.length > 0 ? told : toldAbove(org, to);
}

function asPerson({ unit }: State, org: Org, person: string): Told {
  return { person, unit, level: org.units[unit]?.level ?? 'community' };
}

/** Persons with a login who do an item: whom it is assigned to, else whoever fills its role. */
function doersOf(state: State, org: Org, id: string, at: Instant): string[] {
  const item = state.items[id];
  if (!item) return [];
  if (!item.assignee) return personsOf(state, item.by, org, at);
  return personsOf({ assignments: { assignee: item.assignee }, parties: {} }, 'assignee', org, at);
}

/**
 * The post a record of accountability is about, and everyone who held it over the deadline's life. Where no post was
 * assigned, or it stood empty all the time, that is the post the promise fell to: the next head who was told.
 */
export function accountable(
  state: State,
  org: Org,
  { answers, start }: Deadline,
  told: readonly Told[],
  until: Instant,
): { post: string; holders: { person: string; from: Instant; until?: Instant }[] } {
  const { post: assigned, person } = state.assignments[answers] ?? {};
  const own = assigned === undefined ? [] : holdersBetween(org, assigned, start, until);
  if (assigned !== undefined && own.length > 0) return { post: assigned, holders: own };
  const heads = unitsUp(org, state.unit).flatMap((unit) => org.units[unit]!.head ?? []);
  const post = told.find((each) => each.post !== undefined)?.post ?? heads[0] ?? assigned ?? '';
  const holders = person === undefined ? holdersBetween(org, post, start, until) : [{ person, from: start }];
  return { post, holders };
}
