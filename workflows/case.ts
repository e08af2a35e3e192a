import {
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setDefaultSignalHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { AdvanceAnswer, Advanced, AdvanceQuery, CaseActivities, CaseRun } from './names.ts';
import { RUN_EVENTS, UNFREEZE_SIGNAL, WORKFLOW_TASK_TIMEOUT } from './names.ts';

const yearMs = 365 * 24 * 60 * 60 * 1000;

const quick = proxyLocalActivities<CaseActivities>({
  startToCloseTimeout: '3s',
  scheduleToCloseTimeout: '5s',
  retry: { maximumAttempts: 3, initialInterval: '200ms' },
});
const patient = proxyActivities<CaseActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});
const continueRun = makeContinueAsNewFunc<typeof caseWorkflow>({ workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT });

/**
 * A case, from its opening to its end: owns its timer, takes every event into its history, and starts again with the same
 * few words when a run gets long or a year old. Decides nothing: what happens is told by the door (`advanceCase`).
 * The only code of a case that is replayed: change it with `patched()` and record its histories anew.
 */
export function caseWorkflow(run: CaseRun): Promise<{ seq: number; head: string }> {
  return CancellationScope.nonCancellable(() => witness(run)); // a case ends by closing, not by cancelling
}

async function witness({
  caseId,
  openedAt,
  mostEvents = Infinity,
  ...last
}: CaseRun): Promise<{ seq: number; head: string }> {
  let { seq, head, frozen } = last;
  let dirty = false;
  let thawed = false;
  setDefaultSignalHandler((name) => {
    dirty = true;
    if (name === UNFREEZE_SIGNAL) thawed = true;
  });
  setCurrentDetails(details(seq, frozen));
  const runEndMs = workflowInfo().runStartTime.getTime() + yearMs;
  const isLong = () => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > mostEvents || Date.now() >= runEndMs;
  };

  for (let more = false; ; ) {
    if (isLong()) await continueRun({ caseId, seq, head, openedAt, frozen, mostEvents: RUN_EVENTS });
    if (frozen) {
      await condition(() => thawed || isLong()); // no timer: only `linli repair-record` lets it go on
      frozen = !thawed;
      if (frozen) continue;
    }
    dirty = false;
    thawed = false;
    const answer = await ask({ caseId, seq, head }, more);
    if ('recordBehind' in answer) {
      frozen = !thawed;
      setCurrentDetails(details(seq, frozen));
      continue;
    }
    ({ seq, head, more } = answer);
    setCurrentDetails(details(seq, false, answer));
    if (more || dirty) continue;
    if (answer.ended) return { seq, head };
    const restMs = Math.min(answer.wakeInMs ?? yearMs, runEndMs - Date.now());
    await condition(() => dirty, Math.max(restMs, 1));
  }
}

/** Local activity first; in an outage a regular one, which waits without adding to the history. Never fails. */
async function ask(query: AdvanceQuery, more: boolean): Promise<AdvanceAnswer> {
  if (!more) {
    try {
      return await quick.advanceCase(query);
    } catch {}
  }
  for (;;) {
    try {
      return await patient.advanceCase(query);
    } catch {
      await sleep('10s');
    }
  }
}

/** What Temporal's Web UI shows above the history. */
function details(seq: number, frozen: boolean, answer?: Advanced): string {
  const lines = [`已见证 witnessed: ${seq}`];
  if (frozen) lines.unshift('**已冻结,等待核对 frozen until compared**');
  if (answer?.stage) lines.unshift(`阶段 stage: ${answer.stage}`);
  if (answer?.nextDueAt) lines.push(`下次到期 next due: ${answer.nextDueAt}`);
  return lines.join('\n\n');
}
