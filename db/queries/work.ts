import type { Sql } from '../client.ts';
import { type CaseFilters, matches } from './cases.ts';
import { isToldOf } from './kept-draws.ts';
import { answeredByName, byName, ownedBy, postsNow, type Reader, readable, readerScope } from './reader.ts';

/** An open item on somebody's work list. */
export interface TaskRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly programId: string;
  readonly unit: string;
  readonly itemId: string;
  readonly key: string;
  readonly kind: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly stage: string | null;
  readonly required: boolean;
  readonly by: string;
  readonly byPost: string | null;
  readonly byPerson: string | null;
  readonly answeringPost: string | null;
  readonly plannedDate: string | null;
  readonly openedAt: string;
  readonly dueAt: string | null;
  /** The due date hangs on a year without an official calendar. */
  readonly provisional: boolean;
  readonly missedAt: string | null;
}

/** Where a page of tasks begins. */
export interface AfterTask {
  readonly dueAt: string | null;
  readonly caseId: string;
  readonly itemId: string;
}

/**
 * Open items, next due first. Without `responsible` and `unit` in the filters those of the reader himself: what he or a
 * post he holds does, was given or answers for; with them, those of that post, person or unit in cases he may read.
 * Work as well: source documents the books wait for, for whoever has yet to record them, differences for the approver, and
 * sides of books that a new keeper has yet to count.
 */
export async function listTasks(
  sql: Sql,
  reader: Reader,
  filters: CaseFilters,
  page: { readonly limit: number; readonly after: AfterTask | undefined },
): Promise<TaskRow[]> {
  const { responsible, overdue, dueBefore, ...ofCase } = filters;
  const { after } = page;
  const own = responsible === undefined && filters.unit === undefined;
  const late = sql`(i.due_at IS NOT NULL AND i.due_at <= now())`;
  const rest =
    after === undefined
      ? sql``
      : after.dueAt === null
        ? sql`AND i.due_at IS NULL AND (i.case_id, i.item_id) > (${after.caseId}, ${after.itemId})`
        : sql`AND (i.due_at IS NULL OR (i.due_at, i.case_id, i.item_id) > (${after.dueAt}::timestamptz, ${after.caseId}, ${after.itemId}))`;
  return sql<TaskRow[]>`
    ${readerScope(sql, reader)}
    SELECT i.case_id AS "caseId", c.case_no AS "caseNo", c.program_id AS "programId", c.unit, i.item_id AS "itemId", i.key,
      i.kind, i.name_zh AS "nameZh", i.name_en AS "nameEn", i.stage, i.required, i.by_role AS by, coalesce(i.by_post, o.post) AS "byPost",
      o.person AS "byPerson", i.answering_post AS "answeringPost", i.planned_date AS "plannedDate",
      i.opened_at AS "openedAt", i.due_at AS "dueAt", coalesce(l.provisional, false) AS provisional, i.missed_at AS "missedAt"
    FROM ${openWork(sql)} i JOIN cases c ON c.case_id = i.case_id
      LEFT JOIN deadlines l ON l.case_id = i.case_id AND l.deadline_id = i.item_id
      LEFT JOIN LATERAL owner_of(i.by_person, i.by_given_at, now(), c.unit) o ON i.by_person IS NOT NULL
    WHERE ${readable(sql, reader)} AND ${matches(sql, reader, ofCase)} AND ${isToldOfWork(sql, reader.person)}
      ${own ? sql`AND ${taskOf(sql, reader.person)}` : sql``}
      ${responsible === undefined ? sql`` : sql`AND ${taskOf(sql, responsible)}`}
      ${overdue === undefined ? sql`` : overdue ? sql`AND ${late}` : sql`AND NOT ${late}`}
      ${dueBefore === undefined ? sql`` : sql`AND i.due_at < ${dueBefore}::timestamptz`} ${rest}
    ORDER BY i.due_at ASC NULLS LAST, i.case_id, i.item_id LIMIT ${page.limit + 1}`;
}

