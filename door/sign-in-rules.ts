import type { Sql } from '../db/client.ts';
import { identityRequired } from '../db/queries/identities.ts';
import { addSecurityEvent } from '../db/queries/security-events.ts';
import { factorRequired } from '../db/queries/sign-in.ts';
import { changeOrganisation } from './organisation.ts';

/** What may be demanded of everybody who signs in. */
export type SignInRule = 'factor' | 'identity';

/**
 * Demands nothing any longer of everybody who signs in, in the name of whoever runs the installation: events of the organisation's chain,
 * and of the security log as done by nobody of ours. Answers what was demanded until now.
 */
export async function liftRules(sql: Sql): Promise<readonly SignInRule[]> {
  const [factor, identity] = await Promise.all([factorRequired(sql), identityRequired(sql)]);
  const lifted: SignInRule[] = [...(factor ? (['factor'] as const) : []), ...(identity ? (['identity'] as const) : [])];
  if (lifted.length === 0) return lifted;
  await changeOrganisation(sql, { kind: 'system', id: 'operator' }, async (organisation) => {
    if (factor) await organisation.requireFactor(false);
    if (identity) await organisation.requireIdentity(false);
  });
  for (const rule of lifted) await addSecurityEvent(sql, { kind: `${rule}Free`, method: 'operator' });
  return lifted;
}
