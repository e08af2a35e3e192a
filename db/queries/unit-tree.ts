import type { Sql } from '../client.ts';
import { type UnitRow, unitColumns } from './organisation.ts';

/** A unit as a page shows it, with how many open posts it has. */
export interface TreeUnit extends UnitRow {
  readonly posts: number;
}

/** A unit, those above it from the top, and those below it at any depth. */
export interface UnitTree {
  readonly unit: TreeUnit;
  readonly up: readonly TreeUnit[];
  readonly below: readonly TreeUnit[];
}

/** More units below than that are not shown on one page. */
const MOST_BELOW = 500;

/** The tree around a unit; undefined when there is no such unit. */
export async function unitTree(sql: Sql, id: string): Promise<UnitTree | undefined> {
  const columns = sql`${unitColumns(sql)}, (SELECT count(*) FROM posts p WHERE p.unit = u.id AND p.closed_at IS NULL)::int AS posts`;
  const [up, below] = await Promise.all([
    sql<TreeUnit[]>`
      WITH RECURSIVE up AS (
        SELECT id, above, 0 AS n FROM units WHERE id = ${id}
        UNION ALL SELECT u.id, u.above, n + 1 FROM units u JOIN up ON u.id = up.above WHERE n < 20)
      SELECT ${columns} FROM up JOIN units u ON u.id = up.id ORDER BY n DESC`,
    sql<TreeUnit[]>`
      WITH RECURSIVE below AS (
        SELECT id FROM units WHERE above = ${id} UNION SELECT u.id FROM units u JOIN below b ON u.above = b.id)
      SELECT ${columns} FROM below JOIN units u ON u.id = below.id ORDER BY u.name_zh, u.id LIMIT ${MOST_BELOW}`,
  ]);
  const unit = up.at(-1);
  return unit && { unit, up: up.slice(0, -1), below: below.filter((each) => each.id !== id) };
}