/** Open items, and running clocks of the books as items: they name the document and whom it waits for, never an amount. */
export function openWork(sql: Sql) {
  return sql`(
    SELECT case_id, item_id, key, kind, name_zh, name_en, stage, required, by_role, by_post, by_person, by_given_at, assignee_post,
      assignee_person, assignee_given_at, answers_role, answering_post, planned_date, opened_at, due_at, missed_at
    FROM items WHERE state = 'open'
    UNION ALL
    SELECT d.case_id, d.deadline_id, regexp_replace(d.deadline_id, '[.][mdfwkeqt][.][0-9-]+(of[0-9]+)?$', ''),
      CASE WHEN d.deadline_id ~ '[.]m[.][0-9]+$' THEN 'document' WHEN d.deadline_id ~ '[.][fk][.][0-9]+$|[.]q[.][0-9]+-[0-9]+of[0-9]+$' THEN 'count' WHEN d.deadline_id ~ '[.]e[.][0-9-]+$' THEN 'closing' WHEN d.deadline_id ~ '[.]t[.][0-9-]+$' THEN 'statement' WHEN d.deadline_id ~ '[.]w[.][0-9]+$' THEN 'review' ELSE 'discrepancy' END, d.name_zh, d.name_en, NULL, true,
      d.answers_role, d.answering_post, a.person, a.given_at, NULL, NULL, NULL, d.answers_role, d.answering_post, NULL, (d.data ->> 'start')::timestamptz, d.due_at, NULL
    FROM deadlines d LEFT JOIN assignments a ON a.case_id = d.case_id AND a.role = d.answers_role
    WHERE d.of = 'discrepancy' AND d.state IN ('running', 'paused'))`;
}

/** The condition that open work `i` is not kept from a reader: a surprise count from who holds the money. */
export function isToldOfWork(sql: Sql, person: string) {
  return sql`(i.kind <> 'count' OR ${isToldOf(sql, person, { caseId: sql`i.case_id`, clock: sql`i.item_id` })})`;
}

/** Items that fall to a post or a person: by the role that does it, by assignment, or by the post that answers. */
export function taskOf(sql: Sql, who: string) {
  const posts = sql`(${postsNow(sql, who, 'stand_ins')} UNION SELECT ${who})`;
  return sql`(${ownedBy(sql, who, byName(sql, 'i', 'by_person', 'by_given_at'))}
    OR ${ownedBy(sql, who, byName(sql, 'i', 'assignee_person', 'assignee_given_at'))}
    OR i.by_post IN ${posts} OR i.assignee_post IN ${posts} OR i.answering_post IN ${posts}
    OR (i.answering_post IS NULL AND ${answeredByName(sql, who, sql`i`)}))`;
}

/** A message of the inbox. */
export interface MessageRow {
  readonly id: string;
  /** None of what is about no case: `undelivered`, `uninspected`, `reads`, `signIn`. */
  readonly caseId: string | null;
  readonly caseNo: string | null;
  readonly kind:
    | 'rung'
    | 'nudge'
    | 'complaint'
    | 'emergency'
    | 'transfer'
    | 'undelivered'
    | 'withdrawal'
    | 'finding'
    | 'access'
    | 'erasure'
    | 'destruction'
    | 'uninspected'
    | 'reads'
    | 'objection'
    | 'signIn';
  readonly about: string | null;
  readonly post: string | null;
  readonly person: string | null;
  readonly unit: string;
  readonly level: string;
  readonly textZh: string;
  readonly textEn: string;
  readonly createdAt: string;
  readonly acknowledgedAt: string | null;
  /** The post for whose holder the person stands in. */
  readonly deputyFor: string | null;
  /** How often it was brought to the reader, when last, and why then. */
  readonly brought: number;
  readonly broughtAt: string | null;
  readonly broughtWhy: 'first' | 'repeat' | 'weekly' | null;
}

