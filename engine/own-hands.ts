import type { Program, Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { Actor } from './act.ts';
import { deputyAt, holderAt } from './org.ts';
import { ASSIGNEE, type CaseOfRights, ownRoles, type Roles, rolesOn } from './rights.ts';
import type { Deadline, Party, State } from './state.ts';
import { ownerOf } from './succession.ts';
import type { Org, World } from './world.ts';

/**
 * Why somebody cannot be whom a case is about, or his guardian: he works on it, or is who says so. He would confirm his own
 * payments, consent to his own acts and read as his own what others are told for a purpose. In words; undefined when he can.
 */
export function ownHandsProblem(
  party: Pick<Party, 'person' | 'role'>,
  { unit, assignments }: Pick<CaseOfRights, 'unit' | 'assignments'>,
  actor: Pick<Actor, 'id'>,
  world: Pick<World, 'program' | 'org' | 'now'>,
): Text | undefined {
  if (party.person === undefined || !ownRoles(world.program).includes(party.role)) return undefined;
  return party.person === actor.id || works(party.person, { unit, assignments }, world) ? OWN_HANDS : undefined;
}

/** The same from the other side: why work is not given to somebody, by name or in his post. In words; undefined when it can. */
export function ownWorkProblem(
  parties: State['parties'],
  assignments: State['assignments'],
  world: Pick<World, 'program' | 'org' | 'now'>,
): Text | undefined {
  const own = ownPersons(parties, world.program);
  // a unit that is none: only what is given counts, not what else he is there
  return own.some((person) => works(person, { unit: '', assignments }, world)) ? OWN_HANDS : undefined;
}

/**
 * The roles by which an actor would work on a case that is his own, by a post, a login, an office or work given to a post: he
 * takes no part in it (回避), however he came by them. What he is as a party, and what was given to him as one, stays his.
 */
export function ownWorkRoles(
  { parties }: Pick<State, 'parties'>,
  program: Pick<Program, 'consent' | 'roles'>,
  actor: Pick<Actor, 'id'>,
  roles: Roles,
): readonly string[] {
  if (!ownPersons(parties, program).includes(actor.id)) return [];
  const asParty = new Set(Object.values(parties).flatMap(({ person, role }) => (person === actor.id ? [role] : [])));
  const isWork = (role: string) => (role === ASSIGNEE ? roles.get(role)?.post !== undefined : !asParty.has(role));
  return [...roles.keys()].filter(isWork);
}

/** Whose own a case is, by their accounts. */
function ownPersons(parties: State['parties'], program: Pick<Program, 'consent'>): string[] {
  const own = ownRoles(program);
  return Object.values(parties).flatMap(({ person, role }) => (person && own.includes(role) ? [person] : []));
}

function works(
  person: string,
  { unit, assignments }: Pick<CaseOfRights, 'unit' | 'assignments'>,
  { org, now }: Pick<World, 'org' | 'now'>,
): boolean {
  return rolesOn({ unit, assignments, parties: {} }, { kind: 'person', id: person, logins: [] }, org, now).size > 0;
}

/** What is said where work on a case and the case itself would fall on one person. */
export const OWN_HANDS: Text = [
  '经办、负责或主管这件个案的人不能同时是本人或监护人。',
  'Who works on a case, answers for it or heads its unit cannot be whom it is about, nor the guardian.',
];

/** Whether somebody answers for a deadline himself: by name, in the post that does, or standing in for it. */
export function answersHimself(
  { assignments }: Pick<State, 'assignments'>,
  { answers }: Pick<Deadline, 'answers'>,
  person: string,
  org: Org,
  at: Instant,
): boolean {
  const owner = ownerOf(org, assignments[answers] ?? {}, at);
  if (owner.post === undefined) return owner.person === person;
  return holderAt(org, owner.post, at) === person || deputyAt(org, owner.post, at) === person;
}
