import { randomUUID } from 'node:crypto';
import type { Sql } from '../../db/client.ts';
import { leftSince } from '../../db/queries/post-channels.ts';
import { uuidV5 } from '../../door/act-id.ts';
import type { ChannelName, ChannelSettings } from '../../door/endpoint.ts';
import { type PreferenceColumns, preferencesOf } from '../../door/outbox.ts';
import { compose, type Part } from '../../door/outbox-text.ts';
import type { Preferences } from '../../door/outbox-times.ts';
import type { Text } from '../../sdk/program.ts';
import type { Instant } from '../../sdk/time.ts';

// The statements of the loop that sends. Everything a process writes about an endpoint holds only while its lease does, but
// for attempts: what was tried was tried.

/** An endpoint that a process serves right now, and the token of its lease. */
export interface Turn {
  readonly endpointId: string;
  readonly token: string;
}

/** An endpoint as the loop needs it. */
export interface Served extends Preferences {
  readonly id: string;
  readonly channel: ChannelName;
  readonly settings: ChannelSettings;
  readonly language: 'zh' | 'en';
  readonly trusted: boolean;
  /** Takes messages of the inbox; one that does not may still be tested. */
  readonly open: boolean;
  readonly removed: boolean;
  readonly person: string | null;
  readonly unit: string | null;
  readonly code: string | undefined;
}

/** One outgoing message. */
export interface Sending {
  readonly id: string;
  readonly kind: 'messages' | 'test' | 'code';
  readonly count: number;
  readonly textZh: string;
  readonly textEn: string;
  readonly path: string;
  readonly urgent: boolean;
  readonly createdAt: Instant;
  readonly beganAt: Instant;
  readonly tries: number;
  /** The cases of its parts that are about one each. */
  readonly cases: readonly string[];
}

/** A process that has an endpoint keeps it so long; every attempt prolongs it. */
export const leaseMs = 60_000;
/** While something of an endpoint is tried again, what is new waits so long for it, so that an outage leaves few messages behind. */
const holdMs = 1_800_000;
/** Looked at in one turn, over all endpoints; gathered into one message; sent in one turn of an endpoint. */
const mostLookedAt = 20_000;
const mostGathered = 500;
const mostSent = 10;
/** What is due for longer over an endpoint that works has stalled. */
const stalledMs = 900_000;

/**
 * Leases endpoints that have something to send and that nobody else serves: those that work, or those whose last attempt
 * failed, the longest due first.
 */
export async function takeEndpoints(
  sql: Sql,
  now: Instant,
  { failing, most }: { readonly failing: boolean; readonly most: number },
): Promise<Turn[]> {
  if (most <= 0) return [];
  const token = randomUUID();
  const rows = await sql<{ endpointId: string }[]>`
    WITH due AS (
      (SELECT o.endpoint_id, o.due_at AS at FROM outbox o WHERE o.state = 'waiting' AND o.due_at <= ${now} AND ${free(sql, now)}
        ORDER BY o.due_at LIMIT ${mostLookedAt})
      UNION ALL
      (SELECT s.endpoint_id, s.next_try FROM sendings s WHERE s.outcome IS NULL AND s.next_try <= ${now}
        ORDER BY s.next_try LIMIT ${mostLookedAt})
    ), ready AS (
      SELECT d.endpoint_id, min(d.at) AS at FROM due d LEFT JOIN channel_states t ON t.endpoint_id = d.endpoint_id
      WHERE (t.lease_until IS NULL OR t.lease_until <= clock_timestamp()) AND (coalesce(t.failures, 0) > 0) = ${failing}
      GROUP BY d.endpoint_id ORDER BY min(d.at), d.endpoint_id LIMIT ${most}
    )
    INSERT INTO channel_states AS t (endpoint_id, lease, lease_until)
    SELECT endpoint_id, ${token}, clock_timestamp() + ${leaseMs} * interval '1 ms' FROM ready ORDER BY endpoint_id
    ON CONFLICT (endpoint_id) DO UPDATE SET lease = excluded.lease, lease_until = excluded.lease_until
      WHERE t.lease_until IS NULL OR t.lease_until <= clock_timestamp()
    RETURNING endpoint_id AS "endpointId"`;
  return rows.map(({ endpointId }) => ({ endpointId, token }));
}

/** A row `o` of the outbox need not wait for an earlier message that is being tried again. */
const free = (sql: Sql, now: Instant) => sql`(o.urgent OR o.due_at <= ${now}::timestamptz - ${holdMs} * interval '1 ms'
  OR NOT EXISTS (SELECT FROM sendings s WHERE s.endpoint_id = o.endpoint_id AND s.outcome IS NULL AND s.kind = 'messages' AND s.tries > 0))`;

/** Gives an endpoint back. */
export async function release(sql: Sql, { endpointId, token }: Turn): Promise<void> {
  await sql`UPDATE channel_states SET lease = NULL, lease_until = NULL WHERE endpoint_id = ${endpointId} AND lease = ${token}`;
}

/** Reads an endpoint. */
export async function loadEndpoint(sql: Sql, id: string, now: Instant): Promise<Served> {
  const [row] = await sql<(Omit<Served, 'code' | keyof Preferences> & PreferenceColumns & { code: string | null })[]>`
    SELECT id, channel, settings, language, trusted AND l.at IS NULL AS trusted, person,
      coalesce(unit, (SELECT unit FROM posts WHERE id = post)) AS unit,
      verified_at IS NOT NULL AND disabled_at IS NULL AND removed_at IS NULL AND (l.at IS NULL OR channel NOT IN ('email', 'sms')) AS open,
      removed_at IS NOT NULL AS removed, CASE WHEN code_until > ${now} THEN code END AS code,
      quiet_from AS "quietFrom", quiet_to AS "quietTo", digest, daily_at AS "dailyAt"
    FROM person.channel_endpoints c, LATERAL (SELECT ${leftSince(sql, now)} AS at) l WHERE id = ${id}`;
  const { quietFrom, quietTo, digest, dailyAt, code, ...rest } = row!;
  return { ...rest, code: code ?? undefined, ...preferencesOf({ quietFrom, quietTo, digest, dailyAt }) };
}

