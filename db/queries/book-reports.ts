import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** Which book of a case, and the span of months `YYYY-MM` its rows are wanted of, both ends included. */
export interface Pages {
  readonly caseId: string;
  readonly book: string;
  readonly from: string;
  readonly to: string;
}

/** An entry of the journal of a channel, by the month it is booked in. */
export interface JournalRow {
  readonly no: number;
  readonly month: string;
  readonly occurredDate: CalendarDate;
  readonly sourceDoc: string;
  readonly text: string | null;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly balanceFen: number;
  readonly reverses: string | null;
  readonly seq: number;
}

/** The journal of a channel in the order of record. */
export async function journalRows(
  sql: Sql,
  { caseId, book, from, to }: Pages,
  channel: Channel,
): Promise<JournalRow[]> {
  return sql<JournalRow[]>`
    SELECT no, ${monthOf(sql)} AS month, occurred_date AS "occurredDate", source_doc AS "sourceDoc", text, direction,
      amount_fen AS "amountFen", balance_fen AS "balanceFen", reverses, seq
    FROM cash_entries WHERE case_id = ${caseId} AND book = ${book} AND channel = ${channel}
      AND ${monthOf(sql)} BETWEEN ${from} AND ${to}
    ORDER BY no`;
}

/** The balance of a journal before a month, and where in the record it was written; undefined where nothing was before. */
export async function journalOpening(
  sql: Sql,
  { caseId, book, from }: Omit<Pages, 'to'>,
  channel: Channel,
): Promise<{ readonly balanceFen: number; readonly seq: number } | undefined> {
  const [row] = await sql<{ balanceFen: number; seq: number }[]>`
    SELECT balance_fen AS "balanceFen", seq FROM cash_entries
    WHERE case_id = ${caseId} AND book = ${book} AND channel = ${channel} AND ${monthOf(sql)} < ${from}
    ORDER BY no DESC LIMIT 1`;
  return row;
}

/** A line of a posted voucher with what its voucher says. */
export interface LedgerLineRow {
  readonly voucher: string;
  /** Month of posting. */
  readonly month: string;
  readonly no: number;
  readonly occurredDate: CalendarDate;
  readonly sourceDoc: string;
  readonly channel: Channel;
  readonly account: string;
  readonly side: 'debit' | 'credit';
  /** Negative in red ink. */
  readonly amountFen: number;
  readonly text: string;
  readonly summary: string | null;
  readonly reverses: string | null;
  readonly item: string | null;
  readonly quantity: number | null;
  readonly priceFen: number | null;
  readonly buyer: string | null;
  /** Whose money it is, where a book keeps several persons'. */
  readonly person: string | null;
  readonly seq: number;
}

/** The lines of all vouchers of a book in the order of posting. */
export async function ledgerLines(sql: Sql, { caseId, book, from, to }: Pages): Promise<LedgerLineRow[]> {
  return sql<LedgerLineRow[]>`
    SELECT v.id AS voucher, v.period AS month, v.no, v.occurred_date AS "occurredDate", v.source_doc AS "sourceDoc", v.channel,
      l.account, l.side, l.amount_fen AS "amountFen", l.text, v.text AS summary, v.reverses, l.item,
      l.quantity::float8 AS quantity, l.price_fen AS "priceFen", l.buyer, l.party AS person, v.seq
    FROM vouchers v JOIN voucher_lines l ON l.case_id = v.case_id AND l.voucher = v.id
    WHERE v.case_id = ${caseId} AND v.book = ${book} AND v.period BETWEEN ${from} AND ${to}
    ORDER BY v.period, v.no, l.line`;
}

/** What an account had moved before a month, and the last place of the record that holds. */
export interface AccountOpeningRow {
  readonly account: string;
  readonly person: string | null;
  readonly debitFen: number;
  readonly creditFen: number;
  readonly seq: number;
}

/** Debit and credit of every account of a book before a month. */
export async function accountOpenings(
  sql: Sql,
  { caseId, book, from }: Omit<Pages, 'to'>,
): Promise<AccountOpeningRow[]> {
  return sql<AccountOpeningRow[]>`
    SELECT l.account, l.party AS person, coalesce(sum(l.amount_fen) FILTER (WHERE l.side = 'debit'), 0)::bigint AS "debitFen",
      coalesce(sum(l.amount_fen) FILTER (WHERE l.side = 'credit'), 0)::bigint AS "creditFen", max(v.seq) AS seq
    FROM vouchers v JOIN voucher_lines l ON l.case_id = v.case_id AND l.voucher = v.id
    WHERE v.case_id = ${caseId} AND v.book = ${book} AND v.period < ${from}
    GROUP BY l.account, l.party ORDER BY l.account, l.party`;
}

/** The chart as the database has it. */
export async function chartOfAccounts(sql: Sql): Promise<{ code: string; zh: string; en: string }[]> {
  return sql<{ code: string; zh: string; en: string }[]>`
    SELECT code, name_zh AS zh, name_en AS en FROM accounts ORDER BY code`;
}

/** A book of a case with its channels. */
export interface BookRow {
  readonly book: string;
  readonly zh: string;
  readonly en: string;
  readonly keeps: string;
  readonly openedAt: Instant;
  readonly channels: readonly Channel[];
}

/** The books of a case. */
export async function booksOfCase(sql: Sql, caseId: string): Promise<BookRow[]> {
  return sql<BookRow[]>`
    SELECT b.book, b.name_zh AS zh, b.name_en AS en, b.keeps, b.opened_at AS "openedAt",
      (SELECT json_agg(c.channel ORDER BY c.channel) FROM book_channels c WHERE c.case_id = b.case_id AND c.book = b.book) AS channels
    FROM books b WHERE b.case_id = ${caseId} ORDER BY b.book`;
}

/** The last event of a case before an instant: its place and the head of the chain after it. */
export async function headBefore(
  sql: Sql,
  caseId: string,
  before: Instant,
): Promise<{ readonly seq: number; readonly hash: string } | undefined> {
  const [row] = await sql<{ seq: number; hash: string }[]>`
    SELECT seq, hash FROM events WHERE case_id = ${caseId} AND recorded_at < ${before}
    ORDER BY seq DESC LIMIT 1`;
  return row;
}

/** The last closed month of a book, `YYYY-MM`; undefined where none is. Everything up to it stands for good. */
export async function closedUpTo(sql: Sql, caseId: string, book: string): Promise<string | undefined> {
  const [row] = await sql<[{ period: string | null }]>`
    SELECT max(period) AS period FROM book_months WHERE case_id = ${caseId} AND book = ${book}`;
  return row.period ?? undefined;
}

/** The month an entry of the journal is booked in: that of recording, or the first open one. */
function monthOf(sql: Sql) {
  return sql`to_char(booked_date, 'YYYY-MM')`;
}
