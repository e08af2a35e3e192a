import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { bytes, exactJson, instant } from './columns.ts';
import { units } from './organisation.ts';

/**
 * Every version of every year of the working-day calendar, a hash chain of its own; rows never change. `content` holds
 * the exact bytes that are hashed: area, record, who loaded it, when and why, and the hash before. Without an area it is
 * the country's.
 */
export const calendarRecords = pgTable(
  'calendar_records',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    area: text('area').references(() => units.id),
    year: integer('year').notNull(),
    /** Counts the versions of this area's year from 1: its revision. */
    version: integer('version').notNull(),
    content: bytes('content').notNull(),
    hash: text('hash').notNull(),
    prev: text('prev').notNull(),
    loadedAt: instant('loaded_at').notNull(),
  },
  (t) => [
    uniqueIndex('calendar_records_version').on(sql`coalesce(${t.area}, '')`, t.year, t.version),
    check('calendar_records_hash', sql`${t.hash} = encode(sha256(${t.content}), 'hex')`),
    check('calendar_records_year', sql`${t.year} BETWEEN 1900 AND 2999`),
  ],
);

/** How far the deadlines that a record touches have been projected again. One row a record; what is left survives any restart. */
export const calendarProjections = pgTable(
  'calendar_projections',
  {
    seq: bigint('seq', { mode: 'number' })
      .primaryKey()
      .references(() => calendarRecords.seq),
    /** First and last days of the stretches the record changed or made certain, in order. */
    days: exactJson<[string, string][]>('days').notNull(),
    /** Cases are looked at once all transactions older than this one have ended: they may not have seen the record. */
    barrier: bigint('barrier', { mode: 'number' }),
    /** The last case looked at; `foundAt` is set when there are no more. */
    cursor: text('cursor').notNull().default(''),
    affected: integer('affected').notNull().default(0),
    done: integer('done').notNull().default(0),
    beganAt: instant('began_at'),
    foundAt: instant('found_at'),
    doneAt: instant('done_at'),
  },
  (t) => [index('calendar_projections_open').on(t.seq).where(sql`${t.doneAt} IS NULL`)],
);

/** A case that a record touches: projected once, leased meanwhile. */
export const calendarEffects = pgTable(
  'calendar_effects',
  {
    seq: bigint('seq', { mode: 'number' })
      .notNull()
      .references(() => calendarProjections.seq),
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    leaseUntil: instant('lease_until'),
    tries: integer('tries').notNull().default(0),
    nextTry: instant('next_try').notNull(),
    doneAt: instant('done_at'),
  },
  (t) => [
    primaryKey({ columns: [t.seq, t.caseId] }),
    index('calendar_effects_waiting').on(t.nextTry).where(sql`${t.doneAt} IS NULL`),
  ],
);
