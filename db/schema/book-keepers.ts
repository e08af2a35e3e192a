import { sql } from 'drizzle-orm';
import { boolean, check, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';

/**
 * Who keeps each side of a case's books, whether anything is left on it, and whether it waits to be counted by a new keeper:
 * a read model, by which the sides are found whose keeper has lost the post (activities/chaser.ts).
 */
export const bookKeepers = pgTable(
  'book_keepers',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    book: text('book').notNull(),
    side: text('side').notNull(),
    /** The role of the case that keeps it. */
    role: text('role').notNull(),
    keeper: text('keeper'),
    /** Some channel of it has a balance. */
    remains: boolean('remains').notNull(),
    /** A clock runs until it is counted. */
    waits: boolean('waits').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.book, t.side] }),
    index('book_keepers_keeper').on(t.keeper, t.caseId).where(sql`${t.remains} OR ${t.waits}`),
    check('book_keepers_side', sql`${t.side} IN ('cash', 'ledger')`),
  ],
);
