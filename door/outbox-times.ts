import { addDays, addMs, atTime, toDate } from '../engine/time/civil.ts';
import type { Instant } from '../sdk/time.ts';
import type { Digest, QuietHours } from './endpoint.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Spans between tries; the last one again and again. */
const spansMs = [1, 5, 30, 120, 360, 720, 1440].map((minutes) => minutes * minuteMs);
/** A span is lengthened by up to this part of itself, so that what failed together does not come back together. */
const jitter = 0.2;
/** The last try, due at the very end, may come late by this part of the whole time. */
const lateBy = 0.05;

/** How long something is tried before it is given up: what people wait for in front of a page, minutes; messages, five days. */
export const givesUpAfterMs = { messages: 5 * dayMs, code: 30 * minuteMs, test: 10 * minuteMs } as const;

/** What of an endpoint says when messages may come. */
export interface Preferences {
  readonly quiet?: QuietHours | undefined;
  readonly digest: Digest;
}

/** The moment itself, or the end of the quiet hours it lies in. */
export function outOfQuiet(quiet: QuietHours | undefined, at: Instant): Instant {
  if (!quiet || quiet.from === quiet.to) return at;
  const day = toDate(at);
  const [from, to] = [atTime(day, quiet.from), atTime(day, quiet.to)];
  if (from < to) return at >= from && at < to ? to : at;
  if (at < to) return to;
  return at >= from ? atTime(addDays(day, 1), quiet.to) : at;
}

/** When a delivery made now goes out to an endpoint: at once, with the next full hour or at its time of day; never in quiet hours unless urgent. */
export function dueAt({ quiet, digest }: Preferences, now: Instant, urgent: boolean): Instant {
  return urgent ? now : outOfQuiet(quiet, gatheredAt(digest, now));
}

function gatheredAt(digest: Digest, now: Instant): Instant {
  if (digest === 'atOnce') return now;
  if (digest === 'hourly') return new Date(Math.ceil(Date.parse(now) / hourMs) * hourMs).toISOString();
  const today = atTime(toDate(now), digest.dailyAt);
  return today >= now ? today : atTime(addDays(toDate(now), 1), digest.dailyAt);
}

/**
 * When to try again after the n-th try (1 is the first) of something begun at a moment, `undefined` when it is given up.
 * The span grows from a minute to a day; a peer that asks for longer gets it, up to a day. `random` (0 to 1) is the jitter.
 */
export function tryAgainAt(
  {
    tries,
    beganAt,
    kind,
  }: { readonly tries: number; readonly beganAt: Instant; readonly kind: keyof typeof givesUpAfterMs },
  now: Instant,
  random: number,
  askedMs = 0,
): Instant | undefined {
  const end = addMs(beganAt, givesUpAfterMs[kind]);
  if (now >= end) return undefined;
  const span = spansMs[Math.min(tries, spansMs.length) - 1] ?? minuteMs;
  const waits = Math.max(Math.round(span * (1 + jitter * random)), Math.min(askedMs, dayMs));
  const next = addMs(now, waits);
  // one last try at the very end rather than none in its last day
  return next < end ? next : end;
}

/** From when on what was tried before is not tried again, whatever kept its last try from being written down. */
export function overAt({
  beganAt,
  kind,
}: {
  readonly beganAt: Instant;
  readonly kind: keyof typeof givesUpAfterMs;
}): Instant {
  return addMs(beganAt, givesUpAfterMs[kind] * (1 + lateBy));
}
