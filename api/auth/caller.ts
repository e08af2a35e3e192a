import { loginsOf } from '../../door/logins.ts';
import type { Actor } from '../../engine/act.ts';
import type { Reads } from '../access/reads.ts';

/** Who calls: the person behind an API key or a session, and the rights of that login. */
export interface Caller {
  readonly person: string;
  /** Id of the API key that was shown, or that the session was opened with. */
  readonly key: string;
  /** What the key is for: `caseworker`, `cashHolder`, `auditor` … */
  readonly role: string;
  readonly unit: string;
  readonly post?: string;
  /** Whether the person still holds the post of the key: without it the key carries no right of its own. */
  readonly inOffice: boolean;
  /** `read` for a key that changes nothing. */
  readonly scope: 'all' | 'read';
  /** Id of the session of a person who signed in by name. */
  readonly session?: string;
  /** Set when a cookie was shown instead of a key: changes then need this token. */
  readonly csrfToken?: string;
  /** What is read of cases on his behalf in this request, for the access log. */
  readonly reads?: Reads;
}

/** Whether a login has a right of its own, not from a post. */
export function hasLogin(caller: Caller, role: 'caseworker' | 'auditor' | 'admin'): boolean {
  return loginsOf(caller).some((login) => login.role === role);
}

/** The caller as the engine knows actors. */
export function actorOf(caller: Caller): Actor {
  return { kind: 'person', id: caller.person, logins: loginsOf(caller) };
}
