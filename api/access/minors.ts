import { isAboutMinor, isApproved } from '../../engine/access.ts';
import { GUARDIAN, isOwn } from '../../engine/rights.ts';
import type { Party, State } from '../../engine/state.ts';
import type { Instant } from '../../sdk/time.ts';
import type { Caller } from '../auth/caller.ts';
import { problem } from '../errors.ts';
import { type Office, READING } from './rights.ts';

/**
 * Whether a caller may read a case that is about a minor (minors' network protection regulation, art. 36): the minor and who is its
 * guardian then always; heads, who approve it themselves, and auditors, whatever else they are to the case; whoever works
 * on it when the head has approved it for them; anybody else when it was approved for him. Who that is: api/access/rights.ts. In SQL: db/queries/minors.ts.
 */
export function mayReadMinors(
  state: State,
  caller: Pick<Caller, 'person'>,
  stands: readonly [Office, ...Office[]],
  at: Instant,
): boolean {
  if (!isAboutMinor(state, at) || stands.some((each) => READING[each].minor === 'always')) return true;
  const parties = Object.values(state.parties);
  const own = parties.filter(({ person }) => person === caller.person);
  const roles = parties.map(({ role }) => role);
  // an adult in the same role as a minor is none
  const guards = (party: Party) => party.role === GUARDIAN && isOwn(state, party, roles, at);
  if (own.some((party) => isAboutMinor({ parties: { own: party } }, at) || guards(party)))
    return READING.self.minor === 'always';
  return isApproved(state, { person: caller.person, standing: isStanding(stands[0]), at });
}

/** Whether the head approves once, for a time, for all who stand so to a case. */
const isStanding = (standing: Office): boolean => READING[standing].minor === 'standing';

/** The problem of a case about a minor that the caller is not approved to read. */
export function notApproved(standing: Office) {
  return problem(
    'MINOR_NOT_APPROVED',
    [
      '本案涉及未成年人，查阅其个人信息须经单位负责人批准，您还没有得到批准，或批准已到期。',
      'This case is about a minor: to read of one the head of the unit has to approve it, and there is no approval for you that still holds.',
    ],
    [
      isStanding(standing)
        ? [
            '请单位负责人用 access.approve 批准：对责任岗位和本单位经办人批准一次即可，到期前有效',
            'Ask the head of the unit for access.approve: once for all who work on the case, for a time',
          ]
        : [
            '请单位负责人用 access.approve 并填写 person 为您单独批准',
            'Ask the head of the unit for access.approve with you as person',
          ],
    ],
  );
}
