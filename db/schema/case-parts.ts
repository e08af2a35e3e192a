import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { bytes, exactJson, instant } from './columns.ts';
import { person } from './organisation.ts';

// Read models of one case: written by the door from events, and again from events by `linli rebuild`.

/** People of a case. Names and dates of birth lie here, in the schema for personal data. */
export const parties = person.table(
  'parties',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    partyId: text('party_id').notNull(),
    role: text('role').notNull(),
    person: text('person'),
    name: text('name'),
    birthDate: date('birth_date', { mode: 'string' }),
    /** Of a guardian: the first and the last day on which he is one; null where there is no such day. */
    guardianFrom: date('guardian_from', { mode: 'string' }),
    guardianUntil: date('guardian_until', { mode: 'string' }),
    since: instant('since').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [primaryKey({ columns: [t.caseId, t.partyId] }), index('parties_person').on(t.person)],
);

/** Who fills which role of a case: a post (whoever holds it) or one person. */
export const assignments = pgTable(
  'assignments',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    role: text('role').notNull(),
    post: text('post'),
    person: text('person'),
    since: instant('since').notNull(),
    /** When the person was given it, as recorded; null: before every handover. */
    givenAt: instant('given_at'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.role] }),
    index('assignments_post').on(t.post),
    index('assignments_person').on(t.person),
  ],
);

/** Tasks, milestones, duty occurrences …, open and finished. `byPost` and `byPerson` say who fills the role `by` now. */
export const items = person.table(
  'items',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    itemId: text('item_id').notNull(),
    key: text('key').notNull(),
    kind: text('kind').notNull(),
    nameZh: text('name_zh').notNull(),
    nameEn: text('name_en').notNull(),
    stage: text('stage'),
    state: text('state').notNull(),
    required: boolean('required').notNull(),
    by: text('by_role').notNull(),
    byPost: text('by_post'),
    byPerson: text('by_person'),
    /** When the person was given the role, and when the assignee the item; null: before every handover. */
    byGivenAt: instant('by_given_at'),
    answers: text('answers_role').notNull(),
    answeringPost: text('answering_post'),
    assigneePost: text('assignee_post'),
    assigneePerson: text('assignee_person'),
    assigneeGivenAt: instant('assignee_given_at'),
    plannedDate: date('planned_date', { mode: 'string' }),
    openedAt: instant('opened_at').notNull(),
    dueAt: instant('due_at'),
    /** When a duty's occurrence was noticed as missed. */
    missedAt: instant('missed_at'),
    /** When it was done (when it happened), or closed otherwise. */
    doneAt: instant('done_at'),
    doneBy: text('done_by'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.itemId] }),
    index('items_open').on(t.dueAt).where(sql`${t.state} = 'open'`),
    index('items_by_post').on(t.byPost).where(sql`${t.state} = 'open'`),
    index('items_by_person').on(t.byPerson).where(sql`${t.state} = 'open'`),
    index('items_answering_post').on(t.answeringPost).where(sql`${t.state} = 'open'`),
    check('items_state', sql`${t.state} IN ('open', 'done', 'missed', 'cancelled', 'skipped')`),
  ],
);

/** Every clock of a case as it stands; `data` is the engine's whole deadline with its planned rungs. */
export const deadlines = person.table(
  'deadlines',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    deadlineId: text('deadline_id').notNull(),
    of: text('of').notNull(),
    nameZh: text('name_zh').notNull(),
    nameEn: text('name_en').notNull(),
    answers: text('answers_role').notNull(),
    answeringPost: text('answering_post'),
    state: text('state').notNull(),
    generation: integer('generation').notNull(),
    dueAt: instant('due_at').notNull(),
    provisional: boolean('provisional').notNull(),
    metAt: instant('met_at'),
    late: boolean('late'),
    data: exactJson<unknown>('data').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.deadlineId] }),
    index('deadlines_due').on(t.dueAt).where(sql`${t.state} = 'running'`),
    index('deadlines_of_books')
      .on(t.answeringPost)
      .where(sql`${t.of} = 'discrepancy' AND ${t.state} IN ('running', 'paused')`),
    check('deadlines_state', sql`${t.state} IN ('running', 'paused', 'met', 'cancelled')`),
  ],
);

/** Rungs that fired: each at most once per generation of its deadline. */
export const rungs = pgTable(
  'rungs',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    deadlineId: text('deadline_id').notNull(),
    generation: integer('generation').notNull(),
    rung: integer('rung').notNull(),
    tell: text('tell').notNull(),
    plannedAt: instant('planned_at').notNull(),
    firedAt: instant('fired_at').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    told: exactJson<unknown>('told').notNull(),
  },
  (t) => [primaryKey({ columns: [t.caseId, t.deadlineId, t.generation, t.rung] })],
);

