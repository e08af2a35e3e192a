import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** Which statements, and the last day that counts. */
export interface BankDay {
  readonly caseId: string;
  readonly book: string;
  readonly channel: Channel;
  readonly day: CalendarDate;
}

/** A line of the bank or an entry of the journal that the other side does not have by a day. `doc` is the reference or the paper. */
export interface OutstandingRow {
  readonly side: 'bank' | 'book';
  readonly id: string;
  readonly date: CalendarDate;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly doc: string | null;
  readonly text: string | null;
  readonly counterparty: string | null;
  readonly seq: number;
}

/**
 * What stands on one side only by a day: matches count whose other members were there by then and were not reversed. Entries
 * from before the first line of the statements are left out: no statement could hold them.
 */
export async function outstanding(sql: Sql, { caseId, book, channel, day }: BankDay): Promise<OutstandingRow[]> {
  return sql<OutstandingRow[]>`
    WITH lines AS (
      SELECT l.*, s.seq, w.counterparty, w.text FROM bank_lines l JOIN bank_statements s ON s.case_id = l.case_id AND s.id = l.statement
        LEFT JOIN person.bank_line_names w ON w.case_id = l.case_id AND w.line = l.id
      WHERE l.case_id = ${caseId} AND l.book = ${book} AND l.channel = ${channel} AND l.date <= ${day}
    ), entries AS (
      SELECT e.* FROM cash_entries e
      WHERE e.case_id = ${caseId} AND e.book = ${book} AND e.channel = ${channel} AND e.booked_date <= ${day} AND e.reverses IS NULL
        AND NOT EXISTS (SELECT FROM cash_entries r WHERE r.case_id = e.case_id AND r.reverses = e.id AND r.booked_date <= ${day})
    ), holding AS (
      SELECT m.id FROM bank_matches m
      WHERE m.case_id = ${caseId} AND m.book = ${book} AND m.channel = ${channel} AND m.ended_at IS NULL
        AND NOT EXISTS (SELECT FROM bank_match_members x WHERE x.case_id = m.case_id AND x.match = m.id
          AND (x.line IS NOT NULL AND NOT EXISTS (SELECT FROM lines l WHERE l.id = x.line)
            OR x.entry IS NOT NULL AND NOT EXISTS (SELECT FROM entries e WHERE e.id = x.entry)))
    ), taken AS (
      SELECT x.line, x.entry FROM holding h JOIN bank_match_members x ON x.case_id = ${caseId} AND x.match = h.id
    )
    SELECT 'bank' AS side, l.id, l.date, l.direction, l.amount_fen AS "amountFen", l.reference AS doc, l.text, l.counterparty, l.seq
      FROM lines l WHERE NOT EXISTS (SELECT FROM taken t WHERE t.line = l.id)
    UNION ALL SELECT 'book', e.id, e.occurred_date, e.direction, e.amount_fen, e.source_doc, e.text, NULL, e.seq
      FROM entries e WHERE NOT EXISTS (SELECT FROM taken t WHERE t.entry = e.id)
        AND e.occurred_date >= (SELECT min(l.date) FROM bank_lines l WHERE l.case_id = ${caseId} AND l.book = ${book} AND l.channel = ${channel})
    ORDER BY side, date, seq, id`;
}

/** What both sides say was there at the end of a day; null where a side says nothing. */
export interface BankBalances {
  readonly bankFen: number | null;
  /** The day of the last line. */
  readonly bankDay: CalendarDate | null;
  readonly bookFen: number | null;
  readonly bookSeq: number | null;
  readonly lines: number;
  readonly matched: number;
}

/** The balance of the bank's last line and of the journal's last entry by a day. */
export async function bankBalances(sql: Sql, { caseId, book, channel, day }: BankDay): Promise<BankBalances> {
  const [row] = await sql<[BankBalances]>`
    WITH line AS (
      SELECT l.balance_fen, l.date FROM bank_lines l JOIN bank_statements s ON s.case_id = l.case_id AND s.id = l.statement
      WHERE l.case_id = ${caseId} AND l.book = ${book} AND l.channel = ${channel} AND l.date <= ${day}
      ORDER BY l.date DESC, s.seq DESC, l.no DESC LIMIT 1
    ), entry AS (
      SELECT balance_fen, seq FROM cash_entries WHERE case_id = ${caseId} AND book = ${book} AND channel = ${channel}
        AND booked_date <= ${day} ORDER BY no DESC LIMIT 1
    )
    SELECT (SELECT balance_fen FROM line) AS "bankFen", (SELECT date FROM line) AS "bankDay",
      (SELECT balance_fen FROM entry) AS "bookFen", (SELECT seq FROM entry) AS "bookSeq",
      (SELECT count(*) FROM bank_lines l WHERE l.case_id = ${caseId} AND l.book = ${book} AND l.channel = ${channel} AND l.date <= ${day}) AS lines,
      (SELECT count(*) FROM bank_matches m WHERE m.case_id = ${caseId} AND m.book = ${book} AND m.channel = ${channel}
        AND m.ended_at IS NULL) AS matched`;
  return row;
}
