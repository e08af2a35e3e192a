import { FetchFailed, FetchRefused, type GuardedResponse } from './guarded-fetch.ts';
import type { SendOutcome } from './sender.ts';

/** The longest wait that a peer may ask for: a day. */
const longestWaitMs = 24 * 3_600_000;
/** The shortest: a peer that says 0 is not called without pause. */
const shortestWaitMs = 1_000;
/** The wait when a peer says that it is overloaded and not for how long. */
const throttledMs = 60_000;

/**
 * What comes of a failed fetch. Throws what is none. Addresses and redirects can be mended by who looks after the endpoint:
 * nothing is given up until its time is over. A message that is too large stays so.
 */
export function outcomeOfFailure(error: unknown): SendOutcome {
  if (error instanceof FetchRefused && error.reason === 'too-large') return { kind: 'refused', reason: error.reason };
  if (error instanceof FetchRefused || error instanceof FetchFailed) return { kind: 'again', reason: error.reason };
  throw error;
}

/**
 * What comes of an answer by its status alone, as Standard Webhooks 1.0.0 says ("Delivery success and failure"): 2xx is
 * success; 410 means that the endpoint is gone; 429, 502 and 504 ask for less, and any answer may say when to come again;
 * everything else is a failure, to be tried again.
 */
export function outcomeOfStatus({ status, headers }: GuardedResponse, now: Date): SendOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const reason = `http-${status}`;
  if (status === 410) return { kind: 'refused', reason, gone: true };
  const afterMs =
    retryAfterMs(headers['retry-after'], now) ?? ([429, 502, 504].includes(status) ? throttledMs : undefined);
  return { kind: 'again', reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** What `Retry-After` asks for: seconds, or an HTTP date; between a second and a day. Undefined when it says nothing usable. */
export function retryAfterMs(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const date = /^[A-Za-z]+, /.test(text) ? Date.parse(text) : Number.NaN;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : date - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, shortestWaitMs), longestWaitMs);
}