/** The inbox: one message per told post or person and event. Texts hold names of things, ids and dates, never of people. */
export const messages = person.table(
  'messages',
  {
    id: text('id').primaryKey(),
    /** Of what the door tells always; none for what is about no case: what was not delivered, and what auditors are told of units and readers. */
    caseId: text('case_id').references(() => cases.caseId),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    n: integer('n').notNull(),
    kind: text('kind').notNull(),
    /** The deadline or item it is about. */
    about: text('about'),
    post: text('post'),
    /** Who held the post when it was told. */
    person: text('person'),
    unit: text('unit').notNull(),
    level: text('level').notNull(),
    /** The post for whose holder the told person stands in; `post` is empty then. */
    deputyFor: text('deputy_for'),
    /** Of a rung: the generation of its deadline, and whether it was the last of the ladder. */
    generation: integer('generation'),
    top: boolean('top').notNull().default(false),
    /** Persons who are never told of it, whatever post they come to hold: a complaint or an emergency is about them. */
    sealedFrom: exactJson<string[]>('sealed_from'),
    textZh: text('text_zh').notNull(),
    textEn: text('text_en').notNull(),
    createdAt: instant('created_at').notNull(),
    acknowledgedAt: instant('acknowledged_at'),
    acknowledgedBy: text('acknowledged_by'),
  },
  (t) => [
    index('messages_case').on(t.caseId, t.seq),
    index('messages_post').on(t.post, t.createdAt),
    index('messages_person').on(t.person, t.createdAt),
    // every page counts them
    index('messages_unread').on(t.createdAt).where(sql`${t.acknowledgedAt} IS NULL`),
    check(
      'messages_kind',
      sql`${t.kind} IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal', 'finding', 'access', 'erasure', 'destruction', 'uninspected', 'reads', 'objection', 'signIn')`,
    ),
    check(
      'messages_caseless',
      sql`(${t.kind} IN ('undelivered', 'uninspected', 'reads', 'signIn')) = (${t.caseId} IS NULL)`,
    ),
  ],
);

/** Records of accountability: what a post had promised, who held it, what happened, the reply, the decision, the appeal. */
export const accountability = person.table(
  'accountability',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    id: text('id').notNull(),
    deadlineId: text('deadline_id').notNull(),
    nameZh: text('name_zh').notNull(),
    nameEn: text('name_en').notNull(),
    post: text('post').notNull(),
    holders: exactJson<{ person: string; from: string; until?: string }[]>('holders').notNull(),
    promisedAt: instant('promised_at').notNull(),
    dueAt: instant('due_at').notNull(),
    openedAt: instant('opened_at').notNull(),
    result: text('result'),
    settledAt: instant('settled_at'),
    answer: text('answer'),
    answeredAt: instant('answered_at'),
    outcome: text('outcome'),
    decidedAt: instant('decided_at'),
    decidedBy: text('decided_by'),
    appeal: text('appeal'),
    appealedAt: instant('appealed_at'),
  },
  (t) => [primaryKey({ columns: [t.caseId, t.id] }), index('accountability_post').on(t.post, t.openedAt)],
);

/**
 * Requests between units and levels: to take a case (`transfer`), to see to one matter of it (`referral`), a question to a level
 * above (`escalation`). `fromUnit` is the unit that asked, as it was then. Deadlines are in `deadlines`, under the same id.
 */
export const transfers = person.table(
  'transfers',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    id: text('id').notNull(),
    kind: text('kind').notNull(),
    fromUnit: text('from_unit').notNull(),
    toUnit: text('to_unit').notNull(),
    /** `done` and `failed`: of an accepted referral, when its answer has come. */
    state: text('state').notNull(),
    /** Of a referral: the program of the case opened there. */
    programId: text('program_id'),
    /** What is asked; of a transfer the reason says it. */
    text: text('text'),
    reason: text('reason'),
    /** Whether the person agreed that another unit learns of it; overridden: on which legal ground. */
    consent: text('consent'),
    ground: text('ground'),
    offeredAt: instant('offered_at').notNull(),
    offeredBy: text('offered_by').notNull(),
    answeredAt: instant('answered_at'),
    answeredBy: text('answered_by'),
    answer: text('answer'),
    closedAt: instant('closed_at'),
    childCase: text('child_case'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.id] }),
    index('transfers_to').on(t.toUnit, t.offeredAt),
    index('transfers_from').on(t.fromUnit, t.offeredAt),
    check('transfers_kind', sql`${t.kind} IN ('transfer', 'referral', 'escalation')`),
    check(
      'transfers_state',
      sql`${t.state} IN ('offered', 'accepted', 'refused', 'revoked', 'lapsed', 'returned', 'done', 'failed')`,
    ),
    check('transfers_consent', sql`(${t.consent} = 'overridden') = (${t.ground} IS NOT NULL)`),
  ],
);

/**
 * What cases have made public, as everybody may read it until it comes down; then its words are forgotten here. `id` is the name under which
 * it is read and objected to: nothing of the case shows in it.
 */
export const disclosures = person.table(
  'disclosures',
  {
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    itemId: text('item_id').notNull(),
    id: text('id').notNull(),
    unit: text('unit').notNull(),
    nameZh: text('name_zh').notNull(),
    nameEn: text('name_en').notNull(),
    text: text('text').notNull(),
    postedAt: instant('posted_at').notNull(),
    until: instant('until').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.caseId, t.itemId] }),
    uniqueIndex('disclosures_id').on(t.id),
    index('disclosures_public').on(t.postedAt, t.id).where(sql`${t.endedAt} IS NULL`),
  ],
);

/** Documents by their hash and what their bytes are. Rows never change; a rejection is an event. */
export const documents = pgTable(
  'documents',
  {
    id: text('id').primaryKey(),
    caseId: text('case_id')
      .notNull()
      .references(() => cases.caseId),
    sha256: text('sha256').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    mediaType: text('media_type').notNull(),
    kind: text('kind').notNull(),
    uploadedBy: text('uploaded_by').notNull(),
    uploadedAt: instant('uploaded_at').notNull(),
    // hex HMAC of the bytes as they were sent, under a key that is not kept; tells a repeat and nothing else
    sentMark: text('sent_mark'),
  },
  (t) => [
    index('documents_case').on(t.caseId),
    check('documents_sha256', sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
    check('documents_kind', sql`${t.kind} IN ('photo', 'file')`),
    check('documents_size', sql`${t.sizeBytes} > 0`),
  ],
);

/** The bytes of documents, apart from their rows. */
export const documentContents = person.table('document_contents', {
  documentId: text('document_id')
    .primaryKey()
    .references(() => documents.id),
  bytes: bytes('bytes').notNull(),
});
