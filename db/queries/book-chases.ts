import type { Sql } from '../client.ts';

/** A case with sides of books whose clocks are not what the offices of now ask for. */
export interface CaseToChase {
  readonly caseId: string;
  readonly seq: number;
  /** The sides with who keeps them, and whether each waits: as text, the same for the same finding. */
  readonly found: string;
}

/**
 * The next cases after one, by id, in which a side of a book has come to wait for a count and has no clock, or has a clock and
 * waits no more. A hint only: what becomes of it the engine decides (engine/books/chase.ts). Frozen and stuck cases are left
 * out until they are repaired.
 */
export function casesToChase(
  sql: Sql,
  { at, after, limit }: { readonly at: string; readonly after: string; readonly limit: number },
): PromiseLike<CaseToChase[]> {
  return sql<CaseToChase[]>`
    WITH kept AS (
      SELECT k.case_id, c.seq, k.book, k.side, k.role, k.keeper, k.remains, k.waits, o.person AS holder,
        coalesce(s.post, o.post) AS post
      FROM book_keepers k JOIN cases c ON c.case_id = k.case_id AND c.frozen_at IS NULL AND c.stuck_since IS NULL
      LEFT JOIN assignments s ON s.case_id = k.case_id AND s.role = k.role
      LEFT JOIN LATERAL owner_of(s.person, s.given_at, ${at}::timestamptz, c.unit) o ON s.person IS NOT NULL
      WHERE k.keeper IS NOT NULL AND (k.remains OR k.waits) AND k.case_id > ${after}
    )
    SELECT k.case_id AS "caseId", min(k.seq) AS seq,
      string_agg(concat_ws(' ', k.book, k.side, k.keeper, k.waits), ', ' ORDER BY k.book, k.side) AS found
    FROM kept k LEFT JOIN appointments a ON a.post = k.post AND a.person = k.keeper AND a.from_at <= ${at}::timestamptz
      AND (a.until_at IS NULL OR a.until_at > ${at}::timestamptz)
    WHERE k.waits <> (k.remains AND k.holder IS DISTINCT FROM k.keeper AND a.person IS NULL AND NOT EXISTS (
      SELECT FROM person.parties p
      WHERE p.case_id = k.case_id AND p.role = k.role AND p.person = k.keeper AND p.ended_at IS NULL))
    GROUP BY k.case_id ORDER BY k.case_id LIMIT ${limit}`;
}

/** Tells one state of the offices from another: the last change of the organisation, and the last moment at which one began or ended. */
export async function officesMark(sql: Sql, at: string): Promise<string> {
  const [row] = await sql<{ mark: string }[]>`
    SELECT concat_ws(' ', (SELECT max(seq) FROM org_events), greatest(
      (SELECT max(from_at) FROM appointments WHERE from_at <= ${at}), (SELECT max(until_at) FROM appointments WHERE until_at <= ${at}),
      (SELECT max(from_at) FROM handovers WHERE from_at <= ${at}))) AS mark`;
  return row!.mark;
}
