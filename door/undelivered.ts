import type { Sql } from '../db/client.ts';
import { reached } from '../db/queries/sendings.ts';
import type { Tx } from '../db/transactions.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { uuidV5 } from './act-id.ts';
import type { ChannelName } from './endpoint.ts';
import { disabledText, unreachedText } from './undelivered-text.ts';

/** A person whom every outside endpoint of his own has failed for so long was not reached. */
export const unreachedAfterMs = 86_400_000;
/** Of these messages it is said; that something was not delivered is itself not passed on for ever. */
const kinds = JSON.stringify(['rung', 'nudge', 'emergency']);
/** Notices about one thing are counted together, so they are written one after another; any number, the same everywhere. */
const noticeLock = 4_711_018_003;

/** Who is told: the post of a head (whoever holds it next as well), or a person. */
interface Recipient {
  readonly post: string | null;
  readonly person: string;
  readonly unit: string;
  readonly level: string;
}

/** People with deliveries that no endpoint of theirs has taken: all refused or given up, or waiting for a day. At most 500 at a time. */
export async function unreachedPeople(sql: Sql, now: Instant): Promise<string[]> {
  await settleReached(sql, now);
  const rows = await sql<{ person: string }[]>`
    SELECT DISTINCT person FROM (SELECT d.person, d.id FROM deliveries d WHERE d.id IN (${lost(sql, now)}) LIMIT 500) found
    ORDER BY person`;
  return rows.map(({ person }) => person);
}

/** What one endpoint of a person took need not be looked at over the others. Rows somebody writes right now are left for next time. */
const settleReached = (sql: Sql, now: Instant) => sql`
  UPDATE outbox SET reviewed_at = ${now} WHERE id = ANY (ARRAY(
    SELECT o.id FROM outbox o WHERE o.personal AND o.reviewed_at IS NULL AND ${reached(sql, 'o')}
    LIMIT 20000 FOR UPDATE SKIP LOCKED))`;

const lost = (sql: Sql | Tx, now: Instant) => sql`
  SELECT o.delivery_id FROM outbox o WHERE o.personal AND o.reviewed_at IS NULL AND o.delivery_id IN (
    SELECT x.delivery_id FROM outbox x WHERE x.personal AND x.reviewed_at IS NULL AND ${failed(sql, now)} AND NOT ${reached(sql, 'x')})
  GROUP BY o.delivery_id HAVING bool_and(${failed(sql, now, 'o')})`;

const failed = (sql: Sql | Tx, now: Instant, of: 'x' | 'o' = 'x') => {
  const row = sql.unsafe(of);
  return sql`(${row}.state = 'failed' OR ${row}.due_at <= ${now}::timestamptz - ${unreachedAfterMs} * interval '1 ms')`;
};

/**
 * Notes that deliveries did not reach a person outside, and tells the head of his unit and the administrators in their
 * inboxes: one message to each as long as it is unread, which counts. Answers how many messages were not delivered.
 */
export async function tellUnreached(tx: Tx, person: string, now: Instant): Promise<number> {
  await tx`SELECT pg_advisory_xact_lock(${noticeLock})`;
  const marked = await tx<{ count: number }[]>`
    WITH gone AS (
      UPDATE outbox SET reviewed_at = ${now}, unreached = EXISTS (
        SELECT FROM delivery_messages b JOIN messages m ON m.id = b.message_id
        WHERE b.delivery_id = outbox.delivery_id AND m.kind IN (SELECT json_array_elements_text(${kinds}::text::json)))
      WHERE personal AND reviewed_at IS NULL AND delivery_id IN (
        SELECT id FROM deliveries WHERE person = ${person} AND id IN (${lost(tx, now)}))
      RETURNING delivery_id, unreached)
    SELECT coalesce(sum(d.count), 0)::int AS count FROM deliveries d
    WHERE d.id IN (SELECT delivery_id FROM gone WHERE unreached)`;
  const fresh = marked[0]!.count;
  if (fresh === 0) return 0;
  const posts = await postsOf(tx, person, now);
  const above = await recipientsOf(tx, { person, units: posts.map(({ unit }) => unit) }, now);
  const recipients =
    above.length > 0 ? above : await recipientsOf(tx, { person, units: await unitsTold(tx, person, now) }, now);
  for (const recipient of recipients) {
    const about = `person:${person}`;
    const open = await openNotice(tx, about, recipient);
    const before = open ? await unreachedSince(tx, person, open.createdAt, now) : 0;
    const text = unreachedText(
      before + fresh,
      posts.map(({ nameZh, nameEn }) => [nameZh, nameEn]),
    );
    await (open ? amend(tx, open.id, text) : tell(tx, about, recipient, text, now));
  }
  return fresh;
}

