import type { MoneyKindKey } from '../../sdk/money-kinds.ts';
import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** `cash` is the journal of who keeps the money, `ledger` the vouchers of who keeps the accounts. */
export type BookSide = 'cash' | 'ledger';

/** A line of a voucher; amounts are negative in red ink. */
export interface LineRow {
  readonly text: string;
  readonly account: string;
  readonly side: 'debit' | 'credit';
  readonly amountFen: number;
  readonly item?: string;
  readonly quantity?: number;
  readonly priceFen?: number;
  readonly buyer?: string;
  readonly party?: string;
  readonly kind?: MoneyKindKey;
  readonly payer?: string;
  readonly receipt?: string;
  readonly purpose?: string;
}

/** An entry as decisions ask about it. `lines` come with the one voucher that was asked for. */
export interface EntryFactRow {
  readonly id: string;
  readonly book: string;
  readonly side: BookSide;
  readonly channel: Channel;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly sourceDoc: string;
  readonly occurredDate: CalendarDate;
  readonly recordedBy: string;
  readonly reviewedBy?: string;
  readonly reverses?: string;
  readonly reversedBy?: string;
  readonly bookedDate?: CalendarDate;
  readonly text?: string;
  readonly payout?: string;
  readonly advance?: string;
  readonly gift?: string;
  readonly receipts?: string;
  readonly match?: string;
  readonly lines?: readonly LineRow[];
}

/**
 * Which rows a decision asks about: one entry (or several, or a voucher under review) with all rows of its document, or all
 * rows of a document; with the rows of whatever they are matched with by hand.
 */
export interface NeededRows {
  readonly entry?: string;
  readonly entries?: readonly string[];
  readonly draft?: string;
  readonly document?: { readonly book: string; readonly sourceDoc: string };
}

/**
 * The rows a decision about the books asks for, on both sides. The caller holds the case's lock. Each row is looked up by its
 * own key (LATERAL with OFFSET 0, which is not taken apart): where the planner may join it reads all entries of the case, and of
 * a case it knows nothing of yet all of them for each of them.
 */
