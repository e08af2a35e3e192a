import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bytes, exactJson, instant } from './columns.ts';
import { programs } from './installation.ts';
import { units } from './organisation.ts';

/** One row a case: what is locked, the head of its chain, its state, and what lists and the sweeper look at. `seq` is the revision. */
export const cases = pgTable(
  'cases',
  {
    caseId: text('case_id').primaryKey(),
    caseNo: text('case_no').notNull(),
    unit: text('unit')
      .notNull()
      .references(() => units.id),
    programId: text('program_id').notNull(),
    programVersion: text('program_version').notNull(),
    programHash: text('program_hash')
      .notNull()
      .references(() => programs.hash),
    status: text('status').notNull(),
    stage: text('stage'),
    imported: boolean('imported').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** Hash of the last event. */
    head: text('head').notNull(),
    /** A JSON string: sealed with the case's key (db/sealed.ts). An object: in clear, as earlier releases and a destroyed case leave it. */
    state: exactJson<unknown>('state').notNull(),
    /**
     * What SQL has to find in the state: ids, numbers, dates and flags, no words (door/outline.ts). Null while the row is as an earlier
     * release left it: then SQL looks into the state.
     */
    outline: exactJson<unknown>('outline'),
    /** How the row is stored: `STORED` of door/case-row.ts. */
    stateVersion: integer('state_version').notNull(),
    calendarVersion: text('calendar_version').notNull(),
    openedAt: instant('opened_at').notNull(),
    /** Recorded time of the last event: no later event is recorded before it. */
    lastAt: instant('last_at').notNull(),
    closedAt: instant('closed_at'),
    /** The earliest due date of an open deadline; may lie in the past. For people. */
    nextDue: instant('next_due'),
    /** When something of the case fires next. For the clock: wheel, sweeper and the workflow's timer. */
    wakeAt: instant('wake_at'),
    /** How far the case's workflow has taken the events into its history, and since when it lags behind. */
    witnessedSeq: bigint('witnessed_seq', { mode: 'number' }).notNull().default(0),
    laggingSince: instant('lagging_since'),
    /** Set when the record was found behind the case's workflow, with what the workflow knew. */
    frozenAt: instant('frozen_at'),
    frozenSeq: bigint('frozen_seq', { mode: 'number' }),
    frozenHead: text('frozen_head'),
    /** Set when time could not be brought up to date for this case; acts on it are refused until repaired. */
    stuckSince: instant('stuck_since'),
    stuckReason: text('stuck_reason'),
    /** Run of the case's workflow, once the first wake has arrived. */
    runId: text('run_id'),
  },
  (t) => [
    uniqueIndex('cases_case_no').on(t.caseNo),
    index('cases_unit').on(t.unit, t.status),
    index('cases_next_due').on(t.nextDue, t.caseId),
    // streams ask every few seconds what has changed since
    index('cases_last_at').on(t.lastAt),
    index('cases_wake_at').on(t.wakeAt).where(sql`${t.wakeAt} IS NOT NULL`),
    index('cases_unit_wake_at')
      .on(t.unit, t.wakeAt)
      .where(sql`${t.wakeAt} IS NOT NULL AND ${t.frozenAt} IS NULL AND ${t.stuckSince} IS NULL`),
    index('cases_lagging').on(t.laggingSince).where(sql`${t.laggingSince} IS NOT NULL`),
    index('cases_part_of')
      .on(sql`(${t.outline} -> 'partOf' ->> 'caseId')`, t.status)
      .where(sql`(${t.outline} -> 'partOf' ->> 'caseId') IS NOT NULL`),
    index('cases_groups').on(t.caseId).where(sql`${t.outline} -> 'groups' IS NOT NULL`),
    index('cases_set_aside').on(t.caseId).where(sql`${t.frozenAt} IS NOT NULL OR ${t.stuckSince} IS NOT NULL`),
    check('cases_status', sql`${t.status} IN ('proposed', 'open', 'suspended', 'followUp', 'closed')`),
    check('cases_witnessed', sql`${t.witnessedSeq} >= 0`),
  ],
);

/** Every act with its outcome, by its id: what makes repeating a request safe. Rows never change. */
export const acts = pgTable(
  'acts',
  {
    actId: text('act_id').primaryKey(),
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    type: text('type').notNull(),
    /** The keyed hash of the body, or its SHA-256 from an earlier release (door/act-body.ts); zeros where the body is not known. */
    bodyHash: text('body_hash').notNull(),
    status: text('status').notNull(),
    /** Sealed as a state is: it repeats words. */
    refusal: exactJson<unknown>('refusal'),
    /** The case's seq after the act; `firstSeq` is its first event, null when it made none. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    firstSeq: bigint('first_seq', { mode: 'number' }),
    actorKind: text('actor_kind').notNull(),
    actorId: text('actor_id').notNull(),
    actorPost: text('actor_post'),
    recordedAt: instant('recorded_at').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    /** What the answer said of the case: a repeat answers the same. */
    after: exactJson<unknown>('after'),
  },
  (t) => [
    index('acts_case').on(t.caseId, t.seq),
    index('acts_person').on(t.actorId, t.recordedAt).where(sql`${t.actorKind} <> 'system'`),
    index('acts_post').on(t.actorPost, t.recordedAt).where(sql`${t.actorPost} IS NOT NULL`),
    index('acts_type').on(t.type, t.recordedAt),
    check('acts_status', sql`${t.status} IN ('recorded', 'refused')`),
    check('acts_outcome', sql`(${t.status} = 'refused') = (${t.refusal} IS NOT NULL)`),
    check('acts_body_hash', sql`${t.bodyHash} ~ '^[0-9a-f]{64}$'`),
  ],
);

