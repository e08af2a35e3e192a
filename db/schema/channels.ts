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
import { exactJson, instant } from './columns.ts';
import { deliveries } from './deliveries.ts';
import { people, person, posts, units } from './organisation.ts';

// How messages of the inbox go on to the outside: where to (endpoints), what (outbox, sendings), and every attempt.

/** Where a person, a unit or a post is reached outside. Addresses and secrets lie here and leave by no answer. */
export const channelEndpoints = person.table(
  'channel_endpoints',
  {
    id: text('id').primaryKey(),
    /** Whose it is: exactly one of the three. */
    person: text('person').references(() => people.id),
    unit: text('unit').references(() => units.id),
    post: text('post').references(() => posts.id),
    channel: text('channel').notNull(),
    settings: exactJson<Record<string, string>>('settings').notNull(),
    /** What of the address may be shown again: `z•••@example.cn`. */
    hint: text('hint').notNull(),
    /** SHA-256 of the body that asked for it, so that a repeat of the request is known. */
    requestHash: text('request_hash').notNull(),
    language: text('language').notNull(),
    /** Texts of the inbox may go there; otherwise ids and counts. */
    trusted: boolean('trusted').notNull().default(false),
    quietFrom: text('quiet_from'),
    quietTo: text('quiet_to'),
    digest: text('digest').notNull(),
    dailyAt: text('daily_at'),
    /** The code sent to an address to see whose it is, until when it holds, and how often a wrong one was given. */
    code: text('code'),
    codeUntil: instant('code_until'),
    codeTries: integer('code_tries').notNull().default(0),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    verifiedAt: instant('verified_at'),
    disabledAt: instant('disabled_at'),
    disabledReason: text('disabled_reason'),
    /** Of a post: up to which end of an appointment it was seen to that nothing more goes to who left. */
    leftAt: instant('left_at'),
    /** Taken away: its settings are wiped, what was tried stays on record. */
    removedAt: instant('removed_at'),
  },
  (t) => [
    index('channel_endpoints_person').on(t.person),
    index('channel_endpoints_unit').on(t.unit),
    index('channel_endpoints_post').on(t.post),
    check('channel_endpoints_owner', sql`num_nonnulls(${t.person}, ${t.unit}, ${t.post}) = 1`),
    check('channel_endpoints_channel', sql`${t.channel} IN ('email', 'sms', 'webhook', 'wecom', 'dingtalk', 'feishu')`),
    check('channel_endpoints_language', sql`${t.language} IN ('zh', 'en')`),
    check('channel_endpoints_quiet', sql`num_nulls(${t.quietFrom}, ${t.quietTo}) IN (0, 2)`),
    check(
      'channel_endpoints_digest',
      sql`(${t.digest} IN ('atOnce', 'hourly') AND ${t.dailyAt} IS NULL) OR (${t.digest} = 'daily' AND ${t.dailyAt} IS NOT NULL)`,
    ),
    check('channel_endpoints_disabled', sql`(${t.disabledAt} IS NULL) = (${t.disabledReason} IS NULL)`),
  ],
);

/** Codes that were sent within the last day: to which address, and who asked. Older rows are deleted. */
export const channelCodes = person.table(
  'channel_codes',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    askedBy: text('asked_by').notNull(),
    /** SHA-256 of channel and address. */
    addressHash: text('address_hash').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [index('channel_codes_asked').on(t.askedBy), index('channel_codes_address').on(t.addressHash)],
);

/** How an endpoint fares, and which process serves it right now: one at a time. */
export const channelStates = pgTable('channel_states', {
  endpointId: text('endpoint_id')
    .primaryKey()
    .references(() => channelEndpoints.id),
  lease: text('lease'),
  leaseUntil: instant('lease_until'),
  /** Since when no attempt has got through; empty while it works. */
  failingSince: instant('failing_since'),
  failures: integer('failures').notNull().default(0),
  sentAt: instant('sent_at'),
});