export async function entryFacts(sql: Sql, caseId: string, needed: NeededRows): Promise<EntryFactRow[]> {
  const { entry, entries = [], draft, document } = needed;
  const ids = [...(entry === undefined ? [] : [entry]), ...entries];
  const byId = (table: ReturnType<Sql>) => sql`
      UNION SELECT x.book, x.source_doc FROM json_array_elements_text(${JSON.stringify(ids)}::text::json) AS i (id)
        CROSS JOIN LATERAL (SELECT t.book, t.source_doc FROM ${table} t WHERE t.case_id = ${caseId} AND t.id = i.id OFFSET 0) x`;
  const byDraft = sql`UNION SELECT book, source_doc FROM voucher_drafts WHERE case_id = ${caseId} AND id = ${draft ?? null}`;
  const matchedOn = (side: BookSide, table: ReturnType<Sql>) => sql`
      UNION SELECT x.book, x.source_doc FROM matched m CROSS JOIN LATERAL (
        SELECT t.book, t.source_doc FROM ${table} t WHERE m.side = ${side} AND t.case_id = ${caseId} AND t.id = m.entry OFFSET 0) x`;
  const rows = await sql<{ fact: EntryFactRow }[]>`
    WITH named AS (
      SELECT ${document?.book ?? null}::text AS book, ${document?.sourceDoc ?? null}::text AS source_doc
      WHERE ${document !== undefined}::boolean
      ${ids.length > 0 ? sql`${byId(sql`cash_entries`)} ${byId(sql`vouchers`)}` : sql``} ${draft === undefined ? sql`` : byDraft}
    ), matched AS (
      SELECT x.side, x.entry FROM named n CROSS JOIN LATERAL (
        SELECT o.side, o.entry FROM book_documents d
          JOIN book_match_entries m ON m.case_id = d.case_id AND m.side = d.side AND m.entry = d.entry
          JOIN book_matches b ON b.case_id = m.case_id AND b.id = m.match AND b.ended_at IS NULL
          JOIN book_match_entries o ON o.case_id = m.case_id AND o.match = m.match
        WHERE d.case_id = ${caseId} AND d.book = n.book AND d.source_doc = n.source_doc OFFSET 0) x
    ), asked AS (
      SELECT book, source_doc FROM named ${matchedOn('cash', sql`cash_entries`)} ${matchedOn('ledger', sql`vouchers`)}
    ), found AS (
      SELECT 'cash' AS side, e.* FROM asked a CROSS JOIN LATERAL (
        SELECT e.id, e.book, e.channel, e.direction, e.amount_fen, e.source_doc, e.occurred_date, e.booked_date, e.recorded_by,
          NULL AS reviewed_by, e.reverses, (SELECT r.id FROM cash_entries r WHERE r.case_id = ${caseId} AND r.reverses = e.id) AS reversed_by,
          e.text, e.payout, e.advance, e.receipts, e.seq
        FROM cash_entries e WHERE e.case_id = ${caseId} AND e.book = a.book AND e.source_doc = a.source_doc OFFSET 0) e
      UNION ALL
      SELECT 'ledger', v.* FROM asked a CROSS JOIN LATERAL (
        SELECT v.id, v.book, v.channel, v.direction, v.amount_fen, v.source_doc, v.occurred_date, v.booked_date, v.recorded_by,
          v.reviewed_by, v.reverses, (SELECT r.id FROM vouchers r WHERE r.case_id = ${caseId} AND r.reverses = v.id),
          v.text, v.payout, v.advance, v.receipts, v.seq
        FROM vouchers v WHERE v.case_id = ${caseId} AND v.book = a.book AND v.source_doc = a.source_doc OFFSET 0) v
    )
    SELECT json_strip_nulls(json_build_object('side', side, 'id', id, 'book', book, 'channel', channel,
      'direction', direction, 'amountFen', amount_fen, 'sourceDoc', source_doc, 'occurredDate', occurred_date,
      'bookedDate', booked_date, 'recordedBy', recorded_by, 'reviewedBy', reviewed_by, 'reverses', reverses, 'reversedBy', reversed_by, 'text', text, 'payout', payout,
      'advance', advance, 'receipts', receipts,
      'gift', (SELECT g.id FROM book_gifts g WHERE f.side = 'cash' AND g.case_id = ${caseId} AND g.entry = f.id AND g.reverses IS NULL),
      'match', (SELECT m.match FROM book_match_entries m
        JOIN book_matches b ON b.case_id = m.case_id AND b.id = m.match AND b.ended_at IS NULL
        WHERE m.case_id = ${caseId} AND m.side = f.side AND m.entry = f.id),
      'lines', CASE WHEN side = 'ledger' AND id = ${entry ?? null} THEN ${linesOf(sql, caseId)} END)) AS fact
    FROM found f ORDER BY seq`;
  return rows.map((row) => row.fact);
}

/** The lines of voucher `f.id` as JSON. */
function linesOf(sql: Sql, caseId: string) {
  return sql`(SELECT json_agg(json_strip_nulls(json_build_object('text', l.text, 'account', l.account, 'side', l.side,
      'amountFen', l.amount_fen, 'item', l.item, 'quantity', l.quantity, 'priceFen', l.price_fen, 'buyer', l.buyer, 'party', l.party,
      'kind', l.kind, 'payer', l.payer, 'receipt', l.receipt, 'purpose', l.purpose))
      ORDER BY l.line) FROM voucher_lines l WHERE l.case_id = ${caseId} AND l.voucher = f.id)`;
}

/** The two sides of a book on one channel. */
export interface BalanceRow {
  readonly book: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly keeps: string;
  readonly channel: Channel;
  readonly cashFen: number;
  readonly cashEntries: number;
  readonly ledgerFen: number;
  readonly vouchers: number;
}

