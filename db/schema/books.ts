import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  foreignKey,
  index,
  integer,
  numeric,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { exactJson, fen, instant, recorded } from './columns.ts';
import { people, person } from './organisation.ts';

// The two books of a case. What may be written, by which role and by whom is enforced in SQL (migration `books_rules`):
// entries never change, numbers have no gap, balances follow, vouchers balance, red ink mirrors one original.

/** A span of time as Postgres writes it. */
const span = customType<{ data: string }>({ dataType: () => 'tstzrange' });

/** The chart of accounts. */
export const accounts = pgTable('accounts', {
  code: text('code').primaryKey(),
  nameZh: text('name_zh').notNull(),
  nameEn: text('name_en').notNull(),
});

/** A pair of books of a case. */
export const books = pgTable(
  'books',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    book: text('book').notNull(),
    nameZh: text('name_zh').notNull(),
    nameEn: text('name_en').notNull(),
    keeps: text('keeps').notNull(),
    profile: text('profile').notNull().default('two-person'),
    /** It keeps money of several persons, each with a sub-ledger. */
    many: boolean('many').notNull().default(false),
    /** Each day on which money moved has a count of its own, before the next (the program's `closeDayWithin`). */
    daily: boolean('daily').notNull().default(false),
    openedAt: instant('opened_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.caseId, t.book] })],
);

/** Where a book's money lies, and the account of the ledger that stands for it. */
export const bookChannels = pgTable(
  'book_channels',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    channel: text('channel').notNull(),
    account: text('account')
      .notNull()
      .references(() => accounts.code),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.channel] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    check('book_channels_channel', sql`${t.channel} IN ('cash', 'bank', 'wechat')`),
    check(
      'book_channels_account',
      sql`(${t.channel}, ${t.account}) IN (('cash', '1001'), ('bank', '1002'), ('wechat', '1009'))`,
    ),
  ],
);

/** Who had which duty on a book when. One person has at most one duty on one book at any instant (an exclusion constraint). */
export const bookDuties = pgTable(
  'book_duties',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    person: text('person')
      .notNull()
      .references(() => people.id),
    duty: text('duty').notNull(),
    during: span('during').notNull(),
  },
  (t) => [
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    check('book_duties_duty', sql`${t.duty} IN ('cash', 'ledger', 'reviewer', 'approver', 'archive')`),
  ],
);

/**
 * The last number and balance of each side: of the cash journal and the ledger per channel (`period` empty), and the last
 * voucher number per month of posting (`channel` empty). Written by triggers only.
 */
export const bookCounters = pgTable(
  'book_counters',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    side: text('side').notNull(),
    channel: text('channel').notNull(),
    period: text('period').notNull(),
    no: bigint('no', { mode: 'number' }).notNull(),
    balanceFen: fen('balance_fen').notNull(),
    lastAt: instant('last_at'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.side, t.channel, t.period] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
  ],
);

/** Entries that stand (neither red nor reversed), by source document: at most one a side. Written by triggers only. */
export const bookDocuments = pgTable(
  'book_documents',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    side: text('side').notNull(),
    sourceDoc: text('source_doc').notNull(),
    entry: text('entry').notNull(),
  },
  (t) => [primaryKey({ columns: [t.caseId, t.book, t.side, t.sourceDoc] })],
);

/** Money asked for, and what became of it. */
export const bookPayouts = person.table(
  'book_payouts',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    book: text('book').notNull(),
    channel: text('channel').notNull(),
    amountFen: fen('amount_fen').notNull(),
    text: text('text').notNull(),
    /** Whose money it is, in a book of several persons. */
    party: text('party'),
    state: text('state').notNull(),
    /** Who recorded it. */
    requestedBy: text('requested_by')
      .notNull()
      .references(() => people.id),
    /** The role it was recorded for, and who fills that one, where that is somebody with a login. */
    onBehalfOf: text('on_behalf_of'),
    askedBy: text('asked_by'),
    requestedAt: instant('requested_at').notNull(),
    decidedBy: text('decided_by'),
    decidedAt: instant('decided_at'),
    paidBy: text('paid_by'),
    paidAt: instant('paid_at'),
    entry: text('entry'),
    confirmedBy: text('confirmed_by'),
    confirmedAt: instant('confirmed_at'),
    /** What it may do to the allowance, as it was shown last (engine/books/allowance.ts). */
    allowance: exactJson<unknown>('allowance'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    foreignKey({
      columns: [t.caseId, t.book, t.channel],
      foreignColumns: [bookChannels.caseId, bookChannels.book, bookChannels.channel],
    }),
    check('book_payouts_amount', sql`${t.amountFen} BETWEEN 1 AND 10000000000000`),
    check('book_payouts_state', sql`${t.state} IN ('requested', 'approved', 'refused', 'paid', 'confirmed')`),
    check(
      'book_payouts_apart',
      sql`${t.decidedBy} <> ${t.requestedBy} AND (${t.askedBy} IS NULL OR ${t.decidedBy} <> ${t.askedBy})`,
    ),
    check(
      'book_payouts_payer',
      sql`${t.paidBy} <> ${t.decidedBy} AND (${t.confirmedBy} IS NULL OR ${t.paidBy} <> ${t.confirmedBy})`,
    ),
  ],
);

