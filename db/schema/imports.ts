import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, json, primaryKey, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { exactJson, instant } from './columns.ts';
import { apiKeys, person } from './organisation.ts';

/** A list somebody brought to open cases or to fill the organisation from. What its rows hold lies in `person.import_rows`. */
export const imports = person.table(
  'imports',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    /** Who brought it, and with which key: the run has the rights that key has then. */
    person: text('person').notNull(),
    key: text('key')
      .notNull()
      .references(() => apiKeys.id),
    /** Of a list of cases. */
    program: text('program'),
    unit: text('unit'),
    /** The cases began on paper. */
    imported: boolean('imported').notNull().default(false),
    /** SHA-256 of the file and of what was said with it. */
    bodyHash: text('body_hash').notNull(),
    /** What the columns are called, and which of them means what. */
    columns: exactJson<readonly string[]>('columns').notNull(),
    mapping: exactJson<Record<string, string | null>>('mapping').notNull(),
    status: text('status').notNull(),
    /** Rows that look like a case that is there, or like another row, are opened too. */
    duplicates: boolean('duplicates').notNull().default(false),
    /** Why it stopped by itself, in both languages. */
    stopped: json('stopped').$type<readonly [string, string]>(),
    /** Since when its rows could not be recorded though nothing is wrong with them, and why, in both languages. */
    waitingSince: instant('waiting_since'),
    waiting: json('waiting').$type<readonly [string, string]>(),
    /** Which of a person's places it takes until it is emptied: nobody has more lists than places. */
    place: smallint('place'),
    createdAt: instant('created_at').notNull().default(sql`clock_timestamp()`),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    /** From then on nothing of what the rows held is kept. */
    forgetAt: instant('forget_at').notNull(),
    forgottenAt: instant('forgotten_at'),
    leaseUntil: instant('lease_until'),
    tries: integer('tries').notNull().default(0),
    nextTry: instant('next_try'),
  },
  (t) => [
    index('imports_person').on(t.person, t.createdAt),
    uniqueIndex('imports_place').on(t.person, t.place).where(sql`${t.forgottenAt} IS NULL`),
    check('imports_places', sql`${t.place} BETWEEN 1 AND 20`),
    index('imports_running').on(t.nextTry).where(sql`${t.status} = 'running'`),
    index('imports_forget').on(t.forgetAt).where(sql`${t.forgottenAt} IS NULL`),
    check('imports_kind', sql`${t.kind} IN ('cases', 'organisation')`),
    check('imports_status', sql`${t.status} IN ('checked', 'running', 'done', 'cancelled', 'stopped')`),
    check('imports_of_cases', sql`${t.kind} <> 'cases' OR (${t.program} IS NOT NULL AND ${t.unit} IS NOT NULL)`),
    check('imports_body_hash', sql`${t.bodyHash} ~ '^[0-9a-f]{64}$'`),
  ],
);

/**
 * The rows of a list: what they hold until it is opened or forgotten, and what came of each. `request` is the opening as it
 * was checked; what is opened is exactly that.
 */
export const importRows = person.table(
  'import_rows',
  {
    importId: text('import_id')
      .notNull()
      .references(() => imports.id),
    /** The sheet of a workbook; empty where there is one. */
    sheet: text('sheet').notNull().default(''),
    row: integer('row').notNull(),
    cells: exactJson<Record<string, string>>('cells'),
    /** Columns whose number a spreadsheet has rounded. */
    rounded: exactJson<readonly string[]>('rounded'),
    request: exactJson<Record<string, unknown>>('request'),
    state: text('state').notNull(),
    /** What is wrong with it, in both languages, with columns. */
    problems: exactJson<readonly unknown[]>('problems'),
    caseId: text('case_id'),
  },
  (t) => [
    primaryKey({ columns: [t.importId, t.sheet, t.row] }),
    index('import_rows_waiting').on(t.importId, t.row).where(sql`${t.state} IN ('ready', 'duplicate')`),
    check('import_rows_state', sql`${t.state} IN ('ready', 'duplicate', 'refused', 'opened', 'failed', 'skipped')`),
    check('import_rows_opened', sql`(${t.state} <> 'opened') OR (${t.cells} IS NULL AND ${t.request} IS NULL)`),
  ],
);
