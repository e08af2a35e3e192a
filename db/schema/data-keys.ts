import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bytes, instant } from './columns.ts';

/**
 * The keys that what leaves the database is encrypted with, one a case and one for what belongs to none; wrapped by a yearly key
 * that lies outside. Wrapped anew when the yearly key changes; a destroyed one keeps its row and never comes back.
 */
export const dataKeys = pgTable(
  'data_keys',
  {
    /** `<owner>.<eight random hexadecimal digits>`: stands beside what was encrypted. */
    id: text('id').primaryKey(),
    /** A case's id, or `installation`. */
    owner: text('owner').notNull(),
    /** Name of the yearly key it is wrapped with. */
    yearlyKey: text('yearly_key').notNull(),
    /** Nonce, ciphertext and tag of AES-256-GCM; null when the key is destroyed. */
    wrapped: bytes('wrapped'),
    madeAt: instant('made_at').notNull().default(sql`clock_timestamp()`),
    destroyedAt: instant('destroyed_at'),
  },
  (t) => [
    uniqueIndex('data_keys_in_use').on(t.owner).where(sql`${t.destroyedAt} IS NULL`),
    index('data_keys_owner').on(t.owner),
    check('data_keys_destroyed', sql`(${t.wrapped} IS NULL) = (${t.destroyedAt} IS NOT NULL)`),
    check('data_keys_wrapped', sql`octet_length(${t.wrapped}) = 60`),
  ],
);
