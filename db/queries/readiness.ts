import type { Sql } from '../client.ts';

/** How far migrations have come, or undefined when none has been applied. */
export async function migrationsApplied(sql: Sql): Promise<number | undefined> {
  const [table] = await sql<
    { there: boolean }[]
  >`SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS there`;
  if (!table?.there) return undefined;
  const [row] = await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM drizzle.__drizzle_migrations`;
  return row?.count;
}

/** Cases set aside: stuck ones and frozen ones. Zero in good operation. */
export async function casesSetAside(sql: Sql): Promise<{ readonly stuck: number; readonly frozen: number }> {
  const [row] = await sql<{ stuck: number; frozen: number }[]>`
    SELECT count(*) FILTER (WHERE stuck_since IS NOT NULL)::int AS stuck, count(*) FILTER (WHERE frozen_at IS NOT NULL)::int AS frozen
    FROM cases WHERE stuck_since IS NOT NULL OR frozen_at IS NOT NULL`;
  return row ?? { stuck: 0, frozen: 0 };
}
