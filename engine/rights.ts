import type { Instant } from '../sdk/time.ts';
import type { Actor } from './act.ts';
import { deputyshipsOf, postsOf, unitsUp } from './org.ts';
import type { State } from './state.ts';
import type { Org } from './world.ts';

/** What rights are asked of: the part of a case that says who has to do with it. */
export type CaseOfRights = Pick<State, 'unit' | 'parties' | 'assignments'> & Partial<Pick<State, 'items'>>;

/** The role of whoever an open item is assigned to. */
export const ASSIGNEE = 'assignee';

/** A right and where it comes from: the post under which the actor then acts, if any. */
export type Roles = ReadonlyMap<string, { readonly post?: string }>;

/**
 * The roles an actor has on a case: the case's roles through a post he holds or as a party, the roles of his login whose
 * unit covers the case's unit (`caseworker`, `auditor`, `admin`), and `head:unit`, `head:sub-district`, `head:district`
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
  for (const [role, assignment] of Object.entries(subject.assignments)) {
    if (assignment.post !== undefined && posts.includes(assignment.post)) roles.set(role, { post: assignment.post });
    if (assignment.person === actor.id) roles.set(role, {});
  }
  for (const party of Object.values(subject.parties)) if (party.person === actor.id) roles.set(party.role, {});
  for (const { assignee } of Object.values(subject.items ?? {})) {
    if (assignee?.person === actor.id) roles.set(ASSIGNEE, {});
    else if (assignee?.post !== undefined && posts.includes(assignee.post))
      roles.set(ASSIGNEE, { post: assignee.post });
  }
  const up = unitsUp(org, subject.unit);
  for (const unit of up) {
    const { head, level } = org.units[unit]!;
    if (head !== undefined && posts.includes(head)) {
      roles.set(unit === subject.unit ? 'head:unit' : `head:${level}`, { post: head });
    }
  }
  for (const { role, unit } of actor.logins) {
    if (up.includes(unit)) roles.set(role, postOfLogin(org, held, unit));
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