/** Balances of every book and channel of a case on both sides. */
export async function bookBalances(sql: Sql, caseId: string): Promise<BalanceRow[]> {
  return sql<BalanceRow[]>`
    SELECT b.book, b.name_zh AS "nameZh", b.name_en AS "nameEn", b.keeps, c.channel, c.balance_fen AS "cashFen",
      c.no AS "cashEntries", l.balance_fen AS "ledgerFen", l.no AS vouchers
    FROM books b JOIN book_counters c ON c.case_id = b.case_id AND c.book = b.book AND c.side = 'cash'
      JOIN book_counters l ON l.case_id = c.case_id AND l.book = c.book AND l.channel = c.channel AND l.side = 'ledger' AND l.period = ''
    WHERE b.case_id = ${caseId} ORDER BY b.book, c.channel`;
}

/**
 * Which entries of a side to list. `month` is `YYYY-MM` of recording; `afterSeq` continues a list; `latest`: newest first, and
 * only those that stand (neither red nor reversed).
 */
export interface EntryFilter {
  readonly book?: string | undefined;
  readonly channel?: string | undefined;
  readonly month?: string | undefined;
  readonly afterSeq?: number | undefined;
  readonly latest?: boolean;
  readonly limit: number;
}

/** An entry of either side as lists show it, with the running balance after it. `lines` are the ledger's. */
export interface EntryRow {
  readonly id: string;
  readonly book: string;
  readonly channel: Channel;
  readonly no: number;
  readonly month: string;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly balanceFen: number;
  readonly sourceDoc: string;
  readonly occurredDate: CalendarDate;
  readonly bookedDate: CalendarDate;
  readonly late: boolean;
  readonly text: string | null;
  readonly payout: string | null;
  readonly reverses: string | null;
  readonly reversedBy: string | null;
  readonly recordedBy: string;
  readonly recordedAt: Instant;
  readonly actId: string | null;
  readonly seq: number;
  /** Of a voucher: who reviewed it, and its id while it waited; null where the book has no review. */
  readonly reviewedBy?: string | null;
  readonly draft?: string | null;
  readonly lines?: readonly LineRow[];
}

/** The cash journal in the order of record, by month where one is given. */
export async function cashEntries(sql: Sql, caseId: string, filter: EntryFilter): Promise<EntryRow[]> {
  return sql<EntryRow[]>`
    SELECT ${entryColumns(sql)}, to_char(f.booked_date, 'YYYY-MM') AS month
    FROM cash_entries f LEFT JOIN cash_entries r ON r.case_id = f.case_id AND r.reverses = f.id
    WHERE ${filterOf(sql, caseId, filter)}
      AND (${filter.month ?? null}::text IS NULL OR to_char(f.booked_date, 'YYYY-MM') = ${filter.month ?? null})
    ORDER BY ${filter.latest ? sql`f.seq DESC` : sql`f.seq`} LIMIT ${filter.limit}`;
}

/** The vouchers with their lines in the order of record, by month where one is given. */
export async function vouchers(sql: Sql, caseId: string, filter: EntryFilter): Promise<EntryRow[]> {
  return sql<EntryRow[]>`
    SELECT ${entryColumns(sql)}, f.reviewed_by AS "reviewedBy", f.draft, f.period AS month, ${linesOf(sql, caseId)} AS lines
    FROM vouchers f LEFT JOIN vouchers r ON r.case_id = f.case_id AND r.reverses = f.id
    WHERE ${filterOf(sql, caseId, filter)} AND (${filter.month ?? null}::text IS NULL OR f.period = ${filter.month ?? null})
    ORDER BY ${filter.latest ? sql`f.seq DESC` : sql`f.seq`} LIMIT ${filter.limit}`;
}

