import type { Sql } from '../client.ts';
import { live } from './sign-in.ts';

/** A calendar feed as its owner sees it. */
export interface FeedRow {
  readonly id: string;
  readonly language: 'zh' | 'en';
  /** How far ahead planned duties are shown. */
  readonly months: number;
  readonly createdAt: string;
  readonly rotatedAt: string | null;
  readonly lastUsedAt: string | null;
}

/** What a feed's token is worked out from, and what it was asked for with. */
export interface FeedSecret {
  readonly hash: string;
  readonly nonce: string;
}

const columns = (sql: Sql) =>
  sql`id, language, months, created_at AS "createdAt", rotated_at AS "rotatedAt", last_used_at AS "lastUsedAt"`;

/** The feeds of a person that are not revoked, oldest first. */
export async function feedsOf(sql: Sql, person: string): Promise<FeedRow[]> {
  return sql<FeedRow[]>`
    SELECT ${columns(sql)} FROM calendar_feeds WHERE person = ${person} AND revoked_at IS NULL ORDER BY created_at, id`;
}

/** A feed of a person by its id, revoked or not. */
export async function feedOf(
  sql: Sql,
  person: string,
  id: string,
): Promise<(FeedRow & FeedSecret & { readonly bodyHash: string; readonly revoked: boolean }) | undefined> {
  const [row] = await sql<(FeedRow & FeedSecret & { bodyHash: string; revoked: boolean })[]>`
    SELECT ${columns(sql)}, hash, nonce, body_hash AS "bodyHash", revoked_at IS NOT NULL AS revoked
    FROM calendar_feeds WHERE id = ${id} AND person = ${person}`;
  return row;
}

/**
 * Adds a feed unless the person has `most` of them, or one of that id. Answers it, `full`, or undefined for a repeat. Two
 * requests at one instant may both pass the count: it bounds, and is no promise.
 */
export async function addFeed(
  sql: Sql,
  feed: FeedSecret &
    Pick<FeedRow, 'id' | 'language' | 'months'> & { readonly person: string; readonly bodyHash: string },
  most: number,
): Promise<FeedRow | 'full' | undefined> {
  const { id, person, hash, nonce, bodyHash, language, months } = feed;
  const [row] = await sql<FeedRow[]>`
    INSERT INTO calendar_feeds (id, person, hash, nonce, body_hash, language, months)
    SELECT ${id}, ${person}, ${hash}, ${nonce}, ${bodyHash}, ${language}, ${months}::int
    WHERE (SELECT count(*) FROM calendar_feeds WHERE person = ${person} AND revoked_at IS NULL) < ${most}
    ON CONFLICT (id) DO NOTHING RETURNING ${columns(sql)}`;
  if (row) return row;
  return (await feedOf(sql, person, id)) ? undefined : 'full';
}

/** Gives a feed another token: the old address leads nowhere from then on. Undefined when there is no such feed. */
export async function rotateFeed(
  sql: Sql,
  person: string,
  id: string,
  { hash, nonce }: FeedSecret,
): Promise<FeedRow | undefined> {
  const [row] = await sql<FeedRow[]>`
    UPDATE calendar_feeds SET hash = ${hash}, nonce = ${nonce}, rotated_at = clock_timestamp(), last_used_at = NULL
    WHERE id = ${id} AND person = ${person} AND revoked_at IS NULL RETURNING ${columns(sql)}`;
  return row;
}

/** Ends a feed for good; false when there is none. */
export async function revokeFeed(sql: Sql, person: string, id: string): Promise<boolean> {
  const { count } = await sql`
    UPDATE calendar_feeds SET revoked_at = clock_timestamp() WHERE id = ${id} AND person = ${person} AND revoked_at IS NULL`;
  return count > 0;
}

/** Whose feed a token opens: that of a feed not revoked, of a person who could still sign in. */
export async function feedOfToken(
  sql: Sql,
  hash: string,
): Promise<(Pick<FeedRow, 'id' | 'language' | 'months'> & { readonly person: string }) | undefined> {
  const [row] = await sql<(Pick<FeedRow, 'id' | 'language' | 'months'> & { person: string })[]>`
    SELECT id, person, language, months FROM calendar_feeds f WHERE hash = ${hash} AND revoked_at IS NULL
      AND EXISTS (SELECT FROM api_keys k WHERE k.person = f.person AND ${live(sql)})`;
  return row;
}

/** Notes that a feed was read, at most once a minute. */
export async function noteUse(sql: Sql, id: string): Promise<void> {
  await sql`UPDATE calendar_feeds SET last_used_at = clock_timestamp()
    WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')`;
}
