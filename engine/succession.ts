import type { Instant } from '../sdk/time.ts';
import { holdersBetween } from './org.ts';
import type { Assignment } from './state.ts';
import type { Org, Succession } from './world.ts';

/** Since when a party of a case was given something as such: no office of his, and what follows in it, has to do with it. */
export const AS_PARTY: Instant = '9999-12-31T23:59:59.999Z';

/**
 * Whose something is at an instant that was given to a post or to a person by name. A post's stays the post's, whoever
 * holds it. What was given to a person by name went over, with everything he had, to whoever followed him when he left:
 * his successor, or the post of the head above; from there on again, to the successor's successor. What he was given after
 * he had left is his. This is the only place that follows a handover, so that it writes in no case and leaves at no
 * instant anything without an owner.
 */
export function ownerOf(org: Org, given: Assignment, at: Instant): Assignment {
  if (given.person === undefined || !org.successions?.length) return given;
  let owner: Assignment = given;
  for (let next = leaving(org, given, at); next; next = leaving(org, owner, at)) owner = movedBy(next);
  return owner;
}

/** Who had something over a span, in order, with dates cut to it; as `holdersBetween` where it is or becomes a post's. */
export function ownersBetween(
  org: Org,
  given: Assignment,
  from: Instant,
  until: Instant,
): ReturnType<typeof holdersBetween> {
  const { post, person } = given;
  if (post !== undefined) return holdersBetween(org, post, from, until);
  if (person === undefined) return [];
  const next = leaving(org, given, until);
  if (!next) return [{ person, from }];
  const then = next.from > from ? next.from : from;
  const own = next.from > from ? [{ person, from, until: then }] : [];
  return [...own, ...ownersBetween(org, movedBy(next), then, until)];
}

/** The handover by which a thing left a person who was given it by name: the first after he was. */
function leaving(org: Org, { person, since = '' }: Assignment, at: Instant): Succession | undefined {
  if (person === undefined) return undefined;
  let first: Succession | undefined;
  for (const each of org.successions ?? []) {
    if (each.person !== person || each.from > at || each.from <= since) continue;
    if (!first || each.from < first.from) first = each;
  }
  return first;
}

function movedBy({ to, toPost, from }: Succession): Assignment {
  return to === undefined ? { post: toPost ?? '' } : { person: to, since: from };
}
