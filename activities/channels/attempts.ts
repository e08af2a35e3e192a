import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../../db/client.ts';
import { failureOf } from '../../door/failure.ts';
import type { Instant } from '../../sdk/time.ts';
import { leaseMs, type Sending, type Turn } from './queue.ts';

// What is written before and after an attempt to send.

/** How an attempt ended, as it is written. */
export interface Attempt {
  readonly at: Instant;
  readonly outcome: 'sent' | 'again' | 'refused';
  readonly reason: string | undefined;
  readonly reference: string | undefined;
  readonly durationMs: number;
  /** When it is tried again; not when it is done with. */
  readonly nextTry: Instant | undefined;
  /** No fault of the endpoint. */
  readonly ours?: boolean;
  /** The message's time begins anew: it is held until our own set-up is mended. */
  readonly held?: boolean;
}

/**
 * Before an attempt: counts it and says when the next one follows should this process die in it. Answers the number of the
 * try; undefined when the lease is lost or the message is done with.
 */
export async function begin(sql: Sql, turn: Turn, id: string, nextTry: Instant): Promise<number | undefined> {
  const [row] = await sql<{ tries: number }[]>`
    WITH mine AS (
      UPDATE channel_states SET lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
      WHERE endpoint_id = ${turn.endpointId} AND lease = ${turn.token} AND lease_until > clock_timestamp() RETURNING endpoint_id)
    UPDATE sendings SET tries = tries + 1, next_try = ${nextTry} FROM mine
    WHERE id = ${id} AND sendings.endpoint_id = mine.endpoint_id AND outcome IS NULL RETURNING tries`;
  return row?.tries;
}

/** Takes back the count of an attempt that was not made because its turn had not come. */
export async function postpone(sql: Sql, id: string, n: number, nextTry: Instant): Promise<void> {
  await sql`UPDATE sendings SET tries = tries - 1, next_try = ${nextTry} WHERE id = ${id} AND tries = ${n} AND outcome IS NULL`;
}

/**
 * After an attempt: the attempt, what it means for the message and its deliveries, and how the endpoint fares, in one
 * statement. It writes rows of this endpoint alone: a person's other endpoints may be recording the same deliveries.
 */
export async function record(
  sql: Sql,
  endpointId: string,
  { id, kind }: Sending,
  n: number,
  attempt: Attempt,
): Promise<void> {
  const { at, outcome, durationMs, nextTry, ours = false, held = false } = attempt;
  const [reason, reference] = [plain(attempt.reason), plain(attempt.reference)];
  const ended = outcome === 'sent' ? 'sent' : nextTry === undefined ? 'failed' : null;
  // what is refused was answered, and a test says nothing of the messages
  const counts = kind === 'messages' && outcome === 'again';
  const written = () => sql`
    WITH tried AS (
      INSERT INTO delivery_attempts (sending_id, endpoint_id, n, at, outcome, reason, reference, duration_ms)
      VALUES (${id}, ${endpointId}, ${n}, ${at}, ${outcome}, ${reason}, ${reference}, ${durationMs})
    ), ended AS (
      UPDATE sendings SET outcome = ${ended}, ended_at = CASE WHEN ${ended}::text IS NULL THEN NULL ELSE ${at}::timestamptz END,
        reason = ${reason}, reference = ${reference}, next_try = coalesce(${nextTry ?? null}, next_try),
        began_at = CASE WHEN ${held} THEN ${at}::timestamptz ELSE began_at END
      WHERE id = ${id} AND outcome IS NULL RETURNING id
    ), rows AS (
      UPDATE outbox SET state = ${ended}, reviewed_at = CASE WHEN ${ended} = 'sent' AND personal THEN ${at} ELSE reviewed_at END
      FROM ended WHERE ${ended}::text IS NOT NULL AND sending_id = ended.id
    ), others AS (
      UPDATE sendings SET next_try = least(next_try, ${at}) WHERE ${outcome} = 'sent' AND endpoint_id = ${endpointId} AND id <> ${id}
        AND outcome IS NULL AND tries > 0
    )
    UPDATE channel_states SET
      failing_since = CASE WHEN ${outcome} = 'sent' THEN NULL WHEN ${counts && !ours} THEN coalesce(failing_since, ${at}) ELSE failing_since END,
      failures = CASE WHEN ${outcome} = 'sent' THEN 0 WHEN ${counts} THEN failures + 1 ELSE failures END,
      sent_at = CASE WHEN ${outcome} = 'sent' THEN ${at}::timestamptz ELSE sent_at END
    WHERE endpoint_id = ${endpointId}`;
  // what was sent and is not written goes out again
  for (let more = 3; ; more--) {
    try {
      await written();
      return;
    } catch (error) {
      if (more === 0 || failureOf(error) !== 'again') throw error;
      await sleep(100);
    }
  }
}

/** Ends as failed what was tried as long as it may be, without another try. */
export async function endOver(sql: Sql, id: string, now: Instant): Promise<void> {
  await sql`
    WITH ended AS (
      UPDATE sendings SET outcome = 'failed', ended_at = ${now}, reason = coalesce(reason, 'stopped')
      WHERE id = ${id} AND outcome IS NULL RETURNING id)
    UPDATE outbox SET state = 'failed' FROM ended WHERE sending_id = ended.id AND state = 'sending'`;
}

/** Whether an endpoint fails, and nothing has got through since a moment. */
export async function failsSince(sql: Sql, endpointId: string, since: Instant): Promise<boolean> {
  const [row] = await sql<{ fails: boolean }[]>`
    SELECT failing_since IS NOT NULL AND (sent_at IS NULL OR sent_at < ${since}) AS fails
    FROM channel_states WHERE endpoint_id = ${endpointId}`;
  return row?.fails ?? false;
}

/** What a peer said, as far as it can be kept and shown: printable ASCII. */
const plain = (text: string | undefined) => text?.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 200) ?? null;

/** Of an endpoint that takes no more messages, nothing is on its way any longer. Tests and codes are. */
export async function giveUp(sql: Sql, endpointId: string, now: Instant, all: boolean): Promise<void> {
  await sql`
    WITH ended AS (
      UPDATE sendings SET outcome = 'failed', ended_at = ${now}, reason = coalesce(reason, 'disabled')
      WHERE endpoint_id = ${endpointId} AND outcome IS NULL AND (${all} OR kind = 'messages'))
    UPDATE outbox SET state = 'failed' WHERE endpoint_id = ${endpointId} AND state IN ('waiting', 'sending')`;
}