function entryColumns(sql: Sql) {
  return sql`f.id, f.book, f.channel, f.no, f.direction, f.amount_fen AS "amountFen", f.balance_fen AS "balanceFen",
    f.source_doc AS "sourceDoc", f.occurred_date AS "occurredDate", f.booked_date AS "bookedDate", f.late, f.text, f.payout, f.reverses, r.id AS "reversedBy",
    f.recorded_by AS "recordedBy", f.recorded_at AS "recordedAt", f.act_id AS "actId", f.seq`;
}

function filterOf(sql: Sql, caseId: string, { book, channel, afterSeq, latest }: EntryFilter) {
  return sql`f.case_id = ${caseId} AND f.seq > ${afterSeq ?? 0} AND (${book ?? null}::text IS NULL OR f.book = ${book ?? null})
    AND (${channel ?? null}::text IS NULL OR f.channel = ${channel ?? null})
    ${latest ? sql`AND f.reverses IS NULL AND r.id IS NULL` : sql``}`;
}

/** The first entry of a list of documents on each channel of a side, by its place in the record. */
export interface FirstEntryRow {
  readonly book: string;
  readonly channel: Channel;
  readonly seq: number;
}

/** Where the entries of these documents begin, by book and channel; each document on the side it names. */
export async function firstEntries(
  sql: Sql,
  caseId: string,
  documents: readonly { readonly book: string; readonly side: BookSide; readonly sourceDoc: string }[],
): Promise<FirstEntryRow[]> {
  if (documents.length === 0) return [];
  return sql<FirstEntryRow[]>`
    WITH asked AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(documents)}::text::json) AS a (book text, side text, "sourceDoc" text)
    ), found AS (
      SELECT e.book, e.channel, e.seq FROM asked a
        JOIN cash_entries e ON a.side = 'cash' AND e.case_id = ${caseId} AND e.book = a.book AND e.source_doc = a."sourceDoc"
      UNION ALL SELECT v.book, v.channel, v.seq FROM asked a
        JOIN vouchers v ON a.side = 'ledger' AND v.case_id = ${caseId} AND v.book = a.book AND v.source_doc = a."sourceDoc"
    )
    SELECT book, channel, min(seq) AS seq FROM found GROUP BY book, channel`;
}

/** One month of one side of a book on one channel: what it began with, what came in and went out, what it ended with. */
export interface MonthRow {
  readonly book: string;
  readonly side: BookSide;
  readonly channel: Channel;
  readonly month: string;
  readonly openingFen: number;
  readonly inFen: number;
  readonly outFen: number;
  readonly closingFen: number;
  readonly entries: number;
}

/** The months of both sides that have entries. Red ink lessens the side it corrects. */
export async function bookMonths(sql: Sql, caseId: string): Promise<MonthRow[]> {
  return sql<MonthRow[]>`
    WITH entries AS (
      SELECT 'cash' AS side, book, channel, direction, amount_fen, to_char(recorded_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month
        FROM cash_entries WHERE case_id = ${caseId}
      UNION ALL SELECT 'ledger', book, channel, direction, amount_fen, period FROM vouchers WHERE case_id = ${caseId}
    ), months AS (
      SELECT side, book, channel, month, count(*) AS n, coalesce(sum(amount_fen) FILTER (WHERE direction = 'in'), 0) AS came,
        coalesce(sum(amount_fen) FILTER (WHERE direction = 'out'), 0) AS went
      FROM entries GROUP BY side, book, channel, month
    ), running AS (
      SELECT *, sum(came - went) OVER (PARTITION BY side, book, channel ORDER BY month) AS closing FROM months
    )
    SELECT book, side, channel, month, (closing - came + went)::bigint AS "openingFen", came::bigint AS "inFen",
      went::bigint AS "outFen", closing::bigint AS "closingFen", n AS entries
    FROM running ORDER BY book, side, channel, month`;
}

