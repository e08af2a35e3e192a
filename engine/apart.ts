import type { Program, Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { roleName } from './lookup.ts';
import { holderAt } from './org.ts';
import type { State } from './state.ts';
import { ownerOf } from './succession.ts';
import type { Org } from './world.ts';

/** Who fills roles of a case: its parties and assignments. */
export type Cast = Pick<State, 'parties' | 'assignments'>;

/**
 * The persons who fill a role at an instant, each once: through a post, an assignment and as parties with a login, all of
 * them, as `rolesOn` gives rights to all of them.
 */
export function personsOf(cast: Cast, role: string, org: Org, at: Instant): string[] {
  const given = Object.hasOwn(cast.assignments, role) ? cast.assignments[role] : undefined;
  const assignment = given && ownerOf(org, given, at);
  const holder = assignment?.post === undefined ? assignment?.person : holderAt(org, assignment.post, at);
  const parties = Object.values(cast.parties).flatMap((party) =>
    party.role === role && party.person ? [party.person] : [],
  );
  return [...new Set(holder === undefined ? parties : [holder, ...parties])];
}

/** Two roles of a set that must be apart and fall on one person, in words; undefined when all are apart. */
export function notApart(program: Program, cast: Cast, org: Org, at: Instant): Text | undefined {
  for (const set of program.apart) {
    const seen = new Map<string, string>();
    for (const role of set) {
      const { post } = ownerOf(org, cast.assignments[role] ?? {}, at);
      const key = (person: string) => `person ${person}`;
      const filled = [...personsOf(cast, role, org, at).map(key), ...(post ? [`post ${post}`] : [])];
      for (const who of filled) {
        const other = seen.get(who);
        if (other !== undefined && other !== role) return sentence(program, other, role);
        seen.set(who, role);
      }
    }
  }
  return undefined;
}

/** Roles an actor fills at once although they must be apart: an appointment or a change of parties has brought them together. */
export function collidingOf(program: Program, roles: { has(role: string): boolean }): readonly string[] {
  for (const set of program.apart) {
    const mine = set.filter((role) => roles.has(role));
    if (mine.length > 1) return mine;
  }
  return [];
}

function sentence(program: Program, one: string, other: string): Text {
  const [a, b] = [roleName(program, one), roleName(program, other)];
  return [`“${a[0]}”与“${b[0]}”必须由不同的人担任。`, `"${a[1]}" and "${b[1]}" must be different people.`];
}
