import type { Instant } from '../../sdk/time.ts';
import type { EventDraft, Told } from '../event.ts';
import type { Emergency, State } from '../state.ts';
import { addMs } from '../time/civil.ts';
import type { World } from '../world.ts';
import { hasPerson, highestHead, involved, joined, sealedFor, toldFrom, unitAbove } from './above.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Until somebody acknowledges it, an emergency is told again every half hour, and each time one level higher. */
export const AGAIN_MS = 30 * MINUTE_MS;

/** Two days of half hours; from then on once a day, so that a case nobody minds does not grow without end. */
const MOST_HALF_HOURS = 96;

/** When an emergency told for the n-th time at a moment is told again, unless it is acknowledged or closed. */
export function againAt(at: Instant, n: number): Instant {
  return addMs(at, n < MOST_HALF_HOURS ? AGAIN_MS : DAY_MS);
}

/** When an acknowledged emergency is told again, unless somebody has said what was done. */
export function untilClosed(at: Instant): Instant {
  return addMs(at, DAY_MS);
}

/**
 * Whom an emergency is told: the head of the level above everybody who fills a role of the case, each time one level higher.
 * Where nobody in office is above them all, the highest head there is, also one with a role in the case, and the highest unit
 * with its administrators; never whom it is about, nor who stands in for them.
 */
export function toldOfEmergency(
  state: State,
  { org, now }: Pick<World, 'org' | 'now'>,
  {
    about,
    sealed,
    levels,
  }: { readonly about: readonly string[]; readonly sealed: readonly string[]; readonly levels: number },
): Told[] {
  const never = [...new Set([...sealed, ...sealedFor(state, org, about, now)])];
  const all = [...new Set([...never, ...involved(state, org, now)])];
  const above = unitAbove(state, org, all, { now, post: 'any' });
  const told = toldFrom(state, org, above, { levels, now, skips: all });
  return hasPerson(told) ? told : joined(highestHead(state, org, { now, skips: never }), told);
}

/** An emergency that is due is told again: once, also where several times were missed. */
export function emergencyDue(state: State, world: World, emergency: Emergency): EventDraft {
  const { id, about, sealed, nextAt: plannedAt } = emergency;
  const n = emergency.n + 1;
  const told = toldOfEmergency(state, world, { about, sealed, levels: n });
  const from = plannedAt < world.now ? world.now : plannedAt;
  const nextAt = emergency.acknowledgedAt === undefined ? againAt(from, n) : untilClosed(from);
  return { type: 'emergency.repeated', data: { id, n, plannedAt, told, nextAt } };
}
