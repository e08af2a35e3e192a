import type { Tell } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { Told } from './event.ts';
import type { Holding, Org } from './world.ts';

/** The person who holds a post at an instant; undefined when it is vacant. */
export function holderAt(org: Org, post: string, at: Instant): string | undefined {
  return org.appointments.find((each) => each.post === post && each.from <= at && (!each.until || at < each.until))
    ?.person;
}

/** Who stands in for the holder of a post at an instant; undefined when nobody does. */
export function deputyAt(org: Org, post: string, at: Instant): string | undefined {
  return org.deputies?.find((each) => each.post === post && each.from <= at && (!each.until || at < each.until))
    ?.person;
}

/** Whether a person holds a post at an instant, or stands in for its holder. */
export function standsFor(org: Org, post: string, person: string, at: Instant): boolean {
  return holderAt(org, post, at) === person || deputyAt(org, post, at) === person;
}

/** Everyone who held a post at some time in the span, with dates cut to it, in order; deputies after the holders. */
export function holdersBetween(org: Org, post: string, from: Instant, until: Instant) {
  const within = (list: readonly Holding[], deputy: boolean) =>
    list
      .filter((each) => each.post === post && each.from < until && (!each.until || each.until > from))
      .map((each) => ({
        person: each.person,
        from: each.from > from ? each.from : from,
        ...(each.until && each.until < until ? { until: each.until } : {}),
        ...(deputy ? { deputy } : {}),
      }))
      .sort((a, b) => (a.from < b.from ? -1 : 1));
  return [...within(org.appointments, false), ...within(org.deputies ?? [], true)];
}

/** The posts a person holds at an instant. */
export function postsOf(org: Org, person: string, at: Instant): string[] {
  return postsIn(org.appointments, person, at);
}

/** The posts for whose holders a person stands in at an instant. */
export function deputyshipsOf(org: Org, person: string, at: Instant): string[] {
  return postsIn(org.deputies ?? [], person, at);
}

function postsIn(list: readonly Holding[], person: string, at: Instant): string[] {
  return list
    .filter((each) => each.person === person && each.from <= at && (!each.until || at < each.until))
    .map((each) => each.post);
}

/** Whether a person holds a post at an instant or will: who has left is given nothing any more. */
export function servesFrom(org: Org, person: string, at: Instant): boolean {
  return org.appointments.some((each) => each.person === person && (!each.until || at < each.until));
}

/** The unit itself and all units above it, lowest first. A closed unit is passed over: it went into the next one. */
export function unitsUp(org: Org, unit: string): string[] {
  const seen: string[] = [];
  for (let at: string | undefined = unit; at && org.units[at] && !seen.includes(at); at = org.units[at]!.above)
    seen.push(at);
  return seen.filter((each) => !org.units[each]!.closed);
}

/** The unit that is meant by a unit's name today: itself, or the one that it went into when it was closed. */
export function homeOf(org: Org, unit: string): string {
  return unitsUp(org, unit)[0] ?? unit;
}

/** Whether a post is there and not closed: only such a post is made responsible for anything. */
export function isOpenPost(org: Org, post: string): boolean {
  return Object.hasOwn(org.posts, post) && !org.posts[post]!.closed;
}

const HEIGHT: Readonly<Record<string, number>> = { grid: 0, community: 1, 'sub-district': 2, district: 3 };

/** How high a level stands: a unit is of a lower one than the unit above it. */
export function heightOf(level: string): number {
  return HEIGHT[level] ?? 0;
}

/** The lowest unit at or above `unit` that is at least as high as what a rung tells; the highest there is when none is. */
export function unitFor(org: Org, unit: string, tell: Exclude<Tell, 'holder'>): string | undefined {
  const up = unitsUp(org, unit);
  if (tell === 'unit') return up[0];
  return up.find((each) => heightOf(org.units[each]!.level) >= heightOf(tell)) ?? up.at(-1);
}

/**
 * Whom a rung tells about a promise of `post`: resolved at the moment it fires. A vacant post, or one held by a person the
 * ladder must skip, falls to the head of the next unit above. A deputy is told beside the holder he stands in for, and where
 * the post is vacant beside the head above. Nobody is escalated to himself: a rung for a head passes over whoever holds the
 * answering post or stands in for it; where that leaves nobody, this rule gives way rather than the message. Persons in
 * `skips` are never told, nor who stands in for them.
 */
export function toldFor(
  org: Org,
  { post, tell, at, skips = [] }: { post: string; tell: Tell; at: Instant; skips?: readonly string[] },
): Told[] {
  const home = org.posts[post]?.unit;
  if (home === undefined) return [];
  const own = holderAt(org, post, at);
  const deputies = own !== undefined && skips.includes(own) ? [] : toldDeputy(org, post, at, skips);
  if (tell === 'holder' && own !== undefined && !skips.includes(own)) return [toldPost(org, post, own), ...deputies];
  const to = { unit: home, tell: tell === 'holder' ? ('unit' as const) : tell, at };
  const itself = [own, deputyAt(org, post, at)].filter((each) => each !== undefined);
  const tries = itself.length === 0 ? [skips] : [[...skips, ...itself], [...skips, ...itself.slice(0, 1)], skips];
  const above = tries.map((passed) => toldAbove(org, { ...to, skips: passed })).find((told) => told.length > 0) ?? [];
  if (tell !== 'holder') return above;
  const others = deputies.filter(({ person }) => !above.some((each) => each.person === person));
  const waiting = above.length === 0 && own === undefined ? [toldPost(org, post, undefined)] : [];
  return [...others, ...above, ...waiting];
}

/**
 * The head of a unit (`tell: 'unit'`) or of the level above it that holds office and is not skipped, lowest first, each
 * passed vacant head's deputy, and the deputy of who is told. When no one holds office, the first of these posts that is
 * vacant, without a person: whoever comes to hold it finds the message. Empty when all of them are held by persons who must
 * be skipped.
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
  const deputies: Told[] = [];
  let vacant: string | undefined;
  for (const head of heads) {
    const person = holderAt(org, head, at);
    if (person !== undefined && skips.includes(person)) continue;
    for (const deputy of toldDeputy(org, head, at, skips)) {
      if (!deputies.some((each) => each.person === deputy.person)) deputies.push(deputy);
    }
    if (person === undefined) vacant ??= head;
    else return [toldPost(org, head, person), ...deputies.filter((each) => each.person !== person)];
  }
  return vacant === undefined ? deputies : [toldPost(org, vacant, undefined), ...deputies];
}

/**
 * Makes sure that what nobody in office was told is not lost: it is addressed to the highest unit (to the vacant post of its
 * head, or to no post at all), where its administrators find it, and the record says so.
 */
export function sureTold(org: Org, unit: string, told: readonly Told[]): Told[] {
  const top = unitsUp(org, unit).at(-1) ?? unit;
  if (told.some((each) => each.person !== undefined || each.unit === top)) return [...told];
  return [...told, { unit: top, level: org.units[top]?.level ?? 'community' }];
}

/** Who stands in for the holder of a post, as told. */
export function toldDeputy(org: Org, post: string, at: Instant, skips: readonly string[]): Told[] {
  const person = deputyAt(org, post, at);
  if (person === undefined || skips.includes(person) || holderAt(org, post, at) === person) return [];
  const { post: deputyFor = post, ...rest } = toldPost(org, post, person);
  return [{ ...rest, deputyFor }];
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
