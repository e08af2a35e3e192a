import type { CalendarDate, Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** What moved in a book on a day (a month: on its first), on a channel of a side or on an account (debit in, credit out). */
export interface MovementRow {
  readonly book: string;
  readonly per: 'day' | 'month';
  readonly of: 'cash' | 'ledger' | 'account';
  readonly name: string;
  readonly day: CalendarDate;
  readonly inFen: number;
  readonly outFen: number;
}

/** A book, whether a day or a month of it is asked about, and the last day that is. */
export interface NeededMovementRows {
  readonly book: string;
  readonly of: 'day' | 'month';
  /** A calendar date; of a month it may say the 31st, which the month need not have. */
  readonly upTo: string;
}

/** What moved in books after their last closings. The caller holds the case's lock. */
export async function bookMovements(
  sql: Sql,
  caseId: string,
  needed: readonly NeededMovementRows[],
): Promise<MovementRow[]> {
  const last = new Map<string, NeededMovementRows>();
  for (const each of needed) {
    const key = JSON.stringify([each.book, each.of]);
    const before = last.get(key);
    if (!before || before.upTo < each.upTo) last.set(key, each);
  }
  const all = [...last.values()].map(({ book, of, upTo }) =>
    (of === 'day' ? dayMovements : monthMovements)(sql, caseId, book, upTo),
  );
  return (await Promise.all(all)).flat();
}

function dayMovements(sql: Sql, caseId: string, book: string, upTo: string) {
  return sql<MovementRow[]>`
    SELECT book, 'day' AS per, 'cash' AS of, channel AS name, booked_date AS day,
      coalesce(sum(amount_fen) FILTER (WHERE direction = 'in'), 0)::bigint AS "inFen",
      coalesce(sum(amount_fen) FILTER (WHERE direction = 'out'), 0)::bigint AS "outFen"
    FROM cash_entries WHERE case_id = ${caseId} AND book = ${book} AND booked_date::text <= ${upTo}
      AND booked_date > coalesce((SELECT max(day) FROM book_days WHERE case_id = ${caseId} AND book = ${book}), '-infinity')
    GROUP BY book, channel, booked_date ORDER BY booked_date, channel`;
}

function monthMovements(sql: Sql, caseId: string, book: string, upTo: string) {
  const month = upTo.slice(0, 7);
  return sql<MovementRow[]>`
    WITH last AS (SELECT coalesce(max(period), '') AS period FROM book_months WHERE case_id = ${caseId} AND book = ${book}),
    moved AS (
      SELECT 'cash' AS of, channel AS name, to_char(booked_date, 'YYYY-MM') AS period, booked_date::text AS day,
          direction = 'in' AS came, amount_fen
        FROM cash_entries WHERE case_id = ${caseId} AND book = ${book}
      UNION ALL SELECT 'ledger', channel, period, period || '-01', direction = 'in', amount_fen
        FROM vouchers WHERE case_id = ${caseId} AND book = ${book}
      UNION ALL SELECT 'account', l.account, v.period, v.period || '-01', l.side = 'debit', l.amount_fen
        FROM vouchers v JOIN voucher_lines l ON l.case_id = v.case_id AND l.voucher = v.id
        WHERE v.case_id = ${caseId} AND v.book = ${book})
    SELECT ${book}::text AS book, 'month' AS per, m.of, m.name, max(m.day) AS day,
      coalesce(sum(amount_fen) FILTER (WHERE came), 0)::bigint AS "inFen",
      coalesce(sum(amount_fen) FILTER (WHERE NOT came), 0)::bigint AS "outFen"
    FROM moved m, last WHERE m.period > last.period AND m.period <= ${month}
    GROUP BY m.of, m.name, m.period ORDER BY m.period, m.of, m.name`;
}

/** A count of the register, with what it found on each channel. */
export interface CountRow {
  readonly id: string;
  readonly book: string;
  readonly kind: 'day' | 'scheduled' | 'surprise';
  readonly day: CalendarDate;
  readonly by: string;
  readonly at: Instant;
  readonly present: string | null;
  readonly witness: string | null;
  readonly denominations: Readonly<Record<string, number>> | null;
  readonly drawn: string | null;
  readonly text: string | null;
  readonly seq: number;
  readonly channels: readonly { readonly channel: string; readonly bookedFen: number; readonly countedFen: number }[];
}

/** Counts of a case, newest first. */
export async function bookCounts(sql: Sql, caseId: string, limit: number): Promise<CountRow[]> {
  return sql<CountRow[]>`
    SELECT k.id, k.book, k.kind, k.day, k.by, k.at, k.present, w.name AS witness, k.denominations, k.drawn, k.text, k.seq,
      (SELECT json_agg(json_build_object('channel', c.channel, 'bookedFen', c.booked_fen, 'countedFen', c.counted_fen)
        ORDER BY c.channel) FROM book_count_channels c WHERE c.case_id = k.case_id AND c.count = k.id) AS channels
    FROM book_counts k LEFT JOIN person.book_names w ON w.case_id = k.case_id AND w.id = k.id AND w.what = 'witness'
    WHERE k.case_id = ${caseId} ORDER BY k.seq DESC LIMIT ${limit}`;
}

/** What one channel moved over closed days or a month. */
export interface ClosedSums {
  readonly channel: string;
  readonly openingFen: number;
  readonly inFen: number;
  readonly outFen: number;
  readonly closingFen: number;
}

/** Days that were closed together. */
export interface DayRow {
  readonly book: string;
  readonly day: CalendarDate;
  readonly after: CalendarDate | null;
  readonly count: string | null;
  readonly by: string;
  readonly at: Instant;
  readonly seq: number;
  readonly channels: readonly ClosedSums[];
}

/** Closed days of a case, newest first. */
export async function bookDays(sql: Sql, caseId: string, limit: number): Promise<DayRow[]> {
  return sql<DayRow[]>`
    SELECT d.book, d.day, d.after, d.count, d.by, d.at, d.seq,
      (SELECT json_agg(json_build_object('channel', c.channel, 'openingFen', c.opening_fen, 'inFen', c.in_fen, 'outFen', c.out_fen,
        'closingFen', c.closing_fen) ORDER BY c.channel)
        FROM book_day_channels c WHERE c.case_id = d.case_id AND c.book = d.book AND c.day = d.day) AS channels
    FROM book_days d WHERE d.case_id = ${caseId} ORDER BY d.seq DESC LIMIT ${limit}`;
}

/** An account of a closed month; balances are debit positive, `carriedFen` what the end of the year moved. */
export interface ClosedAccountRow {
  readonly account: string;
  readonly openingFen: number;
  readonly debitFen: number;
  readonly creditFen: number;
  readonly closingFen: number;
  readonly carriedFen: number;
}

/** A closed month with both sides and its trial balance. */
export interface ClosedMonthRow {
  readonly book: string;
  readonly period: string;
  readonly by: string;
  readonly at: Instant;
  readonly seq: number;
  readonly carry: Readonly<Record<string, number>> | null;
  readonly resultFen: number | null;
  readonly channels: readonly (ClosedSums & { readonly side: 'cash' | 'ledger' })[];
  readonly accounts: readonly ClosedAccountRow[];
}

/** Closed months of a case, newest first. */
export async function closedMonths(sql: Sql, caseId: string, limit: number): Promise<ClosedMonthRow[]> {
  return sql<ClosedMonthRow[]>`
    SELECT m.book, m.period, m.by, m.at, m.seq, m.carry, m.result_fen AS "resultFen",
      (SELECT json_agg(json_build_object('side', c.side, 'channel', c.channel, 'openingFen', c.opening_fen, 'inFen', c.in_fen,
        'outFen', c.out_fen, 'closingFen', c.closing_fen) ORDER BY c.channel, c.side)
        FROM book_month_channels c WHERE c.case_id = m.case_id AND c.book = m.book AND c.period = m.period) AS channels,
      coalesce((SELECT json_agg(json_build_object('account', a.account, 'openingFen', a.opening_fen, 'debitFen', a.debit_fen,
        'creditFen', a.credit_fen, 'closingFen', a.closing_fen, 'carriedFen', a.carried_fen) ORDER BY a.account)
        FROM book_month_accounts a WHERE a.case_id = m.case_id AND a.book = m.book AND a.period = m.period), '[]') AS accounts
    FROM book_months m WHERE m.case_id = ${caseId} ORDER BY m.seq DESC LIMIT ${limit}`;
}

/** A surprise count that was drawn, and what became of it. */
export interface DrawRow {
  readonly book: string;
  readonly span: string;
  readonly day: CalendarDate;
  readonly seed: string;
  readonly clock: string;
  readonly drawnAt: Instant;
  readonly missedAt: Instant | null;
  readonly count: string | null;
}

/** Surprise counts of a case that have been drawn, newest first. */
export async function bookDraws(sql: Sql, caseId: string, limit: number): Promise<DrawRow[]> {
  return sql<DrawRow[]>`
    SELECT book, span, day, seed, clock, drawn_at AS "drawnAt", missed_at AS "missedAt", count
    FROM book_draws WHERE case_id = ${caseId} ORDER BY seq DESC LIMIT ${limit}`;
}
