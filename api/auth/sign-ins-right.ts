import type { Sql } from '../../db/client.ts';
import { hasSecurityAdmin } from '../../db/queries/sign-in-people.ts';
import { type Caller, may } from './caller.ts';

/** How somebody manages how people sign in: as the security administrator, or in his place. */
export type SignInsRight = 'own' | 'standsIn';

/**
 * Whether a caller manages how people sign in: the security administrator. An installation from before there was one goes on
 * with its system administrator (`standsIn`) until he has named one for the unit or above.
 */
export async function signInsRight(sql: Sql, caller: Caller): Promise<SignInsRight | undefined> {
  if (may(caller, 'signIns')) return 'own';
  if (!may(caller, 'organisation')) return undefined;
  return (await hasSecurityAdmin(sql, caller.unit)) ? undefined : 'standsIn';
}
