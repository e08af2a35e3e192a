import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Instant } from '../sdk/time.ts';
import {
  CASE_WORKFLOW,
  type CaseRun,
  caseOfWorkflow,
  caseWorkflowId,
  RUN_EVENTS,
  TASK_QUEUE,
  WORKFLOW_TASK_TIMEOUT,
} from '../workflows/names.ts';
import { type Position, readRun } from './run-history.ts';

/** A case as far as its run has to know it. `witnessed` = `witnessed_seq` and the hash of that event. */
export interface CaseToRun {
  readonly caseId: string;
  readonly openedAt: Instant;
  readonly witnessed: Position;
  /** The end of the last archived history: where a run begins that Temporal has lost, so that every event lies in some history. */
  readonly archived?: Position;
}

/** A signal to a case: named by an act's type, the arguments say which acts. */
export interface CaseSignal {
  readonly name: string;
  readonly args: unknown[];
}

/**
 * Signals the run of a case, starting one where none is open. A closed run is read first: the new one begins after the last
 * event that is in its history, so that every event enters some history. A run Temporal does not know (the opening, or a
 * lost one) begins where the last archived history ends, else at what the record says was witnessed. Returns the id of the run that got the signal.
 */
export async function signalRun(
  client: Client,
  work: CaseToRun,
  signal: CaseSignal,
  taskQueue: string = TASK_QUEUE,
): Promise<string> {
  const { caseId, openedAt } = work;
  const workflowId = caseWorkflowId(caseId);
  const from = work.witnessed.seq === 0 ? work.witnessed : await lastPosition(client, workflowId, work);
  const run: CaseRun = { caseId, openedAt, ...from, frozen: false, mostEvents: RUN_EVENTS };
  const handle = await client.workflow.signalWithStart(CASE_WORKFLOW, {
    workflowId,
    taskQueue,
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    signal: signal.name,
    signalArgs: signal.args,
    args: [run],
  });
  return handle.signaledRunId;
}

async function lastPosition(client: Client, workflowId: string, { witnessed, archived }: CaseToRun): Promise<Position> {
  try {
    const { runId, status } = await client.workflow.getHandle(workflowId).describe();
    if (status.name === 'RUNNING') return witnessed; // it keeps its own
    const { input, end } = await readRun(client, workflowId, runId);
    return input.caseId === caseOfWorkflow(workflowId) ? end : witnessed; // a run started for another case tells nothing
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return archived ?? witnessed;
    throw error;
  }
}
