import type { Sql } from '../client.ts';

/** The login behind a key or session. */
export interface LoginRow {
  readonly key: string;
  readonly role: string;
  readonly person: string;
  readonly post: string | null;
  readonly unit: string;
  /** Whether the post of the key is held by its person now; always for a key without post. */
  readonly inOffice: boolean;
  /** What the key may do: `all`, or `read` only. */
  readonly scope: 'all' | 'read';
}

/** The login of an API key. */
export interface KeyRow extends LoginRow {
  /** Id of the key, if a person made it (`login_keys`): such a key opens no page. */
  readonly made: string | null;
  /** Whether its use was not noted for an hour. */
  readonly unused: boolean;
}

/** The login of a session, with what its pages prove themselves by. */
export interface SessionRow extends LoginRow {
  readonly csrfToken: string;
  /** Whether its person showed within `PROOF_MINUTES` that it is he. */
  readonly proven: boolean;
  /** Whether it was opened with more than a password. */
  readonly strong: boolean;
  /** Id of the session of a person who signed in by name; null for one opened with a key. */
  readonly session: string | null;
  /** Whether its use was not noted for a minute. */
  readonly unseen: boolean;
}

/** The login of an API key by the SHA-256 of the key; none when unknown, expired or revoked. */
export async function loginOfKey(sql: Sql, hash: string): Promise<KeyRow | undefined> {
  return (await loginsOfKeys(sql, [hash])).get(hash);
}

/** The same for many keys at once: the logins of those that are valid. A key that was made ends as well when its person leaves the post. */
export async function loginsOfKeys(sql: Sql, hashes: readonly string[]): Promise<Map<string, KeyRow>> {
  const asked = sql`(SELECT json_array_elements_text(${JSON.stringify(hashes)}::text::json))`;
  const rows = await sql<(KeyRow & { hash: string })[]>`
    SELECT k.shown AS hash, k.made, k.unused, ${login(sql)} FROM (
      SELECT hash AS shown, NULL AS made, false AS unused, id, role, person, post, unit, scope, revoked_at, expires_at
      FROM api_keys WHERE hash IN ${asked}
      UNION ALL
      SELECT m.shown, m.id, m.last_used_at IS NULL OR m.last_used_at < now() - interval '1 hour',
        k.id, k.role, k.person, k.post, k.unit, CASE WHEN k.scope = 'read' THEN k.scope ELSE m.scope END, k.revoked_at, k.expires_at
      FROM (
        SELECT hash AS shown, n.* FROM person.login_keys n WHERE hash IN ${asked}
        UNION ALL SELECT old_hash, n.* FROM person.login_keys n WHERE old_hash IN ${asked} AND old_until > now()) m
      JOIN api_keys k ON k.id = m.login
      WHERE m.revoked_at IS NULL AND m.expires_at > now() AND ${inOffice(sql)}) k
    WHERE ${live(sql)}`;
  return new Map(rows.map(({ hash, ...found }) => [hash, found]));
}

/** The login of a key by its id; none when it is expired or revoked by now. */
export async function loginOfKeyId(sql: Sql, id: string): Promise<LoginRow | undefined> {
  const [row] = await sql<LoginRow[]>`SELECT ${login(sql)} FROM api_keys k WHERE k.id = ${id} AND ${live(sql)}`;
  return row;
}

/**
 * The login of a session by the SHA-256 of its token: one opened with a key, which ends with the key, or one of a person who
 * signed in by name, which ends as well when its login's person leaves the post, and when the person is let in no more; either after
 * `IDLE_MINUTES` without a request. Where a second factor is demanded, none is found of a session without, nor of a key's; with
 * `lacking` that of a person's is, as a factor has to be set up somehow.
 */
export async function loginOfSession(
  sql: Sql,
  hash: string,
  { lacking = false }: { readonly lacking?: boolean } = {},
): Promise<SessionRow | undefined> {
  const [row] = await sql<SessionRow[]>`
    SELECT ${login(sql)}, s.csrf_token AS "csrfToken", s.session, s.unseen, s.proven, s.strong FROM (
      SELECT key, csrf_token, NULL AS session, seen_at < now() - interval '1 minute' AS unseen, false AS proven, false AS strong
      FROM sessions WHERE hash = ${hash} AND expires_at > now() AND seen_at > now() - ${IDLE_MINUTES} * interval '1 minute'
      UNION ALL
      SELECT p.login, p.csrf_token, p.id, p.seen_at < now() - interval '1 minute',
        p.proven_at > now() - ${PROOF_MINUTES} * interval '1 minute', p.strong
      FROM person.sign_in_sessions p JOIN person.sign_in_users u ON u.id = p.user_id
      WHERE p.token = ${hash} AND p.expires_at > now() AND u.stopped_at IS NULL
        AND p.seen_at > now() - ${IDLE_MINUTES} * interval '1 minute') s
    JOIN api_keys k ON k.id = s.key
    WHERE ${live(sql)} AND k.scope = 'all' AND (s.session IS NULL OR ${inOffice(sql)})
      AND (s.strong OR NOT EXISTS (SELECT FROM sign_in_rules WHERE factor_required) OR (${lacking}::boolean AND s.session IS NOT NULL))`;
  return row;
}