/** Messages told to a person or to a post he holds now, newest first. */
export async function listMessages(
  sql: Sql,
  person: string,
  page: {
    readonly limit: number;
    readonly after: { readonly createdAt: string; readonly id: string } | undefined;
    readonly acknowledged?: boolean | undefined;
    /** The unit the reader administers: what nobody in office could be told lies with its administrators. */
    readonly adminOf?: string | undefined;
  },
): Promise<MessageRow[]> {
  const { after, acknowledged } = page;
  return sql<MessageRow[]>`
    SELECT m.id, m.case_id AS "caseId", c.case_no AS "caseNo", m.kind, m.about, m.post, m.person, m.unit, m.level,
      m.text_zh AS "textZh", m.text_en AS "textEn", m.created_at AS "createdAt", m.acknowledged_at AS "acknowledgedAt",
      m.deputy_for AS "deputyFor", coalesce(b.brought, 0) AS brought, b.at AS "broughtAt", b.why AS "broughtWhy"
    FROM messages m LEFT JOIN cases c ON c.case_id = m.case_id
    LEFT JOIN LATERAL (
      SELECT count(*) AS brought, max(d.delivered_at) AS at, (array_agg(x.reason ORDER BY d.delivered_at DESC))[1] AS why
      FROM delivery_messages x JOIN deliveries d ON d.id = x.delivery_id
      WHERE x.message_id = m.id AND x.person = ${person}) b ON TRUE
    WHERE ${toldTo(sql, person, page.adminOf)}
      ${acknowledged === undefined ? sql`` : acknowledged ? sql`AND m.acknowledged_at IS NOT NULL` : sql`AND m.acknowledged_at IS NULL`}
      ${after === undefined ? sql`` : sql`AND (m.created_at, m.id) < (${after.createdAt}::timestamptz, ${after.id})`}
    ORDER BY m.created_at DESC, m.id DESC LIMIT ${page.limit + 1}`;
}

/** What was brought to a person: a message, or a digest of many. */
export interface DeliveryRow {
  readonly id: string;
  readonly kind: 'message' | 'digest';
  readonly count: number;
  readonly textZh: string;
  readonly textEn: string;
  readonly deliveredAt: string;
  readonly messages: readonly { readonly id: string; readonly why: 'first' | 'repeat' | 'weekly' }[];
}

/** What was brought to a person, newest first; of a digest the first 200 messages. */
export async function listDeliveries(
  sql: Sql,
  person: string,
  page: { readonly limit: number; readonly after: { readonly deliveredAt: string; readonly id: string } | undefined },
): Promise<DeliveryRow[]> {
  const { after } = page;
  return sql<DeliveryRow[]>`
    SELECT d.id, d.kind, d.count, d.text_zh AS "textZh", d.text_en AS "textEn", d.delivered_at AS "deliveredAt",
      (SELECT json_agg(json_build_object('id', b.message_id, 'why', b.reason)) FROM (
        SELECT message_id, reason FROM delivery_messages x WHERE x.delivery_id = d.id ORDER BY message_id LIMIT 200) b) AS messages
    FROM deliveries d WHERE d.person = ${person}
      ${after === undefined ? sql`` : sql`AND (d.delivered_at, d.id) < (${after.deliveredAt}::timestamptz, ${after.id})`}
    ORDER BY d.delivered_at DESC, d.id DESC LIMIT ${page.limit + 1}`;
}

/** The case of a message that was told to this person; none when it was told to others, or is about no case. */
export async function caseOfMessage(
  sql: Sql,
  person: string,
  messageId: string,
  adminOf?: string,
): Promise<string | undefined> {
  const [row] = await sql<{ caseId: string | null }[]>`
    SELECT m.case_id AS "caseId" FROM messages m WHERE m.id = ${messageId} AND ${toldTo(sql, person, adminOf)}`;
  return row?.caseId ?? undefined;
}

/**
 * The condition that message `m` was told to a person, to a post he holds now, or by name to somebody whom he followed, and is
 * not kept from him: one about a surprise count, while he holds the money.
 */
