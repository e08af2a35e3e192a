import type { Sql } from '../client.ts';

/** How long something took in a unit. */
export interface Span {
  readonly unit: string;
  readonly level: string;
  readonly what: 'task' | 'acknowledged' | 'acted' | 'asked';
  /** How many are measured, and how many have not come to an end yet. */
  readonly count: number;
  readonly open: number;
  readonly medianMs: number | null;
  readonly maxMs: number | null;
}

/**
 * How long each unit took, for what began within a period:
 * - `task`: from the opening of a task, duty, milestone or added item of the unit's cases until it happened;
 * - `acknowledged`: from a message of a ladder to somebody of the unit until it was acknowledged;
 * - `acted`: from such a message until what it is about was done; done before it was sent and recorded later counts as nothing;
 * - `asked`: from a question, transfer or referral that was put to the unit until its answer.
 * What has not come to an end counts as open and is in no median. Several messages of one rung to one unit count once.
 */
export async function spansOf(
  sql: Sql,
  units: readonly string[],
  { from, until }: { readonly from: string; readonly until: string },
): Promise<Span[]> {
  const within = (column: string) =>
    sql`${sql(column)} >= ${from}::timestamptz AND ${sql(column)} < ${until}::timestamptz`;
  const rows = await sql<Span[]>`
    WITH told AS (
      SELECT DISTINCT ON (m.case_id, m.seq, m.unit) m.unit, m.created_at, m.acknowledged_at, d.state, d.met_at
      FROM messages m LEFT JOIN deadlines d ON d.case_id = m.case_id AND d.deadline_id = m.about
      WHERE m.kind = 'rung' AND m.unit IN ${sql(units)} AND ${within('m.created_at')}
      ORDER BY m.case_id, m.seq, m.unit, m.acknowledged_at NULLS LAST
    ), spans (unit, what, took, is_open) AS (
      SELECT c.unit, 'task', i.done_at - i.opened_at, i.state = 'open' FROM items i JOIN cases c ON c.case_id = i.case_id
        WHERE c.unit IN ${sql(units)} AND i.kind IN ('task', 'duty', 'milestone', 'added') AND i.state IN ('open', 'done')
          AND ${within('i.opened_at')}
      UNION ALL SELECT unit, 'acknowledged', acknowledged_at - created_at, acknowledged_at IS NULL FROM told
      UNION ALL SELECT unit, 'acted', greatest(met_at - created_at, interval '0'), state IN ('running', 'paused') FROM told
        WHERE state <> 'cancelled'
      UNION ALL SELECT t.to_unit, 'asked', t.answered_at - t.offered_at, t.answered_at IS NULL FROM transfers t
        WHERE t.to_unit IN ${sql(units)} AND t.state NOT IN ('revoked', 'lapsed') AND ${within('t.offered_at')}
    )
    SELECT s.unit, u.level, s.what, count(s.took) FILTER (WHERE NOT s.is_open)::int AS count,
      count(*) FILTER (WHERE s.is_open)::int AS open,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM s.took) * 1000) FILTER (WHERE NOT s.is_open) AS "medianMs",
      max(extract(epoch FROM s.took) * 1000) FILTER (WHERE NOT s.is_open)::float8 AS "maxMs"
    FROM spans s JOIN units u ON u.id = s.unit GROUP BY s.unit, u.level, s.what ORDER BY s.unit, s.what`;
  const whole = (ms: number | null) => (ms === null ? null : Math.round(Number(ms)));
  return rows.map((row) => ({ ...row, medianMs: whole(row.medianMs), maxMs: whole(row.maxMs) }));
}
