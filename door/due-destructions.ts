import type { Sql } from '../db/client.ts';
import { DESTRUCTION_WAITS_DAYS, ENDS_DESTRUCTION } from '../engine/destruction.ts';
import type { Instant } from '../sdk/time.ts';

/** Cases of which the destruction is approved and the wait over, as far as the chain tells; the door decides. All of them: those that it refuses day by day would fill any page. */
export async function dueDestructions(
  sql: Sql,
  now: Instant | null,
): Promise<{ caseId: string; seq: number; day: string }[]> {
  return sql<{ caseId: string; seq: number; day: string }[]>`
    SELECT e.case_id AS "caseId", e.seq, coalesce(${now}::timestamptz, clock_timestamp())::date::text AS day
    FROM events e JOIN cases c USING (case_id)
    WHERE e.type = 'destruction.approved' AND c.status = 'closed' AND c.frozen_at IS NULL AND c.stuck_since IS NULL
      -- its workflow has taken in all of it, and stands still
      AND c.witnessed_seq = c.seq
      AND e.recorded_at + ${DESTRUCTION_WAITS_DAYS} * interval '1 day' <= coalesce(${now}::timestamptz, clock_timestamp())
      AND NOT EXISTS (SELECT FROM events x WHERE x.case_id = e.case_id AND x.seq > e.seq
        AND x.type IN (SELECT json_array_elements_text(${JSON.stringify([...ENDS_DESTRUCTION, 'record.destroyed'])}::text::json)))
    ORDER BY e.recorded_at`;
}
