import type { Sql } from '../client.ts';
import { holdingUser } from './sign-in-held.ts';

/** A person as the administrators' page of sign-ins shows him. */
export interface SignInPerson {
  readonly person: string;
  readonly name: string;
  /** Null while he has no user name: nobody invited him, or he has not followed the link. */
  readonly username: string | null;
  readonly stoppedAt: string | null;
  readonly twoFactor: boolean;
  readonly passkeys: number;
  readonly sso: boolean;
  readonly sessions: number;
  readonly lastAt: string | null;
  /** Until when a link is good that was given out; null without one. */
  readonly linkUntil: string | null;
  readonly linkKind: 'invitation' | 'reset' | null;
  /** When his identity was verified; null when it was not. */
  readonly identifiedAt: string | null;
  /** Whether he administers or audits: no administrator changes how such a one signs in. */
  readonly apart: boolean;
}

/** Whose people are meant: an administrator's of a unit; `administrators` are the logins that set somebody apart. */
export interface LookingAfter {
  readonly unit: string;
  readonly administrators: readonly string[];
}

/** Whom an administrator looks after: people with a login or a post in his unit or below, and none elsewhere. */
function lookedAfter(sql: Sql, unit: string) {
  return sql`
    WITH RECURSIVE under (id) AS (
      SELECT ${unit}::text UNION SELECT u.id FROM units u JOIN under ON u.above = under.id),
    placed AS (
      SELECT person, unit FROM api_keys WHERE revoked_at IS NULL
      UNION SELECT a.person, o.unit FROM appointments a JOIN posts o ON o.id = a.post
      WHERE a.until_at IS NULL OR a.until_at > now()),
    mine AS (
      SELECT person FROM placed GROUP BY person HAVING bool_and(unit IN (SELECT id FROM under)))`;
}

function row(sql: Sql, administrators: readonly string[]) {
  return sql`
    p.id AS person, p.name, u.username, u.stopped_at::timestamptz(3) AS "stoppedAt",
    coalesce(u.two_factor_enabled, false) AS "twoFactor",
    (SELECT count(*)::int FROM person.sign_in_passkeys k WHERE k.user_id = p.id) AS passkeys,
    EXISTS (SELECT FROM person.sign_in_accounts a WHERE a.user_id = p.id AND a.provider_id <> 'credential') AS sso,
    (SELECT count(*)::int FROM person.sign_in_sessions s WHERE s.user_id = p.id AND s.expires_at > now()) AS sessions,
    (SELECT max(e.at) FROM person.security_events e WHERE e.person = p.id AND e.kind = 'signedIn') AS "lastAt",
    (SELECT at FROM person.identities i WHERE i.person = p.id) AS "identifiedAt",
    l.expires_at AS "linkUntil", l.kind AS "linkKind",
    EXISTS (SELECT FROM api_keys k WHERE k.person = p.id AND k.role IN ${sql(administrators)} AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > now())) AS apart
    FROM person.people p LEFT JOIN person.sign_in_users u ON u.id = p.id
    LEFT JOIN LATERAL (SELECT expires_at, kind FROM person.sign_in_links
      WHERE person = p.id AND ended_at IS NULL AND expires_at > now() ORDER BY made_at DESC LIMIT 1) l ON true`;
}

/** The people an administrator of a unit looks after, those whose name or id holds `q`. One more than `limit` tells of further ones. */
export async function signInPeople(
  sql: Sql,
  { unit, administrators }: LookingAfter,
  { q, limit, skip }: { readonly q: string; readonly limit: number; readonly skip: number },
): Promise<SignInPerson[]> {
  const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  return sql<SignInPerson[]>`${lookedAfter(sql, unit)}
    SELECT ${row(sql, administrators)} WHERE p.id IN (SELECT person FROM mine) AND (p.name ILIKE ${like} OR p.id ILIKE ${like})
    ORDER BY p.name, p.id LIMIT ${limit + 1} OFFSET ${skip}`;
}

/** One of them; undefined when he is none of this administrator's. */
export async function signInPerson(
  sql: Sql,
  { unit, administrators }: LookingAfter,
  person: string,
): Promise<SignInPerson | undefined> {
  const [found] = await sql<SignInPerson[]>`${lookedAfter(sql, unit)}
    SELECT ${row(sql, administrators)} WHERE p.id = ${person} AND p.id IN (SELECT person FROM mine)`;
  return found;
}

