import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { exactJson, instant } from './columns.ts';
import { units } from './organisation.ts';

/**
 * Random samples of cases that auditors have drawn. `frame` is what could be drawn: one line a case, in order, each with a line
 * feed. The event `sample.drawn` of the organisation's chain keeps the hashes of frame and seed. Rows never change.
 */
export const auditSamples = pgTable(
  'audit_samples',
  {
    id: text('id').primaryKey(),
    unit: text('unit')
      .notNull()
      .references(() => units.id),
    /** What the cases of the frame had in common; evaluated once, when it was drawn. */
    query: exactJson<Record<string, unknown>>('query').notNull(),
    seed: text('seed').notNull(),
    seedHash: text('seed_hash').notNull(),
    size: integer('size').notNull(),
    frame: text('frame').notNull(),
    frameHash: text('frame_hash').notNull(),
    frameCount: integer('frame_count').notNull(),
    drawnBy: text('drawn_by').notNull(),
    drawnAt: instant('drawn_at').notNull(),
  },
  (t) => [
    index('audit_samples_unit').on(t.unit, t.drawnAt),
    check('audit_samples_seed_hash', sql`${t.seedHash} = encode(sha256(convert_to(${t.seed}, 'UTF8')), 'hex')`),
    check('audit_samples_frame_hash', sql`${t.frameHash} = encode(sha256(convert_to(${t.frame}, 'UTF8')), 'hex')`),
    check('audit_samples_size', sql`${t.size} BETWEEN 1 AND 200`),
  ],
);

/** The cases that were drawn, in the order of the draw, with the unit each was of then. Rows never change. */
export const auditSampleCases = pgTable(
  'audit_sample_cases',
  {
    sample: text('sample')
      .notNull()
      .references(() => auditSamples.id),
    position: integer('position').notNull(),
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    unit: text('unit').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sample, t.position] }),
    uniqueIndex('audit_sample_cases_case').on(t.caseId, t.sample),
  ],
);