export function toldTo(sql: Sql, person: string, adminOf?: string) {
  const inherited = ownedBy(sql, person, byName(sql, 'm', 'person', 'created_at'), false);
  const told = isToldOf(sql, person, { caseId: sql`m.case_id`, clock: sql`m.about` });
  return sql`((m.kind NOT IN ('rung', 'nudge') OR ${told}) AND (m.person = ${person} OR (m.post IS NULL AND m.deputy_for IS NULL AND ${inherited}) OR (m.person IS NULL AND m.unit = ${adminOf ?? null}) 
    OR m.post IN (${postsNow(sql, person, 'appointments')})))`;
}

/** A record of accountability. */
export interface AccountabilityRow {
  readonly id: string;
  readonly caseId: string;
  readonly caseNo: string;
  readonly deadlineId: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly post: string;
  readonly unit: string;
  readonly holders: { person: string; from: string; until?: string; deputy?: boolean }[];
  readonly promisedAt: string;
  readonly dueAt: string;
  readonly openedAt: string;
  readonly result: string | null;
  readonly settledAt: string | null;
  readonly answer: string | null;
  readonly outcome: string | null;
  readonly decidedBy: string | null;
  readonly appeal: string | null;
}

/** Records of accountability in cases the reader may read, newest first. */
export async function listAccountability(
  sql: Sql,
  reader: Reader,
  filters: {
    readonly unit?: string | undefined;
    readonly post?: string | undefined;
    readonly outcome?: string | undefined;
    readonly caseId?: string | undefined;
    readonly from?: string | undefined;
    readonly until?: string | undefined;
    /** Due after the one moment, and by the other. */
    readonly dueAfter?: string | undefined;
    readonly dueUntil?: string | undefined;
    readonly open?: boolean | undefined;
  },
  page: {
    readonly limit: number;
    readonly after: { readonly openedAt: string; readonly caseId: string; readonly id: string } | undefined;
  },
): Promise<AccountabilityRow[]> {
  const { unit, post, outcome, caseId, from, until, dueAfter, dueUntil, open } = filters;
  const { after } = page;
  return sql<AccountabilityRow[]>`
    ${readerScope(sql, reader)}
    SELECT r.id, r.case_id AS "caseId", c.case_no AS "caseNo", r.deadline_id AS "deadlineId", r.name_zh AS "nameZh",
      r.name_en AS "nameEn", r.post, coalesce(o.unit, c.unit) AS unit, r.holders, r.promised_at AS "promisedAt", r.due_at AS "dueAt",
      r.opened_at AS "openedAt", r.result, r.settled_at AS "settledAt", r.answer, r.outcome, r.decided_by AS "decidedBy", r.appeal
    FROM accountability r JOIN cases c ON c.case_id = r.case_id LEFT JOIN posts o ON o.id = r.post
    WHERE (${readable(sql, reader)} OR r.post IN (${postsNow(sql, reader.person, 'appointments')})) AND ${matches(sql, reader, { unit })}
      ${post === undefined ? sql`` : sql`AND r.post = ${post}`}
      ${outcome === undefined ? sql`` : sql`AND r.outcome = ${outcome}`}
      ${caseId === undefined ? sql`` : sql`AND r.case_id = ${caseId}`}
      ${from === undefined ? sql`` : sql`AND r.opened_at >= ${from}::timestamptz`}
      ${until === undefined ? sql`` : sql`AND r.opened_at < ${until}::timestamptz`}
      ${dueAfter === undefined ? sql`` : sql`AND r.due_at > ${dueAfter}::timestamptz`}
      ${dueUntil === undefined ? sql`` : sql`AND r.due_at <= ${dueUntil}::timestamptz`}
      ${open === undefined ? sql`` : open ? sql`AND r.outcome IS NULL` : sql`AND r.outcome IS NOT NULL`}
      ${after === undefined ? sql`` : sql`AND (r.opened_at, r.case_id, r.id) < (${after.openedAt}::timestamptz, ${after.caseId}, ${after.id})`}
    ORDER BY r.opened_at DESC, r.case_id DESC, r.id DESC LIMIT ${page.limit + 1}`;
}