/** What goes out over an endpoint: one outgoing message, under one id however often it is tried. */
export const sendings = person.table(
  'sendings',
  {
    id: text('id').primaryKey(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => channelEndpoints.id),
    kind: text('kind').notNull(),
    /** How many messages of the inbox it stands for. */
    count: integer('count').notNull(),
    textZh: text('text_zh').notNull(),
    textEn: text('text_en').notNull(),
    /** Where the reader goes on: a path of the pages. */
    path: text('path').notNull(),
    urgent: boolean('urgent').notNull(),
    createdAt: instant('created_at').notNull(),
    /** When it was first tried, or made ready again by hand. */
    beganAt: instant('began_at').notNull(),
    nextTry: instant('next_try').notNull(),
    tries: integer('tries').notNull().default(0),
    /** How it ended; empty while it is still tried. */
    outcome: text('outcome'),
    reason: text('reason'),
    reference: text('reference'),
    endedAt: instant('ended_at'),
  },
  (t) => [
    index('sendings_due').on(t.nextTry).where(sql`${t.outcome} IS NULL`),
    index('sendings_endpoint').on(t.endpointId, t.createdAt),
    index('sendings_ended').on(t.endedAt).where(sql`${t.outcome} IS NOT NULL`),
    check('sendings_kind', sql`${t.kind} IN ('messages', 'test', 'code')`),
    check('sendings_outcome', sql`${t.outcome} IN ('sent', 'failed')`),
    check('sendings_ended', sql`(${t.outcome} IS NULL) = (${t.endedAt} IS NULL)`),
  ],
);

/** A delivery of the inbox on its way to an endpoint: once for each. Written in the delivery's own transaction. */
export const outbox = person.table(
  'outbox',
  {
    id: text('id').primaryKey(),
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => channelEndpoints.id),
    /** The endpoint is the person's own, not that of a unit or post. */
    personal: boolean('personal').notNull(),
    /** How many messages of the delivery concern the endpoint. */
    count: integer('count').notNull(),
    textZh: text('text_zh').notNull(),
    textEn: text('text_en').notNull(),
    /** The case when all are about one. */
    caseId: text('case_id'),
    caseNo: text('case_no'),
    urgent: boolean('urgent').notNull(),
    createdAt: instant('created_at').notNull(),
    /** Not before: quiet hours and digests of the endpoint. */
    dueAt: instant('due_at').notNull(),
    state: text('state').notNull().default('waiting'),
    sendingId: text('sending_id').references(() => sendings.id),
    /** When it was settled whether the delivery reached its person outside, and that it did not. */
    reviewedAt: instant('reviewed_at'),
    unreached: boolean('unreached').notNull().default(false),
  },
  (t) => [
    uniqueIndex('outbox_once').on(t.deliveryId, t.endpointId),
    index('outbox_waiting').on(t.dueAt).where(sql`${t.state} = 'waiting'`),
    index('outbox_endpoint').on(t.endpointId).where(sql`${t.state} IN ('waiting', 'sending')`),
    index('outbox_sending').on(t.sendingId),
    index('outbox_never_sent').on(t.createdAt).where(sql`${t.sendingId} IS NULL AND ${t.state} = 'failed'`),
    index('outbox_unsettled').on(t.dueAt).where(sql`${t.reviewedAt} IS NULL AND ${t.personal}`),
    check('outbox_state', sql`${t.state} IN ('waiting', 'sending', 'sent', 'failed')`),
    check('outbox_count', sql`${t.count} > 0`),
  ],
);

/**
 * Every attempt to send, as it ended. Rows never change; those of what ended long ago are taken away and counted in
 * `delivery_days` by a trigger. One that a crash cut off has none: the next one has a higher number.
 */
export const deliveryAttempts = pgTable(
  'delivery_attempts',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    sendingId: text('sending_id')
      .notNull()
      .references(() => sendings.id),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => channelEndpoints.id),
    n: integer('n').notNull(),
    at: instant('at').notNull(),
    outcome: text('outcome').notNull(),
    /** A class (`timeout`, `smtp-550`), never an address or the peer's words. */
    reason: text('reason'),
    reference: text('reference'),
    durationMs: integer('duration_ms').notNull(),
  },
  (t) => [
    index('delivery_attempts_endpoint').on(t.endpointId, t.id),
    index('delivery_attempts_day').on(t.endpointId, t.at),
    index('delivery_attempts_sending').on(t.sendingId),
    check('delivery_attempts_outcome', sql`${t.outcome} IN ('sent', 'again', 'refused')`),
  ],
);

/** How many attempts of a day ended how over an endpoint, of those whose rows were taken away: the figures stay. They only grow. */
export const deliveryDays = pgTable(
  'delivery_days',
  {
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => channelEndpoints.id),
    /** The day of the attempts by local time. */
    day: date('day', { mode: 'string' }).notNull(),
    outcome: text('outcome').notNull(),
    attempts: integer('attempts').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.endpointId, t.day, t.outcome] }),
    check('delivery_days_outcome', sql`${t.outcome} IN ('sent', 'again', 'refused')`),
    check('delivery_days_attempts', sql`${t.attempts} > 0`),
  ],
);