/** What both sides say about one source document, where they do not agree. The figures of a side that has none are null. */
export interface DifferenceRow {
  readonly book: string;
  readonly sourceDoc: string;
  readonly why: 'missing' | 'direction' | 'amount' | 'channel' | 'receipts';
  readonly cashEntry: string | null;
  readonly cashFen: number | null;
  readonly voucher: string | null;
  readonly ledgerFen: number | null;
  readonly discrepancy: string | null;
}

/** The comparison of both books as the tables stand now. */
export interface Comparison {
  readonly book: string;
  readonly matched: number;
  readonly matchedFen: number;
  /** How many documents differ; the first of them follow. */
  readonly differing: number;
  readonly differences: readonly DifferenceRow[];
}

/** Compares what stands on both sides of every book of a case, document by document. At most `limit` differences a book. */
export async function compareBooks(sql: Sql, caseId: string, limit = 200): Promise<Comparison[]> {
  const [keys, byHandRows, matched, differences] = await Promise.all([
    sql<{ book: string }[]>`SELECT book FROM books WHERE case_id = ${caseId} ORDER BY book`,
    sql<{ book: string; n: number; fen: number }[]>`
      SELECT b.book, sum(e.documents)::bigint AS n, sum(CASE b.direction WHEN 'in' THEN b.amount_fen ELSE -b.amount_fen END)::bigint AS fen
      FROM book_matches b, LATERAL (SELECT count(DISTINCT d.source_doc) AS documents FROM book_match_entries m
        JOIN book_documents d ON d.case_id = m.case_id AND d.side = m.side AND d.entry = m.entry
        WHERE m.case_id = b.case_id AND m.match = b.id) e
      WHERE b.case_id = ${caseId} AND b.ended_at IS NULL GROUP BY b.book`,
    sql<{ book: string; n: number; fen: number }[]>`
      ${standing(sql, caseId)} SELECT book, count(*) AS n, sum(cash_moved)::bigint AS fen FROM pairs WHERE why IS NULL GROUP BY book`,
    sql<(DifferenceRow & { readonly all: number })[]>`
      ${standing(sql, caseId)}, apart AS (
        SELECT *, row_number() OVER (PARTITION BY book ORDER BY source_doc) AS n, count(*) OVER (PARTITION BY book) AS "all"
        FROM pairs WHERE why IS NOT NULL)
      SELECT p.book, p.source_doc AS "sourceDoc", p.why, p.cash_entry AS "cashEntry", p.cash_fen AS "cashFen", p.voucher,
        p.ledger_fen AS "ledgerFen", d.id AS discrepancy, p."all"
      FROM apart p LEFT JOIN book_discrepancies d ON d.case_id = ${caseId} AND d.book = p.book AND d.source_doc = p.source_doc
        AND d.settled_at IS NULL
      WHERE p.n <= ${limit} ORDER BY p.book, p.source_doc`,
  ]);
  return keys.map(({ book }) => {
    const agreed = [...matched, ...byHandRows].filter((row) => row.book === book);
    const apart = differences.filter((row) => row.book === book);
    return {
      book,
      matched: agreed.reduce((sum, { n }) => sum + n, 0),
      matchedFen: agreed.reduce((sum, { fen }) => sum + fen, 0),
      differing: apart[0]?.all ?? 0,
      differences: apart.map(({ all: _, ...row }) => row),
    };
  });
}

