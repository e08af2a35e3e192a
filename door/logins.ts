import type { Actor } from '../engine/act.ts';

/** Rights a login carries by itself; all others come from the posts its person holds. */
const LOGIN_ROLES: ReadonlySet<string> = new Set(['caseworker', 'auditor', 'admin']);

/** The rights of a key that do not come from a post; none while its person no longer holds the post of the key. */
export function loginsOf({ role, unit, inOffice }: { role: string; unit: string; inOffice: boolean }): Actor['logins'] {
  return inOffice && LOGIN_ROLES.has(role) ? [{ role, unit }] : [];
}
