import type { Tx } from '../db/transactions.ts';
import type { Instant } from '../sdk/time.ts';

/** A duty a person has on a book. */
export interface BookDuty {
  readonly book: string;
  readonly duty: string;
  readonly person: string;
}

/**
 * Brings the duties of a case's books up to date: ends those that `wanted` does not hold any more, begins those that are
 * new, both at that instant. The database refuses two duties of one person on one book (SQLSTATE 23P01).
 */
export async function syncDuties(tx: Tx, wanted: readonly BookDuty[], caseId: string, at: Instant): Promise<void> {
  const running = await tx<BookDuty[]>`
    SELECT book, duty, person FROM book_duties WHERE case_id = ${caseId} AND upper_inf(during)`;
  const key = ({ book, duty, person }: BookDuty) => JSON.stringify([book, duty, person]);
  const [had, want] = [new Set(running.map(key)), new Set(wanted.map(key))];
  const ended = running.filter((duty) => !want.has(key(duty)));
  const begun = wanted.filter((duty) => !had.has(key(duty)));
  if (ended.length > 0) {
    await tx`
      UPDATE book_duties d SET during = tstzrange(lower(d.during), greatest(${at}::timestamptz, lower(d.during)))
      FROM json_to_recordset(${JSON.stringify(ended)}::text::json) AS e (book text, duty text, person text)
      WHERE d.case_id = ${caseId} AND d.book = e.book AND d.duty = e.duty AND d.person = e.person AND upper_inf(d.during)`;
  }
  if (begun.length > 0) await beginDuties(tx, begun, caseId, at);
}

/** Begins duties at an instant. */
export function beginDuties(tx: Tx, begun: readonly BookDuty[], caseId: string, at: Instant): PromiseLike<unknown> {
  return tx`
    INSERT INTO book_duties (case_id, book, duty, person, during)
    SELECT ${caseId}, b.*, tstzrange(${at}::timestamptz, NULL)
    FROM json_to_recordset(${JSON.stringify(begun)}::text::json) AS b (book text, duty text, person text)`;
}
