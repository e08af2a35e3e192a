import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { units } from './organisation.ts';

/** A merge, split or closing of a unit whose cases go along, and how far that has come. What is left survives any restart. */
export const unitMoves = pgTable(
  'unit_moves',
  {
    /** Id of the request. */
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    unit: text('unit')
      .notNull()
      .references(() => units.id),
    /** Cases that were on the list when it began; those opened in the same instant come on top. */
    found: integer('found').notNull(),
    beganAt: instant('began_at').notNull().default(sql`clock_timestamp()`),
    doneAt: instant('done_at'),
  },
  (t) => [
    check('unit_moves_kind', sql`${t.kind} IN ('merge', 'split', 'close')`),
    index('unit_moves_unit').on(t.unit),
    index('unit_moves_open').on(t.id).where(sql`${t.doneAt} IS NULL`),
  ],
);

/**
 * A case that goes along: moved once, leased meanwhile. No reference to the case, since making one would wait for whoever
 * works on it.
 */
export const caseMoves = pgTable(
  'case_moves',
  {
    move: text('move')
      .notNull()
      .references(() => unitMoves.id),
    caseId: text('case_id').notNull(),
    into: text('into')
      .notNull()
      .references(() => units.id),
    leaseUntil: instant('lease_until'),
    tries: integer('tries').notNull().default(0),
    nextTry: instant('next_try').notNull(),
    doneAt: instant('done_at'),
  },
  (t) => [
    primaryKey({ columns: [t.move, t.caseId] }),
    index('case_moves_waiting').on(t.nextTry).where(sql`${t.doneAt} IS NULL`),
    index('case_moves_case').on(t.caseId).where(sql`${t.doneAt} IS NULL`),
    index('case_moves_into').on(t.into, t.move),
  ],
);
