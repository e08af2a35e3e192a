import type { Sql } from '../../db/client.ts';
import { overClearEvents } from './clear-events.ts';

/**
 * What is wrong with the rungs of a whole database, judged by its tables alone; nothing in order. Every rung that is due by
 * `now` fired, exactly once in its generation, in due order within its case, none before its time, with exactly one
 * message for each who was told; every chain is whole and every row stands at its chain's end.
 */
export async function rungFaults(sql: Sql, now: string): Promise<string[]> {
  const rows = await overClearEvents(
    sql,
    (tx) => tx<{ fault: string }[]>`
    WITH fired AS (
      SELECT case_id, seq, recorded_at, d->>'deadline' AS deadline, (d->>'generation')::int AS generation, (d->>'rung')::int AS rung,
        (d->>'plannedAt')::timestamptz AS planned_at, json_array_length(d->'told') AS told
      FROM (SELECT *, convert_from(payload, 'UTF8')::json->'data' AS d FROM events WHERE type = 'rung.fired') e)
    SELECT 'due and not fired: ' || case_id AS fault FROM cases
      WHERE wake_at <= ${now} AND frozen_at IS NULL AND stuck_since IS NULL
    UNION ALL SELECT 'fired more than once: ' || case_id || '/' || deadline || '/' || rung
      FROM fired GROUP BY case_id, deadline, generation, rung HAVING count(*) > 1
    UNION ALL SELECT 'fired before its time: ' || case_id || '/' || seq FROM fired WHERE recorded_at < planned_at
    UNION ALL SELECT 'not in due order: ' || case_id || '/' || seq FROM (
      SELECT *, lag(planned_at) OVER (PARTITION BY case_id ORDER BY seq) AS before FROM fired) o WHERE before > planned_at
    UNION ALL SELECT 'read model differs: ' || coalesce(f.case_id, r.case_id)
      FROM fired f FULL JOIN rungs r ON r.case_id = f.case_id AND r.seq = f.seq AND r.rung = f.rung AND r.deadline_id = f.deadline
      WHERE f.case_id IS NULL OR r.case_id IS NULL
    UNION ALL SELECT 'messages differ: ' || f.case_id || '/' || f.seq
      FROM fired f LEFT JOIN messages m ON m.case_id = f.case_id AND m.seq = f.seq
      GROUP BY f.case_id, f.seq, f.told HAVING count(m.id) <> f.told
    UNION ALL SELECT 'chain broken: ' || c.case_id FROM cases c JOIN events e ON e.case_id = c.case_id
      GROUP BY c.case_id, c.seq, c.head
      HAVING count(*) <> c.seq OR max(e.seq) <> c.seq OR NOT bool_or(e.seq = c.seq AND e.hash = c.head)
    UNION ALL SELECT 'stuck or frozen: ' || case_id FROM cases WHERE stuck_since IS NOT NULL OR frozen_at IS NOT NULL
    LIMIT 50`,
  );
  return rows.map(({ fault }) => fault);
}

/** How many rungs have fired in all. */
export async function rungsFired(sql: Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`SELECT count(*) AS n FROM rungs`;
  return row!.n;
}
