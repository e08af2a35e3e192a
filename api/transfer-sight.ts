import { caseRecord } from '../db/queries/cases.ts';
import { unitTree, waitingRequests } from '../db/queries/transfers.ts';
import { answersFor } from '../engine/offers.ts';
import type { Org } from '../engine/world.ts';
import { actorOf, type Caller } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { nowOf, readerOf } from './reading.ts';

/** Whether the caller may answer what one unit asks another, by the rule the engine decides by. */
export type MayAnswer = (between: { readonly from: string; readonly to: string }) => boolean;

/** The organisation as far as it says what a caller may do now: the tree, who heads its units, and the caller's own posts. */
export async function officeOf(deps: AppDeps, caller: Caller): Promise<Org> {
  const { units, held } = await unitTree(deps.sql, caller.person);
  const from = nowOf(deps);
  return {
    units: Object.fromEntries(
      units.map(({ id, level, above, head, closed }) => [
        id,
        {
          level,
          ...(above === null ? {} : { above }),
          ...(head === null ? {} : { head }),
          ...(closed ? { closed } : {}),
        },
      ]),
    ),
    posts: Object.fromEntries(held.map(({ post, unit }) => [post, { kind: '', unit }])),
    appointments: held.flatMap(({ post, person, deputy }) => (deputy ? [] : [{ post, person, from }])),
    deputies: held.flatMap(({ post, person, deputy }) => (deputy ? [{ post, person, from }] : [])),
  };
}

/** The rule of {@link MayAnswer} for a caller, as the organisation stands now. */
export async function mayAnswerOf(deps: AppDeps, caller: Caller): Promise<MayAnswer> {
  const org = await officeOf(deps, caller);
  const at = nowOf(deps);
  return (between) => answersFor(org, between, actorOf(caller), at) !== undefined;
}

/** Whether a caller may read a case. */
export async function mayReadCase(deps: AppDeps, caller: Caller, caseId: string): Promise<boolean> {
  return (await caseRecord(deps.sql, readerOf(caller), caseId)) !== undefined;
}

/**
 * Whether a case's waiting requests ask the caller: he then knows that there is such a case, and is told why an answer of his
 * was not taken, without reading the case.
 */
export async function isAsked(deps: AppDeps, caller: Caller, caseId: string): Promise<boolean> {
  const waiting = await waitingRequests(deps.sql, caseId);
  if (waiting.length === 0) return false;
  const mayAnswer = await mayAnswerOf(deps, caller);
  return waiting.some(mayAnswer);
}
