import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { type ArchiveFigures, archiveFigures } from '../db/queries/archive.ts';
import { createTransactions } from '../db/transactions.ts';
import { archiveRun } from '../door/archive.ts';
import { TASK_QUEUE } from '../workflows/names.ts';
import { createArchiveFolder } from './archive-folder.ts';
import { createArchiveScan } from './archive-scan.ts';
import { leased, takeable } from './lease.ts';
import { createLoop, type Loop } from './loop.ts';
import { packRun } from './pack-run.ts';

/** What archiving the histories of ended runs needs. */
export interface ArchiverDeps {
  readonly sql: Sql;
  readonly client: Client;
  readonly log: Logger;
  readonly taskQueue?: string;
  /** Where a copy of every archived run is kept outside the database; undefined: nowhere. */
  readonly folder?: string | undefined;
  /** How often Temporal's list of ended runs is looked through. Default 15,000. */
  readonly scanEveryMs?: number;
  /** An ended run that is not archived after this is a fault. Default 600,000. */
  readonly boundMs?: number;
  /** Runs of one page of Temporal's list. Default 500. */
  readonly pageSize?: number;
  /** Called when a run is packed and not yet written; tests stop the loop here. */
  readonly onPacked?: (runId: string) => Promise<void>;
}

/** What the archiver has done since the process began. */
export interface ArchiverCounts {
  archived: number;
  failed: number;
  /** Runs that Temporal had deleted before they were archived. In order it is zero. */
  lost: number;
}

/** The loop of a worker process that archives ended runs. */
export interface Archiver extends Loop {
  counts(): Readonly<ArchiverCounts>;
  /** One turn: looks, archives some runs, copies some; answers whether there is more to do. */
  turn(): Promise<boolean>;
  /** What waits longer than the bound: in order, none. */
  overdue(): Promise<ArchiveFigures>;
}

const everyMs = 5_000;
const atMost = 8;
const pagesAtOnce = 5;
const alarmEveryMs = 60_000;
/** `NOT_FOUND` of gRPC. */
const notFound = 5;

/**
 * Archives the history of every ended run of a case's workflow, long before Temporal deletes it: finds runs in Temporal's
 * list, leases them as the other loops do, packs each with no transaction open, and writes it in one. Two loops never
 * archive a run twice, and what a process leaves behind is taken up by another. Runs that wait too long are an alarm.
 */
export function createArchiver(deps: ArchiverDeps): Archiver {
  const { sql, client, log, taskQueue = TASK_QUEUE, folder, scanEveryMs = 15_000, boundMs = 600_000 } = deps;
  const counts: ArchiverCounts = { archived: 0, failed: 0, lost: 0 };
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 60_000, role: 'linli_door' });
  const scan = createArchiveScan({
    ...{ sql, client, taskQueue, holder: randomUUID(), pageSize: deps.pageSize ?? 500 },
    ...{ pages: pagesAtOnce, everyMs: scanEveryMs },
  });
  const copy = folder === undefined ? async () => 0 : createArchiveFolder(sql, folder);
  let stopping = false;
  let alarmedMs = Number.NEGATIVE_INFINITY;

  const lease = () => sql<{ runId: string; workflowId: string; lost: boolean }[]>`
    UPDATE runs_to_archive SET ${leased(sql)}
    WHERE run_id = (
      SELECT run_id FROM runs_to_archive WHERE ${takeable(sql, 'runs_to_archive')}
      ORDER BY closed_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING run_id AS "runId", workflow_id AS "workflowId", lost_at IS NOT NULL AS lost`;

  async function archive(runId: string, workflowId: string, known: boolean): Promise<void> {
    try {
      const { run, parts } = await packRun(client, workflowId, runId);
      await deps.onPacked?.(runId);
      if (run.to === null) log.warn({ runId }, 'the payloads of an archived run could not be read');
      if (await transactions.run((tx) => archiveRun(tx, run, parts))) counts.archived += 1;
    } catch (error) {
      if ((error as { code?: unknown }).code !== notFound) throw error;
      if (known) return;
      counts.lost += 1;
      log.error({ alarm: 'ARCHIVE', runId }, 'Temporal has deleted a run before it was archived');
      await sql`UPDATE runs_to_archive SET lost_at = clock_timestamp(), lease_until = NULL WHERE run_id = ${runId} AND lost_at IS NULL`;
    }
  }

  /** One at a time: no more than one history is in memory. */
  async function archiveSome(): Promise<boolean> {
    for (let n = 0; n < atMost; n++) {
      const [taken] = stopping ? [] : await lease();
      if (!taken) return false;
      await archive(taken.runId, taken.workflowId, taken.lost).catch((error: Error) => {
        counts.failed += 1;
        log.warn({ runId: taken.runId, reason: error.message }, 'a run could not be archived and is tried again');
      });
    }
    return true;
  }

  async function copySome(): Promise<boolean> {
    try {
      return (await copy()) > 0;
    } catch (error) {
      log.error({ alarm: 'ARCHIVE', reason: (error as Error).message }, "the archive's folder cannot be written");
      return false;
    }
  }

  const overdue = () => archiveFigures(sql, boundMs);

  async function alarm(): Promise<void> {
    if (performance.now() - alarmedMs < alarmEveryMs) return;
    alarmedMs = performance.now();
    const figures = await overdue();
    if (figures.overdue === 0 && figures.scanSeconds * 1_000 < boundMs) return;
    log.error({ alarm: 'ARCHIVE', ...figures }, 'ended runs are not archived in time');
  }

  async function turn(): Promise<boolean> {
    await alarm();
    const more = await scan().catch((error: Error) => {
      log.warn({ reason: error.message }, "Temporal's list of ended runs cannot be looked through");
      return false;
    });
    const left = await archiveSome();
    const copied = await copySome();
    return !stopping && (more || left || copied);
  }

  const loop = createLoop({ name: 'archiver', everyMs, log, body: turn });
  return {
    ...loop,
    async stop() {
      stopping = true;
      await loop.stop();
      await transactions.end();
    },
    turn,
    overdue,
    counts: () => ({ ...counts }),
  };
}
