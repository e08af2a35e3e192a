import type { Sql } from '../client.ts';

/** How far the cases of a merged or split unit have come; those of a closed one that are reopened go to the unit above. */
export interface UnitMoveRow {
  readonly id: string;
  readonly kind: 'merge' | 'split' | 'close';
  readonly unit: string;
  readonly cases: number;
  readonly moved: number;
  /** Not moved, and frozen or stuck. */
  readonly waiting: number;
  readonly beganAt: string;
  readonly doneAt: string | null;
}

/**
 * Merges and splits by id, all or of one unit or one alone; `around`: also those whose cases come to that unit, those that are
 * not through first, the latest of them first.
 */
export async function listUnitMoves(
  sql: Sql,
  page: { readonly limit: number; readonly after: string | undefined },
  filters: {
    readonly unit?: string | undefined;
    readonly id?: string | undefined;
    readonly around?: string | undefined;
  } = {},
): Promise<UnitMoveRow[]> {
  const { unit, id, around } = filters;
  const order = around === undefined ? sql`ORDER BY m.id` : sql`ORDER BY m.done_at IS NOT NULL, m.began_at DESC, m.id`;
  return sql<UnitMoveRow[]>`
    WITH m AS MATERIALIZED (
      SELECT m.id, m.kind, m.unit, m.began_at, m.done_at FROM unit_moves m
      WHERE TRUE ${unit === undefined ? sql`` : sql`AND m.unit = ${unit}`} ${id === undefined ? sql`` : sql`AND m.id = ${id}`}
        ${
          around === undefined
            ? sql``
            : sql`AND (m.unit = ${around} OR m.id IN (SELECT c.move FROM case_moves c WHERE c."into" = ${around}))`
        }
        ${page.after === undefined ? sql`` : sql`AND m.id > ${page.after}`} ${order} LIMIT ${page.limit + 1})
    SELECT m.id, m.kind, m.unit, w.cases, w.moved, w.waiting, m.began_at AS "beganAt", m.done_at AS "doneAt"
    FROM m CROSS JOIN LATERAL (
      SELECT count(*)::int AS cases, count(w.done_at)::int AS moved,
        count(*) FILTER (WHERE w.done_at IS NULL AND (c.frozen_at IS NOT NULL OR c.stuck_since IS NOT NULL))::int AS waiting
      FROM case_moves w LEFT JOIN cases c ON c.case_id = w.case_id WHERE w.move = m.id) w ${order}`;
}

/** A post, with what it answers for in cases that are not closed. */
export interface PostDutiesRow {
  readonly id: string;
  readonly kind: string;
  readonly unit: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly closedAt: string | null;
  readonly cases: number;
  readonly deadlines: number;
  /** Somebody is to hold it from a later instant on. */
  readonly awaited: boolean;
}

/** One post with its duties. */
export async function postDuties(sql: Sql, id: string): Promise<PostDutiesRow | undefined> {
  const [row] = await sql<PostDutiesRow[]>`
    WITH of AS (
      SELECT case_id FROM assignments WHERE post = ${id}
      UNION SELECT case_id FROM items WHERE state = 'open' AND assignee_post = ${id})
    SELECT id, kind, unit, name_zh AS "nameZh", name_en AS "nameEn", closed_at AS "closedAt",
      (SELECT count(*) FROM of JOIN cases c ON c.case_id = of.case_id AND c.status <> 'closed')::int AS cases,
      (SELECT count(*) FROM deadlines WHERE answering_post = ${id} AND state IN ('running', 'paused'))::int AS deadlines,
      EXISTS (SELECT FROM appointments WHERE post = ${id} AND from_at > now()) AS awaited
    FROM posts WHERE id = ${id}`;
  return row;
}