/** Tells in the inbox that an endpoint takes no more messages, and why: its person or the head of its unit, and the administrators. */
export async function tellDisabled(
  tx: Tx,
  endpoint: {
    readonly id: string;
    readonly channel: ChannelName;
    readonly person: string | null;
    readonly unit: string | null;
  },
  why: 'gone' | 'failing',
  now: Instant,
): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(${noticeLock})`;
  const { person } = endpoint;
  const posts = person === null ? [] : await postsOf(tx, person, now);
  const units = person === null ? [endpoint.unit!] : posts.map(({ unit }) => unit);
  const above = await recipientsOf(tx, { person, units }, now);
  const [own] = person === null ? [] : posts;
  const owner = own && person !== null ? [{ post: null, person, unit: own.unit, level: own.level }] : [];
  for (const recipient of [...owner, ...above.filter(({ post }) => person === null || post === null)]) {
    const about = `endpoint:${endpoint.id}`;
    const text = disabledText(endpoint.channel, why, recipient.person === person);
    if (!(await openNotice(tx, about, recipient))) await tell(tx, about, recipient, text, now);
  }
}

/** Tells the heads and administrators of units something about channels: of what is the same `about`, once as long as it is unread. */
export async function tellNotice(
  tx: Tx,
  { about, units, text }: { readonly about: string; readonly units: readonly string[]; readonly text: Text },
  now: Instant,
): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(${noticeLock})`;
  for (const recipient of await recipientsOf(tx, { person: null, units }, now))
    if (!(await openNotice(tx, about, recipient))) await tell(tx, about, recipient, text, now);
}

/**
 * Tells a person, and the nearest head above each of his units who is somebody else, that his sign-in was reset: whoever did it could
 * sign in as him. Each time anew. The heads know him by his posts, not by name.
 */
export async function tellReset(tx: Tx, person: string, factors: boolean, now: Instant): Promise<void> {
  const posts = await postsOf(tx, person, now);
  const units = posts.map(({ unit }) => unit);
  const heads = (await recipientsOf(tx, { person, units }, now)).filter(({ post }) => post !== null);
  const [what, whatEn]: Text = factors
    ? ['密码和第二步验证被安全管理员重设', 'password and second factor were reset by the security administrator']
    : ['密码被安全管理员重设', 'password was reset by the security administrator'];
  const named = posts.filter(({ nameZh }) => nameZh !== '');
  const whose = named.map(({ nameZh }) => nameZh).join('、') || '一位工作人员';
  const whoseEn = named.map(({ nameEn }) => nameEn).join(', ') || 'a post';
  const own: Text = [
    `您的${what}。如果不是您要求的，请立即告诉负责人和审计管理员。`,
    `Your ${whatEn}. If you did not ask for it, tell your head and the auditor at once.`,
  ];
  const others: Text = [
    `${whose}任职者的${what}。如果不是本人要求的，请立即告诉审计管理员。`,
    `Of the holder of ${whoseEn} the ${whatEn}. If it was not asked for, tell the auditor at once.`,
  ];
  const himself = posts.slice(0, 1).map(({ unit, level }) => ({ post: null, person, unit, level }));
  for (const each of himself) await tell(tx, `signIn:${person}`, each, own, now, 'signIn');
  for (const head of heads) await tell(tx, `signIn:${person}`, head, others, now, 'signIn');
}

interface PostOf {
  readonly unit: string;
  readonly level: string;
  readonly nameZh: string;
  readonly nameEn: string;
}

/** The posts a person holds; of somebody without any the units of the logins, under no name. */
async function postsOf(tx: Tx, person: string, now: Instant): Promise<readonly PostOf[]> {
  const posts = await tx<PostOf[]>`
    SELECT o.unit, u.level, o.name_zh AS "nameZh", o.name_en AS "nameEn"
    FROM appointments a JOIN posts o ON o.id = a.post JOIN units u ON u.id = o.unit
    WHERE a.person = ${person} AND a.from_at <= ${now} AND (a.until_at IS NULL OR a.until_at > ${now}) ORDER BY o.id`;
  if (posts.length > 0) return posts;
  return tx<PostOf[]>`
    SELECT DISTINCT u.id AS unit, u.level, '' AS "nameZh", '' AS "nameEn" FROM api_keys k JOIN units u ON u.id = k.unit
    WHERE k.person = ${person} AND k.revoked_at IS NULL ORDER BY u.id`;
}

