import type { Sql } from '../client.ts';
import { toldTo } from './work.ts';

/** Whose endpoint it is: exactly one of the three. */
export interface Owner {
  readonly person: string | null;
  readonly unit: string | null;
  readonly post: string | null;
}

/** An endpoint as it may be shown: without its settings. */
export interface EndpointRow extends Owner {
  readonly id: string;
  readonly channel: string;
  readonly hint: string;
  readonly requestHash: string;
  readonly language: 'zh' | 'en';
  readonly trusted: boolean;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly digest: string;
  readonly dailyAt: string | null;
  readonly createdAt: string;
  readonly verifiedAt: string | null;
  readonly disabledAt: string | null;
  readonly disabledReason: string | null;
  readonly removedAt: string | null;
  readonly failingSince: string | null;
  readonly sentAt: string | null;
  /** Messages of the inbox that wait to go out. */
  readonly waiting: number;
  /** Since when its unit or post is closed: nothing new is sent to it. */
  readonly silentSince: string | null;
}

const columns = (sql: Sql) => sql`
  c.id, c.person, c.unit, c.post, c.channel, c.hint, c.request_hash AS "requestHash", c.language, c.trusted,
  c.quiet_from AS "quietFrom", c.quiet_to AS "quietTo", c.digest, c.daily_at AS "dailyAt", c.created_at AS "createdAt",
  c.verified_at AS "verifiedAt", c.disabled_at AS "disabledAt", c.disabled_reason AS "disabledReason",
  c.removed_at AS "removedAt", t.failing_since AS "failingSince", t.sent_at AS "sentAt",
  (SELECT coalesce(sum(o.count), 0)::int FROM outbox o WHERE o.endpoint_id = c.id AND o.state IN ('waiting', 'sending')) AS waiting,
  coalesce((SELECT u.closed_at FROM units u WHERE u.id = c.unit), (SELECT o.closed_at FROM posts o WHERE o.id = c.post)) AS "silentSince"`;

/** The endpoints of an owner that are not removed, oldest first. */
export async function listEndpoints(
  sql: Sql,
  { person, unit, post }: Owner,
  page: { readonly limit: number; readonly after?: { readonly createdAt: string; readonly id: string } | undefined },
): Promise<EndpointRow[]> {
  const { limit, after } = page;
  return sql<EndpointRow[]>`
    SELECT ${columns(sql)} FROM person.channel_endpoints c LEFT JOIN channel_states t ON t.endpoint_id = c.id
    WHERE c.removed_at IS NULL AND c.person IS NOT DISTINCT FROM ${person} AND c.unit IS NOT DISTINCT FROM ${unit}
      AND c.post IS NOT DISTINCT FROM ${post}
      ${after === undefined ? sql`` : sql`AND (c.created_at, c.id) > (${after.createdAt}::timestamptz, ${after.id})`}
    ORDER BY c.created_at, c.id LIMIT ${limit + 1}`;
}

/** One endpoint, removed ones as well; undefined when there is none. */
export async function endpointOf(sql: Sql, id: string): Promise<EndpointRow | undefined> {
  const [row] = await sql<EndpointRow[]>`
    SELECT ${columns(sql)} FROM person.channel_endpoints c LEFT JOIN channel_states t ON t.endpoint_id = c.id WHERE c.id = ${id}`;
  return row;
}

/** What somebody may do with the endpoints of an owner, and whether the owner is there at all. */
export interface ChannelRights {
  readonly known: boolean;
  /** He is the person, or holds the post. */
  readonly own: boolean;
  /** He heads the owner's unit or one above it. */
  readonly head: boolean;
  /** He administers it. */
  readonly admin: boolean;
  /** The unit or post is closed. */
  readonly closed: boolean;
}