/** Opens a query over `pairs`: what stands on each side, by source document, and why the sides differ if they do. */
function standing(sql: Sql, caseId: string) {
  return sql`WITH pairs AS (
    SELECT coalesce(c.book, l.book) AS book, coalesce(c.source_doc, l.source_doc) AS source_doc, c.id AS cash_entry,
      c.amount_fen AS cash_fen, CASE c.direction WHEN 'in' THEN c.amount_fen ELSE -c.amount_fen END AS cash_moved,
      l.id AS voucher, l.amount_fen AS ledger_fen,
      CASE WHEN c.id IS NULL OR l.id IS NULL THEN 'missing' WHEN c.direction <> l.direction THEN 'direction'
        WHEN c.amount_fen <> l.amount_fen THEN 'amount' WHEN c.channel <> l.channel THEN 'channel'
        WHEN c.receipts <> l.receipts THEN 'receipts' END AS why
    FROM (SELECT e.* FROM book_documents d JOIN cash_entries e ON e.case_id = d.case_id AND e.id = d.entry
          WHERE d.case_id = ${caseId} AND d.side = 'cash' AND NOT ${byHand(sql)}) c
      FULL JOIN (SELECT v.* FROM book_documents d JOIN vouchers v ON v.case_id = d.case_id AND v.id = d.entry
          WHERE d.case_id = ${caseId} AND d.side = 'ledger' AND NOT ${byHand(sql)}) l ON l.book = c.book AND l.source_doc = c.source_doc)`;
}

/** Whether a standing entry `d` is matched by hand with others. */
function byHand(sql: Sql) {
  return sql`EXISTS (SELECT FROM book_match_entries m JOIN book_matches b ON b.case_id = m.case_id AND b.id = m.match AND b.ended_at IS NULL
    WHERE m.case_id = d.case_id AND m.side = d.side AND m.entry = d.entry)`;
}

/** A comparison that was asked for and recorded. `result` is what the event said. */
export interface ReconciliationRow {
  readonly book: string;
  readonly seq: number;
  readonly comparedBy: string;
  readonly comparedAt: Instant;
  readonly cashFen: number;
  readonly ledgerFen: number;
  readonly matched: number;
  readonly unmatched: number;
  readonly result: unknown;
}

/** Recorded comparisons of a case, newest first. */
export async function reconciliations(sql: Sql, caseId: string, limit: number): Promise<ReconciliationRow[]> {
  return sql<ReconciliationRow[]>`
    SELECT book, seq, compared_by AS "comparedBy", compared_at AS "comparedAt", cash_fen AS "cashFen",
      ledger_fen AS "ledgerFen", matched, unmatched, result
    FROM book_reconciliations WHERE case_id = ${caseId} ORDER BY seq DESC LIMIT ${limit}`;
}

/** A difference between the books and what became of it. */
export interface DiscrepancyRow {
  readonly id: string;
  readonly book: string;
  readonly sourceDoc: string;
  readonly why: string;
  readonly found: string;
  readonly foundAt: Instant;
  readonly cashFen: number | null;
  readonly ledgerFen: number | null;
  readonly explainedAt: Instant | null;
  readonly decision: string | null;
  readonly decidedAt: Instant | null;
  readonly how: string | null;
  readonly settledAt: Instant | null;
}

/** Discrepancies of a case, or the one of an id: open ones first, then the latest. */
export async function discrepancies(sql: Sql, caseId: string, limit: number, id?: string): Promise<DiscrepancyRow[]> {
  return sql<DiscrepancyRow[]>`
    SELECT id, book, source_doc AS "sourceDoc", why, found, found_at AS "foundAt", cash_fen AS "cashFen",
      ledger_fen AS "ledgerFen", explained_at AS "explainedAt", decision, decided_at AS "decidedAt", how,
      settled_at AS "settledAt"
    FROM book_discrepancies WHERE case_id = ${caseId} AND id = coalesce(${id ?? null}, id) ORDER BY settled_at DESC NULLS FIRST, found_at DESC, id LIMIT ${limit}`;
}

/** A payout and how far it is. */
export interface PayoutRow {
  readonly id: string;
  readonly book: string;
  readonly channel: Channel;
  readonly amountFen: number;
  readonly text: string;
  readonly state: 'requested' | 'approved' | 'refused' | 'paid' | 'confirmed';
  readonly requestedBy: string;
  readonly requestedAt: Instant;
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
  readonly entry: string | null;
  readonly paidAt: Instant | null;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Instant | null;
  readonly party: string | null;
  /** What it may do to the allowance, as its events tell; null where the book has no rule for it. */
  readonly allowance: unknown;
}

