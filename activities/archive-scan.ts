import type { Client } from '@temporalio/client';
import type { Sql } from '../db/client.ts';
import type { Instant } from '../sdk/time.ts';
import { CASE_WORKFLOW } from '../workflows/names.ts';
import { leaseMs } from './lease.ts';
import { instantOf } from './pack-run.ts';

/** What looking for ended runs needs. */
export interface ScanDeps {
  readonly sql: Sql;
  readonly client: Client;
  readonly taskQueue: string;
  /** Tells the processes apart that may look. */
  readonly holder: string;
  /** Runs taken from Temporal's list at a time, and how often at most in one step. */
  readonly pageSize: number;
  readonly pages: number;
  /** How long after a look that came to its end the next one begins, in milliseconds. */
  readonly everyMs: number;
}

/** A look through Temporal's list, from its newest run back to `from`. */
interface Look {
  readonly from: Instant | undefined;
  readonly beganAt: Instant;
  token: Uint8Array | undefined;
}

/** The list of ended runs follows the runs themselves, and the clocks of two machines differ a little. */
const overlapMs = 10 * 60_000;
/** So often the whole list is looked through, whatever was found before. */
const wholeMs = 24 * 3_600_000;

/**
 * Finds the runs of cases that have ended and are neither archived nor listed to be, from Temporal's list of workflows, and
 * lists them. One process looks at a time, some pages a step; what one leaves unfinished is begun again by another. Each step
 * answers whether there is more to look at.
 */
export function createArchiveScan(deps: ScanDeps): () => Promise<boolean> {
  const { sql, client, taskQueue, holder, pageSize, pages, everyMs } = deps;
  let look: Look | undefined;

  async function begin(): Promise<Look | undefined> {
    const [row] = await sql<{ from: Instant | null; now: Instant; due: boolean }[]>`
      UPDATE archive_scan SET holder = ${holder}, lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
      WHERE holder = ${holder} OR lease_until IS NULL OR lease_until < clock_timestamp()
      RETURNING clock_timestamp()::timestamptz(3) AS now,
        CASE WHEN full_at > clock_timestamp() - ${wholeMs} * interval '1 ms' THEN complete_until - ${overlapMs} * interval '1 ms' END AS from,
        complete_until IS NULL OR complete_until <= clock_timestamp() - ${everyMs} * interval '1 ms' AS due`;
    if (!row)
      look = undefined; // somebody else looks
    else if (!look && row.due) look = { from: row.from ?? undefined, beganAt: row.now, token: undefined };
    return row && look;
  }

  async function page(current: Look): Promise<void> {
    const since = current.from === undefined ? '' : ` AND CloseTime >= '${current.from}'`;
    const answer = await client.withDeadline(Date.now() + 30_000, () =>
      client.workflowService.listWorkflowExecutions({
        namespace: client.options.namespace,
        pageSize,
        query: `WorkflowType = '${CASE_WORKFLOW}' AND TaskQueue = '${taskQueue}' AND ExecutionStatus != 'Running'${since}`,
        ...(current.token ? { nextPageToken: current.token } : {}),
      }),
    );
    const ended = (answer.executions ?? []).flatMap(({ execution, closeTime }) =>
      execution?.runId && execution.workflowId?.startsWith('case/') && closeTime
        ? [{ run: execution.runId, workflow: execution.workflowId, closed: instantOf(closeTime) }]
        : [],
    );
    await sql`
      INSERT INTO runs_to_archive (run_id, workflow_id, closed_at, found_at, next_try)
      SELECT run, workflow, closed, clock_timestamp(), clock_timestamp()
      FROM json_to_recordset(${JSON.stringify(ended)}::text::json) AS r (run text, workflow text, closed timestamptz)
      WHERE NOT EXISTS (SELECT FROM archived_runs a WHERE a.run_id = r.run)
      ORDER BY run ON CONFLICT DO NOTHING`;
    current.token = answer.nextPageToken?.length ? answer.nextPageToken : undefined;
  }

  return async function step(): Promise<boolean> {
    const current = await begin();
    if (!current) return false;
    try {
      for (let n = 0; n < pages; n++) {
        await page(current);
        if (current.token) continue;
        await sql`
          UPDATE archive_scan SET complete_until = ${current.beganAt}, full_at = CASE WHEN ${current.from === undefined} THEN ${current.beganAt}::timestamptz ELSE full_at END
          WHERE holder = ${holder}`;
        look = undefined;
        return false;
      }
      return true;
    } catch (error) {
      look = undefined; // its place in the list may no longer be good
      throw error;
    }
  };
}
