import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fixedCalendar } from '../../door/calendars.ts';
import { createDeliveries } from '../../door/deliveries.ts';
import type { ChannelName } from '../../door/endpoint.ts';
import { weekdayCalendar } from '../../engine/time/calendar.ts';
import { addMs, atTime } from '../../engine/time/civil.ts';
import type { Instant } from '../../sdk/time.ts';
import { type DoorBench, doorBench, fuleOpening, recorded } from '../../test/support/door.ts';
import { type Answered, type Got, type HttpDouble, startDouble } from '../../test/support/http-double.ts';
import { startDingtalkDouble } from '../../test/support/robots/dingtalk.ts';
import { startFeishuDouble } from '../../test/support/robots/feishu.ts';
import { json, type RobotDouble } from '../../test/support/robots/robot-double.ts';
import { startWecomDouble } from '../../test/support/robots/wecom.ts';
import { createChannelSender } from '../channel-sender.ts';
import { parseAllowList } from './allow-list.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { createSenders } from './index.ts';
import { newWebhookSecret } from './webhook.ts';

// From the inbox through the outbox over real HTTP to a unit's webhook and robots, on the test's clock.

const secret = newWebhookSecret();
const robotSecret = 'SECtest0123456789';
let bench: DoorBench;
let caseId: string;
let now: Instant;
const nowMs = () => Date.parse(now);
const doubles: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  bench = await doorBench({ calendar: weekdayCalendar });
  bench.clock.now = atTime('2031-03-01', '10:00');
  ({ caseId } = recorded(await bench.door.open(fuleOpening())).case);
});
afterAll(() => bench.close());
beforeEach(() => {
  now = atTime('2031-03-10', '10:00');
});
afterEach(async () => {
  await Promise.all(doubles.splice(0).map((each) => each.close()));
  await bench.sql`DELETE FROM reminders`;
  await bench.sql`UPDATE person.channel_endpoints SET removed_at = now(), settings = '{}'`;
  await bench.sql`UPDATE sendings SET outcome = 'failed', ended_at = now() WHERE outcome IS NULL`;
  await bench.sql`UPDATE outbox SET state = 'failed', reviewed_at = coalesce(reviewed_at, now()) WHERE state <> 'sent'`;
  await bench.sql`UPDATE messages SET acknowledged_at = now() WHERE acknowledged_at IS NULL`;
});

async function kept<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const double = await starting;
  doubles.push(double);
  return double;
}
const receiver = (answer: (got: Got) => Answered | Promise<Answered> = () => ({ status: 204 }), port = 0) =>
  kept(startDouble(answer, { port }));

function sendingLoop({ attemptMs = 5_000 } = {}) {
  const fetch = createGuardedFetch({ allow: parseAllowList('127.0.0.1'), limits: { totalMs: attemptMs } });
  const senders = createSenders({ fetch, now: () => new Date(nowMs()), pause: async () => {} });
  return createChannelSender({
    ...{ sql: bench.worker, senders, log: pino({ level: 'silent' }), now: async () => now, random: () => 0 },
    ...{ baseUrl: 'https://linli.example.cn', attemptMs },
  });
}
type SendingLoop = ReturnType<typeof sendingLoop>;

async function settle(loop: SendingLoop): Promise<void> {
  do await loop.idle();
  while ((await loop.turn()) > 0);
}

/** An endpoint of the community: it gets what its posts are told. */
async function endpoint(channel: ChannelName, settings: Record<string, string>): Promise<string> {
  const id = randomUUID();
  await bench.sql`
    INSERT INTO person.channel_endpoints (id, unit, channel, settings, hint, request_hash, language, trusted, digest, created_by,
      created_at, verified_at)
    VALUES (${id}, 'community-1', ${channel}, ${JSON.stringify(settings)}::text::json, '', '', 'zh', false, 'atOnce', 'p-admin',
      ${now}, ${now})`;
  return id;
}

/** Tells the secretary of the community something, and brings it to his inbox. */
async function tell(n = 1): Promise<void> {
  for (let i = 0; i < n; i++) {
    const id = randomUUID();
    await bench.sql`INSERT INTO messages (id, case_id, seq, n, kind, post, person, unit, level, text_zh, text_en, created_at)
      VALUES (${id}, ${caseId}, 1, 0, 'rung', 'community-1-secretary', 'p-secretary', 'community-1', 'community', '周某家的事',
        'about a household', ${now})`;
    await bench.sql`INSERT INTO reminders (message_id, next_at) VALUES (${id}, ${now})`;
    const deliveries = createDeliveries({
      ...{ sql: bench.worker, calendars: fixedCalendar(weekdayCalendar), settleMs: 0, now: async () => now },
    });
    while ((await deliveries.turn()) > 0);
  }
}

/** How its attempts ended, in order. */
const outcomes = async (endpointId: string): Promise<string[]> =>
  (
    await bench.sql<{ outcome: string; reason: string | null }[]>`
    SELECT outcome, reason FROM delivery_attempts WHERE endpoint_id = ${endpointId} ORDER BY id`
  ).map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(' '));

