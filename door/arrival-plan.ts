import type { State } from '../engine/state.ts';

/** Who of those over there is who here: posts and people that go on with the case, and units that both houses know under one id. */
export interface ArrivalMap {
  readonly posts: Readonly<Record<string, string>>;
  /** null: nobody here; his work falls to whoever fills the role. */
  readonly people: Readonly<Record<string, string | null>>;
  readonly units: Readonly<Record<string, string>>;
}

/** Ids by what they are of. */
export interface Ids {
  readonly posts: ReadonlySet<string>;
  readonly people: ReadonlySet<string>;
  readonly units: ReadonlySet<string>;
}

/** What the map of an arrival still lacks. */
export interface MapProblem {
  readonly what: 'post' | 'person' | 'unit';
  readonly id: string;
  /** `unmapped`: it goes on with the case, and nothing says as what. `taken`: the id is of somebody or something here as well. */
  readonly why: 'unmapped' | 'taken' | 'unknown';
  /** What it has to do with the case; for `unknown` the id here that there is not. */
  readonly as: string;
}

/**
 * What has to be said before a case can go on here: every post and person of its roles, parties and open work, and every id
 * that exists on both sides. One id names one thing in the whole record of a case: where it is somebody else here, the
 * record would tell of the wrong one, and the case cannot be taken.
 */
export function mapProblems(state: State, there: Ids, here: Ids, map: ArrivalMap): MapProblem[] {
  const problems = new Map<string, MapProblem>();
  const add = (problem: MapProblem) => problems.set(`${problem.what} ${problem.id} ${problem.why}`, problem);
  const post = (id: string | undefined, as: string) => {
    if (id === undefined) return;
    const found = ownOf(map.posts, id);
    if (found === undefined) add({ what: 'post', id, why: 'unmapped', as });
    else if (!here.posts.has(found)) add({ what: 'post', id, why: 'unknown', as: found });
  };
  const person = (id: string | undefined, as: string) => {
    if (id === undefined) return;
    const found = ownOf(map.people, id);
    if (found === undefined) add({ what: 'person', id, why: 'unmapped', as });
    else if (found !== null && !here.people.has(found)) add({ what: 'person', id, why: 'unknown', as: found });
  };
  for (const [role, given] of Object.entries(state.assignments)) {
    post(given.post, `role ${role}`);
    person(given.person, `role ${role}`);
  }
  for (const party of Object.values(state.parties)) person(party.person, `party ${party.id}`);
  for (const { id, assignee } of Object.values(state.items)) person(assignee?.person, `item ${id}`);
  const kinds = [
    ['post', 'posts'],
    ['person', 'people'],
    ['unit', 'units'],
  ] as const;
  for (const [what, table] of kinds)
    for (const id of there[table])
      if (here[table].has(id) && ownOf(map[table], id) !== id) add({ what, id, why: 'taken', as: 'the record' });
  return [...problems.values()];
}

/** Posts and persons here for the roles of the case. */
export function rolesHere(state: State, map: ArrivalMap): Record<string, string> {
  return Object.fromEntries(
    Object.entries(state.assignments).flatMap(([role, { post, person }]): [string, string][] => {
      const id = post === undefined ? person && ownOf(map.people, person) : ownOf(map.posts, post);
      return id == null ? [] : [[role, id]];
    }),
  );
}

/** Who of the persons there is who here, as far as somebody is. */
export function peopleHere({ people }: ArrivalMap): Record<string, string> {
  return Object.fromEntries(Object.entries(people).flatMap(([id, own]) => (own === null ? [] : [[id, own]])));
}

const ownOf = <T>(map: Readonly<Record<string, T>>, id: string): T | undefined =>
  Object.hasOwn(map, id) ? map[id] : undefined;
