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
export function unitFor(org: Org, unit: string, tell: Exclude<Tell, 'holder'>): string | undefined {
  const up = unitsUp(org, unit);
  if (tell === 'unit') return up[0];
  return up.find((each) => (HEIGHT[org.units[each]!.level] ?? 0) >= HEIGHT[tell]!) ?? up.at(-1);
}

/**
 * Whom a rung tells about a promise of `post`: resolved at the moment it fires. A vacant post, or one held by a person the
 * ladder must skip, falls to the head of the next unit above. Nobody is escalated to himself: a rung for a head passes over
 * whoever holds the answering post. Where that leaves nobody, the rule gives way rather than the message.
 */
export function toldFor(
  org: Org,
  { post, tell, at, skips = [] }: { post: string; tell: Tell; at: Instant; skips?: readonly string[] },
): Told[] {
  const home = org.posts[post]?.unit;
  if (home === undefined) return [];
  const own = holderAt(org, post, at);
  if (tell === 'holder' && own !== undefined && !skips.includes(own)) return [toldPost(org, post, own)];
  const to = { unit: home, tell: tell === 'holder' ? ('unit' as const) : tell, at };
  const tries = own === undefined ? [skips, []] : [[...skips, own], skips, []];
  for (const passed of tries) {
    const told = toldAbove(org, { ...to, skips: passed });
    if (told.length > 0) return told;
  }
  return tell === 'holder' ? [toldPost(org, post, own)] : [];
}

/**
 * The head of a unit (`tell: 'unit'`) or of the level above it that holds office and is not skipped, lowest first. When no
 * one does, the first of these posts that is vacant, without a person: whoever comes to hold it finds the message. Empty
 * when all of them are held by persons who must be skipped.
 */
export function toldAbove(
  org: Org,
  {
    unit,
    tell,
    at,
    skips = [],
  }: { unit: string; tell: Exclude<Tell, 'holder'>; at: Instant; skips?: readonly string[] },
): Told[] {
  const heads = unitsUp(org, unitFor(org, unit, tell) ?? unit).flatMap((each) => org.units[each]!.head ?? []);
  let vacant: string | undefined;
  for (const head of heads) {
    const person = holderAt(org, head, at);
    if (person === undefined) vacant ??= head;
    else if (!skips.includes(person)) return [toldPost(org, head, person)];
  }
  return vacant === undefined ? [] : [toldPost(org, vacant, undefined)];
}

/** The head posts above a post, lowest first: those of its unit and the units above, itself left out. */
export function headsAbove(org: Org, post: string): string[] {
  return unitsUp(org, org.posts[post]?.unit ?? '').flatMap((unit) => {
    const { head } = org.units[unit]!;
    return head === undefined || head === post ? [] : [head];
  });
}

/** One post as told, with the unit and level it belongs to. */
function toldPost(org: Org, post: string, person: string | undefined): Told {
  const unit = org.posts[post]?.unit ?? '';
  return { post, unit, level: org.units[unit]?.level ?? 'community', ...(person === undefined ? {} : { person }) };
}