/** The user of a person, as far as signing in asks. */
export interface SignInUser {
  readonly person: string;
  readonly username: string;
  readonly twoFactor: boolean;
  readonly stopped: boolean;
}

/** The user of a person; undefined when he has none. */
export async function userOf(sql: Sql, person: string): Promise<SignInUser | undefined> {
  const [found] = await sql<SignInUser[]>`
    SELECT id AS person, username, two_factor_enabled AS "twoFactor", stopped_at IS NOT NULL AS stopped
    FROM person.sign_in_users WHERE id = ${person}`;
  return found;
}

/** Whose user name it is; undefined when it is nobody's. */
export async function personNamed(sql: Sql, username: string): Promise<string | undefined> {
  const [found] = await sql<{ id: string }[]>`SELECT id FROM person.sign_in_users WHERE username = ${username}`;
  return found?.id;
}

/** Whether a user name is taken by somebody else, or promised to him by a link that is still good. */
export async function isTaken(sql: Sql, username: string, person: string): Promise<boolean> {
  const [found] = await sql`
    SELECT FROM person.sign_in_users WHERE username = ${username} AND id <> ${person}
    UNION ALL SELECT FROM person.sign_in_links
    WHERE username = ${username} AND person <> ${person} AND ended_at IS NULL AND expires_at > now()`;
  return found !== undefined;
}

/** A one-time link. */
export interface NewLink {
  readonly hash: string;
  readonly kind: 'invitation' | 'reset';
  readonly person: string;
  readonly username: string;
  /** Null for the first run. */
  readonly by: string | null;
  readonly hours: number;
}

/** Gives out a link, and takes back those before it. */
export async function makeLink(sql: Sql, { hash, kind, person, username, by, hours }: NewLink): Promise<void> {
  await sql`
    WITH earlier AS (
      UPDATE person.sign_in_links SET ended_at = now() WHERE person = ${person} AND ended_at IS NULL)
    INSERT INTO person.sign_in_links (hash, kind, person, username, made_by, expires_at)
    VALUES (${hash}, ${kind}, ${person}, ${username}, ${by}, now() + ${hours} * interval '1 hour')`;
}

/** A link that is good. */
export interface OpenLink {
  readonly kind: 'invitation' | 'reset';
  readonly person: string;
  readonly username: string;
}

/** The link by its hash; undefined when it is none, was used, was taken back or is too old. */
export async function openLink(sql: Sql, hash: string): Promise<OpenLink | undefined> {
  const [found] = await sql<OpenLink[]>`
    SELECT kind, person, username FROM person.sign_in_links
    WHERE hash = ${hash} AND ended_at IS NULL AND expires_at > now()`;
  return found;
}

/** For so many minutes after a link was used, its person may set up the first second factor with the password alone. */
export const ENROL_MINUTES = 60;

/**
 * Uses a link: sets the password of its person, who becomes a user if he was none, and ends all his sessions, those of his API
 * keys and sign-ins under way too; a link is good once. With a reset his link with a single sign-on and the API keys he made go:
 * whoever had the password may have added them. Second factors and passkeys stay: to take them needs more than a reset
 * (`voidSignIn`). Undefined when it is not good any more.
 */
