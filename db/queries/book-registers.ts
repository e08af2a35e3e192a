import type { PendingQuery, Row } from 'postgres';
import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** A gift as its correction asks. */
export interface GiftFactRow {
  readonly id: string;
  readonly book: string;
  readonly entry?: string;
  readonly reverses?: string;
  readonly reversedBy?: string;
}

/** Gifts by id, as their correction asks. */
export async function giftFacts(sql: Sql, caseId: string, ids: readonly string[]): Promise<GiftFactRow[]> {
  if (ids.length === 0) return [];
  const rows = await sql<{ fact: GiftFactRow }[]>`
    SELECT json_strip_nulls(json_build_object('id', g.id, 'book', g.book, 'entry', g.entry, 'reverses', g.reverses,
      'reversedBy', r.id)) AS fact
    FROM book_gifts g LEFT JOIN book_gifts r ON r.case_id = g.case_id AND r.reverses = g.id
    WHERE g.case_id = ${caseId} AND g.id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json))`;
  return rows.map(({ fact }) => fact);
}

/** Money of a book that may count as income; `month` absent: approved or paid, not confirmed yet. */
export interface IncomeRow {
  readonly book: string;
  readonly what: 'payouts' | 'earnings';
  readonly amountFen: number;
  readonly month?: string;
  readonly id?: string;
}

/**
 * What of a case's money may count as income of late: payouts on their way, those confirmed within two months of the last one,
 * and what came in as earnings in the months around the last paper, by the day of the paper, as far as both sides have recorded
 * it or it was matched by hand (who asks may be a keeper who has not recorded it); gifts and helpers' advances are no earnings.
 */
export async function incomeFacts(sql: Sql, caseId: string): Promise<IncomeRow[]> {
  const rows = await sql<{ fact: IncomeRow }[]>`
    WITH paid AS (
      SELECT 'payouts' AS what, book, id, amount_fen, to_char(confirmed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month
      FROM book_payouts WHERE case_id = ${caseId} AND (state IN ('approved', 'paid') OR state = 'confirmed' AND confirmed_at >=
        (SELECT max(confirmed_at) - interval '62 days' FROM book_payouts WHERE case_id = ${caseId}))
    ), agreed AS (
      SELECT d.entry FROM book_documents d JOIN book_documents l ON l.case_id = d.case_id AND l.book = d.book
        AND l.source_doc = d.source_doc AND l.side = 'ledger' WHERE d.case_id = ${caseId} AND d.side = 'cash'
      UNION SELECT m.entry FROM book_matches b JOIN book_match_entries m ON m.case_id = b.case_id AND m.match = b.id AND m.side = 'cash'
        WHERE b.case_id = ${caseId} AND b.ended_at IS NULL
    ), earned AS (
      SELECT 'earnings' AS what, e.book, NULL AS id, sum(e.amount_fen)::bigint AS amount_fen, to_char(e.occurred_date, 'YYYY-MM') AS month
      FROM agreed a JOIN cash_entries e ON e.case_id = ${caseId} AND e.id = a.entry
      WHERE e.direction = 'in' AND e.advance IS NULL
        AND NOT EXISTS (SELECT FROM book_gifts g WHERE g.case_id = e.case_id AND g.entry = e.id)
        AND e.occurred_date >= (SELECT max(occurred_date) - 62 FROM cash_entries WHERE case_id = ${caseId})
      GROUP BY e.book, month
    )
    SELECT json_strip_nulls(json_build_object('book', book, 'what', what, 'id', id, 'amountFen', amount_fen, 'month', month)) AS fact
    FROM (SELECT * FROM paid UNION ALL SELECT * FROM earned) f`;
  return rows.map(({ fact }) => fact);
}

/** A row of the register of gifts. Names are personal data; null: anonymous, or forgotten. */
export interface GiftRow {
  readonly id: string;
  readonly book: string;
  readonly no: number;
  readonly kind: 'cash' | 'inKind';
  readonly giverKind: 'person' | 'unit' | 'anonymous';
  readonly giver: string | null;
  readonly contact: string | null;
  readonly anonymousYear: string | null;
  readonly anonymousN: number | null;
  readonly item: string | null;
  readonly quantity: number | null;
  readonly unit: string | null;
  readonly valueFen: number;
  readonly channel: Channel | null;
  readonly entry: string | null;
  readonly sourceDoc: string | null;
  readonly receivedBy: string | null;
  readonly purpose: string | null;
  readonly occurredDate: CalendarDate;
  readonly evidence: readonly string[] | null;
  readonly reverses: string | null;
  readonly reversedBy: string | null;
  readonly thankedDate: CalendarDate | null;
  readonly thankedHow: string | null;
  readonly recordedBy: string;
  readonly recordedAt: Instant;
  readonly seq: number;
}

