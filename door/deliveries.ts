import { randomUUID } from 'node:crypto';
import type { Sql } from '../db/client.ts';
import { whereabouts } from '../db/queries/away.ts';
import { databaseNow } from '../db/queries/now.ts';
import { toDate } from '../engine/time/civil.ts';
import { OFFICE_HOURS } from '../engine/time/rungs.ts';
import type { Org } from '../engine/world.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { type Calendars, createCalendars } from './calendars.ts';
import { digestText, type Named, singleText } from './delivery-text.ts';
import { endpointsFor, isForPersonsOnly, type OpenEndpoint, outboxRows, type Routed } from './outbox.ts';
import { type Remindable, type Turn, turnOf } from './reminder.ts';

/** Brings messages to people. Several processes may do so at once. */
export interface Deliveries {
  /** One turn: brings at most 50 people what is due for them. Answers how many it looked after. */
  turn(): Promise<number>;
}

/** When messages are brought: the clock, the calendar, and the spans for tests. */
export interface DeliveriesOptions {
  readonly sql: Sql;
  /** The clock; without it the database's. */
  readonly now?: () => Promise<Instant>;
  /** How long a person's messages settle before they are brought, so that what comes together is brought together. Default 5 s. */
  readonly settleMs?: number;
  /** Without it those of the record. */
  readonly calendars?: Calendars;
  /** Called between lease and delivery; tests end the process there. */
  readonly step?: () => Promise<void> | void;
}

/** More messages than this in one go are brought as one digest. */
export const mostSingle = 3;

const channel = 'inbox';
/** Messages of this kind wait for nothing and are brought one by one. */
const urgentKind = 'emergency';
const atMost = 50;
const leaseMs = 60_000;
const settlesMs = 5_000;
/** However much more comes in, nothing waits longer; while time is catching up after an outage, not longer than that. */
const longestMs = 120_000;
const longestBehindMs = 900_000;
/** So many cases that late say that time is catching up. */
const manyLate = 20;
const lateMs = 15_000;
/** Looked at in one turn, over all people; and brought to one person in one go. */
const mostLookedAt = 20_000;
const mostBrought = 5_000;

/**
 * The way of a message to people: its row in `reminders` says when to look at it again. A turn leases people for whom
 * something is due, so that one process at a time brings a person everything that is due for him: a few messages one by
 * one, more of them as one digest. Written are the delivery, the messages it brings (each once per person, day and reason)
 * and when to look at them again, in one statement that holds only while the lease does: a process that stops in between
 * leaves nothing half done, and one that wakes up too late writes nothing.
 *
 * Whoever holds the post a message was told to has it brought; while the post is vacant nobody has, and the ladder goes on
 * above. Deputies have brought what they were told themselves.
 */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { sql, settleMs = settlesMs, calendars = createCalendars() } = options;

  const clock = options.now ?? (() => databaseNow(sql));

  /** Takes people whose messages have settled, none of whom another process has. */
  const lease = (now: Instant, token: string) => sql<{ person: string }[]>`
    WITH behind AS (
      SELECT count(*) = ${manyLate} AS much FROM (
        SELECT FROM cases WHERE wake_at < ${now}::timestamptz - ${lateMs} * interval '1 ms'
          AND frozen_at IS NULL AND stuck_since IS NULL LIMIT ${manyLate}) late
    ), due AS (
      SELECT ${recipient(sql, now)} AS person, r.next_at, m.created_at, m.kind
      FROM (SELECT * FROM reminders WHERE next_at <= ${now} ORDER BY next_at LIMIT ${mostLookedAt}) r
      JOIN messages m ON m.id = r.message_id
    ), ready AS (
      SELECT person FROM due WHERE person IS NOT NULL GROUP BY person
      HAVING bool_or(kind = ${urgentKind}) OR (max(created_at) <= ${now}::timestamptz - ${settleMs} * interval '1 ms' AND NOT (SELECT much FROM behind))
        OR min(next_at) <= ${now}::timestamptz
          - CASE WHEN (SELECT much FROM behind) THEN ${longestBehindMs}::int ELSE ${longestMs}::int END * interval '1 ms'
      ORDER BY min(next_at), person LIMIT ${4 * atMost}
    ), free AS (
      SELECT person FROM ready WHERE NOT EXISTS (
        SELECT FROM delivery_turns t WHERE t.person = ready.person AND t.lease_until > clock_timestamp())
      LIMIT ${atMost}
    )
    INSERT INTO delivery_turns AS t (person, lease, lease_until)
    SELECT person, ${token}, clock_timestamp() + ${leaseMs} * interval '1 ms' FROM free ORDER BY person
    ON CONFLICT (person) DO UPDATE SET lease = excluded.lease, lease_until = excluded.lease_until
      WHERE t.lease_until IS NULL OR t.lease_until <= clock_timestamp()
    RETURNING person`;

  /**
   * Messages of posts that stand empty are looked at again in an hour, and so is a complaint or an emergency for a unit nobody
   * administers; once its administrators have it, and of anything else addressed to a unit alone, there is nothing left to do.
   */
  const putOff = (now: Instant) => sql`
    WITH due AS (
      SELECT r.message_id, m.post IS NULL AND (m.person IS NULL OR m.deputy_for IS NOT NULL)
        AND (NOT ${toUnit(sql)} OR m.acknowledged_at IS NOT NULL OR EXISTS (SELECT FROM delivery_messages b WHERE b.message_id = m.id)) AS never FROM reminders r JOIN messages m ON m.id = r.message_id
      WHERE r.next_at <= ${now} AND ${recipient(sql, now)} IS NULL
      ORDER BY r.next_at LIMIT 1000 FOR UPDATE OF r SKIP LOCKED
    ), gone AS (DELETE FROM reminders WHERE message_id IN (SELECT message_id FROM due WHERE never))
    UPDATE reminders SET next_at = ${now}::timestamptz + interval '1 hour'
    WHERE message_id IN (SELECT message_id FROM due WHERE NOT never)`;

  async function bring(person: string, token: string, now: Instant, wayOf: WayOf): Promise<void> {
    const rows = await dueFor(sql, person, now);
    const turns = rows.map((row) => ({
      row,
      turn: row.toUnit ? toAdministrator(row, now) : turnOf(remindable(row), now, wayOf(row.unit)),
    }));
    const brought = turns.flatMap(({ row, turn: { bring: why } }) =>
      why ? [{ ...why, ...routed(row), id: row.id, text: [row.textZh, row.textEn] as const }] : [],
    );
    const endpoints = brought.length === 0 ? [] : await endpointsFor(sql, person, brought);
    await options.step?.();
    await write(sql, { person, token, now }, { brought, turns, endpoints });
  }

  return {
    async turn() {
      const now = await clock();
      const token = randomUUID();
      await putOff(now);
      const people = await lease(now, token);
      if (people.length === 0) return 0;
      const wayOf = await loadWays(sql, calendars);
      for (const { person } of people) await bring(person, token, now, wayOf);
      return people.length;
    },
  };
}

