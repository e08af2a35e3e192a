import type { Sql } from '../client.ts';

// What goes out over endpoints, and what came of it.

/** Puts something that no delivery made on its way: a test or a code. One of the same id stays as it is. */
export async function addSending(
  sql: Sql,
  {
    id,
    endpointId,
    kind,
    text,
    now,
  }: {
    readonly id: string;
    readonly endpointId: string;
    readonly kind: 'test' | 'code';
    readonly text: readonly [zh: string, en: string];
    readonly now: string;
  },
): Promise<void> {
  await sql`
    INSERT INTO sendings (id, endpoint_id, kind, count, text_zh, text_en, path, urgent, created_at, began_at, next_try)
    VALUES (${id}, ${endpointId}, ${kind}, 0, ${text[0]}, ${text[1]}, '/channels', false, ${now}, ${now}, ${now})
    ON CONFLICT (id) DO NOTHING`;
}

/** How many tests or codes an endpoint was sent since a moment. */
export async function sendingsSince(
  sql: Sql,
  endpointId: string,
  kind: 'test' | 'code',
  since: string,
): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM sendings WHERE endpoint_id = ${endpointId} AND kind = ${kind} AND created_at > ${since}`;
  return row!.n;
}

/** An attempt to send, and what was tried. */
export interface AttemptRow {
  readonly id: number;
  readonly sendingId: string;
  readonly kind: 'messages' | 'test' | 'code';
  readonly count: number;
  readonly n: number;
  readonly at: string;
  readonly outcome: 'sent' | 'again' | 'refused';
  readonly reason: string | null;
  readonly reference: string | null;
  readonly durationMs: number;
  /** How the message stands now; null while it is still tried. */
  readonly result: 'sent' | 'failed' | null;
  readonly nextTry: string | null;
}

/** The attempts of an endpoint, newest first. */
export async function listAttempts(
  sql: Sql,
  endpointId: string,
  page: { readonly limit: number; readonly before?: number | undefined },
): Promise<AttemptRow[]> {
  const { limit, before } = page;
  return sql<AttemptRow[]>`
    SELECT a.id, a.sending_id AS "sendingId", s.kind, s.count, a.n, a.at, a.outcome, a.reason, a.reference,
      a.duration_ms AS "durationMs", s.outcome AS result, CASE WHEN s.outcome IS NULL THEN s.next_try END AS "nextTry"
    FROM delivery_attempts a JOIN sendings s ON s.id = a.sending_id
    WHERE a.endpoint_id = ${endpointId} ${before === undefined ? sql`` : sql`AND a.id < ${before}`}
    ORDER BY a.id DESC LIMIT ${limit + 1}`;
}

/** A condition on a row of the outbox (under its name in the statement): an endpoint of the person took its delivery. */
export const reached = (sql: Sql, row: 'outbox' | 'o' | 'x' = 'outbox') => sql`EXISTS (
  SELECT FROM outbox taken WHERE taken.delivery_id = ${sql.unsafe(row)}.delivery_id AND taken.personal AND taken.state = 'sent')`;

/** Tries again what failed for an endpoint since a moment, or one message of it; answers how many go out again. Whether it reaches its person is open again. */
export async function resend(
  sql: Sql,
  endpointId: string,
  { sending, since, now }: { readonly sending?: string | undefined; readonly since: string; readonly now: string },
): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    WITH again AS (
      UPDATE sendings SET outcome = NULL, ended_at = NULL, reason = NULL, tries = 0, began_at = ${now}, next_try = ${now}
      WHERE endpoint_id = ${endpointId} AND outcome = 'failed' AND kind = 'messages' AND created_at >= ${since}
        ${sending === undefined ? sql`` : sql`AND id = ${sending}`} RETURNING id
    ), rows AS (
      UPDATE outbox SET state = CASE WHEN sending_id IS NULL THEN 'waiting' ELSE 'sending' END, due_at = ${now},
        reviewed_at = CASE WHEN ${reached(sql)} THEN reviewed_at END, unreached = unreached AND ${reached(sql)}
      WHERE endpoint_id = ${endpointId} AND state = 'failed' AND (sending_id IN (SELECT id FROM again)
        ${sending === undefined ? sql`OR (sending_id IS NULL AND created_at >= ${since})` : sql``}) RETURNING sending_id, delivery_id, personal
    ), others AS (
      UPDATE outbox SET reviewed_at = NULL, unreached = false FROM rows WHERE rows.personal AND outbox.personal
        AND outbox.delivery_id = rows.delivery_id AND outbox.endpoint_id <> ${endpointId} AND NOT ${reached(sql)})
    SELECT (SELECT count(*)::int FROM again) + (SELECT count(*)::int FROM rows WHERE sending_id IS NULL) AS n`;
  return row!.n;
}

/** How the outbox stands: for whoever runs Linli. Spans in seconds. */
export interface OutboxFigures {
  readonly waiting: number;
  readonly oldestSeconds: number;
  readonly failing: number;
  readonly disabled: number;
  readonly attempts: readonly { readonly channel: string; readonly outcome: string; readonly n: number }[];
}

/** The figures of the outbox; attempts are those of the last 24 hours. */
export async function outboxFigures(sql: Sql): Promise<OutboxFigures> {
  const [[row], attempts] = await Promise.all([
    sql<Omit<OutboxFigures, 'attempts'>[]>`
      SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM clock_timestamp() - min(due_at) FILTER (WHERE due_at < clock_timestamp())), 0)::float AS "oldestSeconds",
        (SELECT count(*)::int FROM channel_states WHERE failures > 0) AS failing,
        (SELECT count(*)::int FROM person.channel_endpoints WHERE disabled_at IS NOT NULL AND removed_at IS NULL) AS disabled
      FROM outbox WHERE state IN ('waiting', 'sending')`,
    sql<{ channel: string; outcome: string; n: number }[]>`
      SELECT c.channel, a.outcome, count(*)::int AS n FROM delivery_attempts a JOIN person.channel_endpoints c ON c.id = a.endpoint_id
      WHERE a.at > clock_timestamp() - interval '24 hours' GROUP BY 1, 2 ORDER BY 1, 2`,
  ]);
  return { ...row!, attempts };
}