/** Which payouts to list: the one of an id, those of a book, those that are neither confirmed nor refused. */
export interface PayoutFilter {
  readonly id?: string | undefined;
  readonly book?: string;
  readonly open?: true;
}

/** Payouts of a case, newest first; open ones, where only these are asked for, oldest first. */
export async function payouts(
  sql: Sql,
  caseId: string,
  limit: number,
  { id, book, open }: PayoutFilter = {},
): Promise<PayoutRow[]> {
  return sql<PayoutRow[]>`
    SELECT id, book, channel, amount_fen AS "amountFen", text, state, requested_by AS "requestedBy",
      requested_at AS "requestedAt", decided_by AS "decidedBy", decided_at AS "decidedAt", entry, paid_at AS "paidAt",
      confirmed_by AS "confirmedBy", confirmed_at AS "confirmedAt", party, allowance
    FROM book_payouts WHERE case_id = ${caseId} AND (${id ?? null}::text IS NULL OR id = ${id ?? null})
      AND (${book ?? null}::text IS NULL OR book = ${book ?? null}) ${open ? sql`AND state IN ('requested', 'approved', 'paid')` : sql``}
    ORDER BY ${open ? sql`requested_at, id` : sql`requested_at DESC, id DESC`} LIMIT ${limit}`;
}

/** A voucher that waits for its review, or was reviewed. */
export interface DraftRow {
  readonly id: string;
  readonly book: string;
  readonly channel: Channel;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly sourceDoc: string;
  readonly occurredDate: CalendarDate;
  readonly text: string | null;
  readonly payout: string | null;
  readonly reverses: string | null;
  readonly lines: readonly LineRow[];
  readonly madeBy: string;
  readonly madeAt: Instant;
  readonly state: 'waiting' | 'posted' | 'returned';
  readonly reviewedBy: string | null;
  readonly reviewedAt: Instant | null;
  readonly voucher: string | null;
  readonly seq: number;
}

/** Vouchers made for review: those that wait, or all, newest first; the one of an id where one is given. */
export async function voucherDrafts(
  sql: Sql,
  caseId: string,
  {
    waiting,
    limit,
    beforeSeq,
    id,
  }: {
    readonly waiting: boolean;
    readonly limit: number;
    readonly beforeSeq?: number | undefined;
    readonly id?: string;
  },
): Promise<DraftRow[]> {
  return sql<DraftRow[]>`
    SELECT id, book, channel, direction, amount_fen AS "amountFen", source_doc AS "sourceDoc", occurred_date AS "occurredDate",
      text, payout, reverses, lines, made_by AS "madeBy", made_at AS "madeAt", state, reviewed_by AS "reviewedBy",
      reviewed_at AS "reviewedAt", voucher, seq
    FROM voucher_drafts WHERE case_id = ${caseId} AND (NOT ${waiting}::boolean OR state = 'waiting')
      AND (${beforeSeq ?? null}::bigint IS NULL OR seq < ${beforeSeq ?? null}) AND (${id ?? null}::text IS NULL OR id = ${id ?? null})
    ORDER BY seq DESC LIMIT ${limit}`;
}

/** What a book keeps for one person. */
export interface PersonRow {
  readonly book: string;
  readonly party: string;
  readonly recordedFen: number;
  readonly paidFen: number;
}

/** The sub-ledgers of the books of a case that keep money of several persons. */
export async function bookPersons(sql: Sql, caseId: string): Promise<PersonRow[]> {
  return sql<PersonRow[]>`
    SELECT book, party, recorded_fen AS "recordedFen", paid_fen AS "paidFen" FROM book_persons
    WHERE case_id = ${caseId} ORDER BY book, party`;
}
