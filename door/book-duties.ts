import type { Tx } from '../db/transactions.ts';
import type { Instant } from '../sdk/time.ts';

/** A duty a person has on a book. */
export interface BookDuty {
  readonly book: string;
  readonly duty: string;
  readonly person: string;
}

/**
 * The statement that brings the duties of a case's books up to date: ends those that `wanted` does not hold any more, begins
 * those that are new, both at that instant. The database refuses two duties of one person on one book (SQLSTATE 23P01).
 */
export function syncDuties(tx: Tx, wanted: readonly BookDuty[], caseId: string, at: Instant): PromiseLike<unknown> {
  // the insert asks for `ended`, so that a person's old duty has ended before the new one begins
  return tx`
    WITH wanted AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(wanted)}::text::json) AS w (book text, duty text, person text)
    ), ended AS (
      UPDATE book_duties d SET during = tstzrange(lower(d.during), greatest(${at}::timestamptz, lower(d.during)))
      WHERE d.case_id = ${caseId} AND upper_inf(d.during)
        AND NOT EXISTS (SELECT FROM wanted w WHERE w.book = d.book AND w.duty = d.duty AND w.person = d.person)
      RETURNING d.person
    )
    INSERT INTO book_duties (case_id, book, duty, person, during)
    SELECT ${caseId}, w.book, w.duty, w.person, tstzrange(${at}::timestamptz, NULL) FROM wanted w
    WHERE (SELECT count(*) FROM ended) >= 0 AND NOT EXISTS (
      SELECT FROM book_duties d WHERE d.case_id = ${caseId} AND upper_inf(d.during)
        AND d.book = w.book AND d.duty = w.duty AND d.person = w.person)`;
}

/** Begins duties at an instant. */
export function beginDuties(tx: Tx, begun: readonly BookDuty[], caseId: string, at: Instant): PromiseLike<unknown> {
  return tx`
    INSERT INTO book_duties (case_id, book, duty, person, during)
    SELECT ${caseId}, b.*, tstzrange(${at}::timestamptz, NULL)
    FROM json_to_recordset(${JSON.stringify(begun)}::text::json) AS b (book text, duty text, person text)`;
}
