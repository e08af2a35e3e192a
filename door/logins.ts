import type { Actor } from '../engine/act.ts';

/** Rights a login carries by itself; all others come from the posts its person holds. */
const LOGIN_ROLES: ReadonlySet<string> = new Set(['caseworker', 'auditor', 'admin']);
/** Those no post brings: kinds of posts are free text from imports, and an administrator appoints to them. */
const WITHOUT_POST: ReadonlySet<string> = new Set(['auditor', 'admin']);

/** The rights of a key that do not come from a post; none while its person no longer holds the post of the key. */
export function loginsOf({
  role,
  unit,
  inOffice,
  post,
}: {
  readonly role: string;
  readonly unit: string;
  readonly inOffice: boolean;
  readonly post?: string | null;
}): Actor['logins'] {
  const carries = LOGIN_ROLES.has(role) && (!post || !WITHOUT_POST.has(role));
  return inOffice && carries ? [{ role, unit }] : [];
}
