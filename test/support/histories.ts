import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

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

function eventsIn<E>(payload: Payload | undefined): E[] {
  if (!payload) return [];
  return (defaultPayloadConverter.fromPayload(payload) as { events?: E[] } | undefined)?.events ?? [];
}