/**
 * Who has a message `m` brought: the holder of its post, or the person it was told to, a deputy while he is one; who has
 * left, whoever followed him.
 */
function recipient(sql: Sql, now: Instant) {
  const told = inOffice(sql, now);
  return sql`(SELECT t.person FROM (SELECT ${told} AS person) t
    WHERE m.sealed_from IS NULL OR NOT (m.sealed_from::jsonb ? t.person))`;
}

/** Whether message `m` was told to a unit, and is for its administrators: a complaint or an emergency with nobody in office above. */
function toUnit(sql: Sql) {
  return sql`(m.kind IN ('complaint', ${urgentKind}) AND m.post IS NULL AND m.person IS NULL)`;
}

/** The next administrator of the unit of message `m` to whom it was not brought yet. */
function administrator(sql: Sql, now: Instant) {
  return sql`(SELECT min(k.person) FROM api_keys k WHERE k.unit = m.unit AND k.role = 'admin' AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > ${now}) AND (m.sealed_from IS NULL OR NOT (m.sealed_from::jsonb ? k.person))
    AND NOT EXISTS (SELECT FROM delivery_messages b WHERE b.message_id = m.id AND b.person = k.person))`;
}

function inOffice(sql: Sql, now: Instant) {
  return sql`CASE WHEN ${toUnit(sql)} THEN ${administrator(sql, now)}
    WHEN m.deputy_for IS NOT NULL THEN (SELECT s.person FROM substitutions s WHERE s.post = m.deputy_for
      AND s.person = m.person AND s.from_at <= ${now} AND (s.until_at IS NULL OR s.until_at > ${now}))
    WHEN m.post IS NULL AND m.person NOT IN (SELECT h.person FROM handovers h WHERE h.by_name) THEN m.person
    WHEN m.post IS NULL THEN (SELECT coalesce(o.person, ${holder(sql, now, sql`o.post`)})
      FROM owner_of(m.person, m.created_at, ${now}::timestamptz,
        (SELECT k.unit FROM cases k WHERE k.case_id = m.case_id)) o)
    ELSE ${holder(sql, now, sql`m.post`)} END`;
}

