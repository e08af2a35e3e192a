import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { bookChannels, books } from './books.ts';
import { exactJson, fen, instant } from './columns.ts';
import { person } from './organisation.ts';

// Counts and closings of the books. What is closed stays closed, for every role: the entries' triggers take a shared lock of
// the book, who closes takes it exclusively, so that nothing slips in while sums are taken (migration `book_closings`).

/** Columns of everything an act closes or counts. */
const acted = () => ({
  caseId: text('case_id').notNull(),
  book: text('book').notNull(),
  by: text('by').notNull(),
  at: instant('at').notNull(),
  actId: text('act_id'),
  seq: bigint('seq', { mode: 'number' }).notNull(),
});

/** The register of counts: by the cash holder for the day, or by another in front of him. */
export const bookCounts = person.table(
  'book_counts',
  {
    ...acted(),
    id: text('id').notNull(),
    kind: text('kind').notNull(),
    /** What is booked up to this day was counted. */
    day: date('day', { mode: 'string' }).notNull(),
    /** The cash holder who was there. Who was named as present lies in `person.book_names`. */
    present: text('present'),
    /** Pieces by the value of the note or coin in fen. */
    denominations: exactJson<Record<string, number>>('denominations'),
    /** The part of the year whose surprise count it is. */
    drawn: text('drawn'),
    text: text('text'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    check('book_counts_kind', sql`${t.kind} IN ('day', 'scheduled', 'surprise')`),
    check('book_counts_apart', sql`${t.present} <> ${t.by}`),
  ],
);

/** What a count found on one channel, beside what the journal said at that moment. */
export const bookCountChannels = pgTable(
  'book_count_channels',
  {
    caseId: text('case_id').notNull(),
    count: text('count').notNull(),
    book: text('book').notNull(),
    channel: text('channel').notNull(),
    bookedFen: fen('booked_fen').notNull(),
    countedFen: fen('counted_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.count, t.channel] }),
    foreignKey({ columns: [t.caseId, t.count], foreignColumns: [bookCounts.caseId, bookCounts.id] }),
    foreignKey({
      columns: [t.caseId, t.book, t.channel],
      foreignColumns: [bookChannels.caseId, bookChannels.book, bookChannels.channel],
    }),
    check('book_count_channels_counted', sql`${t.countedFen} BETWEEN 0 AND 10000000000000`),
  ],
);

/** Surprise counts as they were drawn, and what became of them. */
export const bookDraws = pgTable(
  'book_draws',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    /** The part of the year, `2026-3of4`. */
    span: text('span').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    /** Lower-case hex; proves the day. */
    seed: text('seed').notNull(),
    clock: text('clock').notNull(),
    drawnAt: instant('drawn_at').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    missedAt: instant('missed_at'),
    /** The count by which it was made, in time or late. */
    count: text('count'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.span] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    foreignKey({ columns: [t.caseId, t.count], foreignColumns: [bookCounts.caseId, bookCounts.id] }),
    index('book_draws_open').on(t.caseId, t.clock).where(sql`${t.count} IS NULL AND ${t.missedAt} IS NULL`),
    check('book_draws_seed', sql`${t.seed} ~ '^[0-9a-f]{64}$'`),
  ],
);

/** What surprise counts are drawn with: one row, made once. The secret is read by the door alone, its hash by everybody. */
export const countLots = pgTable(
  'count_lots',
  {
    one: boolean('one').primaryKey().default(true),
    secret: text('secret').notNull(),
    commitment: text('commitment').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (t) => [
    check('count_lots_one', sql`${t.one}`),
    check('count_lots_commitment', sql`${t.commitment} = encode(sha256(convert_to(${t.secret}, 'UTF8')), 'hex')`),
  ],
);

/** Days of the cash journal that were closed together: those after `after` (none: from the beginning) up to `day`. */
export const bookDays = pgTable(
  'book_days',
  {
    ...acted(),
    day: date('day', { mode: 'string' }).notNull(),
    after: date('after', { mode: 'string' }),
    /** By which it was counted; none where nothing had moved. */
    count: text('count'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.day] }),
    unique('book_days_follow').on(t.caseId, t.book, t.after).nullsNotDistinct(),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    foreignKey({ columns: [t.caseId, t.count], foreignColumns: [bookCounts.caseId, bookCounts.id] }),
    check('book_days_over', sql`${t.day} <= (${t.at} AT TIME ZONE 'Asia/Shanghai')::date`),
    check('book_days_order', sql`${t.after} < ${t.day}`),
  ],
);

