import type { GuardedFetch } from './guarded-fetch.ts';

/** What a sender needs. */
export interface SenderDeps {
  /** The way out. */
  readonly fetch: GuardedFetch;
  /** This machine's clock: signatures carry its time, and receivers compare it with theirs. */
  readonly now: () => Date;
}
