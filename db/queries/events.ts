import type { Sql } from '../client.ts';
import { openPayloads, openRefusals } from '../sealed.ts';

/** An event of a case as recorded. `data` is what it carries, without the salt. */
export interface EventRow {
  readonly seq: number;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorPost: string | null;
  readonly actId: string | null;
  readonly hash: string;
}

interface StoredEvent extends Omit<EventRow, 'data'> {
  readonly payload: Uint8Array;
}

/** What is read of an event `e`. */
function columns(sql: Sql) {
  return sql`e.seq, e.type, e.payload, e.occurred_at AS "occurredAt", e.recorded_at AS "recordedAt",
    e.actor_kind AS "actorKind", e.actor_id AS "actorId", e.actor_post AS "actorPost", e.act_id AS "actId", e.hash`;
}

/** Events of a case after a seq, in order, at most `limit`. */
export async function eventsAfter(sql: Sql, caseId: string, seq: number, limit: number): Promise<EventRow[]> {
  const rows = await sql<StoredEvent[]>`
    SELECT ${columns(sql)} FROM events e WHERE e.case_id = ${caseId} AND e.seq > ${seq} ORDER BY e.seq LIMIT ${limit}`;
  return read(sql, caseId, rows);
}

/** Events of a case by when they happened, and of one moment as they were recorded, after a place in that order. */
export async function eventsByOccurrence(
  sql: Sql,
  caseId: string,
  after: { readonly occurredAt: string; readonly seq: number } | undefined,
  limit: number,
): Promise<EventRow[]> {
  const rest = after ? sql`AND (e.occurred_at, e.seq) > (${after.occurredAt}::timestamptz, ${after.seq})` : sql``;
  const rows = await sql<StoredEvent[]>`
    SELECT ${columns(sql)} FROM events e WHERE e.case_id = ${caseId} ${rest} ORDER BY e.occurred_at, e.seq LIMIT ${limit}`;
  return read(sql, caseId, rows);
}

/**
 * The latest events of a case, by when they happened, without those of some types; those that come before one of them where
 * its seq is given.
 */
export async function latestEvents(
  sql: Sql,
  caseId: string,
  { limit, without, before }: { readonly limit: number; readonly without: readonly string[]; readonly before?: number },
): Promise<EventRow[]> {
  const rows = await sql<StoredEvent[]>`
    SELECT ${columns(sql)} FROM events e WHERE e.case_id = ${caseId} AND e.type NOT IN ${sql(without)}
      ${before === undefined ? sql`` : sql`AND (e.occurred_at, e.seq) < (SELECT b.occurred_at, b.seq FROM events b WHERE b.case_id = ${caseId} AND b.seq = ${before})`}
    ORDER BY e.occurred_at DESC, e.seq DESC LIMIT ${limit}`;
  return read(sql, caseId, rows);
}

/** The latest event of a case of one type. */
export async function latestOfType(sql: Sql, caseId: string, type: string): Promise<EventRow | undefined> {
  const rows = await sql<StoredEvent[]>`
    SELECT ${columns(sql)} FROM events e WHERE e.case_id = ${caseId} AND e.type = ${type} ORDER BY e.seq DESC LIMIT 1`;
  return (await read(sql, caseId, rows))[0];
}

/** The events an act made. */
export async function eventsOfAct(sql: Sql, caseId: string, actId: string): Promise<EventRow[]> {
  const rows = await sql<StoredEvent[]>`
    SELECT ${columns(sql)}
    FROM acts a JOIN events e ON e.case_id = a.case_id AND e.seq BETWEEN a.first_seq AND a.seq
    WHERE a.act_id = ${actId} AND a.case_id = ${caseId} AND e.act_id = ${actId} ORDER BY e.seq`;
  return read(sql, caseId, rows);
}

/** An act as recorded, and whether the case's workflow has it in its history. */
export interface ActRow {
  readonly actId: string;
  readonly type: string;
  readonly status: 'recorded' | 'refused';
  readonly refusal: unknown;
  readonly seq: number;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorPost: string | null;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly witnessed: boolean;
}

/** One act of a case. A refused act is witnessed with the revision it was refused at. */
export async function actRow(sql: Sql, caseId: string, actId: string): Promise<ActRow | undefined> {
  const rows = await sql<ActRow[]>`
    SELECT a.act_id AS "actId", a.type, a.status, a.refusal, a.seq, a.actor_kind AS "actorKind", a.actor_id AS "actorId",
      a.actor_post AS "actorPost", a.recorded_at AS "recordedAt", a.occurred_at AS "occurredAt",
      c.witnessed_seq >= a.seq AS witnessed
    FROM acts a JOIN cases c ON c.case_id = a.case_id WHERE a.act_id = ${actId} AND a.case_id = ${caseId}`;
  return (await openRefusals(sql, rows))[0];
}

/** What was said of complaints and emergencies in a case, in order: at most the latest 500. */
export async function wordsOf(sql: Sql, caseId: string): Promise<EventRow[]> {
  const rows = await sql<StoredEvent[]>`
    SELECT ${columns(sql)} FROM events e
    WHERE e.case_id = ${caseId} AND e.type ~ '^(complaint|emergency)[.]' ORDER BY e.seq DESC LIMIT 500`;
  return (await read(sql, caseId, rows)).reverse();
}

async function read(sql: Sql, caseId: string, rows: readonly StoredEvent[]): Promise<EventRow[]> {
  const opened = await openPayloads(sql, rows, caseId);
  return opened.map(({ payload, ...rest }) => ({ ...rest, data: dataOf(payload) }));
}

/** What an event carries, out of its opened payload. */
export function dataOf<T = Record<string, unknown>>(payload: Uint8Array): T {
  return (JSON.parse(new TextDecoder().decode(payload)) as { data: T }).data;
}
