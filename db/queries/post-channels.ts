import type { Sql } from '../client.ts';

/** An endpoint of a post, by what of its address may be shown. */
export interface PostChannelRow {
  readonly id: string;
  readonly channel: string;
  readonly hint: string;
  /** Texts of the inbox go there: until the post is handed over. */
  readonly trusted: boolean;
  /** The address was shown to be somebody's by a code: after a handover it takes nothing before it is verified again. */
  readonly byCode: boolean;
}

/** The endpoints of a post that take messages. */
export function postChannels(sql: Sql, post: string): PromiseLike<PostChannelRow[]> {
  return sql<PostChannelRow[]>`
    SELECT id, channel, hint, trusted, channel IN ('email', 'sms') AS "byCode" FROM person.channel_endpoints
    WHERE post = ${post} AND removed_at IS NULL AND verified_at IS NOT NULL AND disabled_at IS NULL ORDER BY created_at, id`;
}

/**
 * When an appointment to the post of endpoint `c` has ended last, by a moment, since it was made or verified, or since that was
 * seen to: null where its address is still that of a post nobody has left. An ending counts from when it was recorded where that
 * was later: what who leaves had verified in between is his as well.
 */
export const leftSince = (sql: Sql, at: string) => sql`(
  SELECT max(e.left_at) FROM appointments a CROSS JOIN LATERAL (
    SELECT greatest(a.until_at, min(h.recorded_at)) AS left_at FROM handovers h
    WHERE h.post = a.post AND h.person = a.person AND h.from_at = a.until_at) e
  WHERE a.post = c.post AND a.until_at <= ${at}::timestamptz AND e.left_at > greatest(c.created_at, c.left_at, c.verified_at))`;

/**
 * Sees to it that nothing goes any more to those who have left their posts by a moment: addresses that were verified by a code
 * have to be verified again, and no endpoint of such a post is trusted any longer. Of one post, or of all. Repeating it does
 * nothing. Answers how many endpoints it changed.
 */
export async function clearPostChannels(sql: Sql, at: string, post?: string): Promise<number> {
  const { count } = await sql`
    UPDATE person.channel_endpoints e SET left_at = l.at, trusted = false, code = NULL, code_until = NULL,
      verified_at = CASE WHEN e.channel IN ('email', 'sms') THEN NULL ELSE e.verified_at END
    FROM (SELECT c.id, ${leftSince(sql, at)} AS at FROM person.channel_endpoints c
      WHERE c.post IS NOT NULL AND c.removed_at IS NULL ${post === undefined ? sql`` : sql`AND c.post = ${post}`}) l
    WHERE e.id = l.id AND l.at IS NOT NULL`;
  return count;
}