/** The rights of a person, administrator of a unit or of none, over the endpoints of an owner. */
export async function channelRights(
  sql: Sql,
  { person, adminOf }: { readonly person: string; readonly adminOf: string | undefined },
  owner: Owner,
): Promise<ChannelRights> {
  const now = (a: string) => sql.unsafe(`${a}.from_at <= now() AND (${a}.until_at IS NULL OR ${a}.until_at > now())`);
  const [row] = await sql<ChannelRights[]>`
    WITH RECURSIVE units_of (id) AS (
      SELECT id FROM units WHERE id = ${owner.unit} UNION SELECT unit FROM posts WHERE id = ${owner.post}
      UNION SELECT o.unit FROM appointments a JOIN posts o ON o.id = a.post WHERE a.person = ${owner.person} AND ${now('a')}
      UNION SELECT k.unit FROM api_keys k WHERE k.person = ${owner.person} AND k.revoked_at IS NULL
    ), up (id, above, head) AS (
      SELECT u.id, u.above, u.head_post FROM units u JOIN units_of x ON x.id = u.id
      UNION SELECT u.id, u.above, u.head_post FROM up JOIN units u ON u.id = up.above
    )
    SELECT EXISTS (SELECT FROM units_of) OR EXISTS (SELECT FROM person.people WHERE id = ${owner.person}) AS known,
      (${owner.person}::text IS NOT NULL AND ${owner.person} = ${person}) OR EXISTS (
        SELECT FROM appointments b WHERE b.post = ${owner.post} AND b.person = ${person} AND ${now('b')}) AS own,
      ${owner.person}::text IS NULL AND EXISTS (
        SELECT FROM up JOIN appointments h ON h.post = up.head WHERE h.person = ${person} AND ${now('h')}) AS head,
      EXISTS (SELECT FROM up WHERE up.id = ${adminOf ?? null}) AS admin,
      EXISTS (SELECT 1 FROM units WHERE id = ${owner.unit} AND closed_at IS NOT NULL
        UNION ALL SELECT 1 FROM posts WHERE id = ${owner.post} AND closed_at IS NOT NULL) AS closed`;
  return row!;
}

/**
 * The units whose endpoints a person looks after on his page: those he heads, the one he administers, and closed ones that went
 * into one of these as long as they have endpoints.
 */
