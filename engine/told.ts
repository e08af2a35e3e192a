import type { Tell } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { personsOf } from './apart.ts';
import type { EventData, Told } from './event.ts';
import { holdersBetween, sureTold, toldAbove, toldDeputy, toldFor, unitsUp } from './org.ts';
import type { Deadline, State } from './state.ts';
import { ownerOf, ownersBetween } from './succession.ts';
import type { Org } from './world.ts';

/**
 * Whom something about a clock tells at an instant. `holder`: the holder of the answering post and whoever does the work.
 * A role that is assigned to a person tells that person; one that nobody fills tells the heads from the case's own unit
 * upwards, so that unassigned work escalates too. Deputies are told beside those they stand in for. There is always
 * somebody told, or the fact that nobody could be, addressed to the highest unit.
 */
export function toldAbout(
  state: State,
  org: Org,
  deadline: Pick<Deadline, 'id' | 'answers' | 'unit' | 'skips'>,
  tell: Tell,
  at: Instant,
): Told[] {
  if (deadline.unit !== undefined) return sureTold(org, state.unit, toldOfUnits(state, org, deadline, tell, at));
  const { post, person } = ownerOf(org, state.assignments[deadline.answers] ?? {}, at);
  const skips = deadline.skips ?? [];
  const told =
    post !== undefined ? toldFor(org, { post, tell, at, skips }) : atHome(state, org, { tell, at, skips, person });
  if (tell !== 'holder') return sureTold(org, state.unit, told);
  const doers = [
    ...doersOf(state, org, deadline.id, at).map((each) => asPerson(state, org, each)),
    ...doingPost(state, org, deadline.id, at).flatMap((each) => toldDeputy(org, each, at, skips)),
  ].filter(({ person }) => !skips.includes(person!));
  const all = [...told];
  for (const each of doers) if (!all.some((other) => other.person === each.person)) all.push(each);
  return sureTold(org, state.unit, all);
}

/**
 * What waits for the head of another unit, or of a level above: `unit` tells that head, `holder` also whoever answers for the
 * case, and a level the heads of that level above both units. A question to a level above is no matter of two units.
 */
function toldOfUnits(
  state: State,
  org: Org,
  { unit = state.unit, ...deadline }: Pick<Deadline, 'id' | 'answers' | 'unit' | 'skips'>,
  tell: Tell,
  at: Instant,
): Told[] {
  const { skips = [] } = deadline;
  const theirs = toldAbove(org, { unit, tell: tell === 'holder' ? 'unit' : tell, at, skips });
  if (tell === 'unit' || unitsUp(org, state.unit).includes(unit)) return theirs;
  return together(theirs, toldAbout(state, org, deadline, tell, at));
}

/** Told lists as one, nobody twice. */
export function together(...lists: readonly (readonly Told[])[]): Told[] {
  const all: Told[] = [];
  for (const each of lists.flat()) {
    const same = (other: Told) =>
      each.person === undefined ? other.post === each.post && other.unit === each.unit : other.person === each.person;
    if (!all.some(same)) all.push(each);
  }
  return all;
}

function atHome(
  state: State,
  org: Org,
  { tell, at, skips, person }: { tell: Tell; at: Instant; skips: readonly string[]; person: string | undefined },
): Told[] {
  if (tell === 'holder' && person !== undefined && !skips.includes(person)) return [asPerson(state, org, person)];
  const to = { unit: state.unit, tell: tell === 'holder' ? ('unit' as const) : tell, at };
  const told = toldAbove(org, { ...to, skips: person === undefined ? skips : [...skips, person] });
  return told.length > 0 ? told : toldAbove(org, { ...to, skips });
}

function asPerson({ unit }: State, org: Org, person: string): Told {
  return { person, unit, level: org.units[unit]?.level ?? 'community' };
}

/** The post that does an item, if a post does. */
function doingPost(state: State, org: Org, id: string, at: Instant): string[] {
  const item = state.items[id];
  const { post } = ownerOf(org, item?.assignee ?? state.assignments[item?.by ?? ''] ?? {}, at);
  return post === undefined ? [] : [post];
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
  { answers, start, unit: asked }: Deadline,
  told: readonly Told[],
  until: Instant,
): { post: string; holders: EventData['accountability.opened']['holders'] } {
  const given = asked === undefined ? (state.assignments[answers] ?? {}) : {};
  const { post: assigned, person } = ownerOf(org, given, until);
  const own = ownersBetween(org, given, start, until);
  if (assigned !== undefined && own.some(({ deputy }) => !deputy)) return { post: assigned, holders: own };
  const heads = unitsUp(org, state.unit).flatMap((unit) => org.units[unit]!.head ?? []);
  const post = told.find((each) => each.post !== undefined)?.post ?? heads[0] ?? assigned ?? '';
  const holders = person === undefined ? holdersBetween(org, post, start, until) : own;
  return { post, holders };
}