/** Which rows of a register to list. `afterSeq` continues a list. */
export interface RegisterFilter {
  readonly book?: string | undefined;
  readonly afterSeq?: number | undefined;
  readonly limit: number;
}

/** Which gifts: recorded in a span of time, its end not included; of these ids. */
export interface GiftFilter extends RegisterFilter {
  readonly recorded?: { readonly from: Instant; readonly before: Instant } | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** The register of gifts in the order of record; a counter entry names nobody: its original does. */
export async function gifts(
  sql: Sql,
  caseId: string,
  { book, afterSeq, limit, recorded, ids }: GiftFilter,
): Promise<GiftRow[]> {
  const span = recorded ? sql`AND g.recorded_at >= ${recorded.from} AND g.recorded_at < ${recorded.before}` : sql``;
  const named = ids ? sql`AND g.id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json))` : sql``;
  return sql<GiftRow[]>`
    SELECT g.id, g.book, g.no, g.kind, g.giver_kind AS "giverKind", n.name AS giver, n.contact,
      g.anonymous_year AS "anonymousYear", g.anonymous_n AS "anonymousN", g.item, g.quantity::float8 AS quantity, g.unit,
      g.value_fen AS "valueFen", g.channel, g.entry, g.source_doc AS "sourceDoc", v.name AS "receivedBy", g.purpose,
      g.occurred_date AS "occurredDate", g.evidence, g.reverses, r.id AS "reversedBy", t.sent_date AS "thankedDate",
      t.how AS "thankedHow", g.recorded_by AS "recordedBy", g.recorded_at AS "recordedAt", g.seq
    FROM book_gifts g LEFT JOIN book_gifts r ON r.case_id = g.case_id AND r.reverses = g.id
      LEFT JOIN book_gift_thanks t ON t.case_id = g.case_id AND t.gift = g.id
      LEFT JOIN person.book_names n ON n.case_id = g.case_id AND n.id = g.id AND n.what = 'giver'
      LEFT JOIN person.book_names v ON v.case_id = g.case_id AND v.id = g.id AND v.what = 'receiver'
    WHERE g.case_id = ${caseId} AND g.seq > ${afterSeq ?? 0} AND (${book ?? null}::text IS NULL OR g.book = ${book ?? null})
      ${span} ${named}
    ORDER BY g.seq LIMIT ${limit}`;
}

/** A row of the register of advances, with what each side has recorded of it. */
export interface AdvanceRow {
  readonly id: string;
  readonly book: string;
  readonly no: number;
  readonly paid: 'into the book' | 'to others';
  readonly amountFen: number;
  readonly helper: string | null;
  readonly helperPerson: string | null;
  readonly party: string | null;
  readonly text: string;
  readonly households: readonly string[] | null;
  readonly sourceDoc: string;
  readonly occurredDate: CalendarDate;
  readonly cashInFen: number;
  readonly cashOutFen: number;
  readonly ledgerInFen: number;
  readonly ledgerOutFen: number;
  readonly settledAt: Instant | null;
  readonly how: 'repaid' | 'withdrawn' | null;
  readonly recordedBy: string;
  readonly recordedAt: Instant;
  readonly seq: number;
}

/** Which advances: those that are not settled; the one of an id. */
export interface AdvanceFilter extends RegisterFilter {
  readonly open?: boolean;
  readonly id?: string | undefined;
}

/** The register of advances in the order of record. */
export async function advances(
  sql: Sql,
  caseId: string,
  { book, afterSeq, limit, open = false, id }: AdvanceFilter,
): Promise<AdvanceRow[]> {
  const which = sql`a.seq > ${afterSeq ?? 0} AND (${book ?? null}::text IS NULL OR a.book = ${book ?? null})
      AND (NOT ${open}::boolean OR a.settled_at IS NULL) ${id === undefined ? sql`` : sql`AND a.id = ${id}`}`;
  return advanceRows(sql, caseId, which, { movedUpTo: 'infinity', limit });
}

/**
 * The claims of a book as they stood when a day was over: recorded by then and not settled by then, with what was booked on
 * them up to that day. One settled on the day by a repayment that is booked later, because the day was closed, still stood.
 */
export async function advancesOn(
  sql: Sql,
  caseId: string,
  { book, day, limit }: { readonly book: string; readonly day: CalendarDate; readonly limit: number },
): Promise<AdvanceRow[]> {
  const over = sql`((${day}::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')`;
  const which = sql`a.book = ${book} AND a.recorded_at < ${over} AND a.occurred_date <= ${day}::date
      AND (a.settled_at IS NULL OR a.settled_at >= ${over}
        OR a.how = 'repaid' AND least(coalesce(c.went, 0), coalesce(l.went, 0)) < a.amount_fen)`;
  return advanceRows(sql, caseId, which, { movedUpTo: day, limit });
}

/** Claims `a` with what each side (`c`, `l`) has booked on them up to a day. */
async function advanceRows(
  sql: Sql,
  caseId: string,
  which: PendingQuery<Row[]>,
  { movedUpTo, limit }: { readonly movedUpTo: CalendarDate | 'infinity'; readonly limit: number },
): Promise<AdvanceRow[]> {
  return sql<AdvanceRow[]>`
    SELECT a.id, a.book, a.no, a.paid, a.amount_fen AS "amountFen", n.name AS helper, a.helper AS "helperPerson", a.party, a.text,
      a.households, a.source_doc AS "sourceDoc", a.occurred_date AS "occurredDate", coalesce(c.came, 0)::bigint AS "cashInFen",
      coalesce(c.went, 0)::bigint AS "cashOutFen", coalesce(l.came, 0)::bigint AS "ledgerInFen",
      coalesce(l.went, 0)::bigint AS "ledgerOutFen", a.settled_at AS "settledAt", a.how, a.recorded_by AS "recordedBy",
      a.recorded_at AS "recordedAt", a.seq
    FROM book_advances a LEFT JOIN person.book_names n ON n.case_id = a.case_id AND n.id = a.id AND n.what = 'helper',
      LATERAL (SELECT sum(amount_fen) FILTER (WHERE direction = 'in') AS came, sum(amount_fen) FILTER (WHERE direction = 'out') AS went
        FROM cash_entries e WHERE e.case_id = a.case_id AND e.advance = a.id AND e.booked_date <= ${movedUpTo}::date) c,
      LATERAL (SELECT sum(amount_fen) FILTER (WHERE direction = 'in') AS came, sum(amount_fen) FILTER (WHERE direction = 'out') AS went
        FROM vouchers v WHERE v.case_id = a.case_id AND v.advance = a.id AND v.booked_date <= ${movedUpTo}::date) l
    WHERE a.case_id = ${caseId} AND ${which}
    ORDER BY a.seq LIMIT ${limit}`;
}

/** One receipt of a household as both sides have it, of entries that stand. */
export interface HouseholdRow {
  readonly book: string;
  readonly receipt: string;
  readonly payer: string | null;
  readonly ledgerPayer: string | null;
  readonly sourceDoc: string;
  readonly cashFen: number | null;
  readonly cashSeq: number | null;
  readonly ledgerFen: number | null;
  readonly ledgerSeq: number | null;
}

/** The receipts of households of a case, both sides beside one another, by document and receipt. */
export async function households(
  sql: Sql,
  caseId: string,
  {
    book,
    after,
    limit,
  }: { readonly book?: string | undefined; readonly after?: readonly string[]; readonly limit: number },
): Promise<HouseholdRow[]> {
  const [afterBook = null, afterDoc = null, afterReceipt = null] = after ?? [];
  return sql<HouseholdRow[]>`
    WITH cash AS (
      SELECT e.book, e.source_doc, l.receipt, l.payer, l.amount_fen, e.seq
      FROM book_documents d JOIN cash_entries e ON e.case_id = d.case_id AND e.id = d.entry
        JOIN cash_lines l ON l.case_id = e.case_id AND l.entry = e.id
      WHERE d.case_id = ${caseId} AND d.side = 'cash'
    ), ledger AS (
      SELECT v.book, v.source_doc, l.receipt, l.payer, l.amount_fen, v.seq
      FROM book_documents d JOIN vouchers v ON v.case_id = d.case_id AND v.id = d.entry
        JOIN voucher_lines l ON l.case_id = v.case_id AND l.voucher = v.id
      WHERE d.case_id = ${caseId} AND d.side = 'ledger' AND l.receipt IS NOT NULL
    ), pairs AS (
      SELECT coalesce(c.book, l.book) AS book, coalesce(c.source_doc, l.source_doc) AS source_doc,
        coalesce(c.receipt, l.receipt) AS receipt, c.payer, l.payer AS ledger_payer, c.amount_fen AS cash_fen,
        c.seq AS cash_seq, l.amount_fen AS ledger_fen, l.seq AS ledger_seq
      FROM cash c FULL JOIN ledger l ON l.book = c.book AND l.source_doc = c.source_doc AND l.receipt = c.receipt
    )
    SELECT book, source_doc AS "sourceDoc", receipt, payer, ledger_payer AS "ledgerPayer", cash_fen AS "cashFen",
      cash_seq AS "cashSeq", ledger_fen AS "ledgerFen", ledger_seq AS "ledgerSeq"
    FROM pairs WHERE (${book ?? null}::text IS NULL OR book = ${book ?? null})
      AND (${afterBook}::text IS NULL OR (book, source_doc, receipt) > (${afterBook}, ${afterDoc}, ${afterReceipt}))
    ORDER BY book, source_doc, receipt LIMIT ${limit}`;
}
