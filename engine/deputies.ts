import type { Program } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { postsOf, unitsUp } from './org.ts';
import type { State } from './state.ts';
import { ownerOf } from './succession.ts';
import type { Holding, Org } from './world.ts';

/**
 * The organisation as one case sees it: with those deputies only who may stand in on it now. A deputy is told beside the
 * holder of the post and has the post's rights on the case, but
 *
 * - a post that keeps money (either side of a book) has no deputy: its book waits for its holder or a handover;
 * - nobody stands in on a case he has anything else to do with, as a party, in a role, or with work that was given to him:
 *   so no two roles that must be apart meet in one person, and nobody decides on his own case, by way of a deputyship;
 * - who stands in for a post of the case does not also stand in for one of the heads above it.
 *
 * Acts on money are never done as a deputy at all (`rolesOn`).
 */
export function seenBy(
  { unit, assignments, parties, items }: Pick<State, 'unit' | 'assignments' | 'parties' | 'items'>,
  program: Program,
  org: Org,
  at: Instant,
): Org {
  if (!org.deputies?.length) return org;
  const money = moneyRoles(program);
  const owned = Object.entries(assignments).map(([role, given]) => ({ role, ...ownerOf(org, given, at) }));
  const assigned = new Map(owned.flatMap(({ role, post }) => (post ? [[post, role]] : [])));
  const moneyKinds = money.flatMap((role) => {
    const def = program.roles[role];
    return def && 'post' in def ? [def.post] : [];
  });
  const keepsMoney = (post: string) =>
    money.includes(assigned.get(post) ?? '') || moneyKinds.includes(org.posts[post]?.kind ?? '');
  const given = Object.values(items).flatMap(({ assignee }) => (assignee ? ownerOf(org, assignee, at) : []));
  const own = new Set([...Object.values(parties), ...owned, ...given].flatMap((each) => each.person ?? []));
  const postsOfCase = new Set([...assigned.keys(), ...given.flatMap((each) => each.post ?? [])]);
  const hasToDoWithIt = (person: string) =>
    own.has(person) || postsOf(org, person, at).some((post) => postsOfCase.has(post));
  const heads = new Set(unitsUp(org, unit).flatMap((each) => org.units[each]?.head ?? []));
  const may = org.deputies.filter(({ post, person }) => !keepsMoney(post) && !hasToDoWithIt(person));
  const now = ({ from, until }: Holding) => from <= at && (!until || at < until);
  const standingInHere = new Set(
    may.filter((each) => now(each) && postsOfCase.has(each.post)).map((each) => each.person),
  );
  const overseesNobody = ({ post, person }: Holding) =>
    postsOfCase.has(post) || !heads.has(post) || !standingInHere.has(person);
  return { ...org, deputies: may.filter(overseesNobody) };
}

/** The roles that keep one side of a book: they take no deputy. */
export function moneyRoles({ books }: Pick<Program, 'books'>): readonly string[] {
  return books.flatMap(({ cash, ledger }) => [cash, ledger]);
}
