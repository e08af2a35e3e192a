import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { RunEvent } from './history-bytes.ts';

/**
 * Events asked for at a time. The server sends no answer of more than 4 MiB, and when a page would be larger the client asks in
 * vain until its time is up; sixteen events of a case hold four pages of the door at most, which are a megabyte.
 */
const eventsAtOnce = 16;
const patienceMs = 30_000;
/** gRPC's `DEADLINE_EXCEEDED` and `RESOURCE_EXHAUSTED`: a page was too large after all, as a stranger's signals can make it. */
const tooMuch = [4, 8];

/**
 * Reads a run's history page by page; without a run id that of the newest run. Throws what the client throws, among it
 * `NOT_FOUND` (5) when Temporal does not know the run.
 */
export async function* historyPages(
  client: Client,
  workflowId: string,
  runId: string | undefined,
): AsyncGenerator<readonly RunEvent[]> {
  let nextPageToken: Uint8Array | undefined;
  let maximumPageSize = eventsAtOnce;
  const page = () =>
    client.withDeadline(Date.now() + patienceMs, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, ...(runId === undefined ? {} : { runId }) },
        maximumPageSize,
        ...(nextPageToken ? { nextPageToken } : {}),
      }),
    );
  for (;;) {
    const answer = await page().catch((error: { readonly code?: number }) => {
      if (maximumPageSize === 1 || !tooMuch.includes(error.code ?? 0)) throw error;
      maximumPageSize = Math.ceil(maximumPageSize / 8);
      return undefined;
    });
    if (!answer) continue;
    yield answer.history?.events ?? [];
    nextPageToken = answer.nextPageToken?.length ? answer.nextPageToken : undefined;
    if (!nextPageToken) return;
  }
}

/** A run's whole history. The client's own way of fetching it fails where 256 of its events hold more than 4 MiB. */
export async function fetchHistory(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<temporal.api.history.v1.IHistory> {
  const events: RunEvent[] = [];
  for await (const page of historyPages(client, workflowId, runId)) events.push(...page);
  return { events };
}
