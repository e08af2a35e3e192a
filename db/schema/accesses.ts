import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { bytes, instant } from './columns.ts';

/** Blocks of the access log: each seals the reads noted since the one before, and is an event of the chain `accesses`. Rows never change. */
export const accessBlocks = pgTable(
  'access_blocks',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    /** RFC 8785 JSON of `{v, installation, seq, sealedAt, count, root, prev}`: what is hashed. */
    header: bytes('header').notNull(),
    hash: text('hash').notNull(),
    prev: text('prev').notNull(),
    /** How many reads it seals. */
    count: integer('count').notNull(),
    sealedAt: instant('sealed_at').notNull(),
  },
  (t) => [check('access_blocks_full', sql`${t.seq} >= 1 AND ${t.count} >= 1`)],
);

/** Reads of personal data: who read of which cases, when and what for. Ids only. Rows never change, but for the block that seals them. */
export const accesses = pgTable(
  'accesses',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant('at').notNull(),
    person: text('person').notNull(),
    /** What the login is for, and the post and unit of it. */
    role: text('role').notNull(),
    post: text('post'),
    unit: text('unit'),
    kind: text('kind').notNull(),
    /** The cases of which something was shown. */
    cases: text('cases').array().notNull(),
    purpose: text('purpose').notNull(),
    relation: text('relation').notNull(),
    /** The emergency access it was read under. */
    emergency: text('emergency'),
    /** HTTP status; 403 and 404 were asked for and not shown. */
    status: integer('status').notNull(),
    /** RFC 8785 JSON of the whole note: what its leaf in the block is made of. */
    content: bytes('content').notNull(),
    block: bigint('block', { mode: 'number' }).references(() => accessBlocks.seq),
  },
  (t) => [
    index('accesses_at').on(t.at),
    index('accesses_person').on(t.person, t.id),
    index('accesses_cases').using('gin', t.cases),
    index('accesses_block').on(t.block, t.id),
  ],
);
