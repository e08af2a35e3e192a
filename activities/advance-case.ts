import type { Logger } from 'pino';
import { type AdvanceAnswer, type AdvanceQuery, type CaseActivities, caseWorkflowId } from '../workflows/names.ts';
import { isAskedBy } from './asked-by.ts';
import { isPosition } from './run-history.ts';

/** What the activity of a case asks: the door, and whether this machine's clock may be trusted. */
export interface AdvanceDeps {
  readonly door: { advance(query: AdvanceQuery): Promise<AdvanceAnswer> };
  readonly log: Pick<Logger, 'error'>;
  /** False while this machine's clock is too far off to fire anything (clock check). */
  readonly mayFire?: () => boolean;
  /** Called between the door's commit and the answer to the workflow; tests kill the process here. */
  readonly afterCommit?: (query: AdvanceQuery, answer: AdvanceAnswer) => Promise<void>;
}

/**
 * The case workflow's one question to the door: fire what is due, and tell what happened since. Safe to ask twice. Anything
 * but the case's own workflow is told nothing and stands still: what it was told would count as witnessed.
 */
export function createAdvanceCase(deps: AdvanceDeps): CaseActivities['advanceCase'] {
  const { door, log, mayFire = () => true, afterCommit } = deps;
  return async ({ caseId, seq, head }) => {
    if (!isAskedBy(caseWorkflowId(caseId)) || !isPosition(seq, head)) {
      log.error({ alarm: 'STRANGER', caseId }, 'something else than its workflow asked for a case');
      return { recordBehind: true };
    }
    if (!mayFire())
      throw new Error(
        'the clock of this machine is more than ten minutes off, or the stores are not compared: it fires nothing',
      );
    const query = { caseId, seq, head };
    const answer = await door.advance(query);
    await afterCommit?.(query, answer);
    return answer;
  };
}
