import type { Actor } from '../engine/act.ts';
import { ADMINISTRATORS, isLoginRole } from '../engine/logins.ts';

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
  const carries = isLoginRole(role) && (!post || !ADMINISTRATORS.includes(role));
  return inOffice && carries ? [{ role, unit }] : [];
}
