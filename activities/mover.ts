import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { uuidV5 } from '../door/act-id.ts';
import type { Door } from '../door/door.ts';
import { leased, takeable } from './lease.ts';
import { createLoop, type Loop } from './loop.ts';
import { someAtATime } from './some-at-a-time.ts';

/** What moving the cases of merged and split units needs. */
export interface MoverDeps {
  readonly sql: Sql;
  readonly door: Pick<Door, 'act' | 'project'>;
  readonly log: Logger;
  readonly mayFire?: () => boolean;
  /** Cases moved in one turn. Default 100. */
  readonly atOnce?: number;
}

/** The loop of a worker process that takes cases along when units are merged or split. */
export interface Mover extends Loop {
  /** One turn; answers how many cases it took, 0 when there is nothing to do now. */
  turn(): Promise<number>;
}

interface Leased {
  readonly move: string;
  readonly caseId: string;
  /** The unit that was merged or split, and where the case is now. */
  readonly from: string;
  readonly unit: string;
  /** The open unit it goes to: that of the list, or where that one went meanwhile. */
  readonly into: string;
  /** A transfer to a unit that was closed waits. */
  readonly offered: boolean;
}

const everyMs = 1_000;
const atATime = 4;

/**
 * Takes the cases of merged and split units to where they belong, each by the act `case.move` through the door, whose id
 * stands for the case and the change: moved once, however often it is tried and by however many processes. What is left is
 * in a table, so that a process that dies leaves nothing behind but a lease. A case that came into a closed unit after its
 * list was made (opened in the same instant, or reopened) is put on it. Frozen and stuck cases wait for their repair, and a
 * change is done without them.
 */
export function createMover(deps: MoverDeps): Mover {
  const { sql, door, log, mayFire = () => true, atOnce = 100 } = deps;

  const listLate = () => sql`
    INSERT INTO case_moves (move, case_id, "into", next_try)
    SELECT m.id, c.case_id, u.above, clock_timestamp()
    FROM units u JOIN cases c ON c.unit = u.id AND c.status <> 'closed'
    CROSS JOIN LATERAL (
      SELECT id FROM unit_moves WHERE unit = u.id AND kind IN ('merge', 'close') ORDER BY began_at DESC LIMIT 1) m
    WHERE u.closed_at IS NOT NULL AND u.above IS NOT NULL
      AND NOT EXISTS (SELECT FROM case_moves w WHERE w.case_id = c.case_id AND w.done_at IS NULL)
    LIMIT ${atOnce} ON CONFLICT DO NOTHING`;

  const lease = () => sql<Leased[]>`
    WITH RECURSIVE due AS MATERIALIZED (
      SELECT w.move, w.case_id FROM case_moves w JOIN cases c ON c.case_id = w.case_id AND c.frozen_at IS NULL
      WHERE w.done_at IS NULL AND ${takeable(sql, 'w')}
      ORDER BY w.next_try LIMIT ${atOnce} FOR UPDATE OF w SKIP LOCKED
    ), taken AS (
      UPDATE case_moves t SET ${leased(sql)} FROM due WHERE t.move = due.move AND t.case_id = due.case_id
      RETURNING t.move, t.case_id, t."into" AS target
    ), up AS (
      SELECT DISTINCT target AS start, target AS at FROM taken
      UNION SELECT up.start, u.above FROM up JOIN units u ON u.id = up.at WHERE u.closed_at IS NOT NULL AND u.above IS NOT NULL
    )
    SELECT t.move, t.case_id AS "caseId", m.unit AS "from", c.unit, u.id AS "into", EXISTS (
      SELECT FROM transfers x JOIN units o ON o.id = x.to_unit AND o.closed_at IS NOT NULL
      WHERE x.case_id = c.case_id AND x.kind = 'transfer' AND x.state = 'offered') AS offered
    FROM taken t JOIN unit_moves m ON m.id = t.move JOIN cases c ON c.case_id = t.case_id
    JOIN up ON up.start = t.target JOIN units u ON u.id = up.at AND u.closed_at IS NULL`;

  async function move(each: Leased): Promise<void> {
    const { move: id, caseId, unit, into, offered } = each;
    try {
      // already there: only its calendar may be another, and who offered it to a unit that has come here need not wait
      if (unit === into && !offered) await door.project(caseId);
      else if (!(await moved(each))) return;
      await sql`
        UPDATE case_moves SET done_at = clock_timestamp(), lease_until = NULL
        WHERE move = ${id} AND case_id = ${caseId} AND done_at IS NULL`;
    } catch (error) {
      log.warn({ caseId, reason: (error as Error).message }, 'a case could not be moved and is tried again');
    }
  }

  async function moved({ move: id, caseId, from, into }: Leased): Promise<boolean> {
    const outcome = await door.act({
      caseId,
      act: {
        ...{ id: uuidV5('case.move', id, caseId), type: 'case.move', data: { from, unit: into } },
        actor: { kind: 'system', id: 'organisation', logins: [] },
      },
    });
    // moved before, to a unit that was itself closed meanwhile: the list of that one has it
    if (outcome.status === 'recorded' || outcome.refusal.code === 'IDEMPOTENCY_KEY_REUSED') return true;
    log.warn({ caseId, code: outcome.refusal.code }, 'a case could not be moved and is tried again');
    return false;
  }

  const close = () => sql`
    UPDATE unit_moves m SET done_at = clock_timestamp()
    WHERE done_at IS NULL AND NOT EXISTS (
      SELECT FROM case_moves w JOIN cases c ON c.case_id = w.case_id
      WHERE w.move = m.id AND w.done_at IS NULL AND c.frozen_at IS NULL AND c.stuck_since IS NULL)`;

  async function turn(): Promise<number> {
    if (!mayFire()) return 0;
    await listLate();
    const [open] = await sql`
      SELECT WHERE EXISTS (SELECT FROM unit_moves WHERE done_at IS NULL) OR EXISTS (SELECT FROM case_moves WHERE done_at IS NULL)`;
    if (!open) return 0;
    const taken = await lease();
    await someAtATime(atATime, taken, move);
    await close();
    return taken.length;
  }

  const loop = createLoop({ name: 'mover', everyMs, log, body: async () => (await turn()) > 0 });
  return { ...loop, turn };
}
