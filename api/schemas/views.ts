import { z } from '@hono/zod-openapi';
import { countOut, dateOut, instantOut, listOf } from './common.ts';

/** A text in the caller's language. */
const label = z.string();

/** One item of a plan. */
export const PlanItem = z
  .object({
    id: z.string().nullable().openapi({ description: 'null while it is not open' }),
    key: z.string().openapi({ description: 'What an act may name as its target' }),
    kind: z.string(),
    group: z.enum(['stage', 'before', 'duty', 'other']),
    name: label,
    state: z.enum(['must', 'may', 'waiting', 'blocked', 'done', 'skipped']),
    reason: label,
    by: z.string().openapi({ description: 'The role that does it' }),
    who: label,
    answers: z.string(),
    dueAt: instantOut.nullable(),
    provisional: z.boolean(),
    act: z.string().openapi({ description: 'The type of act that does it' }),
    asks: z.array(z.string()),
    proof: z.array(z.string()),
    count: countOut,
  })
  .openapi('PlanItem');
/** An item of the plan as it is answered. */
export type PlanItemView = z.infer<typeof PlanItem>;

/** Answer of `GET /cases/{id}/plan`. */
export const Plan = z
  .object({
    stages: z.array(
      z.object({
        stage: z.string(),
        name: label,
        target: label,
        state: z.enum(['future', 'current', 'done', 'skipped']),
        round: countOut,
        who: label,
        dueAt: instantOut.nullable(),
        provisional: z
          .boolean()
          .openapi({ description: 'The due date is a guess: its year’s calendar is not out yet' }),
        items: z.array(PlanItem),
      }),
    ),
    items: z
      .array(PlanItem)
      .openapi({ description: 'What belongs to no stage: what comes before them, duties, others' }),
  })
  .openapi('Plan');
/** The plan of a case as it is answered. */
export type PlanView = z.infer<typeof Plan>;

/** A clock with its rungs. */
export const DeadlineEntry = z
  .object({
    id: z.string(),
    of: z.string(),
    name: label,
    state: z.enum(['running', 'paused', 'met', 'cancelled']),
    answers: z.string(),
    answeringPost: z.string().nullable(),
    startedAt: instantOut,
    budget: z.string(),
    dueAt: instantOut,
    dueDate: dateOut.nullable(),
    provisional: z.boolean(),
    overdue: z.boolean(),
    metAt: instantOut.nullable(),
    late: z.boolean().nullable(),
    generation: countOut,
    rungs: z.array(
      z.object({
        rung: countOut,
        generation: countOut,
        tell: z.string(),
        plannedAt: instantOut,
        firedAt: instantOut.nullable(),
        accountability: z.boolean(),
        told: z.array(
          z.object({ post: z.string().nullable(), person: z.string().nullable(), unit: z.string(), level: z.string() }),
        ),
        acknowledgedAt: instantOut.nullable(),
      }),
    ),
  })
  .openapi('Deadline');

/** A clock with its rungs as it is answered. */
export type DeadlineView = z.infer<typeof DeadlineEntry>;
/** All clocks of a case. */
export const DeadlineList = z.object({ items: z.array(DeadlineEntry) }).openapi('DeadlineList');

/** Answer of `…/deadlines/{deadlineId}/explain`. */
export const DeadlineExplanation = z
  .object({
    id: z.string(),
    name: label,
    startedAt: instantOut,
    budget: z.string(),
    extensions: z.array(z.string()),
    granted: z
      .array(z.object({ budget: z.string(), by: z.string(), on: dateOut, askedBy: z.string().nullable() }))
      .openapi({ description: 'Who approved each extension, on which day, and who had asked for it' }),
    pauses: z.array(z.object({ kind: z.string(), name: label, from: dateOut, to: dateOut.nullable() })),
    due: z.string().nullable().openapi({
      description:
        'The due date counted by the calendar that holds now; a moment for a budget in hours; null while paused',
    }),
    recordedDueAt: instantOut.openapi({ description: 'The due moment on record, by which it is or was judged' }),
    note: label.nullable().openapi({ description: 'Said when `due` is not what is on record, and why' }),
    provisional: z.boolean(),
    calendar: z.string(),
    days: z.array(z.object({ date: dateOut, counted: z.boolean(), why: label, provisional: z.boolean() })),
  })
  .openapi('DeadlineExplanation');

/** One event of the timeline, readable. */
export const TimelineEntry = z
  .object({
    seq: countOut,
    type: z.string(),
    text: label,
    occurredAt: instantOut,
    recordedAt: instantOut,
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable(), post: z.string().nullable() }),
    actId: z.string().nullable(),
    imported: z.boolean().openapi({ description: 'Taken over from paper (补录)' }),
    paperDate: z.string().nullable().openapi({
      description: 'When it happened as exactly as paper says: a day, a month or a year',
      example: '2008-05',
    }),
    data: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .openapi('TimelineEntry');
