import type { Tell } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { Told } from './event.ts';
import type { Org } from './world.ts';

/** The person who holds a post at an instant; undefined when it is vacant. */
export function holderAt(org: Org, post: string, at: Instant): string | undefined {
  return org.appointments.find((each) => each.post === post && each.from <= at && (!each.until || at < each.until))
    ?.person;
}

/** Everyone who held a post at some time in the span, with dates cut to it, in order. */
export function holdersBetween(org: Org, post: string, from: Instant, until: Instant) {
  return org.appointments
    .filter((each) => each.post === post && each.from < until && (!each.until || each.until > from))
    .map((each) => ({
      person: each.person,
      from: each.from > from ? each.from : from,
      ...(each.until && each.until < until ? { until: each.until } : {}),
    }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** The posts a person holds at an instant. */
export function postsOf(org: Org, person: string, at: Instant): string[] {
  return org.appointments
    .filter((each) => each.person === person && each.from <= at && (!each.until || at < each.until))
    .map((each) => each.post);
}

/** The unit itself and all units above it, lowest first. */
export function unitsUp(org: Org, unit: string): string[] {
  const up: string[] = [];
  for (let at: string | undefined = unit; at && org.units[at] && !up.includes(at); at = org.units[at]!.above)
    up.push(at);
  return up;
}

const HEIGHT: Readonly<Record<string, number>> = { grid: 0, community: 1, 'sub-district': 2, district: 3 };

/** The lowest unit at or above `unit` that is at least as high as what a rung tells; the highest there is when none is. */
function unitFor(org: Org, unit: string, tell: Exclude<Tell, 'holder'>): string | undefined {
  const up = unitsUp(org, unit);
  if (tell === 'unit') return up[0];
  return up.find((each) => (HEIGHT[org.units[each]!.level] ?? 0) >= HEIGHT[tell]!) ?? up.at(-1);
}

/**
 * Whom a rung tells about a duty of `post`: resolved at the moment it fires. A vacant post, or one held by a person the
 * ladder must skip, falls to the head of the next unit above; when nobody is left up to the top, the post itself is told
 * without a person, so that whoever comes to hold it finds the message.
 */
export function toldFor(
  org: Org,
  { post, tell, at, skips = [] }: { post: string; tell: Tell; at: Instant; skips?: readonly string[] },
): Told[] {
  const home = org.posts[post]?.unit;
  if (home === undefined) return [];
  const candidates = [
    ...(tell === 'holder' ? [post] : []),
    ...unitsUp(org, tell === 'holder' ? home : (unitFor(org, home, tell) ?? home)).flatMap(
      (unit) => org.units[unit]?.head ?? [],
    ),
  ];
  for (const candidate of candidates) {
    const person = holderAt(org, candidate, at);
    if (person !== undefined && !skips.includes(person)) return [toldPost(org, candidate, person)];
  }
  const first = candidates[0];
  return first === undefined ? [] : [toldPost(org, first, undefined)];
}

/** One post as told, with the unit and level it belongs to. */
export function toldPost(org: Org, post: string, person: string | undefined): Told {
  const unit = org.posts[post]?.unit ?? '';
  return { post, unit, level: org.units[unit]?.level ?? 'community', ...(person === undefined ? {} : { person }) };
}
