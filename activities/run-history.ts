import type { Client } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import type { AdvanceAnswer, Advanced, CaseRun } from '../workflows/names.ts';

type History = temporal.api.history.v1.IHistory;
type HistoryEvent = NonNullable<History['events']>[number];

/** Where a run stands in the record. */
export interface Position {
  readonly seq: number;
  readonly head: string;
}

/** A run's history, and what the door told it. */
export interface CaseHistory {
  readonly input: CaseRun;
  /** Answers of the door that are in the history, in order. */
  readonly answers: readonly AdvanceAnswer[];
  /** The last event witnessed: what a next run has to start from. */
  readonly end: Position;
  readonly history: History;
}

/** Reads one run of a case. Throws `WorkflowNotFoundError` when Temporal does not know it. */
export async function readRun(client: Client, workflowId: string, runId?: string): Promise<CaseHistory> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return decodeRun(client, history);
}

/** The same for a history already at hand. */
export async function decodeRun(client: Client, history: History): Promise<CaseHistory> {
  const events = history.events ?? [];
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const decode = <T>(payloads: Payloads): Promise<T> =>
    decodeFromPayloadsAtIndex<T>(client.options.loadedDataConverter, 0, payloads ?? undefined);
  const input = asRun(await decode<unknown>(started?.input?.payloads));
  const answers: AdvanceAnswer[] = [];
  let end: Position = { seq: input.seq, head: input.head };
  for (const event of events) {
    const payloads = resultOf(event);
    if (!payloads) continue;
    const answer = asAnswer(await decode<unknown>(payloads));
    answers.push(answer);
    if (!('recordBehind' in answer)) end = { seq: answer.seq, head: answer.head };
  }
  return { input, answers, end, history };
}

/** What is no input of a case's run was written by a stranger: it stands where no record does. */
function asRun(input: unknown): CaseRun {
  const { caseId, seq, head, openedAt, frozen } = { ...(input as Partial<CaseRun> | undefined) };
  if (typeof caseId !== 'string' || !isPosition(seq, head))
    return { caseId: '', seq: -1, head: '', openedAt: '', frozen: false };
  return { caseId, seq: seq as number, head: head as string, openedAt: openedAt ?? '', frozen: frozen === true };
}

/** What is no answer of the door, in the same way, tells nothing of a record. */
function asAnswer(answer: unknown): AdvanceAnswer {
  const { events, seq, head } = { ...(answer as Partial<Advanced> | undefined) };
  const isPage = Array.isArray(events) && events.every(hasHeader) && isPosition(seq, head);
  return isPage ? (answer as Advanced) : { recordBehind: true };
}

/** Whether what somebody says can be a place in a record at all. */
export function isPosition(seq: unknown, head: unknown): boolean {
  return isSeq(seq) && typeof head === 'string' && /^[0-9a-f]{64}$/.test(head);
}

const isSeq = (seq: unknown): seq is number => Number.isSafeInteger(seq) && (seq as number) >= 0;
const hasHeader = (event: unknown): boolean => isSeq((event as { header?: { seq?: unknown } } | null)?.header?.seq);

type Payloads = NonNullable<NonNullable<HistoryEvent['activityTaskCompletedEventAttributes']>['result']>['payloads'];

/** Results of the regular activity, and of the local one (which Temporal keeps in a marker). */
function resultOf(event: HistoryEvent): Payloads | undefined {
  return (
    event.activityTaskCompletedEventAttributes?.result?.payloads ??
    event.markerRecordedEventAttributes?.details?.['result']?.payloads ??
    undefined
  );
}
