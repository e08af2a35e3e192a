import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
type History = temporal.api.history.v1.IHistory;
type Payload = temporal.api.common.v1.IPayload;

/** What a chain of runs shows, from its first run to its last. */
export interface Witness<E> {
  /** Names of the signals received, in order. */
  readonly signals: string[];
  /** The events the door's answers carried into the histories, in order. */
  readonly events: E[];
  readonly runs: { readonly runId: string; readonly history: History }[];
}

/** Reads every run of a workflow id that is linked by continue-as-new to the newest one. */
export async function witnessOf<E>(client: Client, workflowId: string): Promise<Witness<E>> {
  const runs: { runId: string; history: History }[] = [];
  let runId: string | undefined;
  do {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    runs.unshift({ runId: started?.originalExecutionRunId ?? '', history });
    runId = started?.continuedExecutionRunId || undefined;
  } while (runId);
  const all = runs.flatMap(({ history }) => history.events ?? []);
  return {
    signals: all.flatMap((each) => each.workflowExecutionSignaledEventAttributes?.signalName ?? []),
    events: all.flatMap((each) => [
      ...eventsIn<E>(each.markerRecordedEventAttributes?.details?.['result']?.payloads?.[0]),
      ...eventsIn<E>(each.activityTaskCompletedEventAttributes?.result?.payloads?.[0]),
    ]),
    runs,
  };
}

/** A history as JSON that can be kept in a file and read again by any later release. */
export function historyToJson(history: History): unknown {
  const message = History.fromObject(history);
  return History.toObject(message, { longs: String, enums: String, bytes: String });
}

/** The history that {@link historyToJson} made the JSON of. */
export function historyFromJson(json: unknown): History {
  return History.fromObject(json as Record<string, unknown>);
}

function eventsIn<E>(payload: Payload | undefined): E[] {
  if (!payload) return [];
  return (defaultPayloadConverter.fromPayload(payload) as { events?: E[] } | undefined)?.events ?? [];
}

/** Bytes of a history as Temporal keeps it. */
export function sizeOf(history: History): number {
  return History.encode(History.fromObject(history)).finish().length;
}