function holder(sql: Sql, now: Instant, post: ReturnType<Sql>) {
  return sql`(SELECT a.person FROM appointments a WHERE a.post = ${post}
    AND a.from_at <= ${now} AND (a.until_at IS NULL OR a.until_at > ${now}))`;
}

interface DueRow {
  readonly id: string;
  readonly kind: string;
  readonly sealed: boolean;
  readonly toUnit: boolean;
  readonly unit: string;
  readonly post: string | null;
  readonly postUnit: string | null;
  readonly caseId: string | null;
  readonly caseNo: string | null;
  readonly textZh: string;
  readonly textEn: string;
  readonly createdAt: Instant;
  readonly broughtAt: Instant | null;
  readonly repeats: number;
  readonly acknowledged: boolean;
  readonly top: boolean;
  readonly deadline: 'running' | 'paused' | 'over' | null;
}

/** What is due for a person, in the order in which it fell due. */
function dueFor(sql: Sql, person: string, now: Instant): Promise<DueRow[]> {
  return sql<DueRow[]>`
    SELECT m.id, m.kind, m.unit, m.post, coalesce(json_array_length(m.sealed_from), 0) > 0 AS sealed, ${toUnit(sql)} AS "toUnit", o.unit AS "postUnit", m.case_id AS "caseId", c.case_no AS "caseNo",
      m.text_zh AS "textZh", m.text_en AS "textEn", m.created_at AS "createdAt",
      (SELECT max(d.delivered_at) FROM delivery_messages b JOIN deliveries d ON d.id = b.delivery_id
       WHERE b.message_id = m.id) AS "broughtAt",
      (SELECT count(*)::int FROM delivery_messages b WHERE b.message_id = m.id AND b.reason = 'repeat') AS repeats,
      m.acknowledged_at IS NOT NULL AS acknowledged, m.top,
      CASE WHEN w.away = 'departed' THEN 'over' WHEN w.away = 'away' THEN 'paused' WHEN l.state IS NULL THEN NULL WHEN m.generation IS NOT NULL AND m.generation <> l.generation THEN 'over'
        WHEN l.state IN ('running', 'paused') THEN l.state ELSE 'over' END AS deadline
    FROM reminders r JOIN messages m ON m.id = r.message_id
    LEFT JOIN cases c ON c.case_id = m.case_id LEFT JOIN posts o ON o.id = m.post
    -- no clock of a case that is away wakes it: of others nothing more is looked up
    LEFT JOIN LATERAL (SELECT ${whereabouts(sql, sql`m.case_id`)} AS away WHERE c.wake_at IS NULL AND c.case_id IS NOT NULL) w ON true
    LEFT JOIN deadlines l ON l.case_id = m.case_id AND l.deadline_id = m.about AND m.kind IN ('rung', 'nudge')
    LEFT JOIN rungs g ON m.kind = 'rung' AND g.case_id = m.case_id AND g.deadline_id = m.about
      AND g.generation = m.generation AND g.seq = m.seq
    WHERE r.next_at <= ${now} AND ${recipient(sql, now)} = ${person}
    ORDER BY coalesce(g.planned_at, m.created_at), m.created_at, m.id LIMIT ${mostBrought}`;
}

function remindable({ createdAt, broughtAt, repeats, acknowledged, top, deadline }: DueRow): Remindable {
  return { createdAt, repeats, acknowledged, top, broughtAt: broughtAt ?? undefined, deadline: deadline ?? undefined };
}

/** What was told to a unit is brought to each of its administrators once, one after another. */
function toAdministrator({ createdAt, acknowledged }: DueRow, now: Instant): Turn {
  return acknowledged ? {} : { bring: { reason: 'first', day: toDate(createdAt) }, nextAt: now };
}

/** What of a message says where outside it goes. */
function routed({ kind, sealed, post, postUnit, caseId, caseNo }: DueRow): Routed {
  return {
    sealed: sealed || isForPersonsOnly(kind),
    post: post ?? undefined,
    postUnit: postUnit ?? undefined,
    caseId: caseId ?? undefined,
    caseNo: caseNo ?? undefined,
    urgent: kind === urgentKind,
  };
}

/** The working days and hours of a unit. */
type WayOf = (unit: string) => Parameters<typeof turnOf>[2];

