import type { Client } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/index.js';
import proto, { type temporal } from '@temporalio/proto';
import { openPayload } from '../../activities/payload-codec.ts';
import type { Keyring } from '../../door/keys/keyring.ts';

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
  const events: E[] = [];
  for (const each of all) {
    const { result } = each.activityTaskCompletedEventAttributes ?? each.markerRecordedEventAttributes?.details ?? {};
    events.push(...(await eventsIn<E>(client, result?.payloads)));
  }
  return {
    signals: all.flatMap((each) => each.workflowExecutionSignaledEventAttributes?.signalName ?? []),
    events,
    runs,
  };
}

/** Whether a part of a history is a payload. */
export function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && 'metadata' in value && 'data' in value;
}

/** The history without encryption, for a file that is read where the keys are not. */
export async function inClear(keyring: Keyring, history: History): Promise<History> {
  const message = History.decode(History.encode(History.fromObject(history)).finish());
  const walk = async (value: unknown): Promise<void> => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    for (const [name, each] of Object.entries(value)) {
      if (isPayload(each)) Object.assign(value, { [name]: await openPayload(keyring, each) });
      else await walk(each);
    }
  };
  await walk(message);
  return message;
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

async function eventsIn<E>(client: Client, payloads: Payload[] | null | undefined): Promise<E[]> {
  if (!payloads?.length) return [];
  const answer = await decodeFromPayloadsAtIndex<unknown>(client.options.loadedDataConverter, 0, payloads);
  return (answer as { events?: E[] } | undefined)?.events ?? [];
}

/** Bytes of a history as Temporal keeps it. */
export function sizeOf(history: History): number {
  return History.encode(History.fromObject(history)).finish().length;
}
