import type { Sql } from '../client.ts';

/** A side of a book as asked about: what fills its role now, and who keeps it. */
interface Asked {
  readonly role: string;
  readonly post: string | null;
  readonly person: string | null;
  readonly keeper: string | null;
}

/** Who fills each role of a case now, and since when its keeper does not. In the order asked. */
export async function keepersNow(
  sql: Sql,
  caseId: string,
  asked: readonly Asked[],
): Promise<{ readonly holder: string | null; readonly since: string }[]> {
  if (asked.length === 0) return [];
  const rows = asked.map(({ role, post, person, keeper }, n) => ({ n, role, post, person, keeper }));
  return sql<{ holder: string | null; since: string }[]>`
    SELECT coalesce(r.person, (SELECT a.person FROM appointments a WHERE a.post = r.post AND a.from_at <= now()
        AND (a.until_at IS NULL OR a.until_at > now()))) AS holder,
      coalesce((SELECT max(a.until_at) FROM appointments a WHERE a.post = r.post AND a.person = r.keeper AND a.until_at <= now()),
        (SELECT max(h.from_at) FROM handovers h WHERE h.person = r.keeper AND h.by_name AND h.from_at <= now()
          AND r.person IS NOT NULL), s.since, now()) AS since
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
      AS r (n int, role text, post text, person text, keeper text)
    LEFT JOIN assignments s ON s.case_id = ${caseId} AND s.role = r.role ORDER BY r.n`;
}