export async function useLink(
  sql: Sql,
  {
    hash,
    passwordHash,
    accountId,
  }: { readonly hash: string; readonly passwordHash: string; readonly accountId: string },
): Promise<OpenLink | undefined> {
  const link = await openLink(sql, hash);
  if (!link) return undefined;
  return holdingUser(sql, link.person, async (tx) => {
    const [used] = await tx<OpenLink[]>`
      WITH used AS (
        UPDATE person.sign_in_links SET ended_at = now()
        WHERE hash = ${hash} AND ended_at IS NULL AND expires_at > now() RETURNING kind, person, username),
      account AS (
        UPDATE person.sign_in_accounts a SET password = ${passwordHash}, updated_at = now()
        FROM used WHERE a.user_id = used.person AND a.provider_id = 'credential' RETURNING a.user_id),
      ended AS (
        DELETE FROM person.sign_in_sessions s USING used WHERE s.user_id = used.person),
      by_key AS (
        DELETE FROM sessions s USING used, api_keys k WHERE k.id = s.key AND k.person = used.person),
      under_way AS (
        DELETE FROM person.sign_in_verifications v USING used WHERE v.value = used.person),
      sso AS (
        DELETE FROM person.sign_in_accounts a USING used
        WHERE a.user_id = used.person AND a.provider_id <> 'credential' AND used.kind = 'reset'),
      keys AS (
        UPDATE person.login_keys m SET revoked_at = now() FROM used, api_keys k
        WHERE k.id = m.login AND k.person = used.person AND used.kind = 'reset' AND m.revoked_at IS NULL),
      member AS (
        INSERT INTO person.sign_in_users (id, name, email, username, enrol_until)
        SELECT person, person, person || '@linli.invalid', username, now() + ${ENROL_MINUTES} * interval '1 minute' FROM used
        ON CONFLICT (id) DO UPDATE SET username = excluded.username, enrol_until = excluded.enrol_until, updated_at = now() RETURNING id),
      made AS (
        INSERT INTO person.sign_in_accounts (id, account_id, provider_id, user_id, password)
        SELECT ${accountId}, id, 'credential', id, ${passwordHash} FROM member WHERE id NOT IN (SELECT user_id FROM account))
      SELECT kind, person, username FROM used`;
    return used;
  });
}

/** What a person signs in with beside the password. */
export interface Factors {
  /** Whether codes are asked for. */
  readonly codes: boolean;
  readonly passkeys: number;
  /** Whether he may set up the first one with the password alone: a link of his was used just now, and he has none. */
  readonly mayEnrol: boolean;
}

/** What a person signs in with beside the password. */
export async function factorsOf(sql: Sql, person: string): Promise<Factors> {
  const [found] = await sql<Factors[]>`
    SELECT u.two_factor_enabled AS codes, k.n AS passkeys,
      NOT u.two_factor_enabled AND k.n = 0 AND coalesce(u.enrol_until > now(), false) AS "mayEnrol"
    FROM person.sign_in_users u, LATERAL (SELECT count(*)::int AS n FROM person.sign_in_passkeys WHERE user_id = u.id) k
    WHERE u.id = ${person}`;
  return found ?? { codes: false, passkeys: 0, mayEnrol: false };
}

/** Takes a passkey from its person; `last` when it is the only factor he has and one is demanded. Asked while he is held. */
export async function removePasskey(sql: Sql, person: string, id: string): Promise<'removed' | 'last' | 'none'> {
  const [found] = await sql<{ last: boolean }[]>`
    SELECT NOT u.two_factor_enabled AND EXISTS (SELECT FROM sign_in_rules WHERE factor_required)
      AND NOT EXISTS (SELECT FROM person.sign_in_passkeys o WHERE o.user_id = u.id AND o.id <> k.id) AS last
    FROM person.sign_in_passkeys k JOIN person.sign_in_users u ON u.id = k.user_id WHERE k.id = ${id} AND u.id = ${person}`;
  if (!found) return 'none';
  if (found.last) return 'last';
  await dropPasskey(sql, person, id);
  return 'removed';
}

/** Takes back a passkey that was just added by a session which has been ended meanwhile. */
export async function dropPasskey(sql: Sql, person: string, id: string): Promise<void> {
  await sql`DELETE FROM person.sign_in_passkeys WHERE id = ${id} AND user_id = ${person}`;
}

/** Whether a passkey, by the id its device has for it, is still a person's. */
export async function hasPasskey(sql: Sql, person: string, credential: string): Promise<boolean> {
  const [found] =
    await sql`SELECT FROM person.sign_in_passkeys WHERE user_id = ${person} AND credential_id = ${credential}`;
  return found !== undefined;
}

/** What tells a password from the one before and after it: the hash that is kept. Undefined without one. */
export async function passwordMark(sql: Sql, person: string): Promise<string | undefined> {
  const [found] = await sql<{ password: string }[]>`
    SELECT password FROM person.sign_in_accounts WHERE user_id = ${person} AND provider_id = 'credential'`;
  return found?.password;
}