/** The record: per case a gapless hash chain. `header` holds the exact bytes that are hashed. Rows never change. */
export const events = pgTable(
  'events',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    type: text('type').notNull(),
    header: bytes('header').notNull(),
    hash: text('hash').notNull(),
    prev: text('prev').notNull(),
    /**
     * RFC 8785 bytes of `{data, salt}`, sealed with a key of the case (db/sealed.ts) or, from earlier releases, in clear. The
     * header's commitment is the SHA-256 of the clear bytes.
     */
    payload: bytes('payload').notNull(),
    recordedAt: instant('recorded_at').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    actorKind: text('actor_kind').notNull(),
    actorId: text('actor_id').notNull(),
    actorPost: text('actor_post'),
    actId: text('act_id'),
    programHash: text('program_hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.seq] }),
    // whoever reads a case: is there a complaint or an emergency that is kept from him?
    index('events_words').on(t.caseId, t.seq).where(sql`${t.type} IN ('complaint.made', 'emergency.reported')`),
    // auditors search over all cases: by either time, by person, by post, by type; and who filled which role then
    index('events_recorded').on(t.recordedAt, t.caseId, t.seq),
    index('events_occurred').on(t.occurredAt, t.caseId, t.seq),
    index('events_person').on(t.actorId, t.recordedAt).where(sql`${t.actorKind} <> 'system'`),
    index('events_post').on(t.actorPost, t.recordedAt).where(sql`${t.actorPost} IS NOT NULL`),
    index('events_type').on(t.type, t.recordedAt),
    index('events_inspections')
      .on(t.caseId, t.seq)
      .where(
        sql`${t.type} IN ('inspection.recorded', 'finding.recorded', 'finding.answered', 'finding.accepted', 'finding.returned')`,
      ),
    index('events_roles').on(t.caseId, t.seq).where(sql`${t.type} IN ('case.opened', 'role.assigned', 'case.moved')`),
    check('events_hash', sql`${t.hash} = encode(sha256(${t.header}), 'hex')`),
    check('events_seq', sql`${t.seq} >= 1`),
    check('events_header_size', sql`octet_length(${t.header}) <= 4096`),
    // 768 KiB, and what sealing adds at most
    check('events_payload_size', sql`octet_length(${t.payload}) <= 786526`),
    check('events_actor_kind', sql`${t.actorKind} IN ('person', 'system', 'import')`),
  ],
);

/** Work outside the case that a recorded event asks for; each runs once as workflow `effect/<id>`. Leased by the dispatcher. */
export const effects = pgTable(
  'effects',
  {
    id: text('id').primaryKey(),
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    n: integer('n').notNull(),
    kind: text('kind').notNull(),
    /** Ids and keys of programs; `child`, what another unit is told, is sealed with the case's key (`sealEffect` of db/sealed.ts). */
    payload: exactJson<Record<string, unknown>>('payload').notNull(),
    createdAt: instant('created_at').notNull(),
    leaseUntil: instant('lease_until'),
    tries: integer('tries').notNull().default(0),
    nextTry: instant('next_try').notNull(),
    /** When its workflow was started (or found started). */
    doneAt: instant('done_at'),
    /** Sealed as a state is. */
    answer: exactJson<unknown>('answer'),
  },
  (t) => [
    uniqueIndex('effects_source').on(t.caseId, t.seq, t.n),
    index('effects_waiting').on(t.nextTry).where(sql`${t.doneAt} IS NULL`),
  ],
);

/** Every unit's wheel as it last said of itself: doors and workers see by it whether a wheel serves the unit. */
export const wheels = pgTable('wheels', {
  unit: text('unit')
    .primaryKey()
    .references(() => units.id),
  /** End of the last turn. */
  turnedAt: instant('turned_at').notNull(),
  /** When it looks again by itself; null: nothing is planned in the unit. */
  armedAt: instant('armed_at'),
});

/**
 * Cases whose workflow is to be woken, leased while that is done: those the wheel fired, and those the sweeper found
 * asleep or unwitnessed. A row goes when the case has caught up.
 */
export const wakes = pgTable(
  'wakes',
  {
    caseId: text('case_id')
      .primaryKey()
      .references(() => cases.caseId),
    why: text('why').notNull(),
    foundAt: instant('found_at').notNull(),
    leaseUntil: instant('lease_until'),
    tries: integer('tries').notNull().default(0),
    nextTry: instant('next_try').notNull(),
  },
  (t) => [index('wakes_waiting').on(t.nextTry), check('wakes_why', sql`${t.why} IN ('lagging', 'overslept', 'fired')`)],
);
