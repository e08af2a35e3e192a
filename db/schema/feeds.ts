import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { exactJson, instant } from './columns.ts';
import { people, person, posts } from './organisation.ts';

/**
 * Calendar feeds people have made for themselves. Of the token in a feed's address only the SHA-256 is kept; a new token
 * makes the old address worthless.
 */
export const calendarFeeds = pgTable(
  'calendar_feeds',
  {
    id: text('id').primaryKey(),
    person: text('person')
      .notNull()
      .references(() => people.id),
    /** SHA-256 of the token. */
    hash: text('hash').notNull(),
    /** What the token is worked out from, together with the owner's key or session, which no table holds. */
    nonce: text('nonce').notNull(),
    /** SHA-256 of what was asked for, by which a repeat is told from another request under the same key. */
    bodyHash: text('body_hash').notNull(),
    language: text('language').notNull(),
    /** How far ahead planned duties are shown. */
    months: integer('months').notNull(),
    createdAt: instant('created_at').notNull().default(sql`clock_timestamp()`),
    /** When its token was last changed. */
    rotatedAt: instant('rotated_at'),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (t) => [
    uniqueIndex('calendar_feeds_hash').on(t.hash),
    index('calendar_feeds_person').on(t.person),
    check('calendar_feeds_hash_form', sql`${t.hash} ~ '^[0-9a-f]{64}$'`),
    check('calendar_feeds_language', sql`${t.language} IN ('zh', 'en')`),
    check('calendar_feeds_months', sql`${t.months} BETWEEN 1 AND 12`),
  ],
);

/**
 * The convenience card of a post as it was last published. Telephone and name are published for one holder: under the next
 * they are not shown. The organisation's chain keeps of them only `personalHash`.
 */
export const postCards = person.table('post_cards', {
  post: text('post')
    .primaryKey()
    .references(() => posts.id),
  /** Whose name and telephone they are: the holder for whom they were published; null when neither is. */
  holder: text('holder').references(() => people.id),
  showsName: boolean('shows_name').notNull(),
  telephone: text('telephone'),
  services: exactJson<string[]>('services').notNull(),
  languages: exactJson<string[]>('languages').notNull(),
  /** Salt of the hash, so that no one finds a telephone number by trying all. */
  salt: text('salt').notNull(),
  personalHash: text('personal_hash').notNull(),
  revision: integer('revision').notNull(),
  publishedAt: instant('published_at').notNull(),
  publishedBy: text('published_by').notNull(),
});