/** Ends all but one session of a person, sign-ins under way and, where he wants it, the API keys he made. Asked while he is held. */
export async function endOthers(
  sql: Sql,
  person: string,
  { but, keys }: { but: string; keys: boolean },
): Promise<void> {
  await endSessions(sql, person, { but });
  await sql`DELETE FROM person.sign_in_verifications WHERE value = ${person}`;
  if (keys)
    await sql`UPDATE person.login_keys m SET revoked_at = now() FROM api_keys k
      WHERE k.id = m.login AND k.person = ${person} AND m.revoked_at IS NULL`;
}

/** Ends the sessions that the API keys of a person have opened; what follows may narrow it. */
const endByKey = (sql: Sql, person: string) => sql`
  DELETE FROM sessions s USING api_keys k WHERE k.id = s.key AND k.person = ${person}`;

/**
 * Takes from a person all he signs in by, second factors and API keys he made too, and ends his sessions at once: so nothing weaker than
 * before lets him in until he uses the link that goes with it. `unknown`: the hash of a password nobody knows, so that trying
 * one takes as long as ever.
 */
export async function voidSignIn(sql: Sql, person: string, unknown: string): Promise<void> {
  await holdingUser(sql, person, async (tx) => {
    await tx`
    WITH codes AS (DELETE FROM person.sign_in_two_factors WHERE user_id = ${person}),
      passkeys AS (DELETE FROM person.sign_in_passkeys WHERE user_id = ${person}),
      sso AS (DELETE FROM person.sign_in_accounts WHERE user_id = ${person} AND provider_id <> 'credential'),
      password AS (
        UPDATE person.sign_in_accounts SET password = ${unknown}, updated_at = now()
        WHERE user_id = ${person} AND provider_id = 'credential'),
      ended AS (DELETE FROM person.sign_in_sessions WHERE user_id = ${person}),
      by_key AS (${endByKey(sql, person)}),
      keys AS (UPDATE person.login_keys m SET revoked_at = now() FROM api_keys k
        WHERE k.id = m.login AND k.person = ${person} AND m.revoked_at IS NULL),
      under_way AS (DELETE FROM person.sign_in_verifications WHERE value = ${person})
    UPDATE person.sign_in_users SET two_factor_enabled = false, updated_at = now() WHERE id = ${person}`;
  });
}

/**
 * Lets a person in no more, or again; either way his sessions end, those of his API keys too. When he is stopped, the links for
 * him end and those he made.
 */
export async function setStopped(sql: Sql, person: string, stopped: boolean): Promise<void> {
  await sql`
    WITH ended AS (DELETE FROM person.sign_in_sessions WHERE user_id = ${person}),
      by_key AS (${endByKey(sql, person)}),
      links AS (
        UPDATE person.sign_in_links SET ended_at = now()
        WHERE ${stopped} AND (person = ${person} OR made_by = ${person}) AND ended_at IS NULL)
    UPDATE person.sign_in_users SET stopped_at = CASE WHEN ${stopped} THEN now() END, updated_at = now() WHERE id = ${person}`;
}

/** A session of a person. */
export interface OwnSession {
  readonly id: string;
  readonly createdAt: string;
  readonly seenAt: string;
  readonly address: string | null;
  readonly agent: string | null;
  /** Whether it was opened with an API key. */
  readonly byKey: boolean;
}

/** The sessions of a person that still hold, the latest first. */
export async function sessionsOfPerson(sql: Sql, person: string, idleMinutes: number): Promise<OwnSession[]> {
  return sql<OwnSession[]>`
    SELECT id, created_at AS "createdAt", seen_at AS "seenAt", ip_address AS address, user_agent AS agent, false AS "byKey"
    FROM person.sign_in_sessions
    WHERE user_id = ${person} AND expires_at > now() AND seen_at > now() - ${idleMinutes} * interval '1 minute'
    UNION ALL
    SELECT s.id, s.created_at, s.seen_at, s.address, NULL, true FROM sessions s JOIN api_keys k ON k.id = s.key
    WHERE k.person = ${person} AND s.expires_at > now() AND s.seen_at > now() - ${idleMinutes} * interval '1 minute'
    ORDER BY "createdAt" DESC, id`;
}

