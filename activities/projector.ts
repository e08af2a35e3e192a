import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { leased, takeable } from './lease.ts';
import { createLoop, type Loop } from './loop.ts';
import { someAtATime } from './some-at-a-time.ts';

export interface ProjectorDeps {
  readonly sql: Sql;
  readonly door: { project(caseId: string): Promise<void> };
  readonly log: Logger;
  readonly mayFire?: () => boolean;
  /** Cases looked at in one step of finding, and projected in one turn. Default 500 and 100. */
  readonly findAtOnce?: number;
  readonly projectAtOnce?: number;
}

export interface Projector extends Loop {
  /** One turn; answers how many cases it looked at or projected, 0 when there is nothing to do now. */
  turn(): Promise<number>;
}

const everyMs = 1_000;
const atATime = 4;

/**
 * Projects deadlines again when the calendar has changed. First it finds, in steps, the open cases with a clock whose
 * span from its start to its last rung touches a day that is now another or certain, or with an occurrence of a duty that rest
 * days move or leave out, which such a day may bring anywhere: a row each. Then it lets the door
 * bring these cases up to date, some at a time. Both go on where they stopped, in whatever process; a case is brought up
 * to date by its state, so that one taken twice has nothing left to do. Cases that cannot be done now are tried again. Those
 * that are frozen or stuck wait for their repair and hold no load back: it is done without them, and they follow once repaired.
 */
export function createProjector(deps: ProjectorDeps): Projector {
  const { sql, door, log, mayFire = () => true, findAtOnce = 500, projectAtOnce = 100 } = deps;

  /** Everyone who may still count by the calendar before has an older transaction than this. */
  const raiseBarrier = () => sql`
    UPDATE calendar_projections SET barrier = pg_current_xact_id()::text::bigint, began_at = clock_timestamp()
    WHERE done_at IS NULL AND barrier IS NULL`;

  async function find(): Promise<number> {
    const [step] = await sql<{ looked: number; found: number }[]>`
      WITH RECURSIVE p AS (
        SELECT * FROM calendar_projections
        WHERE found_at IS NULL AND barrier <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED
      ), below (id) AS (
        SELECT r.area FROM calendar_records r JOIN p ON r.seq = p.seq WHERE r.area IS NOT NULL
        UNION SELECT u.id FROM units u JOIN below b ON u.above = b.id
      ), looked AS (
        SELECT c.case_id, c.unit, (CASE WHEN c.outline IS NULL THEN (SELECT min(after) FROM (
            SELECT d.value ->> 'after' AS after FROM json_each(c.state -> 'duties') d
            UNION ALL SELECT i.value -> 'grid' ->> 'after' FROM json_each(c.state -> 'items') i) placed)
          ELSE c.outline ->> 'gridFrom' END)::date AS grid_from
        FROM p JOIN cases c ON c.case_id > p.cursor ORDER BY c.case_id LIMIT ${findAtOnce}
      ), spans AS (
        SELECT l.case_id, ((d.data->>'start')::timestamptz AT TIME ZONE 'Asia/Shanghai')::date AS first,
          (greatest(d.due_at, (SELECT max((r->>'at')::timestamptz) FROM json_array_elements(d.data->'rungs') r))
            AT TIME ZONE 'Asia/Shanghai')::date AS last
        FROM looked l JOIN deadlines d ON d.case_id = l.case_id AND d.state IN ('running', 'paused')
        WHERE NOT EXISTS (SELECT FROM below) OR l.unit IN (SELECT id FROM below)
      ), touched AS (
        SELECT case_id, first, last FROM spans
        UNION ALL SELECT l.case_id, l.grid_from, 'infinity' FROM looked l
        WHERE l.grid_from IS NOT NULL AND (NOT EXISTS (SELECT FROM below) OR l.unit IN (SELECT id FROM below))
      ), found AS (
        INSERT INTO calendar_effects (seq, case_id, next_try)
        SELECT DISTINCT p.seq, s.case_id, clock_timestamp() FROM p, touched s
        WHERE EXISTS (SELECT FROM json_array_elements(p.days) d WHERE s.first <= (d->>1)::date AND s.last >= (d->>0)::date)
        ON CONFLICT DO NOTHING RETURNING 1
      ), counts AS (
        SELECT (SELECT count(*) FROM looked)::int AS looked, (SELECT count(*) FROM found)::int AS found
      )
      UPDATE calendar_projections c SET affected = c.affected + counts.found,
        cursor = coalesce((SELECT max(case_id) FROM looked), c.cursor),
        found_at = CASE WHEN counts.looked < ${findAtOnce} THEN clock_timestamp() END
      FROM p, counts WHERE c.seq = p.seq RETURNING counts.looked, counts.found`;
    return step ? Math.max(1, step.looked) : 0;
  }

  const lease = () => sql<{ seq: number; caseId: string }[]>`
    WITH due AS MATERIALIZED (
      SELECT e.seq, e.case_id FROM calendar_effects e JOIN cases c ON c.case_id = e.case_id AND c.frozen_at IS NULL
      WHERE e.done_at IS NULL AND ${takeable(sql, 'e')}
      ORDER BY e.next_try LIMIT ${projectAtOnce} FOR UPDATE OF e SKIP LOCKED)
    UPDATE calendar_effects t SET ${leased(sql)} FROM due WHERE t.seq = due.seq AND t.case_id = due.case_id
    RETURNING t.seq, t.case_id AS "caseId"`;

  async function project(seq: number, caseId: string): Promise<void> {
    try {
      await door.project(caseId);
      await sql`
        WITH one AS (
          UPDATE calendar_effects SET done_at = clock_timestamp(), lease_until = NULL
          WHERE seq = ${seq} AND case_id = ${caseId} AND done_at IS NULL AND EXISTS (
            SELECT FROM cases WHERE case_id = ${caseId} AND frozen_at IS NULL AND stuck_since IS NULL)
          RETURNING seq)
        UPDATE calendar_projections p SET done = done + 1 FROM one WHERE p.seq = one.seq`;
    } catch (error) {
      log.warn({ caseId, reason: (error as Error).message }, 'a case could not be projected and is tried again');
    }
  }

  const close = () => sql`
    UPDATE calendar_projections SET done_at = clock_timestamp()
    WHERE done_at IS NULL AND found_at IS NOT NULL AND NOT EXISTS (
      SELECT FROM calendar_effects e JOIN cases c ON c.case_id = e.case_id
      WHERE e.seq = calendar_projections.seq AND e.done_at IS NULL AND c.frozen_at IS NULL AND c.stuck_since IS NULL)`;

  async function turn(): Promise<number> {
    if (!mayFire()) return 0;
    const [open] = await sql`
      SELECT WHERE EXISTS (SELECT FROM calendar_projections WHERE done_at IS NULL)
        OR EXISTS (SELECT FROM calendar_effects WHERE done_at IS NULL)`;
    if (!open) return 0;
    await raiseBarrier();
    const looked = await find();
    const taken = await lease();
    await someAtATime(atATime, taken, ({ seq, caseId }) => project(seq, caseId));
    await close();
    return looked + taken.length;
  }

  const loop = createLoop({ name: 'projector', everyMs, log, body: async () => (await turn()) > 0 });
  return { ...loop, turn };
}
