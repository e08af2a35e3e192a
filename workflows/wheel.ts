import {
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  proxyActivities,
  setDefaultSignalHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { WheelActivities, WheelRun } from './names.ts';
import { WORKFLOW_TASK_TIMEOUT } from './names.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** A run gets no longer than about so many history events. */
const longRun = 400;

const { turnWheel } = proxyActivities<WheelActivities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '8s', // a worker that died is missed after this
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
});
const continueRun = makeContinueAsNewFunc<typeof wheelWorkflow>({ workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT });

/**
 * The wheel of a unit: one timer at the earliest instant at which anything comes due in the unit's cases, then one call
 * that fires all of it. Gives punctuality only; each case's own timer is the guarantee. Signalled when a commit plans
 * something earlier; ends when nothing is planned, and starts again with the next signal.
 */
export function wheelWorkflow({ unit }: WheelRun): Promise<void> {
  return CancellationScope.nonCancellable(() => turn(unit));
}

async function turn(unit: string): Promise<void> {
  let called = false;
  setDefaultSignalHandler(() => {
    called = true;
  });
  for (let until = now(); ; until = now() > until ? now() : until) {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (continueAsNewSuggested || historyLength > longRun) await continueRun({ unit });
    called = false;
    const { more, wakeInMs, nextDueAt } = await turnWheel({ unit, until });
    // what the wheel is set for fires then, whichever of the clocks is ahead
    if (nextDueAt !== undefined) until = nextDueAt;
    if (more || called) continue;
    if (wakeInMs === undefined) return;
    await condition(() => called, Math.min(wakeInMs, dayMs));
  }
}

const now = (): string => new Date().toISOString();