/** Ends sessions of a person, those of his API keys too: one, all, or all but one. Answers how many there were. */
export async function endSessions(
  sql: Sql,
  person: string,
  { only, but }: { readonly only?: string; readonly but?: string } = {},
): Promise<number> {
  const ended = await sql`
    WITH named AS (
      DELETE FROM person.sign_in_sessions WHERE user_id = ${person}
        AND (${only ?? null}::text IS NULL OR id = ${only ?? null}) AND (${but ?? null}::text IS NULL OR id <> ${but ?? null})
      RETURNING id),
    by_key AS (${endByKey(sql, person)}
      AND (${only ?? null}::text IS NULL OR s.id = ${only ?? null}) AND (${but ?? null}::text IS NULL OR s.id <> ${but ?? null})
      RETURNING s.id)
    SELECT id FROM named UNION ALL SELECT id FROM by_key`;
  return ended.length;
}

/** Makes a session work with another login of its person. */
export async function chooseLogin(sql: Sql, session: string, login: string): Promise<void> {
  await sql`
    UPDATE person.sign_in_sessions s SET login = k.id FROM api_keys k
    WHERE s.id = ${session} AND k.id = ${login} AND k.person = s.user_id`;
}

/**
 * Makes the logins a person lacks: one for each post he holds in a unit or below it. `roles`: what a login is for, by the kind
 * of the post; of any other kind, which may be whatever a list said, it is `post`, which carries no right of its own. Answers
 * how many it made.
 */
export async function makeLogins(
  sql: Sql,
  {
    person,
    unit,
    roles,
  }: { readonly person: string; readonly unit: string; readonly roles: Readonly<Record<string, string>> },
): Promise<number> {
  const made = await sql`
    WITH RECURSIVE under (id) AS (
      SELECT ${unit}::text UNION SELECT u.id FROM units u JOIN under ON u.above = under.id)
    INSERT INTO api_keys (id, role, person, post, unit)
    SELECT gen_random_uuid()::text, coalesce(${JSON.stringify(roles)}::text::json ->> o.kind, 'post'), ${person}, o.id, o.unit
    FROM appointments a JOIN posts o ON o.id = a.post
    WHERE a.person = ${person} AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now())
      AND o.unit IN (SELECT id FROM under) AND NOT EXISTS (
        SELECT FROM api_keys k WHERE k.person = ${person} AND k.post = o.id AND k.revoked_at IS NULL
          AND (k.expires_at IS NULL OR k.expires_at > now()))
    RETURNING id`;
  return made.length;
}

/** Whether a unit, or one above it, has a security administrator whose login holds. */
export async function hasSecurityAdmin(sql: Sql, unit: string): Promise<boolean> {
  const [found] = await sql`
    WITH RECURSIVE up (id, above) AS (
      SELECT id, above FROM units WHERE id = ${unit} UNION SELECT u.id, u.above FROM units u JOIN up ON u.id = up.above)
    SELECT FROM api_keys k WHERE k.role = 'securityAdmin' AND k.post IS NULL AND k.unit IN (SELECT id FROM up)
      AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) LIMIT 1`;
  return found !== undefined;
}

/**
 * Makes a person the security administrator of a unit, with a login to sign in by name. The database refuses it (23514,
 * `api_keys_apart`) to who administers the system or audits.
 */
export async function makeSecurityAdmin(sql: Sql, person: string, unit: string): Promise<void> {
  await sql`INSERT INTO api_keys (id, role, person, unit) VALUES (gen_random_uuid()::text, 'securityAdmin', ${person}, ${unit})`;
}

/**
 * Whether a person's account at the single sign-on is one at this issuer; of one from before issuers were kept, it is from now on.
 * Another issuer may give the same id to somebody else.
 */
export async function isLinkedWith(sql: Sql, person: string, issuer: string): Promise<boolean> {
  const [row] = await sql<{ same: boolean }[]>`
    UPDATE person.sign_in_accounts SET issuer = coalesce(issuer, ${issuer})
    WHERE user_id = ${person} AND provider_id <> 'credential' RETURNING issuer = ${issuer} AS same`;
  return row?.same ?? false;
}

/** Takes the account at a single sign-on from a person. */
export async function dropAccount(sql: Sql, person: string, provider: string): Promise<void> {
  await sql`DELETE FROM person.sign_in_accounts WHERE user_id = ${person} AND provider_id = ${provider}`;
}
