import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { RunEvent } from '../../activities/history-bytes.ts';
import { endOf, instantOf } from '../../activities/pack-run.ts';
import { readRun } from '../../activities/run-history.ts';
import type { WitnessedEvent } from '../../door/outcome.ts';
import type { HistoryReader } from '../../door/verify.ts';
import type { WitnessedRun } from '../../door/verify-histories.ts';
import { CASE_WORKFLOW, caseOfWorkflow, caseWorkflowId } from '../../workflows/names.ts';

/** Reads a case's runs from Temporal: the newest, those it was continued from, and earlier ones as long as they are kept. */
export function historyReader(client: Client): HistoryReader {
  return async (caseId) => {
    const workflowId = caseWorkflowId(caseId);
    const runs = new Map<string, WitnessedRun>();
    let runId: string | undefined;
    do {
      const found: WitnessedRun | undefined = await readOne(client, workflowId, runId);
      if (!found || runs.has(found.runId)) break;
      runs.set(found.runId, found);
      runId = found.previousRun;
    } while (runId);
    if (earliest(runs) > 0) await addListed(client, workflowId, runs);
    return [...runs.values()];
  };
}

/** Lists the cases whose workflows Temporal knows, running or ended; one with several runs comes several times. */
export function caseLister(client: Client): () => AsyncIterable<string> {
  return async function* () {
    for await (const { workflowId } of client.workflow.list({ query: `WorkflowType = '${CASE_WORKFLOW}'` })) {
      yield caseOfWorkflow(workflowId);
    }
  };
}

/** A reopened case has runs that are not linked to one another: they are found by its workflow id. */
async function addListed(client: Client, workflowId: string, runs: Map<string, WitnessedRun>): Promise<void> {
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    if (runs.has(runId)) continue;
    const found = await readOne(client, workflowId, runId);
    if (found) runs.set(runId, found);
  }
}

const earliest = (runs: ReadonlyMap<string, WitnessedRun>): number =>
  Math.min(...[...runs.values()].map(({ start }) => start.seq), Number.POSITIVE_INFINITY);

/** The runs this one went on from and into, and when it ended, as its history says. */
function linksOf(events: readonly RunEvent[]) {
  const previousRun = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  const last = events.at(-1);
  const end = last && endOf(last);
  return {
    ...(previousRun ? { previousRun } : {}),
    ...(end?.next ? { nextRun: end.next } : {}),
    ...(end ? { closedAt: instantOf(last.eventTime) } : {}),
  };
}

async function readOne(
  client: Client,
  workflowId: string,
  runId: string | undefined,
): Promise<WitnessedRun | undefined> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    const { runId: id, status } = await handle.describe();
    const { input, answers, end, acts, history } = await readRun(client, workflowId, id);
    const last = answers.at(-1);
    return {
      runId: id,
      running: status.name === 'RUNNING',
      start: { seq: input.seq, head: input.head },
      events: answers.flatMap((answer) => ('recordBehind' in answer ? [] : (answer.events as WitnessedEvent[]))),
      ...{ end, acts },
      frozen: last !== undefined && 'recordBehind' in last,
      ...linksOf(history.events ?? []),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
