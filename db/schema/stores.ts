import { sql } from 'drizzle-orm';
import { bigint, boolean, check, date, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { exactJson, instant } from './columns.ts';

/**
 * By what it is noticed that this database was put back to an earlier point: one row. Temporal keeps the same numbers with their
 * nonces, and a data folder the server's identifier and timeline.
 */
export const storeMarks = pgTable(
  'store_marks',
  {
    one: boolean('one').primaryKey().default(true),
    /** Counts the nonces; Temporal was told this one, and may have been told the next. */
    n: bigint('n', { mode: 'number' }).notNull().default(0),
    nonce: text('nonce'),
    keptAt: instant('kept_at'),
    /** How far the record had come when the nonce was written. */
    place: text('place'),
    leaseUntil: instant('lease_until'),
    /** The server on which the record was last found right: its system identifier and timeline. */
    system: text('system'),
    timeline: integer('timeline'),
    /** Set by `linli restore`: nothing has been compared yet. */
    restored: boolean('restored').notNull().default(false),
  },
  (t) => [check('store_marks_one', sql`${t.one}`)],
);

/**
 * Every backup that was begun of this database and until when it is kept: a destroyed case lies on in those begun before. A row
 * comes before the rows are read, so a backup holds its own.
 */
export const backups = pgTable('backups', {
  id: uuid('id').primaryKey().defaultRandom(),
  begunAt: instant('begun_at').notNull().default(sql`clock_timestamp()`),
  /** The last day on which it is kept, in Shanghai. */
  keepUntil: date('keep_until', { mode: 'string' }).notNull(),
});

/** An act that was answered before a restore, by its ids and its type. */
export interface AnsweredAct {
  readonly caseId: string;
  readonly id: string;
  readonly type: string;
}

/** Every time this database was found put back to an earlier point, and how far the comparison with the histories has come. */
export const restores = pgTable('restores', {
  n: integer('n').primaryKey(),
  foundAt: instant('found_at').notNull(),
  why: text('why').notNull(),
  /** When the last nonce was written that the database still knows: it is not older than the point it was put back to by more than that. */
  asOf: instant('as_of'),
  /** When cases were listed that Temporal knows and the record does not; before that nothing fires and nothing is decided. */
  listedAt: instant('listed_at'),
  lost: exactJson<readonly string[]>('lost').notNull(),
  /**
   * Acts that had woken their case's workflow and that neither the record nor any history holds: they were answered, and what they said
   * is lost.
   */
  answered: exactJson<readonly AnsweredAct[]>('answered').notNull().default(sql`'[]'`),
  /** When the last case was compared. */
  comparedAt: instant('compared_at'),
  leaseUntil: instant('lease_until'),
});

/**
 * What was recorded in a case after a restore and contradicted what its workflow had been told: put aside by
 * `linli repair-record --give-up-since`, for people to look after. Holds no words in clear: payloads lie sealed as they were.
 */
export const givenUpBranches = pgTable(
  'given_up_branches',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    n: integer('n').notNull(),
    /** The last event that record and histories both tell; the branch begins behind it. */
    after: bigint('after', { mode: 'number' }).notNull(),
    givenUpAt: instant('given_up_at').notNull(),
    /** Its events, acts, effects and messages, and the checkpoints that covered it. */
    kept: exactJson<unknown>('kept').notNull(),
    /** SHA-256 of that text, lower-case hex. */
    sha256: text('sha256').notNull(),
    /** When its acts were decided again, and what came of each. Set once. */
    settledAt: instant('settled_at'),
    settled: exactJson<unknown>('settled'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.n] }),
    check('given_up_branches_sha256', sql`encode(sha256(convert_to(${t.kept}::text, 'UTF8')), 'hex') = ${t.sha256}`),
    check('given_up_branches_settled', sql`num_nonnulls(${t.settledAt}, ${t.settled}) IN (0, 2)`),
  ],
);
