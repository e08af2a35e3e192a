import type { CaseRelation } from '../../db/queries/cases.ts';
import { type Caller, may } from '../auth/caller.ts';
import type { Relation } from './reads.ts';

/** What one who stands so to a case may read of it. Acts are the engine's: each kind names who may do it (engine/acts). */
export interface Reading {
  /** Of a case about a minor: always; while the head's approval for all who work on it holds (`standing`); else only by an approval of his own. */
  readonly minor: 'always' | 'standing' | 'byName';
  /** Of one that is only stored and protected. */
  readonly limited: boolean;
  /** Who has read it: all of it; without inspections; nothing. */
  readonly accesses: 'all' | 'withoutInspections' | 'nothing';
  /** The books, reports and files of it. */
  readonly money: boolean;
  /** Values of its sensitive fields, which are masked otherwise (engine/sensitive.ts): `freely`, or after saying what for. */
  readonly sensitive: 'freely' | 'forPurpose' | 'nothing';
}

/**
 * Who reads what of a case, by how he stands to it: the one table for API, pages and stream. Whoever stands to it in no such way
 * is told that there is none; so is a system or security administrator (engine/logins.ts). The same in SQL, for many cases at
 * once: `readerScope` of db/queries/reader.ts and db/queries/minors.ts; test/access holds all of it against a written table.
 */
export const READING = {
  /** Whom it is about, or who is his guardian then (engine/rights.ts, `isOwn`). */
  self: { minor: 'always', limited: true, accesses: 'all', money: true, sensitive: 'freely' },
  /** A party of it: a companion, a volunteer, a member of the household. */
  ownCase: { minor: 'byName', limited: false, accesses: 'nothing', money: true, sensitive: 'nothing' },
  /** Who holds, or stands in for, a post that has a role or open work of it, or was given either by name. */
  responsible: {
    minor: 'standing',
    limited: false,
    accesses: 'withoutInspections',
    money: true,
    sensitive: 'forPurpose',
  },
  /** A caseworker of its unit, or of one above. */
  caseWork: { minor: 'standing', limited: false, accesses: 'nothing', money: true, sensitive: 'forPurpose' },
  /** The head of its unit, or of one above. */
  supervision: {
    minor: 'always',
    limited: false,
    accesses: 'withoutInspections',
    money: true,
    sensitive: 'forPurpose',
  },
  /** An auditor of its unit, or of one above. */
  audit: { minor: 'always', limited: true, accesses: 'all', money: true, sensitive: 'forPurpose' },
  /** Who opened it in an emergency, until that ends. */
  breakGlass: { minor: 'always', limited: true, accesses: 'nothing', money: false, sensitive: 'freely' },
} as const satisfies Readonly<Record<Exclude<Relation, 'administration'> | 'self', Reading>>;

/** How somebody stands to a case by what he is in office, or as a party of it. */
export type Office = Exclude<keyof typeof READING, 'breakGlass' | 'self'>;

/**
 * In which ways a caller stands to a case by what he is in office, or as a party, the one his reads are noted under first.
 * `self` is asked for apart: whose word counts depends on what is asked.
 */
export function standingsOf(
  { isParty, isAssigned, isOfLogin, isHead }: CaseRelation,
  caller: Caller,
): readonly [Office, ...Office[]] {
  const found: Office[] = [
    ...(isParty ? (['ownCase'] as const) : []),
    ...(isAssigned ? (['responsible'] as const) : []),
    ...(isOfLogin ? [may(caller, 'audit') ? ('audit' as const) : ('caseWork' as const)] : []),
    ...(isHead ? (['supervision'] as const) : []),
  ];
  const [first, ...others] = found;
  // who may read it stands to it in some way
  if (first === undefined) throw new Error('a case was read by somebody who does not stand to it in any way');
  return [first, ...others];
}