/** An event as people read it, as it is answered. */
export type TimelineView = z.infer<typeof TimelineEntry>;
/** A page of the timeline. */
export const Timeline = listOf(TimelineEntry).openapi('Timeline');

/** An uploaded document. */
export const Document = z
  .object({
    id: z.string(),
    caseId: z.string(),
    kind: z.enum(['photo', 'file']),
    mediaType: z.string(),
    sizeBytes: countOut,
    sha256: z.string(),
    uploadedBy: z.string(),
    uploadedAt: instantOut,
  })
  .openapi('Document');

/** An entry of the work list. */
export const Task = z
  .object({
    id: z.string(),
    case: z.object({ id: z.string(), caseNo: z.string(), program: z.string(), unit: z.string() }),
    key: z.string(),
    kind: z.string(),
    name: label,
    stage: z.string().nullable(),
    required: z.boolean(),
    by: z.string(),
    responsible: z.object({ post: z.string().nullable(), person: z.string().nullable() }),
    answeringPost: z.string().nullable(),
    plannedDate: dateOut.nullable(),
    openedAt: instantOut,
    dueAt: instantOut.nullable(),
    provisional: z.boolean().openapi({ description: 'The due date hangs on a year without an official calendar' }),
    overdue: z.boolean(),
    missed: z.boolean(),
  })
  .openapi('Task');
/** An entry of the work list as it is answered. */
export type TaskView = z.infer<typeof Task>;
/** A page of the work list. */
export const TaskList = listOf(Task).extend({ total: countOut.optional() }).openapi('TaskList');

/** A message of the inbox. */
export const Message = z
  .object({
    id: z.string(),
    caseId: z
      .string()
      .nullable()
      .openapi({ description: 'null: it is about no case (`undelivered`, `uninspected`, `reads`, `signIn`)' }),
    caseNo: z.string().nullable(),
    kind: z.enum([
      'rung',
      'nudge',
      'complaint',
      'emergency',
      'transfer',
      'undelivered',
      'withdrawal',
      'finding',
      'access',
      'erasure',
      'destruction',
      'uninspected',
      'reads',
      'objection',
      'signIn',
    ]),
    about: z.string().nullable(),
    text: label,
    post: z.string().nullable(),
    person: z.string().nullable(),
    unit: z.string(),
    level: z.string(),
    createdAt: instantOut,
    acknowledgedAt: instantOut.nullable(),
    deputyFor: z.string().nullable().openapi({ description: 'The post for whose holder the caller stands in' }),
    brought: z.number().int().openapi({ description: 'How often it was brought to the caller' }),
    broughtAt: instantOut.nullable(),
    broughtWhy: z.enum(['first', 'repeat', 'weekly']).nullable(),
  })
  .openapi('Message');
/** A page of the inbox. */
export const MessageList = listOf(Message).openapi('MessageList');

/** What was brought to the caller: a message, or one digest of many. */
export const Delivery = z
  .object({
    id: z.string(),
    kind: z.enum(['message', 'digest']),
    count: z.number().int(),
    text: label,
    deliveredAt: instantOut,
    messages: z.array(z.object({ id: z.string(), why: z.enum(['first', 'repeat', 'weekly']) })),
  })
  .openapi('Delivery');
/** A page of what was brought to the caller. */
export const DeliveryList = listOf(Delivery).openapi('DeliveryList');

/** A record of accountability. */
export const AccountabilityRecord = z
  .object({
    id: z.string(),
    caseId: z.string(),
    caseNo: z.string(),
    deadline: z.string(),
    name: label,
    post: z.string(),
    unit: z.string(),
    holders: z.array(
      z.object({ person: z.string(), from: instantOut, until: instantOut.optional(), deputy: z.boolean().optional() }),
    ),
    promisedAt: instantOut,
    dueAt: instantOut,
    openedAt: instantOut,
    result: z.string().nullable(),
    resultText: label.nullable().openapi({ description: '`result` in words' }),
    settledAt: instantOut.nullable(),
    answer: z.string().nullable(),
    outcome: z.string().nullable(),
    decidedBy: z.string().nullable(),
    appeal: z.string().nullable(),
  })
  .openapi('AccountabilityRecord');
/** 述职: what a post had promised for a year, and what became of it. */
export const YearlyReport = z
  .object({
    post: z.string(),
    postName: label,
    unit: z.string(),
    year: z.number().int(),
    holders: z.array(
      z.object({ person: z.string(), from: instantOut, until: instantOut.nullable(), deputy: z.boolean() }),
    ),
    counts: z.object({
      onTime: z.number().int(),
      recordedLate: z.number().int(),
      late: z.number().int(),
      never: z.number().int(),
      overdue: z.number().int(),
      open: z.number().int(),
    }),
  })
  .openapi('YearlyReport');
/** A page of accountability records. */
export const AccountabilityList = listOf(AccountabilityRecord)
  .extend({ report: YearlyReport.optional().openapi({ description: 'With `post` and `year`' }) })
  .openapi('AccountabilityList');
