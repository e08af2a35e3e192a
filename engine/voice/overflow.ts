import type { Instant } from '../../sdk/time.ts';
import type { Told } from '../event.ts';
import type { Emergency, State } from '../state.ts';
import { addMs } from '../time/civil.ts';
import type { World } from '../world.ts';
import { AGAIN_MS, againAt } from './emergency.ts';

// The list of open emergencies is short, so that a case stays small; nobody's report is turned away for that. What is too
// much is folded into one that is open: his own, or one for everybody, never into what somebody else has reported.

/** So many emergencies, and complaints, one person has open at once in a case. */
export const MOST_OWN = 10;

/** So many are open at once in a case; the one for whatever comes on top is not counted. */
export const MOST_OPEN = 100;

/** Where a report goes: it is one more, or the first for everybody (`shared`), or is folded into one that is open. */
export type Place = 'new' | 'shared' | Emergency;

/** Where a person's report about these goes. */
export function placeOf({ emergencies = {} }: State, by: string, about: readonly string[]): Place {
  const open = Object.values(emergencies);
  const shared = open.find((each) => each.shared);
  const own = open.filter((each) => each.by === by);
  if (own.length >= MOST_OWN || (own.length > 0 && isFull(open))) {
    const same = own.filter((each) => sameNames(each.about, about));
    return (same.length > 0 ? same : own).at(-1)!;
  }
  return isFull(open) ? (shared ?? 'shared') : 'new';
}

function isFull(open: readonly Emergency[]): boolean {
  return open.filter(({ shared }) => !shared).length >= MOST_OPEN;
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}

/** Of the names a folded report is kept from those that mean somebody: what means nobody is not kept in the state. */
export function meaningSomebody(
  { assignments, parties }: State,
  { org, facts }: Pick<World, 'org' | 'facts'>,
  sealed: readonly string[],
): string[] {
  const known = new Set([
    ...Object.keys(assignments),
    ...Object.keys(org.posts),
    ...Object.values(parties).flatMap(({ id, role, name = '', person = '' }) => [id, role, name, person]),
    ...[...org.appointments, ...(org.deputies ?? [])].map(({ person }) => person),
    ...Object.values(facts.named ?? {}).flat(),
  ]);
  return sealed.filter((each) => known.has(each));
}

/**
 * When a folded report is told: at once, but only one in half an hour; the others with the next telling of what they were
 * folded into, half an hour after that at the latest.
 */
export function foldedTelling(
  { moreToldAt, nextAt }: Emergency,
  now: Instant,
  told: readonly Told[],
): { readonly told: Told[]; readonly nextAt: Instant } {
  const rests = moreToldAt === undefined ? now : addMs(moreToldAt, AGAIN_MS);
  const next = rests <= now ? againAt(now, 0) : rests;
  return { told: rests <= now ? [...told] : [], nextAt: nextAt < next ? nextAt : next };
}
