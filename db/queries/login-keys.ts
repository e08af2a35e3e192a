import type { Sql } from '../client.ts';
import { inOffice, live } from './sign-in.ts';

/** An API key of a person, without the key. */
export interface LoginKey {
  readonly id: string;
  /** What it is for; null for the key of the first run. */
  readonly label: string | null;
  /** The login it works with, and whose rights that has. */
  readonly login: string;
  readonly role: string;
  readonly post: string | null;
  readonly unit: string;
  readonly scope: 'all' | 'read';
  readonly createdAt: string;
  readonly rotatedAt: string | null;
  /** Until when the key before the last change is good; null when it is not any more. */
  readonly oldUntil: string | null;
  /** By the hour; null: never, or not known. */
  readonly lastUsedAt: string | null;
  /** Null for the key of the first run. */
  readonly expiresAt: string | null;
}

const columns = (
  sql: Sql,
) => sql`m.id, m.label, k.id AS login, k.role, k.post, k.unit, m.scope, m.created_at AS "createdAt",
  m.rotated_at AS "rotatedAt", CASE WHEN m.old_until > now() THEN m.old_until END AS "oldUntil",
  m.last_used_at AS "lastUsedAt", m.expires_at AS "expiresAt"`;

const good = (sql: Sql) => sql`m.revoked_at IS NULL AND m.expires_at > now()`;

/** The keys of a person that are neither revoked nor expired, the oldest first. */
export async function keysOfPerson(sql: Sql, person: string): Promise<LoginKey[]> {
  return sql<LoginKey[]>`
    SELECT ${columns(sql)} FROM person.login_keys m JOIN api_keys k ON k.id = m.login
    WHERE k.person = ${person} AND k.revoked_at IS NULL AND ${good(sql)}
    UNION ALL
    SELECT k.id, NULL, k.id, k.role, k.post, k.unit, k.scope, k.created_at, NULL, NULL, NULL, k.expires_at
    FROM api_keys k WHERE k.person = ${person} AND k.hash IS NOT NULL AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > now())
    ORDER BY "createdAt", id`;
}

/** A key as it is asked for. */
export interface KeyWish {
  /** Which login of the person it works with. */
  readonly login: string;
  readonly label: string;
  readonly scope: 'all' | 'read';
  readonly days: number;
}

/** One of a person's keys by its id, with what it was asked for with. */
async function keyOf(sql: Sql, person: string, id: string): Promise<(LoginKey & Pick<KeyWish, 'days'>) | undefined> {
  const [row] = await sql<(LoginKey & { days: number })[]>`
    SELECT ${columns(sql)}, (extract(epoch FROM m.expires_at - m.created_at) / 86400)::int AS days
    FROM person.login_keys m JOIN api_keys k ON k.id = m.login WHERE m.id = ${id} AND k.person = ${person}`;
  return row;
}

/**
 * Adds a key for a login of the person that holds, unless he has `most` of them or one of that id. Answers it; for a repeat
 * `{ repeated }`; `other` where that id stands for another wish; `full`; `noLogin`. Two requests at one instant may both pass the
 * count: it bounds, and is no promise.
 */
export async function addKey(
  sql: Sql,
  {
    id,
    person,
    hash,
    login,
    label,
    scope,
    days,
  }: KeyWish & { readonly id: string; readonly person: string; readonly hash: string },
  most: number,
): Promise<{ readonly key: LoginKey; readonly repeated: boolean } | 'full' | 'noLogin' | 'other'> {
  const holds = sql`k.id = ${login} AND k.person = ${person} AND k.scope = 'all' AND ${live(sql)} AND ${inOffice(sql)}`;
  const [added] = await sql`
    INSERT INTO person.login_keys (id, login, label, scope, hash, expires_at)
    SELECT ${id}, k.id, ${label}, ${scope}, ${hash}, now() + ${days} * interval '24 hours' FROM api_keys k
    WHERE ${holds} AND (SELECT count(*) FROM person.login_keys m JOIN api_keys o ON o.id = m.login
      WHERE o.person = ${person} AND ${good(sql)}) < ${most}
    ON CONFLICT (id) DO NOTHING RETURNING id`;
  const found = await keyOf(sql, person, id);
  if (found) {
    const { days: given, ...key } = found;
    const same = key.login === login && key.label === label && key.scope === scope && given === days;
    return same ? { key, repeated: !added } : 'other';
  }
  return (await sql`SELECT FROM api_keys k WHERE ${holds}`).length > 0 ? 'full' : 'noLogin';
}

/**
 * Changes a key of a person once for a request; the one before is good for `graceDays` more, the one before that not any more.
 * Undefined when he has no such key that is good.
 */
export async function rotateKey(
  sql: Sql,
  person: string,
  id: string,
  { hash, request, graceDays }: { readonly hash: string; readonly request: string; readonly graceDays: number },
): Promise<{ readonly key: LoginKey; readonly repeated: boolean } | undefined> {
  const { count } = await sql`
    UPDATE person.login_keys m SET hash = ${hash}, rotation = ${request}, rotated_at = now(),
      old_hash = CASE WHEN ${graceDays} > 0 THEN m.hash END,
      old_until = CASE WHEN ${graceDays} > 0 THEN now() + ${graceDays} * interval '24 hours' END
    FROM api_keys k WHERE m.id = ${id} AND k.id = m.login AND k.person = ${person} AND ${good(sql)}
      AND m.rotation IS DISTINCT FROM ${request}`;
  const key = (await keysOfPerson(sql, person)).find((each) => each.id === id && each.label !== null);
  return key && { key, repeated: count === 0 };
}

/** Ends a key of a person for good, that of the first run with its sessions; false when there is none. */
export async function revokeKey(sql: Sql, person: string, id: string): Promise<boolean> {
  const ended = await sql`
    WITH made AS (
      UPDATE person.login_keys m SET revoked_at = now() FROM api_keys k
      WHERE m.id = ${id} AND k.id = m.login AND k.person = ${person} AND m.revoked_at IS NULL RETURNING m.id),
    first AS (
      UPDATE api_keys SET hash = NULL WHERE id = ${id} AND person = ${person} AND hash IS NOT NULL RETURNING id),
    ended AS (DELETE FROM sessions s USING first WHERE s.key = first.id)
    SELECT id FROM made UNION ALL SELECT id FROM first`;
  return ended.length > 0;
}

/** Notes that a key was used. */
export async function keyUsed(sql: Sql, id: string): Promise<void> {
  await sql`UPDATE person.login_keys SET last_used_at = date_trunc('hour', now()) WHERE id = ${id}`;
}
