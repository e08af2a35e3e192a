import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChannelSender } from '../activities/channel-sender.ts';
import { parseAllowList } from '../activities/channels/allow-list.ts';
import { createGuardedFetch } from '../activities/channels/guarded-fetch.ts';
import { channelCheck, createSenders } from '../activities/channels/index.ts';
import { createChaser } from '../activities/chaser.ts';
import { createDeliveries } from '../door/deliveries.ts';
import { addMs } from '../engine/time/civil.ts';
import { type MailServer, startMailServer } from '../test/support/mail-server.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

// A post's own channels when it is handed over, over HTTP with a real SMTP server behind.

const POST = 'community-1-secretary';
const log = pino({ level: 'silent' });
let scene: Scene;
let mail: MailServer;
let senders: ReturnType<typeof createSenders>;

beforeAll(async () => {
  mail = await startMailServer({ answer: () => undefined });
  senders = createSenders({
    fetch: createGuardedFetch({ allow: parseAllowList('127.0.0.1') }),
    now: () => new Date(),
    email: { smtp: { host: '127.0.0.1', port: mail.port, tls: 'none', from: 'linli@example.cn' } },
  });
  scene = await setScene({ channels: channelCheck(senders) });
});
afterAll(async () => {
  await scene?.close();
  await mail?.close();
});

