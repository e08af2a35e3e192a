import type { Instant } from '../../sdk/time.ts';
import { personsOf } from '../apart.ts';
import type { Told } from '../event.ts';
import { roleMeant } from '../lookup.ts';
import { holderAt, toldAbove, unitFor, unitsUp } from '../org.ts';
import type { State } from '../state.ts';
import { ownerOf } from '../succession.ts';
import type { Org, World } from '../world.ts';

// Whom a word against somebody is told: never that person, nor anyone who stands in for him or answers to him.

/**
 * Persons a word names: by a role, a party's id or name, a post or a person. Who is appointed to come counts too, and who
 * stands in for them.
 */
export function personsNamed(state: State, org: Org, about: string, now: Instant): string[] {
  const given = Object.hasOwn(state.assignments, about) ? state.assignments[about] : undefined;
  const assignment = given && ownerOf(org, given, now);
  const post = assignment?.post ?? about;
  const holders = [...org.appointments, ...(org.deputies ?? [])].filter(
    (each) => each.post === post && (!each.until || each.until > now),
  );
  const parties = Object.values(state.parties).filter(({ id, role, name: called }) =>
    [id, role, called].includes(about),
  );
  const persons = [...holders, ...parties, ...(assignment ? [assignment] : [])].flatMap((each) => each.person ?? []);
  return [...new Set([about, ...persons])];
}

/**
 * Persons a word is kept from when it is said, also those in office who are named by name; `known`: whether every name means
 * somebody. A post or a role that nobody holds, or a name nobody has, means nobody.
 */
export function keptFrom(
  state: State,
  { org, now, facts }: Pick<World, 'org' | 'now' | 'facts'>,
  about: readonly string[],
): { readonly sealed: readonly string[]; readonly known: boolean } {
  const byName = (each: string) => (Object.hasOwn(facts.named ?? {}, each) ? (facts.named?.[each] ?? []) : []);
  const named = about.map((each) => [...personsNamed(state, org, each, now), ...byName(each)]);
  const known = about.every((each, n) => named[n]!.length > 1 || isSomebody(state, org, each));
  return { sealed: sealedFor(state, org, [...about, ...about.flatMap(byName)], now), known };
}

function isSomebody({ parties }: State, org: Org, name: string): boolean {
  const party = Object.values(parties).some((each) => [each.id, each.role, each.name, each.person].includes(name));
  return party || [...org.appointments, ...(org.deputies ?? [])].some(({ person }) => person === name);
}

/** Persons from whom something about these is sealed: themselves, and who stands in for one of their posts. */
export function sealedFor(state: State, org: Org, about: readonly string[], now: Instant): string[] {
  const named = about.flatMap((each) => personsNamed(state, org, each, now));
  const theirs = org.appointments.filter((each) => named.includes(each.person) && isOn(each, now));
  const deputies = (org.deputies ?? []).filter(
    (each) => theirs.some(({ post }) => post === each.post) && (!each.until || each.until > now),
  );
  return [...new Set([...named, ...deputies.map(({ person }) => person)])];
}

/** Everybody who fills a role of the case now: through a post, as its deputy, by name, or as a party with a login; and whom open work is given to. */
export function involved(state: State, org: Org, now: Instant): string[] {
  const roles = new Set([...Object.keys(state.assignments), ...Object.values(state.parties).map(({ role }) => role)]);
  const persons = [...roles].flatMap((role) => personsOf(state, role, org, now));
  const assigned = Object.values(state.items).flatMap(({ assignee: given }) => {
    const { post, person } = given ? ownerOf(org, given, now) : {};
    return person ?? (post === undefined ? [] : (holderAt(org, post, now) ?? []));
  });
  return sealedFor(state, org, [...new Set([...persons, ...assigned])], now);
}

/** Who works on a case and is not told of a word about nobody known: everybody involved but who was told and who spoke. */
export function apartFrom(
  state: State,
  { org, now }: Pick<World, 'org' | 'now'>,
  {
    told,
    by,
    onBehalfOf,
  }: { readonly told: readonly Told[]; readonly by: string; readonly onBehalfOf?: string | undefined },
): string[] {
  const role = roleMeant(state, onBehalfOf);
  const spoke = [by, ...(role === undefined ? [] : personsOf(state, role, org, now))];
  return involved(state, org, now).filter(
    (each) => !spoke.includes(each) && !told.some(({ person }) => person === each),
  );
}

