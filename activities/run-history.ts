import type { Client } from '@temporalio/client';
import type { LoadedDataConverter } from '@temporalio/common';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import { KeyAway } from '../door/keys/errors.ts';
import { type AdvanceAnswer, type Advanced, type CaseRun, FOLDED_SIGNAL } from '../workflows/names.ts';
import { fetchHistory } from './history-pages.ts';

type History = temporal.api.history.v1.IHistory;
type HistoryEvent = NonNullable<History['events']>[number];

/** Where a run stands in the record. */
export interface Position {
  readonly seq: number;
  readonly head: string;
}

/** An act by which a run was woken, as the signal names it: its id and its type. */
export type WokenAct = readonly [id: string, type: string];

/** A run's history, and what the door told it. */
export interface CaseHistory {
  readonly input: CaseRun;
  /** Answers of the door that are in the history, in order. */
  readonly answers: readonly AdvanceAnswer[];
  /** The last event witnessed: what a next run has to start from. */
  readonly end: Position;
  readonly acts: readonly WokenAct[];
  readonly history: History;
}

/** Reads one run of a case. Throws what the client throws, among it `NOT_FOUND` (5) when Temporal does not know it. */
export async function readRun(client: Client, workflowId: string, runId?: string): Promise<CaseHistory> {
  const history = await fetchHistory(client, workflowId, runId);
  return decodeRun(client, history);
}

/** The same for a history already at hand. */
export async function decodeRun(client: Client, history: History): Promise<CaseHistory> {
  const answers: AdvanceAnswer[] = [];
  const reader = runReader(client.options.loadedDataConverter, (answer) => answers.push(answer));
  for (const event of history.events ?? []) await reader.add(event);
  const { input, end, acts } = reader.told() ?? { input: asRun(undefined), end: nowhere, acts: [] };
  return { input, answers, end, acts, history };
}

/** Reads a run's history event by event, so that a long one is never in memory as a whole. */
export interface RunReader {
  /** The events in order from the first. Throws when a payload cannot be decoded. */
  add(event: HistoryEvent): Promise<void>;
  /** Where the run began, where it stands after the events added, and what woke it; undefined before the first. */
  told(): { readonly input: CaseRun; readonly end: Position; readonly acts: readonly WokenAct[] } | undefined;
}

/** Begins to read a run; `onAnswer` is told each answer of the door that lies in its history. */
export function runReader(
  converter: LoadedDataConverter,
  onAnswer: (answer: AdvanceAnswer) => void = () => {},
): RunReader {
  const decode = (payloads: Payloads): Promise<unknown> =>
    decodeFromPayloadsAtIndex<unknown>(converter, 0, payloads ?? undefined);
  /** What a signal says; one that a stranger sent may say nothing that can be read. */
  const said = (payloads: Payloads | undefined): Promise<unknown> =>
    payloads?.length
      ? decode(payloads).catch((error: unknown) => {
          if (error instanceof KeyAway) throw error;
          return undefined;
        })
      : Promise.resolve(undefined);
  let read: { readonly input: CaseRun; readonly end: Position } | undefined;
  const acts: WokenAct[] = [];
  return {
    async add(event) {
      if (!read) {
        const input = asRun(await decode(event.workflowExecutionStartedEventAttributes?.input?.payloads));
        read = { input, end: { seq: input.seq, head: input.head } };
        return;
      }
      const signal = event.workflowExecutionSignaledEventAttributes;
      if (signal?.signalName) acts.push(...wokenBy(signal.signalName, await said(signal.input?.payloads)));
      const payloads = resultOf(event);
      if (!payloads) return;
      const answer = asAnswer(await decode(payloads));
      onAnswer(answer);
      if (!('recordBehind' in answer)) read = { ...read, end: { seq: answer.seq, head: answer.head } };
    },
    told: () => read && { ...read, acts },
  };
}

/** The acts a signal names: it is called by the type of one and says its id, or says ids and types of several. */
function wokenBy(name: string, argument: unknown): WokenAct[] {
  if (typeof argument === 'string') return [[argument, name]];
  if (name !== FOLDED_SIGNAL || !Array.isArray(argument)) return [];
  return argument.flatMap((each): WokenAct[] => {
    const { id, type } = Object(each) as { id?: unknown; type?: unknown };
    return typeof id === 'string' && typeof type === 'string' ? [[id, type]] : [];
  });
}

const nowhere: Position = { seq: -1, head: '' };

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
