import type { Text } from '../sdk/program.ts';
import type { Actor } from './act.ts';

/**
 * What a login carries by itself, in its unit and those below, whatever posts its person holds. All other rights come from
 * posts, from work that was given, from being a party of a case and from being its unit's head (engine/rights.ts).
 */
export type LoginRight =
  /** The cases there are read. */
  | 'cases'
  /** Work on cases: they are opened, and acts of a caseworker done. */
  | 'casework'
  /** Cases are audited: samples, findings, dossiers, officials, what is encrypted in histories; also cases that are only kept. */
  | 'audit'
  /** Who read what, all of it. */
  | 'accessLog'
  /** Checkpoints and proofs of the chains that are of no case. */
  | 'proofs'
  /** Units, posts, people, appointments, deputies, cards, lists of the organisation; calendars and periods of retention. */
  | 'organisation'
  /** Endpoints of units and posts, and what became of messages to them. */
  | 'channels'
  /** What nobody in office could be told of lies with this login: a complaint or an emergency with nobody above. */
  | 'leftOver'
  /** Who signs in and how: invitations, resets, locks, stops. */
  | 'signIns'
  /** What happened about signing in. */
  | 'securityLog';

/**
 * The kinds of logins with rights of their own. 三员分立: system, security and audit administrator are three people, and none of
 * the first two reads cases. `admin` is the system administrator's name since the first release.
 */
export const LOGINS = {
  caseworker: { name: ['社区经办人', 'caseworker'], may: ['cases', 'casework'] },
  auditor: {
    name: ['审计管理员', 'audit administrator'],
    may: ['cases', 'audit', 'accessLog', 'proofs', 'securityLog'],
  },
  admin: { name: ['系统管理员', 'system administrator'], may: ['organisation', 'channels', 'leftOver', 'proofs'] },
  securityAdmin: { name: ['安全管理员', 'security administrator'], may: ['signIns', 'securityLog'] },
} as const satisfies Readonly<Record<string, { readonly name: Text; readonly may: readonly LoginRight[] }>>;

/** A kind of login with rights of its own. */
export type LoginRole = keyof typeof LOGINS;

/** Kinds that no post brings, and of which one person has one at most: kinds of posts are free text from imports, and who keeps the organisation appoints to them. In the database: trigger `api_keys_apart`. */
export const ADMINISTRATORS: readonly LoginRole[] = ['admin', 'securityAdmin', 'auditor'];

/** Whether a name is one of a kind of login with rights of its own. */
export function isLoginRole(role: string): role is LoginRole {
  return Object.hasOwn(LOGINS, role);
}

/** Whether a kind of login has a right. */
export function carries(role: string, right: LoginRight): boolean {
  return isLoginRole(role) && (LOGINS[role].may as readonly LoginRight[]).includes(right);
}

/** Whether what nobody in office could be told in a unit lies with one of these logins. */
export function keepsLeftOver(logins: Actor['logins'], unit: string | undefined): boolean {
  return logins.some((login) => carries(login.role, 'leftOver') && login.unit === unit);
}
