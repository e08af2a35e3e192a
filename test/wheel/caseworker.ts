import type { Actor } from '../../engine/act.ts';

/** A caseworker of that unit. */
export const caseworkerOf = (unit: string): Actor => ({
  kind: 'person',
  id: 'the caseworker',
  logins: [{ role: 'caseworker', unit }],
});
