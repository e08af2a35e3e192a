import type { Sql } from '../client.ts';
import { type UnitRow, unitColumns } from './organisation.ts';

/** A unit as a page shows it: its open posts, how many of them nobody holds, and the open units right below it. */
export interface TreeUnit extends UnitRow {
  readonly posts: number;
  readonly vacant: number;
  readonly units: number;
}

/** A unit, those above it from the top, and the units around: those beside each of these, and two levels below. */
export interface UnitTree {
  readonly unit: TreeUnit;
  readonly up: readonly TreeUnit[];
  readonly around: readonly TreeUnit[];
}

/** More units around one are not shown on one page. */
const MOST_AROUND = 500;

/** The tree around a unit, open ones first; undefined when there is no such unit. */
export async function unitTree(sql: Sql, id: string): Promise<UnitTree | undefined> {
  const open = sql`FROM posts p WHERE p.unit = u.id AND p.closed_at IS NULL`;
  const columns = sql`${unitColumns(sql)}, (SELECT count(*) ${open})::int AS posts,
    (SELECT count(*) ${open} AND NOT EXISTS (SELECT FROM appointments a WHERE a.post = p.id AND a.from_at <= now()
      AND (a.until_at IS NULL OR a.until_at > now())))::int AS vacant,
    (SELECT count(*) FROM units b WHERE b.above = u.id AND b.closed_at IS NULL)::int AS units`;
  const way = sql`
    WITH RECURSIVE up AS (
      SELECT id, above, 0 AS n FROM units WHERE id = ${id}
      UNION ALL SELECT u.id, u.above, n + 1 FROM units u JOIN up ON u.id = up.above WHERE n < 20)`;
  const [up, around] = await Promise.all([
    sql<TreeUnit[]>`${way} SELECT ${columns} FROM up JOIN units u ON u.id = up.id ORDER BY n DESC`,
    sql<TreeUnit[]>`
      ${way}, near AS (
        SELECT id, above FROM units u WHERE above IS NULL OR above IN (SELECT id FROM up)
          AND (closed_at IS NULL OR above = ${id} OR id IN (SELECT id FROM up)))
      SELECT ${columns} FROM units u
      WHERE id IN (SELECT id FROM near) OR closed_at IS NULL AND above IN (SELECT id FROM near WHERE above = ${id})
      ORDER BY u.closed_at IS NOT NULL, u.name_zh, u.id LIMIT ${MOST_AROUND}`,
  ]);
  const unit = up.at(-1);
  return unit && { unit, up: up.slice(0, -1), around };
}

/** Whether no unit is above a unit. */
export async function isTopmost(sql: Sql, unit: string): Promise<boolean> {
  const [found] = await sql`SELECT FROM units WHERE id = ${unit} AND above IS NULL`;
  return found !== undefined;
}