/** Whether a word is not there for somebody: it is about him, or about nobody known and he neither spoke nor was told. */
export function isKeptFrom(
  {
    sealed,
    apart,
    told,
    by,
  }: {
    readonly sealed: readonly string[];
    readonly apart?: readonly string[];
    readonly told: readonly Told[];
    readonly by?: string;
  },
  person: string,
  wasTold: boolean,
): boolean {
  if (sealed.includes(person)) return true;
  if (apart === undefined || by === person || told.some((each) => each.person === person)) return false;
  return !wasTold || apart.includes(person);
}

/**
 * The lowest unit none of whose heads answers to one of these persons: at least the sub-district, and above every unit they
 * head (`head`), or in which they hold any post at all (`any`). Undefined when nobody is above them.
 */
export function unitAbove(
  { unit }: Pick<State, 'unit'>,
  org: Org,
  persons: readonly string[],
  { now, post: which }: { readonly now: Instant; readonly post: 'head' | 'any' },
): string | undefined {
  const up = unitsUp(org, unit);
  const held = [...org.appointments, ...(org.deputies ?? [])].filter(
    (each) => persons.includes(each.person) && isOn(each, now),
  );
  const theirs = up.flatMap((each, n) => {
    const here = held.filter(({ post }) => org.posts[post]?.unit === each);
    return here.some(({ post }) => which === 'any' || post === org.units[each]?.head) ? [n + 1] : [];
  });
  return up[Math.max(up.indexOf(unitFor(org, unit, 'sub-district') ?? unit), ...theirs)];
}

/**
 * The heads from a unit upwards, `levels` times one level higher each; past the highest one also that unit itself, where its
 * administrators find it. A post that stands empty is told beside the heads in office, never instead of them; where nobody
 * in office is told, the highest unit is told as well.
 */
export function toldFrom(
  { unit }: Pick<State, 'unit'>,
  org: Org,
  from: string | undefined,
  { levels, now, skips }: { readonly levels: number; readonly now: Instant; readonly skips: readonly string[] },
): Told[] {
  let told: Told[] = [];
  let next = from;
  for (let n = 0; n <= levels; n++) {
    const here = next === undefined ? [] : toldAbove(org, { unit: next, tell: 'unit', at: now, skips });
    const head = here.find(({ post }) => post !== undefined);
    if (!head) return withTop(org, unit, n === 0 ? here : told);
    told = hasPerson(here) ? here : joined(told, here);
    next = org.units[head.unit]?.above;
  }
  return hasPerson(told) ? told : withTop(org, unit, told);
}

/** The highest head in office from the unit of the case upwards, or who stands in for one: never one of `skips`. Empty where there is none. */
export function highestHead(
  { unit }: Pick<State, 'unit'>,
  org: Org,
  { now, skips }: { readonly now: Instant; readonly skips: readonly string[] },
): Told[] {
  const up = unitsUp(org, unit).reverse();
  return up.map((each) => toldAbove(org, { unit: each, tell: 'unit', at: now, skips })).find(hasPerson) ?? [];
}

/** Whether somebody in office is told. */
export function hasPerson(told: readonly Told[]): boolean {
  return told.some(({ person }) => person !== undefined);
}

/** Who is told by one list or the other, each once. */
export function joined(before: readonly Told[], told: readonly Told[]): Told[] {
  const known = new Set(before.map((each) => JSON.stringify(each)));
  return [...before, ...told.filter((each) => !known.has(JSON.stringify(each)))];
}

function withTop(org: Org, unit: string, told: readonly Told[]): Told[] {
  const top = unitsUp(org, unit).at(-1) ?? unit;
  return joined(told, [{ unit: top, level: org.units[top]?.level ?? 'community' }]);
}

function isOn({ from, until }: { readonly from: Instant; readonly until?: Instant }, now: Instant): boolean {
  return from <= now && (!until || now < until);
}
