import type { Sql } from '../db/client.ts';
import type { Instant } from '../sdk/time.ts';
import { GENESIS } from '../workflows/names.ts';
import type { CaseToRun } from './case-run.ts';
import type { Position } from './run-history.ts';

/** Reads what a new run of the case has to know. Undefined for an unknown or frozen case: nobody starts a run for it. */
export async function loadCaseToRun(sql: Sql, caseId: string): Promise<CaseToRun | undefined> {
  const [row] = await sql<{ openedAt: Instant; seq: number; head: string | null; archived: Position | null }[]>`
    SELECT c.opened_at AS "openedAt", c.witnessed_seq AS seq, e.hash AS head,
      (SELECT json_build_object('seq', last_seq, 'head', last_head) FROM archived_runs a
       WHERE a.case_id = c.case_id AND last_seq BETWEEN 0 AND c.witnessed_seq ORDER BY last_seq DESC LIMIT 1) AS archived
    FROM cases c LEFT JOIN events e ON e.case_id = c.case_id AND e.seq = c.witnessed_seq
    WHERE c.case_id = ${caseId} AND c.frozen_at IS NULL`;
  if (!row) return undefined;
  if (row.seq > 0 && row.head === null) throw new Error(`case ${caseId} has no event ${row.seq}, which was witnessed`);
  return {
    ...{ caseId, openedAt: row.openedAt, witnessed: { seq: row.seq, head: row.head ?? GENESIS } },
    ...(row.archived ? { archived: row.archived } : {}),
  };
}

/** Notes the first run of a case's workflow in its row, for people who look it up in Temporal. */
export async function saveRunId(sql: Sql, caseId: string, runId: string): Promise<void> {
  await sql`UPDATE cases SET run_id = ${runId} WHERE case_id = ${caseId} AND run_id IS NULL`;
}