/** How many messages the group was told of: robots say it in words. */
const counted = ({ seen }: RobotDouble): number =>
  seen.reduce((sum, text) => sum + Number(/您有 (\d+) 条/.exec(text)?.[1]), 0);
/** How many messages a webhook was told of, each id once. */
const countedBy = ({ got }: HttpDouble): number =>
  [
    ...new Map(got.map(({ headers, body }) => [headers['webhook-id'], JSON.parse(body).data.count as number])).values(),
  ].reduce((sum, count) => sum + count, 0);

async function allFour() {
  const hook = await receiver();
  const options = { now: nowMs };
  const wecom = await kept(startWecomDouble(options));
  const dingtalk = await kept(startDingtalkDouble({ ...options, secret: robotSecret }));
  const feishu = await kept(startFeishuDouble({ ...options, secret: robotSecret, keywords: ['邻里'] }));
  const ids = {
    webhook: await endpoint('webhook', { url: hook.url, secret }),
    wecom: await endpoint('wecom', { url: wecom.robotUrl }),
    dingtalk: await endpoint('dingtalk', { url: dingtalk.robotUrl, secret: robotSecret }),
    feishu: await endpoint('feishu', { url: feishu.robotUrl, secret: robotSecret, keyword: '邻里' }),
  };
  return { hook, wecom, dingtalk, feishu, ids };
}

test('a message reaches the unit’s webhook and its three robots: ids and counts, signed, once', async () => {
  const { hook, wecom, dingtalk, feishu, ids } = await allFour();
  await tell();
  await Promise.all([settle(sendingLoop()), settle(sendingLoop())]);
  const [{ no } = { no: '' }] = await bench.sql<
    { no: string }[]
  >`SELECT case_no AS no FROM cases WHERE case_id = ${caseId}`;
  const said = `邻里：您有 1 条新消息（个案 ${no}），请登录收件箱查看。`;
  for (const robot of [wecom, dingtalk, feishu])
    expect(robot.seen).toEqual([`${said}\nhttps://linli.example.cn/cases/${caseId}`]);
  expect(hook.got).toHaveLength(1);
  const [{ body, headers }] = hook.got as [Got];
  const at = String(Math.floor(Date.now() / 1000));
  const signed = new Webhook(secret).sign(headers['webhook-id']!, new Date(Math.floor(nowMs() / 1000) * 1000), body);
  expect(headers['webhook-signature']).toBe(signed);
  expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-timestamp': at })).toThrow();
  expect(JSON.parse(body)).toMatchObject({
    data: { count: 1, ids: [caseId], kinds: ['messages'], text: { zh: said } },
  });
  expect(body).not.toContain('周某');
  for (const id of Object.values(ids)) expect(await outcomes(id)).toEqual(['sent']);
});

test('each of them fails for a day in a way of its own, and recovers: nothing is lost, nothing comes twice', async () => {
  const { hook, wecom, dingtalk, feishu, ids } = await allFour();
  await hook.close();
  wecom.answerNext(...Array<Answered>(500).fill(json({ errcode: -1, errmsg: 'system busy' })));
  feishu.answerNext(...Array<Answered>(500).fill({ status: 503, headers: { 'retry-after': '1800' } }));
  await bench.sql`
    UPDATE person.channel_endpoints SET settings = ${JSON.stringify({ url: dingtalk.robotUrl, secret: 'SECsomethingelse' })}::text::json
    WHERE id = ${ids.dingtalk}`;
  const loop = sendingLoop();
  const began = now;
  let told = 0;
  for (let minutes = 0; minutes < 24 * 60; minutes += 20) {
    now = addMs(began, minutes * 60_000);
    if (minutes % 120 === 0) {
      await tell();
      told += 1;
    }
    await settle(loop);
  }
  expect([wecom.seen, dingtalk.seen, feishu.seen]).toEqual([[], [], []]);
  expect(new Set(await outcomes(ids.webhook))).toEqual(new Set(['again connection-refused']));
  expect(new Set(await outcomes(ids.wecom))).toEqual(new Set(['again wecom--1']));
  expect(new Set(await outcomes(ids.dingtalk))).toEqual(new Set(['again dingtalk-310000-sign']));
  expect(new Set(await outcomes(ids.feishu))).toEqual(new Set(['again http-503']));
  // all is well again; the group's administrator has copied the right secret
  const reopened = await receiver(undefined, hook.port);
  for (const robot of [wecom, feishu]) robot.mend();
  await bench.sql`
    UPDATE person.channel_endpoints SET settings = ${JSON.stringify({ url: dingtalk.robotUrl, secret: robotSecret })}::text::json
    WHERE id = ${ids.dingtalk}`;
  for (let hours = 24; hours <= 48; hours += 2) {
    now = addMs(began, hours * 3_600_000);
    await settle(loop);
  }
  expect([wecom, dingtalk, feishu].map(counted)).toEqual([told, told, told]);
  expect(countedBy(reopened)).toBe(told);
  expect(new Set(reopened.got.map(({ headers }) => headers['webhook-id'])).size).toBe(reopened.got.length);
  for (const id of Object.values(ids)) {
    const [state] = await bench.sql`SELECT failing_since, failures FROM channel_states WHERE endpoint_id = ${id}`;
    expect([state!['failing_since'], state!['failures']]).toEqual([null, 0]);
  }
});

