import type { Sql } from '../client.ts';

/** Something given to a person by name, and when; null: before all handovers. */
interface Given {
  readonly person: string;
  readonly since: string | null;
}

/** Whose it is now what these persons were given by name in a case of a unit; for what is still theirs, undefined. */
export async function ownersNow(
  sql: Sql,
  unit: string,
  given: readonly Given[],
): Promise<(person: string, since: string | null) => { post: string } | { person: string } | undefined> {
  const key = (person: string, since: string | null) => JSON.stringify([person, since]);
  const rows = await sql<(Given & { owner: string | null; post: string | null })[]>`
    SELECT r.person, r.since, o.person AS owner, o.post
    FROM json_to_recordset(${JSON.stringify(given)}::text::json) AS r (person text, since timestamptz),
      owner_of(r.person, r.since, now(), ${unit}) o WHERE o.person IS DISTINCT FROM r.person`;
  const moved = new Map(rows.map((row) => [key(row.person, row.since), row]));
  return (person, since) => {
    const row = moved.get(key(person, since));
    if (row?.post) return { post: row.post };
    return row?.owner ? { person: row.owner } : undefined;
  };
}

/** Something open that nobody in office answers for. */
export interface OrphanRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly id: string;
  readonly role: string;
}

/** How many open items and clocks there are in cases that are not closed, and those nobody in office answers for. */
export interface OwnerProof {
  readonly open: number;
  /** At most 100. */
  readonly orphans: readonly OrphanRow[];
}

/**
 * Looks for open items and clocks without an owner, over the whole database, at this moment: what a post answers for is its
 * holder's, or where it is vacant that of the first head above who holds office; what was given by name is whoever's it has
 * become by handovers, who must hold some post. Reads the tables alone.
 */
export async function findOrphans(sql: Sql): Promise<OwnerProof> {
  const rows = await sql<(OrphanRow & { open: number; orphan: boolean })[]>`
    WITH RECURSIVE inoffice AS (
      SELECT post, person FROM appointments WHERE from_at <= now() AND (until_at IS NULL OR until_at > now())
    ), above (unit, over) AS (
      SELECT id, id FROM units UNION SELECT b.unit, u.above FROM above b JOIN units u ON u.id = b.over WHERE u.above IS NOT NULL
    ), headed AS (
      SELECT DISTINCT b.unit FROM above b JOIN units u ON u.id = b.over JOIN inoffice h ON h.post = u.head_post
    ), owed AS (
      SELECT case_id, item_id AS id, answers_role AS role FROM items WHERE state = 'open'
      UNION ALL SELECT case_id, deadline_id, answers_role FROM deadlines WHERE state IN ('running', 'paused')
    ), owned AS (
      SELECT w.*, c.case_no, coalesce(o.unit, c.unit) AS unit, coalesce(a.post, n.post) AS post, n.person
      FROM owed w JOIN cases c ON c.case_id = w.case_id AND c.status <> 'closed'
        LEFT JOIN assignments a ON a.case_id = w.case_id AND a.role = w.role
        LEFT JOIN LATERAL owner_of(a.person, a.given_at, now(), c.unit) n ON a.person IS NOT NULL
        LEFT JOIN posts o ON o.id = coalesce(a.post, n.post)
    ), judged AS (
      SELECT *, NOT CASE WHEN person IS NOT NULL THEN person IN (SELECT person FROM inoffice)
        ELSE coalesce(post IN (SELECT post FROM inoffice), false) OR unit IN (SELECT unit FROM headed) END AS orphan
      FROM owned)
    SELECT case_id AS "caseId", case_no AS "caseNo", id, role, orphan, (SELECT count(*)::int FROM judged) AS open
    FROM judged ORDER BY orphan DESC, case_no, id LIMIT 100`;
  const orphans = rows.filter(({ orphan }) => orphan).map(({ orphan: _, open: __, ...row }) => row);
  return { open: rows[0]?.open ?? 0, orphans };
}