export async function unitsLookedAfter(sql: Sql, person: string, adminOf: string | undefined): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    WITH RECURSIVE own AS (
      SELECT u.id FROM units u WHERE u.id = ${adminOf ?? null} OR EXISTS (
        SELECT FROM appointments a WHERE a.post = u.head_post AND a.person = ${person} AND a.from_at <= now()
          AND (a.until_at IS NULL OR a.until_at > now()))
      UNION SELECT u.id FROM own JOIN units u ON u.above = own.id AND u.closed_at IS NOT NULL)
    SELECT id FROM own JOIN units u USING (id) WHERE u.closed_at IS NULL OR EXISTS (
      SELECT FROM person.channel_endpoints c WHERE c.unit = u.id AND c.removed_at IS NULL) ORDER BY id`;
  return rows.map(({ id }) => id);
}

/** What is kept of a new endpoint. */
export interface NewEndpoint extends Owner {
  readonly id: string;
  readonly channel: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly hint: string;
  readonly requestHash: string;
  readonly language: string;
  readonly trusted: boolean;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly digest: string;
  readonly dailyAt: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly verifiedAt: string | null;
  /** What the address is to be verified with. */
  readonly code?: Code | undefined;
}

/** A code sent to an address, and until when it holds. */
export interface Code {
  readonly code: string;
  readonly until: string;
}

/** Keeps a new endpoint; one of the same id stays as it is. */
export async function insertEndpoint(sql: Sql, row: NewEndpoint): Promise<void> {
  await sql`
    INSERT INTO person.channel_endpoints (id, person, unit, post, channel, settings, hint, request_hash, language, trusted,
      quiet_from, quiet_to, digest, daily_at, created_by, created_at, verified_at, code, code_until)
    VALUES (${row.id}, ${row.person}, ${row.unit}, ${row.post}, ${row.channel}, ${JSON.stringify(row.settings)}::text::json,
      ${row.hint}, ${row.requestHash}, ${row.language}, ${row.trusted}, ${row.quietFrom}, ${row.quietTo}, ${row.digest},
      ${row.dailyAt}, ${row.createdBy}, ${row.createdAt}, ${row.verifiedAt}, ${row.code?.code ?? null}, ${row.code?.until ?? null})
    ON CONFLICT (id) DO NOTHING`;
}

/** What may change of an endpoint. */
export interface EndpointChanges {
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly hint?: string | undefined;
  readonly language?: string | undefined;
  readonly trusted?: boolean | undefined;
  readonly quiet?: { readonly from: string; readonly to: string } | null | undefined;
  readonly digest?: { readonly digest: string; readonly dailyAt: string | null } | undefined;
  /** Verified from a moment on, or (null) no longer. */
  readonly verifiedAt?: string | null | undefined;
  /** The code of a new address: no code of the old one verifies it. */
  readonly code?: Code | undefined;
  /** False: disabled by hand. */
  readonly enabled?: boolean | undefined;
}

/** Changes an endpoint. What waits for it goes out when the new preferences say, which `dueAt` does. */
export async function changeEndpoint(
  sql: Sql,
  id: string,
  changes: EndpointChanges,
  now: string,
  dueAt: string,
): Promise<void> {
  const { settings, hint, language, trusted, quiet, digest, verifiedAt, code, enabled } = changes;
  const set = (given: unknown) => given !== undefined;
  await sql`
    WITH changed AS (
      UPDATE person.channel_endpoints SET
        settings = CASE WHEN ${set(settings)} THEN ${JSON.stringify(settings ?? null)}::text::json ELSE settings END,
        hint = coalesce(${hint ?? null}, hint), language = coalesce(${language ?? null}, language),
        trusted = coalesce(${trusted ?? null}, trusted),
        quiet_from = CASE WHEN ${set(quiet)} THEN ${quiet?.from ?? null} ELSE quiet_from END,
        quiet_to = CASE WHEN ${set(quiet)} THEN ${quiet?.to ?? null} ELSE quiet_to END,
        digest = coalesce(${digest?.digest ?? null}, digest),
        daily_at = CASE WHEN ${set(digest)} THEN ${digest?.dailyAt ?? null} ELSE daily_at END,
        verified_at = CASE WHEN ${set(verifiedAt)} THEN ${verifiedAt ?? null}::timestamptz ELSE verified_at END,
        code = CASE WHEN ${set(settings)} THEN ${code?.code ?? null} ELSE code END,
        code_until = CASE WHEN ${set(settings)} THEN ${code?.until ?? null}::timestamptz ELSE code_until END,
        code_tries = CASE WHEN ${set(settings)} THEN 0 ELSE code_tries END,
        disabled_at = CASE WHEN ${enabled === true} THEN NULL WHEN ${enabled === false} THEN coalesce(disabled_at, ${now}::timestamptz) ELSE disabled_at END,
        disabled_reason = CASE WHEN ${enabled === true} THEN NULL WHEN ${enabled === false} THEN coalesce(disabled_reason, 'byHand') ELSE disabled_reason END
      WHERE id = ${id} AND removed_at IS NULL RETURNING id
    ), fresh AS (
      UPDATE channel_states SET failing_since = NULL, failures = 0 FROM changed
      WHERE endpoint_id = changed.id AND (${enabled === true} OR ${set(settings)}))
    UPDATE outbox SET due_at = ${dueAt} FROM changed WHERE endpoint_id = changed.id AND state = 'waiting' AND NOT urgent
      AND ${set(quiet) || set(digest)}`;
}

/** Takes an endpoint away: its settings are gone, and what waited for it is not sent. */
export async function removeEndpoint(sql: Sql, id: string, now: string): Promise<void> {
  await sql`
    WITH gone AS (
      UPDATE person.channel_endpoints SET removed_at = ${now}, settings = '{}', hint = '', code = NULL, code_until = NULL
      WHERE id = ${id} AND removed_at IS NULL RETURNING id
    ), ended AS (
      UPDATE sendings SET outcome = 'failed', ended_at = ${now}, reason = coalesce(reason, 'removed') FROM gone
      WHERE endpoint_id = gone.id AND outcome IS NULL)
    UPDATE outbox SET state = 'failed' FROM gone WHERE endpoint_id = gone.id AND state IN ('waiting', 'sending')`;
}

/** How many endpoints an owner has. */
export async function countEndpoints(sql: Sql, { person, unit, post }: Owner): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM person.channel_endpoints WHERE removed_at IS NULL AND person IS NOT DISTINCT FROM ${person}
      AND unit IS NOT DISTINCT FROM ${unit} AND post IS NOT DISTINCT FROM ${post}`;
  return row!.n;
}

