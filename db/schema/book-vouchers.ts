import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { books } from './books.ts';
import { exactJson, fen, instant } from './columns.ts';
import { person } from './organisation.ts';

// Vouchers under review, matches by hand, what is kept for each person, and the codes that confirm payouts. What may be written
// by whom and when is enforced in SQL (migration `book_vouchers`).

/** Vouchers made for review: they wait, are posted as a voucher, or go back to who made them. Written under `linli_ledger`. */
export const voucherDrafts = person.table(
  'voucher_drafts',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    book: text('book').notNull(),
    channel: text('channel').notNull(),
    direction: text('direction').notNull(),
    amountFen: fen('amount_fen').notNull(),
    sourceDoc: text('source_doc').notNull(),
    occurredDate: date('occurred_date', { mode: 'string' }).notNull(),
    text: text('text'),
    payout: text('payout'),
    reverses: text('reverses'),
    advance: text('advance'),
    receipts: text('receipts'),
    /** The lines as its event has them. */
    lines: exactJson<unknown>('lines').notNull(),
    madeBy: text('made_by').notNull(),
    madeAt: instant('made_at').notNull(),
    actId: text('act_id'),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    state: text('state').notNull(),
    reviewedBy: text('reviewed_by'),
    reviewedAt: instant('reviewed_at'),
    /** The voucher it became. */
    voucher: text('voucher'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    unique('voucher_drafts_voucher').on(t.caseId, t.voucher),
    index('voucher_drafts_waiting').on(t.caseId, t.book).where(sql`${t.state} = 'waiting'`),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    check('voucher_drafts_state', sql`${t.state} IN ('waiting', 'posted', 'returned')`),
    check('voucher_drafts_direction', sql`${t.direction} IN ('in', 'out')`),
    check('voucher_drafts_red', sql`(${t.reverses} IS NULL) = (${t.amountFen} > 0)`),
    check('voucher_drafts_apart', sql`${t.reviewedBy} <> ${t.madeBy}`),
    check('voucher_drafts_reviewed', sql`(${t.state} = 'waiting') = (${t.reviewedBy} IS NULL)`),
    check('voucher_drafts_posted', sql`(${t.state} = 'posted') = (${t.voucher} IS NOT NULL)`),
  ],
);

/** Matches by hand of entries whose papers bear different numbers. `ended_entry`: the reversal of that member took it apart. */
export const bookMatches = pgTable(
  'book_matches',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    book: text('book').notNull(),
    channel: text('channel').notNull(),
    direction: text('direction').notNull(),
    amountFen: fen('amount_fen').notNull(),
    /** How many entries it has, both sides together. */
    entries: integer('entries').notNull(),
    matchedBy: text('matched_by').notNull(),
    matchedAt: instant('matched_at').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    endedAt: instant('ended_at'),
    endedEntry: text('ended_entry'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    check('book_matches_ended', sql`(${t.endedAt} IS NULL) = (${t.endedEntry} IS NULL)`),
  ],
);

/** The entries of matches by hand. */
export const bookMatchEntries = pgTable(
  'book_match_entries',
  {
    caseId: text('case_id').notNull(),
    match: text('match').notNull(),
    side: text('side').notNull(),
    entry: text('entry').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.match, t.entry] }),
    index('book_match_entries_entry').on(t.caseId, t.entry),
    foreignKey({ columns: [t.caseId, t.match], foreignColumns: [bookMatches.caseId, bookMatches.id] }),
    check('book_match_entries_side', sql`${t.side} IN ('cash', 'ledger')`),
  ],
);

/** The sub-ledger of a book that keeps money of several persons. Written by triggers only. */
export const bookPersons = pgTable(
  'book_persons',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    party: text('party').notNull(),
    /** What vouchers have put to the person's account, those of payouts apart. */
    recordedFen: fen('recorded_fen').notNull(),
    paidFen: fen('paid_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.party] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
  ],
);

/** One-time codes that confirm payouts, hashed with a salt. Only the last one of a payout counts, for five tries. */
export const payoutCodes = person.table(
  'payout_codes',
  {
    caseId: text('case_id').notNull(),
    payout: text('payout').notNull(),
    id: text('id').notNull(),
    salt: text('salt').notNull(),
    hash: text('hash').notNull(),
    issuedAt: instant('issued_at').notNull(),
    tries: integer('tries').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    index('payout_codes_payout').on(t.caseId, t.payout),
    check('payout_codes_hash', sql`${t.hash} ~ '^[0-9a-f]{64}$'`),
    check('payout_codes_tries', sql`${t.tries} BETWEEN 0 AND 5`),
  ],
);
