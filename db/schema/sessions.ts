import { sql } from 'drizzle-orm';
import { check, index, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { apiKeys } from './organisation.ts';

/** Sign-ins of the web page. The cookie holds a random token, the row only its SHA-256; a revoked key ends its sessions. */
export const sessions = pgTable(
  'sessions',
  {
    hash: text('hash').primaryKey(),
    /** What it is called where its person sees and ends it. */
    id: text('id').notNull().unique().default(sql`gen_random_uuid()::text`),
    key: text('key')
      .notNull()
      .references(() => apiKeys.id),
    /** Given back with every change the page asks for. */
    csrfToken: text('csrf_token').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    expiresAt: instant('expires_at').notNull(),
    seenAt: instant('seen_at').notNull().default(sql`now()`),
    /** The peer it was opened from. */
    address: text('address'),
  },
  (t) => [index('sessions_key').on(t.key), check('sessions_hash', sql`${t.hash} ~ '^[0-9a-f]{64}$'`)],
);