/** The nearest head above each unit who is somebody else, and the administrators in whose reach it lies; each once. */
async function recipientsOf(
  tx: Tx,
  { person, units }: { readonly person: string | null; readonly units: readonly string[] },
  now: Instant,
): Promise<readonly Recipient[]> {
  return tx<Recipient[]>`
    WITH RECURSIVE up (start, depth, unit, level, above, head) AS (
      SELECT id, 0, id, level, above, head_post FROM units
      WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(units)}::text::json))
      UNION ALL SELECT up.start, up.depth + 1, u.id, u.level, u.above, u.head_post FROM up JOIN units u ON u.id = up.above
    ), heads AS (
      SELECT DISTINCT ON (up.start) up.head AS post, a.person, up.unit, up.level FROM up JOIN appointments a ON a.post = up.head
        AND a.from_at <= ${now} AND (a.until_at IS NULL OR a.until_at > ${now}) AND a.person IS DISTINCT FROM ${person}
      ORDER BY up.start, up.depth
    ), admins AS (
      SELECT DISTINCT ON (k.person) NULL AS post, k.person, up.unit, up.level FROM up JOIN api_keys k ON k.unit = up.unit
      WHERE k.role = 'admin' AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now})
        AND k.person IS DISTINCT FROM ${person} ORDER BY k.person, up.depth
    )
    SELECT DISTINCT ON (person, post) post, person, unit, level FROM (SELECT * FROM heads UNION ALL SELECT * FROM admins) every
    WHERE post IS NOT NULL OR person NOT IN (SELECT person FROM heads) ORDER BY person, post`;
}

/** The units of the messages just noted as not delivered: of somebody who holds no post any more, or none with anybody above. */
async function unitsTold(tx: Tx, person: string, now: Instant): Promise<readonly string[]> {
  const rows = await tx<{ unit: string }[]>`
    SELECT DISTINCT m.unit FROM deliveries d JOIN delivery_messages b ON b.delivery_id = d.id JOIN messages m ON m.id = b.message_id
    WHERE d.person = ${person} AND d.id IN (SELECT delivery_id FROM outbox WHERE unreached AND reviewed_at = ${now})`;
  return rows.map(({ unit }) => unit);
}

async function openNotice(tx: Tx, about: string, { post, person }: Recipient) {
  const [row] = await tx<{ id: string; createdAt: Instant }[]>`
    SELECT id, created_at AS "createdAt" FROM messages WHERE kind = 'undelivered' AND about = ${about}
      AND acknowledged_at IS NULL AND post IS NOT DISTINCT FROM ${post} AND (post IS NOT NULL OR person = ${person}) LIMIT 1`;
  return row;
}

/** How many messages did not reach a person from a moment on, those noted right now excepted. */
async function unreachedSince(tx: Tx, person: string, since: Instant, now: Instant): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    SELECT coalesce(sum(d.count), 0)::int AS count FROM deliveries d WHERE d.person = ${person} AND d.id IN (
      SELECT delivery_id FROM outbox WHERE unreached AND reviewed_at >= ${since} AND reviewed_at < ${now})`;
  return row!.count;
}

const amend = (tx: Tx, id: string, [zh, en]: Text) =>
  tx`UPDATE messages SET text_zh = ${zh}, text_en = ${en} WHERE id = ${id}`;

async function tell(
  tx: Tx,
  about: string,
  to: Recipient,
  [zh, en]: Text,
  now: Instant,
  kind: 'undelivered' | 'signIn' = 'undelivered',
): Promise<void> {
  const id = uuidV5(kind, about, to.post ?? to.person, now);
  await tx`
    WITH told AS (
      INSERT INTO messages (id, case_id, seq, n, kind, about, post, person, unit, level, text_zh, text_en, created_at)
      VALUES (${id}, NULL, 0, 0, ${kind}, ${about}, ${to.post}, ${to.person}, ${to.unit}, ${to.level}, ${zh}, ${en}, ${now})
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO reminders (message_id, next_at) SELECT id, ${now}::timestamptz FROM told`;
}