/** Columns of what something moved, from its opening to its closing. */
const sums = () => ({
  openingFen: fen('opening_fen').notNull(),
  inFen: fen('in_fen').notNull(),
  outFen: fen('out_fen').notNull(),
  closingFen: fen('closing_fen').notNull(),
});

/** One channel of the cash side over closed days. */
export const bookDayChannels = pgTable(
  'book_day_channels',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    channel: text('channel').notNull(),
    ...sums(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.day, t.channel] }),
    foreignKey({ columns: [t.caseId, t.book, t.day], foreignColumns: [bookDays.caseId, bookDays.book, bookDays.day] }),
    foreignKey({
      columns: [t.caseId, t.book, t.channel],
      foreignColumns: [bookChannels.caseId, bookChannels.book, bookChannels.channel],
    }),
    check('book_day_channels_sum', sql`${t.closingFen} = ${t.openingFen} + ${t.inFen} - ${t.outFen}`),
  ],
);

/** A closed month of a book; the first one closed holds everything before it. */
export const bookMonths = pgTable(
  'book_months',
  {
    ...acted(),
    period: text('period').notNull(),
    /** By channel what the cash side had more than the ledger, as signed. */
    carry: exactJson<Record<string, number>>('carry'),
    /** By channel the difference by which the approver had signed it. */
    signed: exactJson<Record<string, string>>('signed'),
    /** With December: what went over to the net assets. */
    resultFen: fen('result_fen'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.period] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    check('book_months_period', sql`${t.period} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`),
    check('book_months_over', sql`${t.period} < to_char(${t.at} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')`),
    check('book_months_year', sql`(${t.resultFen} IS NOT NULL) = (right(${t.period}, 2) = '12')`),
  ],
);

/** One channel of a closed month, on one side. */
export const bookMonthChannels = pgTable(
  'book_month_channels',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    period: text('period').notNull(),
    side: text('side').notNull(),
    channel: text('channel').notNull(),
    ...sums(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.period, t.side, t.channel] }),
    foreignKey({
      columns: [t.caseId, t.book, t.period],
      foreignColumns: [bookMonths.caseId, bookMonths.book, bookMonths.period],
    }),
    foreignKey({
      columns: [t.caseId, t.book, t.channel],
      foreignColumns: [bookChannels.caseId, bookChannels.book, bookChannels.channel],
    }),
    check('book_month_channels_side', sql`${t.side} IN ('cash', 'ledger')`),
    check('book_month_channels_sum', sql`${t.closingFen} = ${t.openingFen} + ${t.inFen} - ${t.outFen}`),
  ],
);

/**
 * The trial balance of a closed month: balances are debit positive. `carried_fen` is what the end of the year moves
 * (December only); the next opening is `closing_fen + carried_fen`.
 */
export const bookMonthAccounts = pgTable(
  'book_month_accounts',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    period: text('period').notNull(),
    account: text('account').notNull(),
    openingFen: fen('opening_fen').notNull(),
    debitFen: fen('debit_fen').notNull(),
    creditFen: fen('credit_fen').notNull(),
    closingFen: fen('closing_fen').notNull(),
    carriedFen: fen('carried_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.period, t.account] }),
    foreignKey({
      columns: [t.caseId, t.book, t.period],
      foreignColumns: [bookMonths.caseId, bookMonths.book, bookMonths.period],
    }),
    check('book_month_accounts_sum', sql`${t.closingFen} = ${t.openingFen} + ${t.debitFen} - ${t.creditFen}`),
    check('book_month_accounts_carried', sql`${t.carriedFen} = 0 OR right(${t.period}, 2) = '12'`),
  ],
);
