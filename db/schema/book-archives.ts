import { sql } from 'drizzle-orm';
import { bigint, check, foreignKey, integer, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { bookMonths } from './book-closings.ts';
import { instant } from './columns.ts';
import { person } from './organisation.ts';

// Closed months whose vouchers, journal and statements were taken over into the archive. What may be written, by whom and with
// which hash is enforced in SQL (migration `book_archives`).

/** The months after `after` (none: from the beginning) up to `period`, taken over together. */
export const bookArchives = person.table(
  'book_archives',
  {
    caseId: text('case_id').notNull(),
    book: text('book').notNull(),
    period: text('period').notNull(),
    after: text('after'),
    vouchers: integer('vouchers').notNull(),
    entries: integer('entries').notNull(),
    /** Lower-case hex, of what `book_archive` says. */
    sha256: text('sha256').notNull(),
    /** Where the papers lie. */
    place: text('place'),
    by: text('by').notNull(),
    at: instant('at').notNull(),
    actId: text('act_id'),
    seq: bigint('seq', { mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.period] }),
    unique('book_archives_follow').on(t.caseId, t.book, t.after).nullsNotDistinct(),
    foreignKey({
      columns: [t.caseId, t.book, t.period],
      foreignColumns: [bookMonths.caseId, bookMonths.book, bookMonths.period],
    }),
    check('book_archives_order', sql`${t.after} < ${t.period}`),
    check('book_archives_sha256', sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
  ],
);
