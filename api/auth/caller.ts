import { loginsOf } from '../../door/logins.ts';
import type { Actor } from '../../engine/act.ts';
import { carries, type LoginRight } from '../../engine/logins.ts';
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
  /** Whether he showed a few minutes ago that it is he: that is asked anew for what lets people in. */
  readonly proven?: boolean;
  /** Whether he signed in with more than a password. */
  readonly strong?: boolean;
  /** Set when a cookie was shown instead of a key: changes then need this token. */
  readonly csrfToken?: string;
  /** What is read of cases on his behalf in this request, for the access log. */
  readonly reads?: Reads;
}

/** Whether a login carries a right by itself (engine/logins.ts), not from a post. */
export function may(caller: Caller, right: LoginRight): boolean {
  return loginsOf(caller).some(({ role }) => carries(role, right));
}

/** The caller as the engine knows actors. */
export function actorOf(caller: Caller): Actor {
  return { kind: 'person', id: caller.person, logins: loginsOf(caller) };
}
