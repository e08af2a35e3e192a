import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, pgTable, text } from 'drizzle-orm/pg-core';
import { bytes, instant } from './columns.ts';

/** The one row that names this installation. Its id is in the header of every event. */
export const installation = pgTable(
  'installation',
  {
    one: boolean('one').primaryKey().default(true),
    id: text('id').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (t) => [check('installation_one', sql`${t.one}`)],
);

/** Programs by the hash of their content. A row never changes: running cases are pinned to it. */
export const programs = pgTable(
  'programs',
  {
    hash: text('hash').primaryKey(),
    id: text('id').notNull(),
    version: text('version').notNull(),
    /** RFC 8785 bytes of the program; `hash` is their SHA-256. */
    content: bytes('content').notNull(),
    installedAt: instant('installed_at').notNull().default(sql`now()`),
  },
  (t) => [check('programs_hash', sql`${t.hash} = encode(sha256(${t.content}), 'hex')`)],
);

/** Changes of the organisation, a hash chain of their own: appointments made and ended, units, posts. */
export const orgEvents = pgTable(
  'org_events',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    type: text('type').notNull(),
    header: bytes('header').notNull(),
    hash: text('hash').notNull(),
    prev: text('prev').notNull(),
    payload: bytes('payload').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (t) => [
    check('org_events_hash', sql`${t.hash} = encode(sha256(${t.header}), 'hex')`),
    // the ids that the bytes name, read by a function of ours that refuses nothing
    index('org_events_subjects').using('gin', sql`org_subjects(${t.payload})`),
  ],
);
