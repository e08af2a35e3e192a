import { ActivityFailure, CancellationScope, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { EffectActivities, EffectOutcome, EffectRun } from './names.ts';

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' } as const;
const { answerEffect } = proxyActivities<EffectActivities>({ startToCloseTimeout: '30s', retry });

/**
 * One effect of a case (a child case, a plugin's call): done once, however often it is tried, and answered to the case by
 * the act `effect.answer`, whose id is this workflow's. Past its limit it is answered as failed.
 */
export function effectWorkflow({ effectId, limitMs }: EffectRun): Promise<void> {
  return CancellationScope.nonCancellable(async () => {
    await answerEffect(effectId, await run(effectId, limitMs));
  });
}

async function run(effectId: string, limitMs: number | undefined): Promise<EffectOutcome> {
  const { runEffect } = proxyActivities<EffectActivities>({
    startToCloseTimeout: Math.min(limitMs ?? Infinity, 10 * 60_000),
    // without it a call whose worker died would be missed only after the time it may take
    heartbeatTimeout: '20s',
    ...(limitMs === undefined ? {} : { scheduleToCloseTimeout: limitMs }),
    retry,
  });
  try {
    return await runEffect(effectId);
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error;
    if (cause instanceof TimeoutFailure) return { failed: 'the time limit of the call passed' };
    return { failed: cause instanceof Error ? cause.message : 'unknown' };
  }
}