/** Sets the code an address is to be verified with, until when. */
export async function setCode(sql: Sql, id: string, { code, until }: Code): Promise<void> {
  await sql`
    UPDATE person.channel_endpoints SET code = ${code}, code_until = ${until}, code_tries = 0
    WHERE id = ${id} AND removed_at IS NULL AND verified_at IS NULL`;
}

/** The settings of an endpoint, for our own use: no answer shows them. */
export async function settingsOf(sql: Sql, id: string): Promise<Readonly<Record<string, string>>> {
  const [row] = await sql<{ settings: Record<string, string> }[]>`
    SELECT settings FROM person.channel_endpoints WHERE id = ${id}`;
  return row!.settings;
}

/** Limits of codes within a day. */
export interface CodeLimits {
  readonly perAddress: number;
  readonly perPerson: number;
}

/**
 * Notes that somebody has a code sent to an address, unless there were too many within a day: of him, or to the address,
 * whatever became of the endpoints. Noted first and counted then, so that requests at the same time do not slip through.
 */
export async function noteCode(
  sql: Sql,
  { askedBy, addressHash, now }: { readonly askedBy: string; readonly addressHash: string; readonly now: string },
  { perAddress, perPerson }: CodeLimits,
): Promise<boolean> {
  const [noted] = await sql<{ id: number }[]>`
    WITH old AS (DELETE FROM person.channel_codes WHERE at <= ${now}::timestamptz - interval '1 day')
    INSERT INTO person.channel_codes (asked_by, address_hash, at) VALUES (${askedBy}, ${addressHash}, ${now}) RETURNING id`;
  const [row] = await sql<{ ours: number; theirs: number }[]>`
    SELECT count(*) FILTER (WHERE asked_by = ${askedBy})::int AS ours, count(*) FILTER (WHERE address_hash = ${addressHash})::int AS theirs
    FROM person.channel_codes WHERE (asked_by = ${askedBy} OR address_hash = ${addressHash}) AND at > ${now}::timestamptz - interval '1 day'`;
  if (row!.ours <= perPerson && row!.theirs <= perAddress) return true;
  await sql`DELETE FROM person.channel_codes WHERE id = ${noted!.id}`;
  return false;
}

/** Verifies an address by its code. A code holds for five tries, and only until its time is over. */
export async function verifyByCode(sql: Sql, id: string, code: string, now: string): Promise<boolean> {
  const [row] = await sql<{ verified: boolean }[]>`
    UPDATE person.channel_endpoints SET code_tries = code_tries + 1,
      verified_at = CASE WHEN code = ${code} THEN ${now}::timestamptz END, code = CASE WHEN code = ${code} THEN NULL ELSE code END
    WHERE id = ${id} AND verified_at IS NULL AND removed_at IS NULL AND code_until > ${now} AND code_tries < 5
    RETURNING verified_at IS NOT NULL AS verified`;
  return row?.verified ?? false;
}

/** Acknowledges a message about no case that was told to this person; answers since when it is, undefined when there is none. */
export async function acknowledgeNotice(
  sql: Sql,
  person: string,
  messageId: string,
  adminOf: string | undefined,
): Promise<string | undefined> {
  const [row] = await sql<{ at: string }[]>`
    UPDATE messages m SET acknowledged_at = coalesce(acknowledged_at, clock_timestamp()), acknowledged_by = coalesce(acknowledged_by, ${person})
    WHERE m.id = ${messageId} AND m.case_id IS NULL AND ${toldTo(sql, person, adminOf)} RETURNING acknowledged_at AS at`;
  return row?.at;
}
