import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
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
import { books, cashEntries } from './books.ts';
import { cases } from './cases.ts';
import { exactJson, fen, instant, recorded } from './columns.ts';
import { person } from './organisation.ts';

// What the books keep beside journal and ledger: gifts with their givers, helpers' advances, and the households behind one
// amount. Numbers without gap, counter entries and what may be repaid are enforced in SQL (migration `book_registers`).

/** The names a register needs: who gave, who received, who paid in advance, who saw a count. In the schema for personal data. */
export const bookNames = person.table(
  'book_names',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    /** The gift, the advance or the count. */
    id: text('id').notNull(),
    what: text('what').notNull(),
    name: text('name').notNull(),
    /** Where a letter of thanks reaches the giver. */
    contact: text('contact'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id, t.what] }),
    check('book_names_what', sql`${t.what} IN ('giver', 'receiver', 'helper', 'witness')`),
  ],
);

/** The register of gifts of a book, in money and in kind. A counter entry (`reverses`) has negative value and quantity. */
export const bookGifts = person.table(
  'book_gifts',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    book: text('book').notNull(),
    /** Without gap in the book. */
    no: bigint('no', { mode: 'number' }).notNull(),
    kind: text('kind').notNull(),
    giverKind: text('giver_kind').notNull(),
    /** Of a giver without a name: his number in the year, without gap. */
    anonymousYear: text('anonymous_year'),
    anonymousN: integer('anonymous_n'),
    item: text('item'),
    quantity: numeric('quantity'),
    unit: text('unit'),
    /** Of things an estimate. */
    valueFen: fen('value_fen').notNull(),
    channel: text('channel'),
    entry: text('entry'),
    sourceDoc: text('source_doc'),
    purpose: text('purpose'),
    occurredDate: date('occurred_date', { mode: 'string' }).notNull(),
    evidence: exactJson<readonly string[]>('evidence'),
    reverses: text('reverses'),
    ...recorded(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    foreignKey({ columns: [t.caseId, t.entry], foreignColumns: [cashEntries.caseId, cashEntries.id] }),
    foreignKey({ columns: [t.caseId, t.reverses], foreignColumns: [t.caseId, t.id] }),
    unique('book_gifts_no').on(t.caseId, t.book, t.no),
    unique('book_gifts_reverses').on(t.caseId, t.reverses),
    unique('book_gifts_entry').on(t.caseId, t.entry),
    uniqueIndex('book_gifts_anonymous')
      .on(t.caseId, t.book, t.anonymousYear, t.anonymousN)
      .where(sql`${t.reverses} IS NULL AND ${t.anonymousN} IS NOT NULL`),
    check('book_gifts_kind', sql`${t.kind} IN ('cash', 'inKind')`),
    check('book_gifts_giver', sql`${t.giverKind} IN ('person', 'unit', 'anonymous')`),
    check(
      'book_gifts_anonymous_no',
      sql`num_nonnulls(${t.anonymousYear}, ${t.anonymousN}) = CASE ${t.giverKind} WHEN 'anonymous' THEN 2 ELSE 0 END`,
    ),
    check(
      'book_gifts_form',
      sql`CASE ${t.kind} WHEN 'cash' THEN num_nonnulls(${t.entry}, ${t.channel}, ${t.sourceDoc}) = 3 AND num_nonnulls(${t.item}, ${t.quantity}, ${t.unit}) = 0
        ELSE num_nonnulls(${t.entry}, ${t.channel}, ${t.sourceDoc}) = 0 AND num_nonnulls(${t.item}, ${t.quantity}, ${t.unit}) = 3 END`,
    ),
    check(
      'book_gifts_value',
      sql`${t.valueFen} <> 0 AND ${t.valueFen} BETWEEN -10000000000000 AND 10000000000000 AND (${t.reverses} IS NULL) = (${t.valueFen} > 0)`,
    ),
    check('book_gifts_quantity', sql`${t.quantity} IS NULL OR (${t.reverses} IS NULL) = (${t.quantity} > 0)`),
    check('book_gifts_actor', sql`${t.actorKind} IN ('person', 'import')`),
  ],
);

/** Thanks that have gone out for a gift. */
export const bookGiftThanks = pgTable(
  'book_gift_thanks',
  {
    caseId: text('case_id').notNull(),
    gift: text('gift').notNull(),
    how: text('how').notNull(),
    sentDate: date('sent_date', { mode: 'string' }).notNull(),
    evidence: exactJson<readonly string[]>('evidence'),
    ...recorded(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.gift] }),
    foreignKey({ columns: [t.caseId, t.gift], foreignColumns: [bookGifts.caseId, bookGifts.id] }),
    check('book_gift_thanks_how', sql`${t.how} IN ('letter', 'message', 'visit', 'notice')`),
  ],
);

/** What helpers paid from their own pocket: claims on a book. What is repaid is the sum of the entries that name one. */
export const bookAdvances = person.table(
  'book_advances',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    book: text('book').notNull(),
    /** Without gap in the book. */
    no: bigint('no', { mode: 'number' }).notNull(),
    paid: text('paid').notNull(),
    amountFen: fen('amount_fen').notNull(),
    /** The helper, where he has a login, or is a party of the case. */
    helper: text('helper'),
    party: text('party'),
    /** What it was paid for, and for which households. */
    text: text('text').notNull(),
    households: exactJson<readonly string[]>('households'),
    sourceDoc: text('source_doc').notNull(),
    occurredDate: date('occurred_date', { mode: 'string' }).notNull(),
    evidence: exactJson<readonly string[]>('evidence'),
    ...recorded(),
    settledAt: instant('settled_at'),
    how: text('how'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    foreignKey({ columns: [t.caseId, t.book], foreignColumns: [books.caseId, books.book] }),
    unique('book_advances_no').on(t.caseId, t.book, t.no),
    index('book_advances_open').on(t.caseId).where(sql`${t.settledAt} IS NULL`),
    check('book_advances_paid', sql`${t.paid} IN ('into the book', 'to others')`),
    check('book_advances_amount', sql`${t.amountFen} BETWEEN 1 AND 10000000000000`),
    check('book_advances_actor', sql`${t.actorKind} IN ('person', 'import')`),
    check('book_advances_helper', sql`${t.helper} IS NULL OR ${t.helper} <> ${t.recordedBy}`),
    check(
      'book_advances_settled',
      sql`num_nonnulls(${t.settledAt}, ${t.how}) IN (0, 2) AND (${t.how} IS NULL OR ${t.how} IN ('repaid', 'withdrawn'))`,
    ),
  ],
);

/** The households behind one amount of the journal, written by who holds the money, under role `linli_cash`. */
export const cashLines = person.table(
  'cash_lines',
  {
    caseId: text('case_id').notNull(),
    entry: text('entry').notNull(),
    line: integer('line').notNull(),
    book: text('book').notNull(),
    /** The key of the household in its list, or a party's id; never a name. */
    payer: text('payer').notNull(),
    amountFen: fen('amount_fen').notNull(),
    receipt: text('receipt').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.entry, t.line] }),
    unique('cash_lines_once').on(t.caseId, t.entry, t.receipt),
    index('cash_lines_receipt').on(t.caseId, t.book, t.receipt),
    foreignKey({ columns: [t.caseId, t.entry], foreignColumns: [cashEntries.caseId, cashEntries.id] }),
    check('cash_lines_line', sql`${t.line} BETWEEN 1 AND 200`),
    check('cash_lines_amount', sql`${t.amountFen} BETWEEN 1 AND 10000000000000`),
  ],
);
