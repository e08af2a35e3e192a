import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { Sql } from '../db/client.ts';
import {
  INSTALLATION_WORKFLOW,
  installationWorkflowId,
  NONCE_SIGNAL,
  WORKFLOW_TASK_TIMEOUT,
} from '../workflows/names.ts';
import type { KeptNonce, ServerIds, StoresSeen } from './store-judge.ts';

/** What the database says of itself at one moment. */
export interface DatabaseSeen extends Pick<StoresSeen, 'mark' | 'server'> {
  readonly installation: string;
  /** A restore was noticed, and cases that the record lacks are not listed yet. */
  readonly unlisted: boolean;
}

/** Reads the row and the server's identifier and timeline in one statement; a server that does not tell them tells null. */
export async function readDatabase(sql: Sql): Promise<DatabaseSeen> {
  const ask = (tells: boolean) => sql<
    (ServerIds & {
      n: number;
      nonce: string | null;
      restored: boolean;
      installation: string;
      unlisted: boolean;
      ownSystem: string | null;
      ownTimeline: number | null;
    })[]
  >`
    SELECT m.n, m.nonce, m.restored, m.system, m.timeline, i.id AS installation,
      EXISTS (SELECT FROM restores WHERE listed_at IS NULL) AS unlisted,
      ${tells ? sql`(SELECT system_identifier::text FROM pg_control_system())` : sql`NULL::text`} AS "ownSystem",
      ${tells ? sql`('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int` : sql`NULL::int`} AS "ownTimeline"
    FROM store_marks m, installation i`;
  const [row] = await ask(true).catch((error: { code?: unknown }) => {
    if (error.code !== '42501') throw error; // some services let only their own people ask
    return ask(false);
  });
  const { ownSystem, ownTimeline, installation, unlisted, ...mark } = row!;
  return { mark, server: { system: ownSystem, timeline: ownTimeline }, installation, unlisted };
}

const enough = 6;
const patienceMs = 5_000;
/** `NOT_FOUND` of gRPC. */
const notFound = 5;

/** The marks that Temporal was told last, newest first; none where it knows nothing; undefined while it cannot be asked. */
export async function readTemporalMarks(client: Client, installation: string): Promise<KeptNonce[] | undefined> {
  const found: KeptNonce[] = [];
  const read = async (payloads: Parameters<typeof decodeFromPayloadsAtIndex>[2]) => {
    const said = await decodeFromPayloadsAtIndex<unknown>(client.options.loadedDataConverter, 0, payloads);
    return said;
  };
  try {
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await client.withDeadline(Date.now() + patienceMs, () =>
        client.workflowService.getWorkflowExecutionHistoryReverse({
          namespace: client.options.namespace,
          execution: { workflowId: installationWorkflowId(installation) },
          maximumPageSize: 100,
          ...(nextPageToken ? { nextPageToken } : {}),
        }),
      );
      for (const event of page.history?.events ?? []) {
        const signal = event.workflowExecutionSignaledEventAttributes;
        if (signal?.signalName === NONCE_SIGNAL) add(found, [await read(signal.input?.payloads)]);
        const started = event.workflowExecutionStartedEventAttributes;
        if (started)
          add(found, ((await read(started.input?.payloads)) as { kept?: unknown[] } | undefined)?.kept ?? []);
      }
      nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
    } while (nextPageToken && found.length < enough);
    return found;
  } catch (error) {
    return (error as { code?: unknown }).code === notFound ? [] : undefined;
  }
}

function add(found: KeptNonce[], said: readonly unknown[]): void {
  for (const each of said) {
    const { n, nonce } = { ...(each as Partial<KeptNonce> | undefined) };
    if (Number.isSafeInteger(n) && typeof nonce === 'string') found.push({ n: n as number, nonce });
  }
}

/** Tells Temporal a mark, starting the installation's workflow where none runs. Throws what the client throws. */
export async function tellTemporal(
  client: Client,
  installation: string,
  taskQueue: string,
  mark: KeptNonce,
): Promise<void> {
  await client.withDeadline(Date.now() + patienceMs, () =>
    client.workflow.signalWithStart(INSTALLATION_WORKFLOW, {
      workflowId: installationWorkflowId(installation),
      taskQueue,
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      signal: NONCE_SIGNAL,
      signalArgs: [mark],
      args: [{ kept: [] }],
    }),
  );
}

const leaseMs = 30_000;
const atLeastEveryMs = 600_000;

/**
 * Writes the next mark, first into Temporal and then into the database, when the record has moved on since the last one or ten
 * minutes have passed. One process at a time does it. Answers the number the database holds then, or undefined when nothing was to do.
 */
export async function keepMark(
  sql: Sql,
  client: Client,
  { taskQueue, everyMs }: { readonly taskQueue: string; readonly everyMs: number },
): Promise<number | undefined> {
  const [row] = await sql<{ n: number; installation: string; place: string }[]>`
    WITH place AS (
      SELECT concat_ws(' ', (SELECT max(last_at) FROM cases), (SELECT max(seq) FROM org_events), (SELECT max(seq) FROM calendar_records)) AS now
    )
    UPDATE store_marks SET lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms' FROM place, installation i
    WHERE (lease_until IS NULL OR lease_until < clock_timestamp()) AND NOT restored
      AND (kept_at IS NULL OR kept_at < clock_timestamp() - ${atLeastEveryMs} * interval '1 ms'
        OR kept_at <= clock_timestamp() - ${everyMs} * interval '1 ms' AND place IS DISTINCT FROM place.now)
    RETURNING n, i.id AS installation, place.now AS place`;
  if (!row) return undefined;
  const mark = { n: row.n + 1, nonce: randomUUID() };
  await tellTemporal(client, row.installation, taskQueue, mark);
  const { count } = await sql`
    UPDATE store_marks SET n = ${mark.n}, nonce = ${mark.nonce}, kept_at = clock_timestamp(), place = ${row.place}, lease_until = NULL
    WHERE n = ${row.n}`;
  return count > 0 ? mark.n : undefined;
}

/** Notes the server on which both stores were found to agree, where it is not noted yet. */
export async function noteServer(sql: Sql, { system, timeline }: ServerIds): Promise<void> {
  await sql`
    UPDATE store_marks SET system = ${system}, timeline = ${timeline}
    WHERE (system, timeline) IS DISTINCT FROM (${system}::text, ${timeline}::int) AND NOT restored`;
}
