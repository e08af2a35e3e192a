import type { Notice } from './snapshot.ts';

/** A comment: it keeps proxies from closing what is silent, and tells us that nobody listens any more. */
export const HEARTBEAT = ':\n\n';

/** After how long a client whose connection broke asks again (milliseconds). */
const RETRY_MS = 3_000;

/** The beginning of a stream. */
export const OPENING = `retry: ${RETRY_MS}\n\n`;

/** How far back a client may have been away and still be told what it missed. */
const LONGEST_AWAY_MS = 24 * 3_600_000;

/** A notice on the wire. Its id is when we looked, so that any process can go on from there. */
export function frameOf({ event, data }: Notice, lookedAt: string): string {
  return `id: ${Date.parse(lookedAt)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** When the sender of `Last-Event-ID` was told something last; undefined where it is none of ours, or too long ago. */
export function lastSeen(lastEventId: string | undefined, now: string): string | undefined {
  if (lastEventId === undefined || !/^\d{13}$/.test(lastEventId)) return undefined;
  const ms = Number(lastEventId);
  const agoMs = Date.parse(now) - ms;
  return agoMs > LONGEST_AWAY_MS || agoMs < -LONGEST_AWAY_MS ? undefined : new Date(ms).toISOString();
}
