import type { Client } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** All runs of a workflow id as its histories hold them. */
export interface Witnessed {
  readonly workflowId: string;
  /** When an act's first event entered a history, by act id; milliseconds since 1970 by the server's clock. */
  readonly acts: ReadonlyMap<string, number>;
  readonly runs: number;
  readonly events: number;
  readonly bytes: number;
}

/** Reads the histories of a workflow id from its newest run back to its first. */
export async function readHistories(client: Client, workflowId: string): Promise<Witnessed> {
  const acts = new Map<string, number>();
  let runId: string | undefined;
  let [runs, events, bytes] = [0, 0, 0];
  do {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [history, about] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    runs += 1;
    events += about.historyLength;
    bytes += about.historySize ?? 0;
    for (const event of history.events ?? []) {
      for (const actId of await actsIn(client, event)) {
        const at = Number(event.eventTime?.seconds ?? 0) * 1_000 + (event.eventTime?.nanos ?? 0) / 1e6;
        acts.set(actId, Math.min(at, acts.get(actId) ?? at));
      }
    }
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  } while (runId);
  return { workflowId, acts, runs, events, bytes };
}

/** Acts whose events the door handed to the workflow in this entry of its history. */
async function actsIn(client: Client, event: HistoryEvent): Promise<string[]> {
  const { result } = event.activityTaskCompletedEventAttributes ?? event.markerRecordedEventAttributes?.details ?? {};
  const payloads = result?.payloads;
  if (!payloads?.length) return [];
  const answer = await decodeFromPayloadsAtIndex<unknown>(client.options.loadedDataConverter, 0, payloads);
  const { events = [] } = (answer ?? {}) as { events?: { header?: { actId?: string | null } }[] };
  return events.flatMap(({ header }) => header?.actId ?? []);
}
