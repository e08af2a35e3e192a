import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { SWEEP_SIGNAL, TASK_QUEUE } from '../workflows/names.ts';
import { signalRun } from './case-run.ts';
import { loadCaseToRun } from './case-to-run.ts';
import { someAtATime } from './some-at-a-time.ts';

/** What starting lost workflows again needs. */
export interface RestoreDeps {
  readonly sql: Sql;
  readonly client: Client;
  readonly log: Logger;
  readonly taskQueue?: string;
}

const pageSize = 500;
const atOnce = 16;

/**
 * Starts the workflow of every case that has not ended, where none runs: after Temporal lost them or began on an empty file.
 * Cases whose workflow is there are only woken. Frozen cases are left alone. Safe to repeat. Answers how many were signalled.
 */
export async function restoreWorkflows({ sql, client, log, taskQueue = TASK_QUEUE }: RestoreDeps): Promise<number> {
  let done = 0;
  for (let after = ''; ; ) {
    const page = await sql<{ caseId: string }[]>`
      SELECT case_id AS "caseId" FROM cases
      WHERE case_id > ${after} AND frozen_at IS NULL AND (status <> 'closed' OR wake_at IS NOT NULL OR witnessed_seq < seq)
      ORDER BY case_id LIMIT ${pageSize}`;
    const last = page.at(-1);
    if (!last) break;
    after = last.caseId;
    await someAtATime(atOnce, page, async ({ caseId }) => {
      const work = await loadCaseToRun(sql, caseId);
      if (!work) return;
      await signalRun(client, work, { name: SWEEP_SIGNAL, args: [] }, taskQueue);
      done += 1;
    });
  }
  log.info({ cases: done }, "the cases' workflows are there again");
  return done;
}
