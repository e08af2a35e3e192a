import type { Sql } from '../client.ts';
import { isToldOf } from './kept-draws.ts';
import { type Reader, readerScope } from './reader.ts';

/** How much work a post has, who holds it and who stands in, and how much its unit has. */
export interface WorkloadRow {
  readonly post: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly unit: string;
  readonly holder: string | null;
  readonly deputy: string | null;
  /** Cases that are not closed of which it fills a role. */
  readonly cases: number;
  /** Open items and clocks it does, was given or answers for. */
  readonly open: number;
  /** Of those, due in the next seven days, and past their due date. */
  readonly dueInWeek: number;
  readonly overdue: number;
  /** How long the open ones have been open on average, in days. */
  readonly averageAgeDays: number | null;
  /** Rungs that told somebody above about what it answers for, in the last ninety days. */
  readonly escalations: number;
  /** What all posts of its unit have open, and how many posts these are. */
  readonly unitOpen: number;
  readonly unitPosts: number;
}

/** Which posts: one, or those of a unit, with `below` also of the units under it. */
export type WorkloadScope =
  | { readonly post: string }
  | {
      readonly unit: string;
      readonly below: boolean;
      readonly after?: readonly [unit: string, post: string] | undefined;
    };

/** The work of posts by unit and id, those of one scope, as a reader may know of it; one row more than asked tells of a next page. */
export async function workloads(sql: Sql, reader: string, scope: WorkloadScope, limit: number): Promise<WorkloadRow[]> {
  const root = 'post' in scope ? sql`(SELECT unit FROM posts WHERE id = ${scope.post})` : sql`${scope.unit}`;
  const deep = 'unit' in scope && scope.below;
  const after = 'unit' in scope ? scope.after : undefined;
  return sql<WorkloadRow[]>`
    WITH RECURSIVE home (id) AS (
      SELECT id FROM units WHERE id = ${root}
      UNION SELECT u.id FROM units u JOIN home h ON u.above = h.id WHERE ${deep}::boolean
    ), mine AS (
      SELECT id, unit, name_zh, name_en FROM posts WHERE unit IN (SELECT id FROM home) AND closed_at IS NULL
    ), work AS (
      SELECT DISTINCT p.post, w.case_id, w.id, w.opened_at, w.due_at FROM (
        SELECT case_id, item_id AS id, opened_at, due_at, ARRAY[by_post, assignee_post, answering_post] AS posts
        FROM items WHERE state = 'open'
        UNION ALL
        SELECT case_id, deadline_id, (data ->> 'start')::timestamptz, due_at, ARRAY[answering_post] FROM deadlines d
        WHERE state IN ('running', 'paused') AND (of = 'stage' OR of = 'discrepancy' AND ${isToldOf(sql, reader, { caseId: sql`d.case_id`, clock: sql`d.deadline_id` })})) w, unnest(w.posts) AS p (post)
      WHERE p.post IN (SELECT id FROM mine)
    ), load AS (
      SELECT post, count(*)::int AS open,
        count(*) FILTER (WHERE due_at > now() AND due_at <= now() + interval '7 days')::int AS due_in_week,
        count(*) FILTER (WHERE due_at <= now())::int AS overdue,
        round(avg(extract(epoch FROM now() - opened_at)) / 86400, 1)::float8 AS age
      FROM work GROUP BY post
    ), held AS (
      SELECT a.post, count(DISTINCT a.case_id)::int AS cases FROM assignments a JOIN cases c ON c.case_id = a.case_id
      WHERE c.status <> 'closed' AND a.post IN (SELECT id FROM mine) GROUP BY a.post
    ), raised AS (
      SELECT d.answering_post AS post, count(*)::int AS n FROM rungs r
      JOIN deadlines d ON d.case_id = r.case_id AND d.deadline_id = r.deadline_id
      WHERE r.tell <> 'holder' AND r.fired_at > now() - interval '90 days' AND d.answering_post IN (SELECT id FROM mine)
      GROUP BY d.answering_post
    ), sums AS (
      SELECT m.unit, count(*)::int AS posts, coalesce(sum(l.open), 0)::int AS open
      FROM mine m LEFT JOIN load l ON l.post = m.id GROUP BY m.unit
    )
    SELECT m.id AS post, m.name_zh AS "nameZh", m.name_en AS "nameEn", m.unit,
      (SELECT a.person FROM appointments a WHERE a.post = m.id AND a.from_at <= now()
        AND (a.until_at IS NULL OR a.until_at > now())) AS holder,
      (SELECT s.person FROM substitutions s WHERE s.post = m.id AND s.from_at <= now()
        AND (s.until_at IS NULL OR s.until_at > now())) AS deputy,
      coalesce(h.cases, 0) AS cases, coalesce(l.open, 0) AS open, coalesce(l.due_in_week, 0) AS "dueInWeek",
      coalesce(l.overdue, 0) AS overdue, l.age AS "averageAgeDays", coalesce(r.n, 0) AS escalations,
      s.open AS "unitOpen", s.posts AS "unitPosts"
    FROM mine m JOIN sums s ON s.unit = m.unit LEFT JOIN load l ON l.post = m.id LEFT JOIN held h ON h.post = m.id
      LEFT JOIN raised r ON r.post = m.id
    WHERE ${'post' in scope ? sql`m.id = ${scope.post}` : sql`TRUE`}
      ${after ? sql`AND (m.unit, m.id) > (${after[0]}, ${after[1]})` : sql``}
    ORDER BY m.unit, m.id LIMIT ${limit}`;
}

/** The units a reader oversees, the highest first; `unit` asks for one of them. */
export async function overseenUnits(
  sql: Sql,
  reader: Reader,
  unit?: string,
): Promise<{ readonly id: string; readonly level: string }[]> {
  return sql<{ id: string; level: string }[]>`
    ${readerScope(sql, reader)}
    SELECT id, level FROM units WHERE id IN (SELECT unit FROM reach) AND closed_at IS NULL
      ${unit === undefined ? sql`` : sql`AND id = ${unit}`}
    ORDER BY CASE level WHEN 'district' THEN 0 WHEN 'sub-district' THEN 1 WHEN 'community' THEN 2 ELSE 3 END, id LIMIT 500`;
}