/** Columns both sides share. */
const entryColumns = () => ({
  caseId: text('case_id').notNull(),
  id: text('id').notNull(),
  book: text('book').notNull(),
  channel: text('channel').notNull(),
  no: bigint('no', { mode: 'number' }).notNull(),
  direction: text('direction').notNull(),
  /** Negative in red ink. */
  amountFen: fen('amount_fen').notNull(),
  /** Running balance of the channel on this side after the entry. */
  balanceFen: fen('balance_fen').notNull(),
  sourceDoc: text('source_doc').notNull(),
  occurredDate: date('occurred_date', { mode: 'string' }).notNull(),
  /** The day it is booked on: that of recording, or the first open one after the last closed day. Given by a trigger. */
  bookedDate: date('booked_date', { mode: 'string' }).notNull(),
  /** The day of its paper (in the ledger: the month) was closed when it was recorded. Given by a trigger. */
  late: boolean('late').notNull(),
  text: text('text'),
  payout: text('payout'),
  reverses: text('reverses'),
  /** The helper's advance it is of; one text for all receipts behind it (engine/books/receipts.ts). */
  advance: text('advance'),
  receipts: text('receipts'),
  ...recorded(),
});

/** The cash and bank journal, written by who holds the money, under role `linli_cash`. */
export const cashEntries = person.table('cash_entries', entryColumns(), (t) => [
  primaryKey({ columns: [t.caseId, t.id] }),
  unique('cash_entries_no').on(t.caseId, t.book, t.channel, t.no),
  unique('cash_entries_reverses').on(t.caseId, t.reverses),
  index('cash_entries_document').on(t.caseId, t.book, t.sourceDoc),
  index('cash_entries_booked').on(t.caseId, t.book, t.bookedDate),
  foreignKey({
    columns: [t.caseId, t.book, t.channel],
    foreignColumns: [bookChannels.caseId, bookChannels.book, bookChannels.channel],
  }),
  foreignKey({ columns: [t.caseId, t.payout], foreignColumns: [bookPayouts.caseId, bookPayouts.id] }),
  check('cash_entries_direction', sql`${t.direction} IN ('in', 'out')`),
  check('cash_entries_amount', sql`${t.amountFen} <> 0 AND ${t.amountFen} BETWEEN -10000000000000 AND 10000000000000`),
  check('cash_entries_payout', sql`${t.payout} IS NULL OR ${t.direction} = 'out'`),
  check('cash_entries_red', sql`(${t.reverses} IS NULL) = (${t.amountFen} > 0)`),
  check('cash_entries_balance', sql`${t.balanceFen} BETWEEN 0 AND 10000000000000`),
  check('cash_entries_actor', sql`${t.actorKind} IN ('person', 'import')`),
  check('cash_entries_day', sql`${t.occurredDate} <= (${t.recordedAt} AT TIME ZONE 'Asia/Shanghai')::date`),
]);

