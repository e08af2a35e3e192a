import type { GuardedFetch } from './guarded-fetch.ts';

/** What a sender needs. */
export interface SenderDeps {
  /** The way out. */
  readonly fetch: GuardedFetch;
  /** This machine's clock: signatures carry its time, and receivers compare it with theirs. */
  readonly now: () => Date;
  /** Waits so many milliseconds, or until the signal. Default: the machine's timer. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}
