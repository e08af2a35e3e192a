import { sql } from 'drizzle-orm';
import { check, foreignKey, index, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { auditSamples } from './audit-samples.ts';
import { bytes, instant } from './columns.ts';
import { person, units } from './organisation.ts';

/**
 * Bulletins as they were published, byte by byte. The event `bulletin.published` of the organisation's chain keeps the hash of
 * `content`. Rows never change: what was wrong is corrected by another bulletin that names the one it corrects.
 */
export const auditBulletins = person.table(
  'audit_bulletins',
  {
    id: text('id').primaryKey(),
    unit: text('unit')
      .notNull()
      .references(() => units.id),
    /** Of a sample, or else of a month. */
    sample: text('sample').references(() => auditSamples.id),
    month: text('month'),
    /** The bulletin that this one takes the place of. */
    corrects: text('corrects'),
    language: text('language').notNull(),
    content: bytes('content').notNull(),
    hash: text('hash').notNull(),
    publishedAt: instant('published_at').notNull(),
  },
  (t) => [
    foreignKey({ name: 'audit_bulletins_corrects', columns: [t.corrects], foreignColumns: [t.id] }),
    // one first bulletin of a matter, and one correction of each: the newest is never in doubt
    uniqueIndex('audit_bulletins_corrected').on(t.corrects),
    uniqueIndex('audit_bulletins_month')
      .on(t.unit, t.month)
      .where(sql`${t.corrects} IS NULL AND ${t.month} IS NOT NULL`),
    uniqueIndex('audit_bulletins_sample').on(t.sample).where(sql`${t.corrects} IS NULL AND ${t.sample} IS NOT NULL`),
    index('audit_bulletins_unit').on(t.unit, t.publishedAt),
    check('audit_bulletins_matter', sql`(${t.sample} IS NULL) <> (${t.month} IS NULL)`),
    check('audit_bulletins_hash', sql`${t.hash} = encode(sha256(${t.content}), 'hex')`),
  ],
);
