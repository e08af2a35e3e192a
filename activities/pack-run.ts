import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import type { EndedRun, RunStatus } from '../door/archive.ts';
import { KeyAway } from '../door/keys/errors.ts';
import { caseOfWorkflow } from '../workflows/names.ts';
import { historyBytes, type RunEvent } from './history-bytes.ts';
import { historyPages } from './history-pages.ts';
import { type RunReader, runReader } from './run-history.ts';

/** An ended run as it goes into the archive: what is known of it, and the gzip stream of its history in pieces. */
export interface PackedRun {
  readonly run: EndedRun;
  readonly parts: readonly Uint8Array[];
}

const pieceBytes = 1024 * 1024;

/** The history of a run, packed, and what it says of itself. */
export interface PackedHistory {
  readonly parts: readonly Uint8Array[];
  readonly events: number;
  /** Size and SHA-256 of the history's protobuf bytes, before packing. */
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly first: RunEvent | undefined;
  readonly last: RunEvent | undefined;
  /** What it was told; undefined where its payloads cannot be read. */
  readonly told: ReturnType<RunReader['told']>;
}

/**
 * Reads a run's history page by page, whether it has ended or not, and packs it as it comes: what is in memory is a page and
 * the packed bytes. Throws what the client throws, among it `NOT_FOUND` when Temporal has deleted it.
 */
export async function packHistory(client: Client, workflowId: string, runId: string): Promise<PackedHistory> {
  const packing = packer();
  const reader = runReader(client.options.loadedDataConverter);
  let first: RunEvent | undefined;
  let last: RunEvent | undefined;
  let events = 0;
  let readable = true;
  for await (const page of historyPages(client, workflowId, runId)) {
    for (const event of page) {
      events += 1;
      if (Number(event.eventId) !== events) throw new Error(`the history of run ${runId} has a gap at event ${events}`);
      // an archive keeps also what cannot be read; with a key that is only away it is tried again
      if (readable)
        readable = await reader.add(event).then(
          () => true,
          (error: unknown) => {
            if (error instanceof KeyAway) throw error;
            return false;
          },
        );
    }
    first ??= page[0];
    last = page.at(-1) ?? last;
    await packing.add(historyBytes(page));
  }
  return { ...(await packing.end()), events, first, last, told: readable ? reader.told() : undefined };
}

/** Reads an ended run's history and packs it. Throws when the run has not ended, and what {@link packHistory} throws. */
export async function packRun(client: Client, workflowId: string, runId: string): Promise<PackedRun> {
  const { parts, sizeBytes, sha256, events, first, last, told } = await packHistory(client, workflowId, runId);
  const started = first?.workflowExecutionStartedEventAttributes;
  const end = last && endOf(last);
  if (!started || !end) throw new Error(`run ${runId} has not ended`);
  return {
    run: {
      case: caseOfWorkflow(workflowId),
      run: runId,
      first: started.firstExecutionRunId || runId,
      previous: started.continuedExecutionRunId || null,
      next: end.next || null,
      status: end.status,
      startedAt: instantOf(first?.eventTime),
      closedAt: instantOf(last?.eventTime),
      from: told ? { seq: told.input.seq, head: told.input.head } : null,
      to: told ? told.end : null,
      events,
      sizeBytes,
      sha256,
    },
    parts,
  };
}

/** Hashes and packs bytes as they come. */
function packer() {
  const gzip = createGzip();
  const hash = createHash('sha256');
  const parts: Uint8Array[] = [];
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  let sizeBytes = 0;
  const cut = () => {
    if (gatheredBytes > 0) parts.push(Buffer.concat(gathered));
    gathered = [];
    gatheredBytes = 0;
  };
  gzip.on('data', (chunk: Buffer) => {
    gathered.push(chunk);
    gatheredBytes += chunk.length;
    if (gatheredBytes >= pieceBytes) cut();
  });
  const ended = once(gzip, 'end');
  ended.catch(() => {});
  return {
    async add(bytes: Uint8Array): Promise<void> {
      hash.update(bytes);
      sizeBytes += bytes.length;
      if (!gzip.write(bytes)) await once(gzip, 'drain');
    },
    async end() {
      gzip.end();
      await ended;
      cut();
      return { parts, sizeBytes, sha256: hash.digest('hex') };
    },
  };
}

/** How a history's last event ends its run; undefined when it does not. */
export function endOf(
  event: RunEvent,
): { readonly status: RunStatus; readonly next?: string | null | undefined } | undefined {
  const ends = [
    ['completed', event.workflowExecutionCompletedEventAttributes],
    ['continuedAsNew', event.workflowExecutionContinuedAsNewEventAttributes],
    ['failed', event.workflowExecutionFailedEventAttributes],
    ['timedOut', event.workflowExecutionTimedOutEventAttributes],
    ['terminated', event.workflowExecutionTerminatedEventAttributes],
    ['canceled', event.workflowExecutionCanceledEventAttributes],
  ] as const;
  for (const [status, attributes] of ends) {
    if (attributes)
      return { status, next: 'newExecutionRunId' in attributes ? attributes.newExecutionRunId : undefined };
  }
  return undefined;
}

type Timestamp = temporal.api.history.v1.IHistoryEvent['eventTime'];

/** A time of Temporal's to the millisecond. */
export const instantOf = (time: Timestamp): string => new Date(tsToMs(time)).toISOString();
