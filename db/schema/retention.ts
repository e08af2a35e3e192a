import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { units } from './organisation.ts';

/** Longer periods that units have set for themselves and those below; of several the longest counts. Rows never change. */
export const retentionPeriods = pgTable(
  'retention_periods',
  {
    id: text('id').primaryKey(),
    unit: text('unit')
      .notNull()
      .references(() => units.id),
    /** Of engine/retention/classes.ts. */
    class: text('class').notNull(),
    years: integer('years').notNull(),
    /** The rule of the area that asks for it. */
    source: text('source').notNull(),
    setBy: text('set_by').notNull(),
    setAt: instant('set_at').notNull(),
  },
  (t) => [
    index('retention_periods_unit').on(t.unit),
    check('retention_periods_years', sql`${t.years} BETWEEN 1 AND 100`),
  ],
);