test('receivers that are slow, dead, or redirect to this machine harm nobody, and nothing inside is reached', async () => {
  const inside = await receiver();
  const slow = await receiver(() => new Promise(() => {}));
  const dead = await receiver();
  await dead.close();
  const turns = await receiver(() => ({ status: 302, headers: { location: inside.url } }));
  const leads = await endpoint('webhook', { url: 'https://127.0.0.2/hook', secret });
  const bad = {
    slow: await endpoint('webhook', { url: slow.url, secret }),
    dead: await endpoint('webhook', { url: dead.url, secret }),
    turns: await endpoint('webhook', { url: turns.url, secret }),
  };
  const well = await receiver();
  const good = await endpoint('webhook', { url: well.url, secret });
  await tell();
  await settle(sendingLoop({ attemptMs: 1_000 }));
  expect(await outcomes(bad.slow)).toEqual(['again timeout']);
  expect(await outcomes(bad.dead)).toEqual(['again connection-refused']);
  expect(await outcomes(bad.turns)).toEqual(['again redirect']);
  expect(await outcomes(leads)).toEqual(['again settings-invalid']);
  expect(await outcomes(good)).toEqual(['sent']);
  expect(inside.got).toEqual([]);
});

test('an endpoint that is gone is disabled at once, and the head of the unit is told', async () => {
  const { wecom, dingtalk, feishu } = await allFour();
  wecom.answerNext(json({ errcode: 93000, errmsg: 'invalid webhook url' }));
  dingtalk.answerNext(json({ errcode: 400102, errmsg: 'bot is stopped' }));
  feishu.answerNext(json({ code: 19001, msg: 'param invalid: incoming webhook access token invalid' }));
  const hook = await receiver(() => ({ status: 410 }));
  await endpoint('webhook', { url: hook.url, secret });
  await tell();
  const loop = sendingLoop();
  await settle(loop);
  const rows = await bench.sql<{ channel: string; why: string }[]>`
    SELECT channel, disabled_reason AS why FROM person.channel_endpoints WHERE removed_at IS NULL AND disabled_at IS NOT NULL
    ORDER BY channel`;
  expect(rows.map(({ channel, why }) => `${channel} ${why}`)).toEqual([
    'dingtalk gone',
    'feishu gone',
    'webhook gone',
    'wecom gone',
  ]);
  const told = await bench.sql`
    SELECT FROM messages WHERE kind = 'undelivered' AND person = 'p-director' AND acknowledged_at IS NULL`;
  expect(told).toHaveLength(4);
  await tell();
  await settle(loop);
  expect(hook.got).toHaveLength(1);
});

test('fifty emergencies within a minute keep to a robot’s pace, and each of them arrives', async () => {
  const wecom = await kept(startWecomDouble({ now: nowMs }));
  const began = now;
  const id = await endpoint('wecom', { url: wecom.robotUrl });
  await tell(50);
  await bench.sql`UPDATE outbox SET urgent = true WHERE endpoint_id = ${id}`;
  const loop = sendingLoop();
  for (let minutes = 0; minutes < 30 && wecom.seen.length < 50; minutes++) {
    await settle(loop);
    now = addMs(now, 60_000);
  }
  expect(wecom.seen).toHaveLength(50);
  expect(wecom.got).toHaveLength(50);
  expect(await outcomes(id)).toEqual(Array(50).fill('sent'));
  expect(nowMs() - Date.parse(began)).toBeLessThanOrEqual(180_000);
});

test('a secret can be changed while messages wait: a receiver with either of them takes all', async () => {
  let up = false;
  const hook = await receiver(() => ({ status: up ? 200 : 503 }));
  const id = await endpoint('webhook', { url: hook.url, secret });
  await tell();
  const loop = sendingLoop();
  await settle(loop);
  const fresh = newWebhookSecret();
  await bench.sql`
    UPDATE person.channel_endpoints SET settings = ${JSON.stringify({ url: hook.url, secret: fresh, previousSecret: secret })}::text::json
    WHERE id = ${id}`;
  up = true;
  now = addMs(now, 600_000);
  await settle(loop);
  const { headers, body } = hook.got.at(-1)!;
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  expect(headers['webhook-signature']!.split(' ')).toEqual(
    [fresh, secret].map((key) => new Webhook(key).sign(headers['webhook-id']!, at, body)),
  );
  expect(new Set(hook.got.map((each) => each.headers['webhook-id'])).size).toBe(1);
});