/** Whether who signs in by name needs more than a password, and keys open no pages. */
export async function factorRequired(sql: Sql): Promise<boolean> {
  const [required] = await sql`SELECT FROM sign_in_rules WHERE factor_required`;
  return required !== undefined;
}

/** Notes that a person has just shown that it is he who sits at a session. */
export async function sessionProven(sql: Sql, session: string): Promise<void> {
  await sql`UPDATE person.sign_in_sessions SET proven_at = now() WHERE id = ${session}`;
}

/** For so many minutes after he has shown that it is he, a person may change what lets him in. */
export const PROOF_MINUTES = 10;

/** Notes that a session is in use, so that it does not end as idle. */
export async function sessionSeen(sql: Sql, hash: string): Promise<void> {
  await sql`
    WITH named AS (UPDATE person.sign_in_sessions SET seen_at = now() WHERE token = ${hash})
    UPDATE sessions SET seen_at = now() WHERE hash = ${hash}`;
}

/** After so many minutes without a request a person signs in anew. */
export const IDLE_MINUTES = 30;

/** What is known of login `k`. */
function login(sql: Sql) {
  return sql`k.id AS key, k.role, k.person, k.post, k.unit, k.scope, ${inOffice(sql)} AS "inOffice"`;
}

/**
 * Whether login `k` holds: neither revoked nor expired, and its person was not stopped. Where identities have to be verified, that
 * of its person was; but for the security administrators, who verify them.
 */
export function live(sql: Sql) {
  return sql`k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
    AND NOT EXISTS (SELECT FROM person.sign_in_users stopped WHERE stopped.id = k.person AND stopped.stopped_at IS NOT NULL)
    AND (k.role = 'securityAdmin' AND k.post IS NULL OR NOT EXISTS (SELECT FROM sign_in_rules WHERE identity_required)
      OR EXISTS (SELECT FROM person.identities known WHERE known.person = k.person))`;
}

/** Whether the person of login `k` holds its post now; always of a login without post. */
export function inOffice(sql: Sql) {
  return sql`(k.post IS NULL OR EXISTS (SELECT FROM appointments a WHERE a.post = k.post AND a.person = k.person
    AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now())))`;
}

/** A login a person may choose to work with. */
export interface OwnLogin {
  readonly id: string;
  readonly role: string;
  readonly post: string | null;
  readonly unit: string;
}

/** The logins of a person that hold and may change things, those of posts first. */
export async function loginsOfPerson(sql: Sql, person: string): Promise<OwnLogin[]> {
  return sql<OwnLogin[]>`
    SELECT k.id, k.role, k.post, k.unit FROM api_keys k
    WHERE k.person = ${person} AND k.scope = 'all' AND ${live(sql)} AND ${inOffice(sql)} ORDER BY k.post IS NULL, k.created_at, k.id`;
}

/** Opens a session of a key, and clears away what has expired. */
export async function openSession(
  sql: Sql,
  session: {
    readonly hash: string;
    readonly key: string;
    readonly csrfToken: string;
    readonly lifeMs: number;
    readonly address: string | null;
  },
): Promise<void> {
  await sql`DELETE FROM sessions WHERE expires_at < now()`;
  await sql`
    INSERT INTO sessions (hash, key, csrf_token, expires_at, address)
    VALUES (${session.hash}, ${session.key}, ${session.csrfToken}, now() + ${session.lifeMs} * interval '1 millisecond', ${session.address})`;
}

/** Ends a session, of whichever kind it is. */
export async function closeSession(sql: Sql, hash: string): Promise<void> {
  await sql`WITH named AS (DELETE FROM person.sign_in_sessions WHERE token = ${hash}) DELETE FROM sessions WHERE hash = ${hash}`;
}