async function ask(login: Login, method: string, path: string, body?: unknown) {
  const response = await scene.ask(login, method, path, body);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
/** Sends what is due, now or as a process would at a later moment. */
async function send(at?: string) {
  const sender = createChannelSender({ sql: scene.worker, senders, log, ...(at ? { now: async () => at } : {}) });
  while ((await sender.turn()) > 0) await sender.idle();
}
const codeIn = (address: string) => /\d{6}/.exec(mail.to(address).at(-1)?.email.text ?? '')?.[0] ?? '';
const textsTo = (address: string) => mail.to(address).filter(({ email }) => !(email.text ?? '').includes('验证码'));

async function verified(login: Login, address: string, post = POST): Promise<string> {
  const owner = { post };
  const wish = { owner, channel: 'email', settings: { address }, quietHours: null };
  const { body } = await ask(login, 'POST', '/channels', wish);
  await send();
  expect((await ask(login, 'POST', `/channels/${body.id}/verify`, { code: codeIn(address) })).status).toBe(200);
  return body.id;
}
const appointment = async (post = POST) =>
  (await ask('admin', 'GET', `/appointments?post=${post}`)).body.items.find(
    ({ until }: { until: string | null }) => until === null,
  ).id;
const endpoints = async () => (await ask('admin', 'GET', `/channels?post=${POST}`)).body.items;

/** Something the post is told, on its way to the post's channels. */
async function tellPost(caseId: string, person: string) {
  const id = randomUUID();
  await scene.sql`DELETE FROM reminders`;
  await scene.sql`INSERT INTO messages (id, case_id, seq, n, kind, post, person, unit, level, text_zh, text_en, created_at)
    VALUES (${id}, ${caseId}, 1, ${Math.floor(Math.random() * 1e6)}, 'rung', ${POST}, ${person}, 'community-1', 'community', '消息', 'message', now() - interval '1 minute')`;
  await scene.sql`INSERT INTO reminders VALUES (${id}, now())`;
  await createDeliveries({ sql: scene.worker, settleMs: 0 }).turn();
}

test('handed over, they are listed, trusted no longer, and take nothing until whoever follows has confirmed them', async () => {
  const caseId = await scene.open();
  const id = await verified('secretary', 'zhang@example.cn');
  await ask('admin', 'PATCH', `/channels/${id}`, { trusted: true });
  const robot = { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret-key' };
  const wish = { owner: { post: POST }, channel: 'wecom', settings: robot, trusted: true };
  expect((await ask('admin', 'POST', '/channels', wish)).status).toBe(201);
  const own = { channel: 'email', settings: { address: 'own@example.cn' }, quietHours: null };
  const personal = (await ask('secretary', 'POST', '/channels', own)).body.id;
  await send();
  await ask('secretary', 'POST', `/channels/${personal}/verify`, { code: codeIn('own@example.cn') });

  const path = `/appointments/${await appointment()}/handover`;
  const listed = [
    { channel: 'email', hint: 'z•••@example.cn', trusted: true, byCode: true },
    { channel: 'wecom', hint: 'qyapi.weixin.qq.com', trusted: true, byCode: false },
  ];
  const preview = await ask('secretary', 'GET', path);
  expect(preview.body.channels).toMatchObject(listed);
  expect(JSON.stringify(preview.body)).not.toMatch(/zhang|secret-key/);
  await tellPost(caseId, 'p-secretary');

  const done = await ask('admin', 'POST', path, { to: 'p-director-2' });
  expect([done.status, done.body.channels]).toMatchObject([200, listed]);
  expect(await endpoints()).toMatchObject([
    { channel: 'email', verifiedAt: null, trusted: false },
    { channel: 'wecom', verifiedAt: expect.any(String), trusted: false },
  ]);
  await send();
  await tellPost(caseId, 'p-director-2');
  await send();
  expect(textsTo('zhang@example.cn')).toEqual([]);
  expect((await ask('secretary', 'GET', `/channels?post=${POST}`)).status).toBe(404);
  // what is his own stays his own
  expect((await ask('secretary', 'GET', '/channels')).body.items).toMatchObject([{ verifiedAt: expect.any(String) }]);

  const changed = await ask('stranger', 'PATCH', `/channels/${id}`, { settings: { address: 'next@example.cn' } });
  expect(changed.status).toBe(200);
  await send();
  expect((await ask('stranger', 'POST', `/channels/${id}/verify`, { code: codeIn('next@example.cn') })).status).toBe(
    200,
  );
  await tellPost(caseId, 'p-director-2');
  await send();
  expect([textsTo('next@example.cn').length, textsTo('zhang@example.cn').length]).toEqual([1, 0]);
  // nothing is taken back a second time
  await createChaser({ sql: scene.worker, door: scene.door, log }).turn();
  expect((await endpoints())[0]).toMatchObject({ verifiedAt: expect.any(String) });
});

test('handed over later, they go on to the very instant, and nothing goes to who has left after it', async () => {
  const caseId = await scene.open();
  const [email] = await endpoints();
  const at = new Date(Date.now() + 3_600_000).toISOString();
  const after = addMs(at, 1_000);
  const path = `/appointments/${await appointment()}/handover`;
  const done = await ask('admin', 'POST', path, { to: 'p-secretary', at });
  expect(done.body.channels[0]).toMatchObject({ id: email.id, byCode: true });
  expect((await endpoints())[0].verifiedAt).toBe(email.verifiedAt);
  const before = textsTo('next@example.cn').length;
  await tellPost(caseId, 'p-director-2');
  await send();
  expect(textsTo('next@example.cn').length).toBe(before + 1);
  // what waits at that instant is not sent, even before any process has seen to the endpoint
  await tellPost(caseId, 'p-director-2');
  await send(after);
  expect(textsTo('next@example.cn').length).toBe(before + 1);
  const chaser = (now: string) => createChaser({ sql: scene.worker, door: scene.door, log, now: async () => now });
  await chaser(addMs(at, -1)).turn();
  expect((await endpoints())[0].verifiedAt).toBe(email.verifiedAt);
  await Promise.all([chaser(after).turn(), chaser(after).turn()]);
  expect((await endpoints())[0].verifiedAt).toBeNull();
});

test('handed over as of a moment ago, what who leaves has verified in between is to be confirmed as well', async () => {
  const post = 'community-1-residents-representative';
  const at = new Date().toISOString();
  const id = await verified('cashHolder', 'late@example.cn', post);
  const path = `/appointments/${await appointment(post)}/handover`;
  expect((await ask('admin', 'POST', path, { to: 'p-secretary-2', at })).status).toBe(200);
  const own = async () => (await ask('admin', 'GET', `/channels?post=${post}`)).body.items;
  expect(await own()).toMatchObject([{ id, verifiedAt: null }]);
  // who follows verifies it, and keeps it
  await scene.sql`UPDATE person.channel_endpoints SET verified_at = clock_timestamp() WHERE id = ${id}`;
  await createChaser({ sql: scene.worker, door: scene.door, log }).turn();
  expect(await own()).toMatchObject([{ id, verifiedAt: expect.any(String) }]);
});