/** Puts off what is due until a later moment, but for what is urgent or somebody waits for in front of a page. */
export async function putOff(sql: Sql, turn: Turn, until: Instant): Promise<void> {
  await sql`
    WITH mine AS (${held(sql, turn)}), rows AS (
      UPDATE outbox SET due_at = ${until} FROM mine
      WHERE outbox.endpoint_id = ${turn.endpointId} AND state = 'waiting' AND NOT urgent AND due_at < ${until})
    UPDATE sendings SET next_try = ${until} FROM mine WHERE sendings.endpoint_id = ${turn.endpointId} AND outcome IS NULL
      AND kind = 'messages' AND NOT urgent AND next_try < ${until}`;
}

const held = (sql: Sql, { endpointId, token }: Turn) => sql`
  SELECT endpoint_id FROM channel_states
  WHERE endpoint_id = ${endpointId} AND lease = ${token} AND lease_until > clock_timestamp() FOR UPDATE`;

/** Makes outgoing messages of what is due: one of everything together, and one of each that is urgent. */
export async function gather(sql: Sql, turn: Turn, now: Instant): Promise<void> {
  const rows = await sql<(PartRow & { id: string })[]>`
    SELECT id, count, text_zh AS "textZh", text_en AS "textEn", case_id AS "caseId", case_no AS "caseNo", urgent
    FROM outbox o WHERE endpoint_id = ${turn.endpointId} AND state = 'waiting' AND due_at <= ${now} AND ${free(sql, now)}
    ORDER BY created_at, id LIMIT ${mostGathered}`;
  const urgent = rows.filter((row) => row.urgent).map((row) => [row]);
  const rest = rows.filter((row) => !row.urgent);
  for (const group of [...urgent, ...(rest.length > 0 ? [rest] : [])]) {
    // the texts are put together when they are sent, by whether the endpoint is trusted then
    const { count, text, path } = compose(group.map(partOf), false);
    const ids = group.map(({ id }) => id);
    const id = uuidV5('sending', ...ids);
    await sql`
      WITH mine AS (${held(sql, turn)}), taken AS (
        UPDATE outbox SET state = 'sending', sending_id = ${id} FROM mine
        WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json)) AND state = 'waiting' RETURNING id)
      INSERT INTO sendings (id, endpoint_id, kind, count, text_zh, text_en, path, urgent, created_at, began_at, next_try)
      SELECT ${id}, mine.endpoint_id, 'messages', ${count}, ${text[0]}, ${text[1]}, ${path}, ${group[0]!.urgent}, ${now},
        ${now}, ${now} FROM mine WHERE EXISTS (SELECT FROM taken)`;
  }
}

/** What a message of the inbox says: whole only where the endpoint is trusted at this moment, whatever it was when it was gathered. */
export async function textFor(sql: Sql, { id, textZh, textEn }: Sending, { trusted }: Served): Promise<Text> {
  if (!trusted) return [textZh, textEn];
  const rows = await sql<PartRow[]>`
    SELECT count, text_zh AS "textZh", text_en AS "textEn", case_id AS "caseId", case_no AS "caseNo", urgent
    FROM outbox WHERE sending_id = ${id} ORDER BY created_at, id`;
  return compose(rows.map(partOf), true).text;
}

interface PartRow {
  readonly count: number;
  readonly textZh: string;
  readonly textEn: string;
  readonly caseId: string | null;
  readonly caseNo: string | null;
  readonly urgent: boolean;
}

const partOf = ({ count, textZh, textEn, caseId, caseNo, urgent }: PartRow): Part => ({
  ...{ count, urgent, text: [textZh, textEn] as Text },
  ...{ caseId: caseId ?? undefined, caseNo: caseNo ?? undefined },
});

/** What is to be sent over an endpoint now, urgent first. */
export async function dueSendings(sql: Sql, endpointId: string, now: Instant): Promise<Sending[]> {
  return sql<Sending[]>`
    SELECT id, kind, count, text_zh AS "textZh", text_en AS "textEn", path, urgent, created_at AS "createdAt",
      began_at AS "beganAt", tries,
      (SELECT coalesce(json_agg(DISTINCT o.case_id) FILTER (WHERE o.case_id IS NOT NULL), '[]') FROM outbox o
        WHERE o.sending_id = sendings.id) AS cases
    FROM sendings WHERE endpoint_id = ${endpointId} AND outcome IS NULL AND next_try <= ${now}
    ORDER BY urgent DESC, kind <> 'messages' DESC, created_at, id LIMIT ${mostSent}`;
}

/** How many deliveries have been due for a quarter of an hour though their endpoint works: nobody sends, or not fast enough. */
export async function countStalled(sql: Sql, now: Instant): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM outbox o LEFT JOIN channel_states t ON t.endpoint_id = o.endpoint_id
    WHERE o.state = 'waiting' AND o.due_at < ${now}::timestamptz - ${stalledMs} * interval '1 ms' AND coalesce(t.failures, 0) = 0`;
  return row!.n;
}
