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
import { bookChannels, cashEntries } from './books.ts';
import { fen, instant, recorded } from './columns.ts';
import { person } from './organisation.ts';

// What a bank (or the operator of a purse) says about a channel of a book, and which of its lines are which entries of the
// journal. Lines never change; a match may only end (migration `bank_statements`).

/** Lines of statements as they were brought in, up to 200 at a time. */
export const bankStatements = pgTable(
  'bank_statements',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    book: text('book').notNull(),
    channel: text('channel').notNull(),
    document: text('document'),
    /** How many lines were new, and how many were there already. */
    lines: integer('lines').notNull(),
    skipped: integer('skipped').notNull(),
    ...recorded(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    foreignKey({
      columns: [t.caseId, t.book, t.channel],
      foreignColumns: [bookChannels.caseId, bookChannels.book, bookChannels.channel],
    }),
    check('bank_statements_channel', sql`${t.channel} IN ('bank', 'wechat')`),
    check('bank_statements_lines', sql`${t.lines} BETWEEN 0 AND 200 AND ${t.skipped} BETWEEN 0 AND 200`),
    check('bank_statements_actor', sql`${t.actorKind} IN ('person', 'import')`),
  ],
);

/**
 * The lines. `key` is the SHA-256 of all the bank says of one, `nth` tells apart those that say the same. What it says in words,
 * and so the names in it, lies in `person.bank_line_names`.
 */
export const bankLines = pgTable(
  'bank_lines',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    statement: text('statement').notNull(),
    no: integer('no').notNull(),
    book: text('book').notNull(),
    channel: text('channel').notNull(),
    date: date('date', { mode: 'string' }).notNull(),
    direction: text('direction').notNull(),
    amountFen: fen('amount_fen').notNull(),
    balanceFen: fen('balance_fen'),
    reference: text('reference'),
    key: text('key').notNull(),
    nth: integer('nth').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    unique('bank_lines_once').on(t.caseId, t.book, t.channel, t.key, t.nth),
    unique('bank_lines_no').on(t.caseId, t.statement, t.no),
    index('bank_lines_date').on(t.caseId, t.book, t.channel, t.date),
    foreignKey({ columns: [t.caseId, t.statement], foreignColumns: [bankStatements.caseId, bankStatements.id] }),
    check('bank_lines_direction', sql`${t.direction} IN ('in', 'out')`),
    check('bank_lines_amount', sql`${t.amountFen} BETWEEN 1 AND 10000000000000`),
    check('bank_lines_balance', sql`${t.balanceFen} BETWEEN -10000000000000 AND 10000000000000`),
    check('bank_lines_key', sql`${t.key} ~ '^[0-9a-f]{64}$'`),
  ],
);

/** What the bank says of a line in words: whose account it was, and for what. In the schema for personal data. */
export const bankLineNames = person.table(
  'bank_line_names',
  {
    caseId: text('case_id').notNull(),
    line: text('line').notNull(),
    counterparty: text('counterparty'),
    text: text('text'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.line] }),
    foreignKey({ columns: [t.caseId, t.line], foreignColumns: [bankLines.caseId, bankLines.id] }),
    check('bank_line_names_said', sql`num_nonnulls(${t.counterparty}, ${t.text}) > 0`),
  ],
);

/** Lines and entries that are one movement. `ended_at`: it was taken apart. */
export const bankMatches = pgTable(
  'bank_matches',
  {
    caseId: text('case_id').notNull(),
    id: text('id').notNull(),
    book: text('book').notNull(),
    channel: text('channel').notNull(),
    how: text('how').notNull(),
    /** How many lines and entries it has together. */
    members: integer('members').notNull(),
    matchedBy: text('matched_by').notNull(),
    matchedAt: instant('matched_at').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    endedBy: text('ended_by'),
    endedAt: instant('ended_at'),
    why: text('why'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    foreignKey({
      columns: [t.caseId, t.book, t.channel],
      foreignColumns: [bookChannels.caseId, bookChannels.book, bookChannels.channel],
    }),
    check('bank_matches_how', sql`${t.how} IN ('reference', 'amount and date', 'by hand')`),
    check('bank_matches_members', sql`${t.members} BETWEEN 2 AND 200`),
    check('bank_matches_ended', sql`num_nonnulls(${t.endedBy}, ${t.endedAt}, ${t.why}) IN (0, 3)`),
    check('bank_matches_why', sql`${t.why} IN ('by hand', 'reversed')`),
  ],
);

/** The members of matches: a line of the bank or an entry of the journal each. */
export const bankMatchMembers = pgTable(
  'bank_match_members',
  {
    caseId: text('case_id').notNull(),
    match: text('match').notNull(),
    n: integer('n').notNull(),
    line: text('line'),
    entry: text('entry'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.match, t.n] }),
    index('bank_match_members_line').on(t.caseId, t.line),
    index('bank_match_members_entry').on(t.caseId, t.entry),
    foreignKey({ columns: [t.caseId, t.match], foreignColumns: [bankMatches.caseId, bankMatches.id] }),
    foreignKey({ columns: [t.caseId, t.line], foreignColumns: [bankLines.caseId, bankLines.id] }),
    foreignKey({ columns: [t.caseId, t.entry], foreignColumns: [cashEntries.caseId, cashEntries.id] }),
    check('bank_match_members_one', sql`num_nonnulls(${t.line}, ${t.entry}) = 1`),
  ],
);