/** Vouchers of the ledger, written by the accountant, under role `linli_ledger`. */
export const vouchers = person.table(
  'vouchers',
  {
    ...entryColumns(),
    /** Month of posting `YYYY-MM`; `no` has no gap within it. */
    period: text('period').notNull(),
    lineCount: integer('line_count').notNull(),
    /** Sum of the debit side, and of the credit side. */
    totalFen: fen('total_fen').notNull(),
    /** Where vouchers are reviewed: its id while it waited, and who reviewed it; `recorded_by` is who made it. */
    draft: text('draft'),
    reviewedBy: text('reviewed_by'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    unique('vouchers_no').on(t.caseId, t.book, t.period, t.no),
    unique('vouchers_reverses').on(t.caseId, t.reverses),
    index('vouchers_document').on(t.caseId, t.book, t.sourceDoc),
    index('vouchers_month').on(t.caseId, t.book, t.period),
    foreignKey({
      columns: [t.caseId, t.book, t.channel],
      foreignColumns: [bookChannels.caseId, bookChannels.book, bookChannels.channel],
    }),
    foreignKey({ columns: [t.caseId, t.payout], foreignColumns: [bookPayouts.caseId, bookPayouts.id] }),
    check('vouchers_direction', sql`${t.direction} IN ('in', 'out')`),
    check('vouchers_amount', sql`${t.amountFen} <> 0 AND ${t.amountFen} BETWEEN -10000000000000 AND 10000000000000`),
    check('vouchers_payout', sql`${t.payout} IS NULL OR ${t.direction} = 'out'`),
    check('vouchers_red', sql`(${t.reverses} IS NULL) = (${t.amountFen} > 0)`),
    check('vouchers_balance_bounds', sql`${t.balanceFen} BETWEEN -10000000000000 AND 10000000000000`),
    check('vouchers_actor', sql`${t.actorKind} IN ('person', 'import')`),
    check(
      'vouchers_review',
      sql`(${t.draft} IS NULL) = (${t.reviewedBy} IS NULL) AND ${t.reviewedBy} IS DISTINCT FROM ${t.recordedBy}`,
    ),
    check('vouchers_lines', sql`${t.lineCount} BETWEEN 2 AND 201`),
    check('vouchers_period', sql`${t.period} = to_char(${t.recordedAt} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')`),
    check('vouchers_day', sql`${t.occurredDate} <= (${t.recordedAt} AT TIME ZONE 'Asia/Shanghai')::date`),
  ],
);

/** The lines of vouchers. */
export const voucherLines = person.table(
  'voucher_lines',
  {
    caseId: text('case_id').notNull(),
    voucher: text('voucher').notNull(),
    line: integer('line').notNull(),
    text: text('text').notNull(),
    account: text('account')
      .notNull()
      .references(() => accounts.code),
    side: text('side').notNull(),
    amountFen: fen('amount_fen').notNull(),
    item: text('item'),
    quantity: numeric('quantity'),
    priceFen: fen('price_fen'),
    buyer: text('buyer'),
    /** What it is for (engine/books/kinds.ts); which household paid, by its key, and its receipt; what a subsidy was given for. */
    kind: text('kind'),
    payer: text('payer'),
    receipt: text('receipt'),
    purpose: text('purpose'),
    /** Whose money it is, in a book of several persons. */
    party: text('party'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.voucher, t.line] }),
    foreignKey({ columns: [t.caseId, t.voucher], foreignColumns: [vouchers.caseId, vouchers.id] }),
    check('voucher_lines_side', sql`${t.side} IN ('debit', 'credit')`),
    check(
      'voucher_lines_amount',
      sql`${t.amountFen} <> 0 AND ${t.amountFen} BETWEEN -10000000000000 AND 10000000000000`,
    ),
    check('voucher_lines_price', sql`${t.priceFen} BETWEEN 1 AND 10000000000000 AND ${t.quantity} > 0`),
    check('voucher_lines_product', sql`abs(${t.priceFen} * ${t.quantity} - abs(${t.amountFen})) < 1`),
  ],
);

/** Comparisons of both books that were asked for, with their results. */
export const bookReconciliations = person.table(
  'book_reconciliations',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    comparedBy: text('compared_by').notNull(),
    comparedAt: instant('compared_at').notNull(),
    cashFen: fen('cash_fen').notNull(),
    ledgerFen: fen('ledger_fen').notNull(),
    matched: integer('matched').notNull(),
    unmatched: integer('unmatched').notNull(),
    result: exactJson<unknown>('result').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.seq] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
  ],
);

/** Differences between the two books: at most one open per source document. */
export const bookDiscrepancies = pgTable(
  'book_discrepancies',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    book: text('book').notNull(),
    sourceDoc: text('source_doc').notNull(),
    why: text('why').notNull(),
    found: text('found').notNull(),
    foundAt: instant('found_at').notNull(),
    cashFen: fen('cash_fen'),
    ledgerFen: fen('ledger_fen'),
    /** Of a difference that a count found: the count (none: a hand-over), its channel, and by how much it was over (short: negative). */
    count: text('count'),
    channel: text('channel'),
    offFen: fen('off_fen'),
    /** Of what the two sides of `channel` end a month differently by: the month; `off_fen` is what cash has more. */
    period: text('period'),
    explainedBy: text('explained_by'),
    explainedAt: instant('explained_at'),
    decision: text('decision'),
    decidedBy: text('decided_by'),
    decidedAt: instant('decided_at'),
    how: text('how'),
    settledAt: instant('settled_at'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    uniqueIndex('book_discrepancies_one_open').on(t.caseId, t.book, t.sourceDoc).where(sql`${t.settledAt} IS NULL`),
    check(
      'book_discrepancies_counted',
      sql`(${t.channel} IS NULL) = (${t.offFen} IS NULL) AND ${t.offFen} <> 0 AND (${t.count} IS NULL OR ${t.channel} IS NOT NULL)
        AND (${t.why} <> 'count' OR ${t.channel} IS NOT NULL)
        AND CASE ${t.found} WHEN 'at count' THEN ${t.why} = 'count' AND ${t.count} IS NOT NULL
          WHEN 'at hand-over' THEN ${t.why} = 'count' AND ${t.count} IS NULL ELSE true END`,
    ),
    check(
      'book_discrepancies_month',
      sql`(${t.why} = 'balance') = (${t.period} IS NOT NULL) AND (${t.period} IS NULL OR ${t.channel} IS NOT NULL AND ${t.count} IS NULL)`,
    ),
  ],
);
