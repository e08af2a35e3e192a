import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, instant } from './columns.ts';

/**
 * Every ended run of a case's workflow, one row each, a chain of their own by `n`: `hash` is that of the manifest's RFC 8785
 * bytes, which name all that the columns say and the row before. Not bound to `cases`: a history outlives whatever happens
 * there. Rows never change.
 */
export const archivedRuns = pgTable(
  'archived_runs',
  {
    n: bigint('n', { mode: 'number' }).primaryKey(),
    runId: text('run_id').notNull().unique(),
    caseId: text('case_id').notNull(),
    firstRun: text('first_run').notNull(),
    previousRun: text('previous_run'),
    nextRun: text('next_run'),
    status: text('status').notNull(),
    startedAt: instant('started_at').notNull(),
    closedAt: instant('closed_at').notNull(),
    /** Where the run began and where it stood in the end; null where its payloads cannot be read any more. */
    firstSeq: bigint('first_seq', { mode: 'number' }),
    firstHead: text('first_head'),
    lastSeq: bigint('last_seq', { mode: 'number' }),
    lastHead: text('last_head'),
    /** Of the history: its events, the size of its protobuf bytes and their hash. */
    events: integer('events').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    archivedAt: instant('archived_at').notNull(),
    manifest: bytes('manifest').notNull(),
    hash: text('hash').notNull(),
    prev: text('prev').notNull(),
  },
  (t) => [
    index('archived_runs_case').on(t.caseId, t.lastSeq),
    check('archived_runs_hash', sql`${t.hash} = encode(sha256(${t.manifest}), 'hex')`),
    check(
      'archived_runs_status',
      sql`${t.status} IN ('completed', 'continuedAsNew', 'failed', 'terminated', 'timedOut', 'canceled')`,
    ),
  ],
);

/** The gzip stream of a run's history in pieces, `part` from 1 on. Rows never change. */
export const archivedRunParts = pgTable(
  'archived_run_parts',
  {
    runId: text('run_id')
      .notNull()
      .references(() => archivedRuns.runId),
    part: integer('part').notNull(),
    content: bytes('content').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.part] })],
);

/** Ended runs that were found and are not archived yet; leased while that is done. A row goes with the archiving. */
export const runsToArchive = pgTable(
  'runs_to_archive',
  {
    runId: text('run_id').primaryKey(),
    workflowId: text('workflow_id').notNull(),
    closedAt: instant('closed_at').notNull(),
    foundAt: instant('found_at').notNull(),
    leaseUntil: instant('lease_until'),
    tries: integer('tries').notNull().default(0),
    nextTry: instant('next_try').notNull(),
    /** When Temporal was first found not to have the history any more. */
    lostAt: instant('lost_at'),
  },
  (t) => [index('runs_to_archive_waiting').on(t.nextTry), index('runs_to_archive_closed').on(t.closedAt)],
);

/** How far Temporal's list of ended runs has been looked through: one row, leased by whoever looks. */
export const archiveScan = pgTable(
  'archive_scan',
  {
    one: boolean('one').primaryKey().default(true),
    holder: text('holder'),
    leaseUntil: instant('lease_until'),
    /** All runs that ended before this are archived or in `runs_to_archive`. */
    completeUntil: instant('complete_until'),
    /** When the whole list was last looked through. */
    fullAt: instant('full_at'),
  },
  (t) => [check('archive_scan_one', sql`${t.one}`)],
);