async function loadWays(sql: Sql, calendars: Calendars): Promise<WayOf> {
  const [rows, [last]] = await Promise.all([
    sql<
      {
        id: string;
        level: Org['units'][string]['level'];
        above: string | null;
        from: string | null;
        to: string | null;
      }[]
    >`
      SELECT id, level, above, hours_from AS "from", hours_to AS "to" FROM units`,
    sql<{ seq: number }[]>`SELECT coalesce(max(seq), 0)::bigint AS seq FROM calendar_records`,
  ]);
  const units = Object.fromEntries(
    rows.map(({ id, level, above }) => [id, { level, ...(above === null ? {} : { above }) }]),
  );
  const ways = await Promise.all(
    rows.map(async ({ id, from, to }) => {
      const calendar = await calendars.load(sql, last!.seq, id, { units });
      return [id, { calendar, hours: from === null || to === null ? OFFICE_HOURS : { from, to } }] as const;
    }),
  );
  const byUnit = new Map(ways);
  return (unit) => byUnit.get(unit)!;
}

type Brought = Named & Routed & { readonly id: string; readonly day: string };

/**
 * Writes a person's deliveries, what of them goes out to which endpoint, and when to look at the messages again: all or
 * nothing, if the lease still holds.
 */
async function write(
  sql: Sql,
  { person, token, now }: { readonly person: string; readonly token: string; readonly now: Instant },
  {
    brought,
    turns,
    endpoints,
  }: {
    readonly brought: readonly Brought[];
    readonly turns: readonly { readonly row: DueRow; readonly turn: Turn }[];
    readonly endpoints: readonly OpenEndpoint[];
  },
): Promise<void> {
  const made = grouped(brought).map((messages) => ({ id: randomUUID(), messages, text: textOf(messages) }));
  const deliveries = made.map(({ id, messages, text: [text_zh, text_en] }) => ({
    ...{ id, kind: messages.length > 1 ? 'digest' : 'message', count: messages.length, text_zh, text_en },
  }));
  const outside = made.flatMap((delivery) => outboxRows(delivery, endpoints, now, textOf));
  const parts = made.flatMap(({ id, messages }) =>
    messages.map((each) => ({ message_id: each.id, reason: each.reason, day: each.day, delivery_id: id })),
  );
  const next = turns.map(({ row, turn }) => ({ message_id: row.id, next_at: turn.nextAt ?? null }));
  await sql`
    WITH mine AS MATERIALIZED (
      SELECT person FROM delivery_turns WHERE person = ${person} AND lease = ${token} AND lease_until > clock_timestamp()
      FOR UPDATE
    ), made AS (
      INSERT INTO deliveries (id, person, channel, kind, count, text_zh, text_en, delivered_at)
      SELECT d.id, mine.person, ${channel}, d.kind, d.count, d.text_zh, d.text_en, ${now}
      FROM mine, json_to_recordset(${JSON.stringify(deliveries)}::text::json)
        AS d (id text, kind text, count int, text_zh text, text_en text)
    ), brought AS (
      INSERT INTO delivery_messages (message_id, person, channel, reason, day, delivery_id)
      SELECT b.message_id, mine.person, ${channel}, b.reason, b.day, b.delivery_id
      FROM mine, json_to_recordset(${JSON.stringify(parts)}::text::json)
        AS b (message_id text, reason text, day date, delivery_id text)
    ), outside AS (
      INSERT INTO outbox (id, delivery_id, endpoint_id, personal, count, text_zh, text_en, case_id, case_no, urgent,
        created_at, due_at)
      SELECT o.* FROM mine, json_to_recordset(${JSON.stringify(outside)}::text::json)
        AS o (id text, delivery_id text, endpoint_id text, personal boolean, count int, text_zh text, text_en text,
          case_id text, case_no text, urgent boolean, created_at timestamptz, due_at timestamptz)
    ), moved AS (
      UPDATE reminders t SET next_at = n.next_at
      FROM mine, json_to_recordset(${JSON.stringify(next)}::text::json) AS n (message_id text, next_at timestamptz)
      WHERE t.message_id = n.message_id AND n.next_at IS NOT NULL
    ), gone AS (
      DELETE FROM reminders t
      USING mine, json_to_recordset(${JSON.stringify(next)}::text::json) AS n (message_id text, next_at timestamptz)
      WHERE t.message_id = n.message_id AND n.next_at IS NULL
    )
    UPDATE delivery_turns t SET lease_until = NULL FROM mine WHERE t.person = mine.person`;
}

/** What comes together: a few one by one, more of them as one; what is urgent always by itself, and first. */
function grouped(brought: readonly Brought[]): Brought[][] {
  const urgent = brought.filter((each) => each.urgent);
  const others = brought.filter((each) => !each.urgent);
  const rest = others.length > mostSingle ? [others] : others.map((each) => [each]);
  return [...urgent.map((each) => [each]), ...rest];
}

function textOf(messages: readonly Named[]): Text {
  return messages.length > 1 ? digestText(messages) : singleText(messages[0]!);
}
