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
}

/** The login of an API key by the SHA-256 of the key; none when unknown, expired or revoked. */
export async function loginOfKey(sql: Sql, hash: string): Promise<LoginRow | undefined> {
  return (await loginsOfKeys(sql, [hash])).get(hash);
}

/** The same for many keys at once: the logins of those that are valid. */
export async function loginsOfKeys(sql: Sql, hashes: readonly string[]): Promise<Map<string, LoginRow>> {
  const rows = await sql<(LoginRow & { hash: string })[]>`
    SELECT k.hash, k.id AS key, k.role, k.person, k.post, k.unit, ${inOffice(sql)} AS "inOffice" FROM api_keys k
    WHERE k.hash IN (SELECT json_array_elements_text(${JSON.stringify(hashes)}::text::json))
      AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;
  return new Map(rows.map(({ hash, ...login }) => [hash, login]));
}

/** The login of a key by its id; none when it is expired or revoked by now. */
export async function loginOfKeyId(sql: Sql, id: string): Promise<LoginRow | undefined> {
  const [row] = await sql<LoginRow[]>`
    SELECT k.id AS key, k.role, k.person, k.post, k.unit, ${inOffice(sql)} AS "inOffice" FROM api_keys k
    WHERE k.id = ${id} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;
  return row;
}

/** The login of a session by the SHA-256 of its token; ends with the session, and with its key. */
export async function loginOfSession(sql: Sql, hash: string): Promise<(LoginRow & { csrfToken: string }) | undefined> {
  const [row] = await sql<(LoginRow & { csrfToken: string })[]>`
    SELECT k.id AS key, k.role, k.person, k.post, k.unit, ${inOffice(sql)} AS "inOffice", s.csrf_token AS "csrfToken"
    FROM sessions s JOIN api_keys k ON k.id = s.key
    WHERE s.hash = ${hash} AND s.expires_at > now()
      AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`;
  return row;
}

function inOffice(sql: Sql) {
  return sql`(k.post IS NULL OR EXISTS (SELECT FROM appointments a WHERE a.post = k.post AND a.person = k.person
    AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now())))`;
}

/** Opens a session of a key, and clears away what has expired. */
export async function openSession(
  sql: Sql,
  session: { readonly hash: string; readonly key: string; readonly csrfToken: string; readonly lifeMs: number },
): Promise<void> {
  await sql`DELETE FROM sessions WHERE expires_at < now()`;
  await sql`
    INSERT INTO sessions (hash, key, csrf_token, expires_at)
    VALUES (${session.hash}, ${session.key}, ${session.csrfToken}, now() + ${session.lifeMs} * interval '1 millisecond')`;
}

/** Ends a session. */
export async function closeSession(sql: Sql, hash: string): Promise<void> {
  await sql`DELETE FROM sessions WHERE hash = ${hash}`;
}
