import type { Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** Closed months that were taken over into the archive together: those after `after` up to `period`. */
export interface ArchiveRow {
  readonly book: string;
  readonly period: string;
  readonly after: string | null;
  readonly vouchers: number;
  readonly entries: number;
  readonly sha256: string;
  readonly place: string | null;
  readonly by: string;
  readonly at: Instant;
}

/** What of a case's books is in the archive, newest first. */
export async function bookArchives(sql: Sql, caseId: string, limit: number): Promise<ArchiveRow[]> {
  return sql<ArchiveRow[]>`
    SELECT book, period, after, vouchers, entries, sha256, place, by, at
    FROM book_archives WHERE case_id = ${caseId} ORDER BY seq DESC LIMIT ${limit}`;
}

/** What an archive of a closed month would take over, and its hash. The caller holds the case's lock. */
export interface ArchiveFactRow {
  readonly book: string;
  readonly period: string;
  readonly vouchers: number;
  readonly entries: number;
  readonly sha256: string;
}

/** Counts and hashes what closed months hold that are in no archive yet; none for a month that is not closed. */
export async function archiveFacts(
  sql: Sql,
  caseId: string,
  needed: readonly { readonly book: string; readonly month: string }[],
): Promise<ArchiveFactRow[]> {
  if (needed.length === 0) return [];
  return sql<ArchiveFactRow[]>`
    SELECT m.book, m.period, f.vouchers, f.entries, f.sha256
    FROM (SELECT DISTINCT book, month FROM json_to_recordset(${JSON.stringify(needed)}::text::json) AS n (book text, month text)) n
      JOIN book_months m ON m.case_id = ${caseId} AND m.book = n.book AND m.period = n.month
      CROSS JOIN LATERAL book_archive(m.case_id, m.book,
        (SELECT max(a.period) FROM book_archives a WHERE a.case_id = m.case_id AND a.book = m.book), m.period) f`;
}
