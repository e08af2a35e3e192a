import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { SWEEP_SIGNAL, TASK_QUEUE } from '../workflows/names.ts';
import { signalRun } from './case-run.ts';
import { loadCaseToRun } from './case-to-run.ts';
import { startEffect } from './dispatcher.ts';
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
 * Cases whose workflow is there are only woken. Frozen cases are left alone. A run begins after the last event in an archived
 * history of the case, else after the last one witnessed. Effects that were under way and have no answer are begun again where
 * Temporal does not know them: what they do bears their id and happens once. Safe to repeat. Answers how many cases were signalled.
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
  const effects = await restoreEffects({ sql, client, log, taskQueue });
  log.info({ cases: done, effects }, "the cases' workflows are there again");
  return done;
}

/** Begins again what was under way outside the cases; answers how many were not known to Temporal. */
async function restoreEffects({ sql, client, taskQueue = TASK_QUEUE }: RestoreDeps): Promise<number> {
  let begun = 0;
  for (let after = ''; ; ) {
    const page = await sql<{ id: string; limit: string | null }[]>`
      SELECT e.id, e.payload ->> 'limit' AS limit FROM effects e JOIN cases c ON c.case_id = e.case_id
      WHERE e.id > ${after} AND e.done_at IS NOT NULL AND e.answer IS NULL AND c.frozen_at IS NULL
        AND NOT EXISTS (SELECT FROM acts a WHERE a.act_id = 'effect/' || e.id)
        AND NOT EXISTS ( -- what a branch that was given up had begun already is for people
          SELECT FROM given_up_branches g, json_array_elements(g.kept -> 'effects') AS k
          WHERE g.case_id = e.case_id AND e.seq > g.after AND (k ->> 'begun')::boolean
            AND k ->> 'what' = concat_ws(' ', e.kind, e.payload ->> 'item', e.payload ->> 'call'))
      ORDER BY e.id LIMIT ${pageSize}`;
    const last = page.at(-1);
    if (!last) return begun;
    after = last.id;
    await someAtATime(atOnce, page, async ({ id, limit }) => {
      if (await startEffect(client, { id, limit: limit ?? undefined, taskQueue })) begun += 1;
    });
  }
}
