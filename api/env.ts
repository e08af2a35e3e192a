import type { Logger } from 'pino';
import type { Reads } from './access/reads.ts';
import type { Caller } from './auth/caller.ts';

/** What middleware leaves for the routes. */
export interface AppEnv {
  Variables: {
    readonly log: Logger;
    /** Whether people reach us by https: then cookies are bound to this host. */
    readonly secure: boolean;
    /** Who calls; set on everything under `/api/v1`. */
    readonly caller: Caller;
    /** The code of what was refused. */
    readonly refused?: string;
    /** What this request reads of cases, for the access log; set where the route shows something of people. */
    readonly reads?: Reads;
  };
}
