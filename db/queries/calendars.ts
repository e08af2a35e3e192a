import type { Sql } from '../client.ts';

/** The newest record of a year, with how far the deadlines it touches have been projected again. */
export interface CalendarYearRow {
  readonly revision: number;
  readonly record: {
    readonly year: number;
    readonly source: readonly { number?: string; title?: string; url?: string; date?: string }[];
    readonly days: readonly { date: string; name: string; off: boolean }[];
  };
  readonly by: { readonly kind: string; readonly id: string };
  readonly reason: string | null;
  readonly hash: string;
  readonly loadedAt: string;
  readonly affected: number | null;
  readonly done: number | null;
  /** Of those not done: in cases that are frozen or stuck. */
  readonly waiting: number;
  readonly beganAt: string | null;
  readonly foundAt: string | null;
  readonly doneAt: string | null;
}

/** The newest record of a year, the country's or an area's; undefined when there is none. */
export async function calendarYear(
  sql: Sql,
  year: number,
  area: string | undefined,
): Promise<CalendarYearRow | undefined> {
  const [row] = await sql<CalendarYearRow[]>`
    SELECT r.version AS revision, r.hash, r.loaded_at AS "loadedAt", c.content->'record' AS record, c.content->'by' AS by,
      c.content->>'reason' AS reason, p.affected, p.done,
      (SELECT count(*)::int FROM calendar_effects e JOIN cases k ON k.case_id = e.case_id WHERE e.seq = r.seq
        AND e.done_at IS NULL AND (k.frozen_at IS NOT NULL OR k.stuck_since IS NOT NULL)) AS waiting,
      p.began_at AS "beganAt", p.found_at AS "foundAt", p.done_at AS "doneAt"
    FROM calendar_records r CROSS JOIN LATERAL (SELECT convert_from(r.content, 'UTF8')::json AS content) c
    LEFT JOIN calendar_projections p ON p.seq = r.seq
    WHERE r.year = ${year} AND r.area IS NOT DISTINCT FROM ${area ?? null} ORDER BY r.version DESC LIMIT 1`;
  return row;
}

/** What a unit's calendar is made of: the last record, and the unit with those above it. */
export interface CalendarPlace {
  readonly seq: number;
  readonly units: Readonly<Record<string, { readonly above?: string }>>;
}

/** Where a unit stands among the areas; the country's calendar without a unit. */
export async function calendarPlace(sql: Sql, unit: string | undefined): Promise<CalendarPlace> {
  const [row] = await sql<{ seq: number; units: { id: string; above: string | null }[] | null }[]>`
    WITH RECURSIVE up AS (
      SELECT id, above FROM units WHERE id = ${unit ?? null} UNION SELECT u.id, u.above FROM units u JOIN up ON u.id = up.above)
    SELECT (SELECT coalesce(max(seq), 0) FROM calendar_records)::bigint AS seq, (SELECT json_agg(up) FROM up) AS units`;
  const units = (row?.units ?? []).map(({ id, above }) => [id, above === null ? {} : { above }] as const);
  return { seq: row?.seq ?? 0, units: Object.fromEntries(units) };
}
