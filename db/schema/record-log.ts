import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { bytes, instant } from './columns.ts';

/** The chains the log holds, in the order they entered it: a chain's number is its place in the tree over all heads. */
export const logChains = pgTable(
  'log_chains',
  {
    number: integer('number').primaryKey(),
    /** A case's id, `organisation`, `calendar`, `accesses` or `archive`. */
    id: text('id').notNull(),
    /** How many of its events are in the log. */
    logged: bigint('logged', { mode: 'number' }).notNull().default(0),
    /** Its last event, and the hash of it, under the newest checkpoint; 0 and null before its first. */
    seq: bigint('seq', { mode: 'number' }).notNull().default(0),
    head: bytes('head'),
  },
  (t) => [uniqueIndex('log_chains_id').on(t.id), check('log_chains_order', sql`${t.seq} <= ${t.logged}`)],
);

/** The log: every event of every chain, once, by its hash. Rows never change. */
export const logLeaves = pgTable(
  'log_leaves',
  {
    position: bigint('position', { mode: 'number' }).primaryKey(),
    chain: integer('chain')
      .notNull()
      .references(() => logChains.number),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** The 32 bytes of the event's hash: what the leaf is made of. */
    hash: bytes('hash').notNull(),
  },
  (t) => [
    uniqueIndex('log_leaves_event').on(t.chain, t.seq),
    check('log_leaves_hash', sql`octet_length(${t.hash}) = 32`),
    check('log_leaves_position', sql`${t.position} >= 0 AND ${t.seq} >= 1`),
  ],
);

/** Complete subtrees of the log of 16 leaves and more; smaller ones are made of their leaves when asked for. Rows never change. */
export const logNodes = pgTable(
  'log_nodes',
  {
    level: smallint('level').notNull(),
    index: bigint('index', { mode: 'number' }).notNull(),
    hash: bytes('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.level, t.index] })],
);

/** The same over the heads of the chains as of the newest checkpoint; these rows change with them. */
export const logHeadNodes = pgTable(
  'log_head_nodes',
  {
    level: smallint('level').notNull(),
    index: bigint('index', { mode: 'number' }).notNull(),
    hash: bytes('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.level, t.index] })],
);

/** The keys that sign, one after the other. The private ones lie outside the database. Rows never change. */
export const logKeys = pgTable('log_keys', {
  id: integer('id').primaryKey(),
  /** `name+id+key` of a signed note. */
  key: text('key').notNull(),
  /** Whether the key before it has signed that this one comes next; without that, auditors have to be told. */
  announced: boolean('announced').notNull(),
  madeAt: instant('made_at').notNull().default(sql`clock_timestamp()`),
});

/** What was signed, exactly as it was signed. Rows never change. */
export const logCheckpoints = pgTable(
  'log_checkpoints',
  {
    number: bigint('number', { mode: 'number' }).primaryKey(),
    size: bigint('size', { mode: 'number' }).notNull(),
    at: instant('at').notNull(),
    keyId: integer('key_id')
      .notNull()
      .references(() => logKeys.id),
    note: text('note').notNull(),
  },
  (t) => [index('log_checkpoints_size').on(t.size)],
);
