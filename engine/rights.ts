import type { Program } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { Actor } from './act.ts';
import { carries } from './logins.ts';
import { deputyshipsOf, postsOf, unitsUp } from './org.ts';
import type { Party, State } from './state.ts';
import { ownerOf } from './succession.ts';
import { isOfAge } from './time/age.ts';
import { toDate } from './time/civil.ts';
import type { Org } from './world.ts';

/** What rights are asked of: the part of a case that says who has to do with it. */
export type CaseOfRights = Pick<State, 'unit' | 'parties' | 'assignments'> & Partial<Pick<State, 'items'>>;

/** The role of whoever an open item is assigned to. */
export const ASSIGNEE = 'assignee';

/** A right and where it comes from: the post under which the actor then acts, if any. */
export type Roles = ReadonlyMap<string, { readonly post?: string }>;

/**
 * The roles an actor has on a case: the case's roles through a post he holds or as a party, the roles of his login whose
 * unit covers the case's unit and reads cases (engine/logins.ts: `caseworker`, `auditor`), and `head:unit`, `head:sub-district`, `head:district`
 * for heads of the case's unit and those above; `assignee` for whoever has open work of it. `system` for what acts by itself.
 * Who stands in for a post has its rights (`seenBy` says who may on this case), but never with an auditor's login, and
 * not for acts on money (`asDeputy: false`).
 */
export function rolesOn(
  subject: CaseOfRights,
  actor: Actor,
  org: Org,
  at: Instant,
  { asDeputy = true }: { readonly asDeputy?: boolean } = {},
): Roles {
  const roles = new Map<string, { readonly post?: string }>();
  if (actor.kind === 'system') return roles.set('system', {});
  const held = postsOf(org, actor.id, at);
  const standsIn = asDeputy && !actor.logins.some(({ role }) => role === 'auditor');
  const posts = standsIn ? [...held, ...deputyshipsOf(org, actor.id, at)] : held;
  for (const [role, given] of Object.entries(subject.assignments)) {
    const assignment = ownerOf(org, given, at);
    if (assignment.post !== undefined && posts.includes(assignment.post)) roles.set(role, { post: assignment.post });
    if (assignment.person === actor.id) roles.set(role, {});
  }
  for (const party of Object.values(subject.parties)) if (party.person === actor.id) roles.set(party.role, {});
  for (const { assignee: given } of Object.values(subject.items ?? {})) {
    const assignee = given && ownerOf(org, given, at);
    if (assignee?.person === actor.id) roles.set(ASSIGNEE, {});
    else if (assignee?.post !== undefined && posts.includes(assignee.post))
      roles.set(ASSIGNEE, { post: assignee.post });
  }
  const up = unitsUp(org, subject.unit);
  for (const unit of up) {
    const { head, level } = org.units[unit]!;
    if (head !== undefined && posts.includes(head)) {
      roles.set(unit === up[0] ? 'head:unit' : `head:${level}`, { post: head });
    }
  }
  for (const { role, unit } of actor.logins) {
    if (carries(role, 'cases') && up.includes(unit)) roles.set(role, postOfLogin(org, held, unit));
  }
  return roles;
}

/** Whoever has any role on a case may read it. */
export function mayRead(roles: Roles): boolean {
  return roles.size > 0;
}

function postOfLogin(org: Org, posts: readonly string[], unit: string): { readonly post?: string } {
  const post = posts.find((each) => org.posts[each]?.unit === unit);
  return post === undefined ? {} : { post };
}

/** The role of who speaks for somebody who cannot, by the convention of all programs. */
export const GUARDIAN = 'guardian';

/** Roles of those whose consent is asked, without the guardian's. */
export function wardRoles({ consent }: Pick<Program, 'consent'>): readonly string[] {
  return (consent?.by ?? ['beneficiary']).filter((role) => role !== GUARDIAN);
}

/** Roles of those whose own a case is: whom it is about, and the guardian. */
export const ownRoles = (program: Pick<Program, 'consent'>): readonly string[] => [...wardRoles(program), GUARDIAN];

/** Who says yes or no for those whom a case is about, and what has to be recorded with it. */
export interface Voice {
  readonly by: 'self' | 'guardian';
  /** What the child, or the adult under guardianship, says to it (Civil Code art. 35). */
  readonly heard: boolean;
  /** The guardian says yes to the handling of a child's data separately (PIPL arts. 29 and 31). */
  readonly separate: boolean;
  readonly under?: 8 | 14 | 18;
}

/**
 * Whose word counts at a moment (Civil Code arts. 17 to 24, PIPL art. 31). Under eighteen the guardian's: from eight years
 * on the child is heard, under fourteen the guardian also agrees to the handling of its data. An adult speaks for himself;
 * only where a document names his guardian does that one, and he is heard. Who is the youngest decides for all; without a
 * date of birth somebody counts as an adult. Programs in which no guardian can speak ask everybody himself.
 */
export function voiceOf({ parties }: Pick<State, 'parties'>, program: Pick<Program, 'consent'>, at: Instant): Voice {
  const self = { by: 'self', heard: false, separate: false } as const;
  if (!(program.consent?.by ?? [GUARDIAN]).includes(GUARDIAN)) return self;
  const wards = Object.values(parties).filter(({ role }) => wardRoles(program).includes(role));
  const under = ([8, 14, 18] as const).find((age) =>
    wards.some(({ birthDate }) => birthDate !== undefined && !isOfAge(birthDate, age, at)),
  );
  if (under !== undefined) return { by: 'guardian', heard: under !== 8, separate: under !== 18, under };
  const named = Object.values(parties).some((each) => each.guardian?.basis !== undefined && isInForce(each, at));
  return named ? { by: 'guardian', heard: true, separate: false } : self;
}

/** Whether the guardian of a case is one at a moment: of a child, or named by a document, and within his dates. */
export function guardianStands(state: Pick<State, 'parties'>, program: Pick<Program, 'consent'>, at: Instant): boolean {
  const there = Object.values(state.parties).some((each) => each.role === GUARDIAN && isInForce(each, at));
  return there && voiceOf(state, program, at).by === 'guardian';
}

/**
 * Whether a party is at a moment one whose own the case is, by the roles of those it is about and the guardian's: himself, or
 * a guardian who is one then, by his dates, of a child or named by a document. The one rule for whoever reads a case as his own.
 */
export function isOwn(
  { parties }: Pick<State, 'parties'>,
  party: Party,
  roles: readonly string[],
  at: Instant,
): boolean {
  if (!roles.includes(party.role)) return false;
  const asked = { consent: { by: [...roles], before: 'approval' } } as const;
  return party.role !== GUARDIAN || (isInForce(party, at) && guardianStands({ parties }, asked, at));
}

/** Whether a case is a person's own at a moment, as {@link isOwn} says: he is whom it is about by its program, or his guardian. */
export function isOwnCase(
  state: Pick<State, 'parties'>,
  program: Pick<Program, 'consent'>,
  person: string,
  at: Instant,
): boolean {
  const roles = ownRoles(program);
  return Object.values(state.parties).some((party) => party.person === person && isOwn(state, party, roles, at));
}

/** Whether a guardian is one on the day of a moment, by his dates. */
export function isInForce({ guardian }: Pick<State['parties'][string], 'guardian'>, at: Instant): boolean {
  const { from, until } = guardian ?? {};
  const day = toDate(at);
  return (from === undefined || from <= day) && (until === undefined || day <= until);
}
