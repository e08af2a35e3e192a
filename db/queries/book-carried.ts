import type { Sql } from '../client.ts';

/** What the end of a year has moved to an account, debit positive: income and cost of project funds into the net assets. */
export interface CarriedRow {
  /** The December it was closed with, `YYYY-12`. */
  readonly period: string;
  readonly account: string;
  readonly fen: number;
  /** The place of the closing in the record. */
  readonly seq: number;
}

/** What closed years of a book moved between accounts, up to a month. */
export async function carriedOver(
  sql: Sql,
  { caseId, book, to }: { readonly caseId: string; readonly book: string; readonly to: string },
): Promise<CarriedRow[]> {
  return sql<CarriedRow[]>`
    SELECT m.period, a.account, a.carried_fen AS fen, m.seq FROM book_months m
      JOIN book_month_accounts a ON a.case_id = m.case_id AND a.book = m.book AND a.period = m.period
    WHERE m.case_id = ${caseId} AND m.book = ${book} AND right(m.period, 2) = '12' AND m.period <= ${to} AND a.carried_fen <> 0
    ORDER BY m.period, a.account`;
}
