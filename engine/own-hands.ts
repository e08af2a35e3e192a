import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { Actor } from './act.ts';
import { deputyAt, holderAt } from './org.ts';
import { type CaseOfRights, ownRoles, rolesOn } from './rights.ts';
import type { Deadline, Party, State } from './state.ts';
import { ownerOf } from './succession.ts';
import type { Org, World } from './world.ts';

/**
 * Why somebody cannot be whom a case is about, or his guardian: he works on it, or is who says so. He would confirm his own
 * payments, consent to his own acts and read as his own what others are told for a purpose. In words; undefined when he can.
 */
export function ownHandsProblem(
  { person, role }: Pick<Party, 'person' | 'role'>,
  { unit, assignments }: Pick<CaseOfRights, 'unit' | 'assignments'>,
  actor: Pick<Actor, 'id'>,
  { program, org, now }: Pick<World, 'program' | 'org' | 'now'>,
): Text | undefined {
  if (person === undefined || !ownRoles(program).includes(role)) return undefined;
  const asPerson = { kind: 'person', id: person, logins: [] } as const;
  const works = person === actor.id || rolesOn({ unit, assignments, parties: {} }, asPerson, org, now).size > 0;
  return works
    ? [
        '经办、负责或主管这件个案的人不能同时是本人或监护人。',
        'Who works on a case, answers for it or heads its unit cannot be whom it is about, nor the guardian.',
      ]
    : undefined;
}

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
