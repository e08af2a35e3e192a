import type { Logger } from 'pino';
import type { Caller } from './auth/caller.ts';

/** What middleware leaves for the routes. */
export interface AppEnv {
  Variables: {
    readonly log: Logger;
    /** Who calls; set on everything under `/api/v1`. */
    readonly caller: Caller;
  };
}
