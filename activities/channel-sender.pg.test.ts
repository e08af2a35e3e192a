import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { resend } from '../db/queries/sendings.ts';
import { fixedCalendar } from '../door/calendars.ts';
import { createDeliveries } from '../door/deliveries.ts';
import { weekdayCalendar } from '../engine/time/calendar.ts';
import { addMs, atTime } from '../engine/time/civil.ts';
import type { Instant } from '../sdk/time.ts';
import { type DoorBench, doorBench, fuleOpening, recorded } from '../test/support/door.ts';
import { type MailServer, startMailServer } from '../test/support/mail-server.ts';
import { type ChannelSenderDeps, createChannelSender } from './channel-sender.ts';
import { emailSender } from './channels/email.ts';
import type { Sender, SendOutcome } from './channels/sender.ts';

// The inbox brings, the loop sends, a real SMTP server takes; the clock is the test's and stands in March 2031 (Monday 10).

let bench: DoorBench;
let mail: MailServer;
let caseId: string;
let now: Instant;
const at = (day: string, time: `${number}:${number}` = '10:00') => atTime(`2031-03-${day}`, time);

beforeAll(async () => {
  bench = await doorBench({ calendar: weekdayCalendar });
  bench.clock.now = at('01');
  ({ caseId } = recorded(await bench.door.open(fuleOpening())).case);
});
afterAll(() => bench.close());
beforeEach(async () => {
  now = at('10');
  mail = await startMailServer();
});
afterEach(async () => {
  await mail.close();
  await bench.sql`DELETE FROM reminders`;
  await bench.sql`UPDATE person.channel_endpoints SET removed_at = now(), settings = '{}'`;
  await bench.sql`UPDATE sendings SET outcome = 'failed', ended_at = now() WHERE outcome IS NULL`;
  await bench.sql`UPDATE outbox SET state = 'failed', reviewed_at = coalesce(reviewed_at, now()) WHERE state <> 'sent'`;
  await bench.sql`UPDATE messages SET acknowledged_at = now() WHERE acknowledged_at IS NULL`;
});

const email = (change: Partial<{ port: number }> = {}): Sender =>
  emailSender({ smtp: { host: '127.0.0.1', port: mail.port, tls: 'none', from: 'linli@example.cn', ...change } });
const loopOf = (change: Partial<ChannelSenderDeps> = {}) =>
  createChannelSender({
    ...{ sql: bench.worker, senders: { email: email() }, log: pino({ level: 'silent' }), now: async () => now },
    ...{ random: () => 0, baseUrl: 'https://linli.example.cn', attemptMs: 5_000 },
    ...change,
  });
type ChannelLoop = ReturnType<typeof loopOf>;

/** Turns until nothing is due any more. */
async function settle(loop: ChannelLoop): Promise<void> {
  for (;;) {
    const taken = await loop.turn();
    await loop.idle();
    if (taken === 0) return;
  }
}

async function endpoint(
  owner: { person?: string; unit?: string; post?: string },
  change: Record<string, unknown> = {},
): Promise<string> {
  const row = {
    ...{
      id: randomUUID(),
      person: null,
      unit: null,
      post: null,
      channel: 'email',
      hint: '',
      request_hash: '',
      language: 'zh',
    },
    ...{
      settings: { address: `${owner.person ?? owner.unit ?? owner.post}@example.cn` },
      trusted: false,
      digest: 'atOnce',
    },
    ...{ quiet_from: null, quiet_to: null, daily_at: null, created_by: 'p-admin', created_at: now, verified_at: now },
    ...owner,
    ...change,
  };
  await bench.sql`
    INSERT INTO person.channel_endpoints (id, person, unit, post, channel, settings, hint, request_hash, language, trusted,
      quiet_from, quiet_to, digest, daily_at, created_by, created_at, verified_at)
    SELECT id, person, unit, post, channel, settings, hint, request_hash, language, trusted, quiet_from, quiet_to, digest,
      daily_at, created_by, created_at, verified_at
    FROM json_populate_record(NULL::person.channel_endpoints, ${JSON.stringify(row)}::text::json)`;
  return row.id;
}

/** Tells the secretary (unless said otherwise) something now, and brings what is due to inboxes. */
async function tell(
  n = 1,
  {
    to = { post: 'community-1-secretary', person: 'p-secretary' } as { post?: string; person?: string },
    kind = 'rung',
  } = {},
): Promise<void> {
  for (let i = 0; i < n; i++) {
    const id = randomUUID();
    await bench.sql`INSERT INTO messages (id, case_id, seq, n, kind, post, person, unit, level, text_zh, text_en, created_at)
      VALUES (${id}, ${caseId}, ${i}, 0, ${kind}, ${to.post ?? null}, ${to.person ?? null}, 'community-1', 'community',
        ${`消息 ${i + 1}`}, ${`message ${i + 1}`}, ${now})`;
    await bench.sql`INSERT INTO reminders (message_id, next_at) VALUES (${id}, ${now})`;
  }
  await bring();
}
async function bring(): Promise<void> {
  const deliveries = createDeliveries({
    ...{ sql: bench.worker, calendars: fixedCalendar(weekdayCalendar), settleMs: 0, now: async () => now },
  });
  while ((await deliveries.turn()) > 0);
}
const texts = (to: string) => mail.to(`${to}@example.cn`).map(({ email: { text = '' } }) => text.split('\n')[0]);
const attempts = (endpointId: string) => bench.sql<
  { n: number; at: Instant; outcome: string; reason: string | null }[]
>`
  SELECT n, at, outcome, reason FROM delivery_attempts WHERE endpoint_id = ${endpointId} ORDER BY id`;
const outcomes = async (endpointId: string) =>
  (await attempts(endpointId)).map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(' '));
const notices = (person: string) => bench.sql<{ text: string; id: string }[]>`
  SELECT id, text_zh AS text FROM messages WHERE kind = 'undelivered' AND person = ${person} AND acknowledged_at IS NULL ORDER BY created_at`;

test('what the inbox brings goes out once to the person’s endpoints and to those of the post and its unit', async () => {
  await endpoint({ person: 'p-secretary' });
  await endpoint({ post: 'community-1-secretary' }, { trusted: true, language: 'en' });
  await endpoint({ unit: 'community-1' });
  await endpoint({ unit: 'community-2' });
  await endpoint({ person: 'p-director' });
  await endpoint({ person: 'p-secretary' }, { verified_at: null, settings: { address: 'unverified@example.cn' } });
  await tell();
  await Promise.all([settle(loopOf()), settle(loopOf())]);
  const [{ no } = { no: '' }] = await bench.sql<
    { no: string }[]
  >`SELECT case_no AS no FROM cases WHERE case_id = ${caseId}`;
  const shy = `邻里：您有 1 条新消息（个案 ${no}），请登录收件箱查看。`;
  expect([texts('p-secretary'), texts('community-1-secretary'), texts('community-1')]).toEqual([
    [shy],
    ['message 1'],
    [shy],
  ]);
  expect(mail.mails).toHaveLength(3);
  expect(mail.mails[0]!.email.text).toContain(`https://linli.example.cn/cases/${caseId}`);
  await settle(loopOf());
  expect(mail.mails).toHaveLength(3);
});

test('what waits for an endpoint that is trusted no longer goes out in counts, what waits for one that now is, whole', async () => {
  await mail.close();
  const { port } = mail;
  const withdrawn = await endpoint({ person: 'p-secretary' }, { trusted: true });
  const given = await endpoint({ post: 'community-1-secretary' });
  await tell(2);
  const loop = loopOf({ senders: { email: email({ port }) } });
  await settle(loop);
  expect(await outcomes(withdrawn)).toEqual(['again connection']);
  await bench.sql`UPDATE person.channel_endpoints SET trusted = NOT trusted WHERE id IN (${withdrawn}, ${given})`;
  mail = await startMailServer({ port });
  now = addMs(now, 3_600_000);
  await settle(loop);
  expect(texts('p-secretary')[0]).toMatch(/^邻里：您有 2 条新消息.*，请登录收件箱查看。$/);
  expect(mail.to('community-1-secretary@example.cn')[0]!.email.text).toContain('消息 1');
});

test('a digest is gathered until its hour; quiet hours are kept, but not by an emergency', async () => {
  await endpoint({ person: 'p-secretary' }, { digest: 'hourly', trusted: true });
  await endpoint({ person: 'p-director' }, { quiet_from: '21:00', quiet_to: '07:30', trusted: true });
  const director = { to: { person: 'p-director' } };
  now = at('10', '20:10');
  await tell(2);
  now = at('10', '20:40');
  await tell(1);
  await settle(loopOf());
  expect(mail.mails).toEqual([]);
  now = at('10', '21:00');
  await settle(loopOf());
  expect(mail.mails.map(({ email: { subject } }) => subject)).toEqual(['【邻里】3 条消息']);
  expect(texts('p-secretary')).toEqual(['您有 3 条消息：']);
  now = at('10', '23:00');
  await tell(2, director);
  await settle(loopOf());
  expect(texts('p-director')).toEqual([]);
  await tell(1, { ...director, kind: 'emergency' });
  await settle(loopOf());
  expect(texts('p-director')).toEqual(['消息 1']);
  now = at('11', '07:29');
  await settle(loopOf());
  expect(texts('p-director')).toHaveLength(1);
  now = at('11', '07:30');
  await settle(loopOf());
  expect(texts('p-director')).toEqual(['消息 1', '您有 2 条消息：']);
});

test('a server that is away for a day gets everything afterwards, in few mails, and nothing twice', async () => {
  const id = await endpoint({ person: 'p-secretary' }, { trusted: true });
  const { port } = mail;
  await mail.close();
  const loop = loopOf({ senders: { email: email({ port }) } });
  const begin = now;
  for (let minutes = 0; minutes < 24 * 60; minutes += 15) {
    now = addMs(begin, minutes * 60_000);
    if (minutes % 120 === 0) await tell(1);
    await settle(loop);
  }
  const failed = (await attempts(id)).length;
  expect(failed).toBeGreaterThan(10);
  expect(failed).toBeLessThan(80);
  mail = await startMailServer({ port });
  now = addMs(begin, 26 * 3_600_000);
  await settle(loop);
  const rows = await bench.sql`SELECT state, count(*)::int AS n FROM outbox WHERE endpoint_id = ${id} GROUP BY state`;
  expect(rows.map((row) => [row['state'], row['n']])).toEqual([['sent', 12]]);
  const sent = (await outcomes(id)).filter((each) => each === 'sent').length;
  expect(mail.to('p-secretary@example.cn')).toHaveLength(sent);
  expect(sent).toBeLessThanOrEqual(12);
  expect(new Set(mail.mails.map(({ email: { messageId } }) => messageId)).size).toBe(sent);
  const [state] = await bench.sql`SELECT failing_since, failures FROM channel_states WHERE endpoint_id = ${id}`;
  expect([state!['failing_since'], state!['failures']]).toEqual([null, 0]);
});

test('what nobody takes for days is given up, its endpoint disabled, and the head and the administrators are told, counted', async () => {
  await mail.close();
  mail = await startMailServer({ answer: () => ({ code: 451, words: '4.3.0 later' }) });
  const id = await endpoint({ person: 'p-secretary' });
  const other = await endpoint({ person: 'p-secretary' }, { settings: { address: 'second@example.cn' } });
  const loop = loopOf();
  const begin = now;
  await tell(1);
  const review = async (hours: number) => {
    now = addMs(begin, hours * 3_600_000);
    await settle(loop);
    return loop.review();
  };
  for (let hours = 0; hours <= 23; hours++) expect(await review(hours)).toBe(0);
  expect(await notices('p-director')).toEqual([]);
  expect(await review(24)).toBe(1);
  const text =
    '有 1 条消息未能通过外部渠道送达“社区党支部书记”的任职人，仍在其收件箱中。请当面提醒，并请其检查接收渠道。';
  expect((await notices('p-director')).map((each) => each.text)).toEqual([text]);
  expect((await notices('p-admin')).map((each) => each.text)).toEqual([text]);
  // more of it, and the unread one again on its next day: the same message counts
  for (let more = 0; more < 3; more++) await tell(1);
  await review(48);
  expect(await review(49)).toBe(0);
  const [counted, ...rest] = await notices('p-director');
  expect([counted!.text.slice(0, 6), rest]).toEqual(['有 5 条消', []]);
  expect(await notices('p-secretary')).toEqual([]);
  for (let hours = 50; hours <= 24 * 5 + 1; hours++) await review(hours);
  const rows =
    await bench.sql`SELECT disabled_reason AS why FROM person.channel_endpoints WHERE id IN (${id}, ${other})`;
  expect(rows.map((row) => row['why'])).toEqual(['failing', 'failing']);
  const [own] = await notices('p-secretary');
  expect(own!.text).toBe('您的接收渠道（电子邮件）已停用：连续五天未能送达。请检查后在“消息渠道”中重新启用。');
  expect((await notices('p-admin')).map((each) => each.text.slice(0, 5)).toSorted()).toEqual(
    ['有 5 条', '本单位一个', '本单位一个'].map((each) => each.slice(0, 5)).toSorted(),
  );
  expect(await bench.sql`SELECT FROM outbox WHERE endpoint_id = ${id} AND state <> 'failed'`).toHaveLength(0);
  // attempts thin out: a minute, five, half an hour, hours, a day
  const first = (await attempts(id)).filter(({ n }) => n <= 6).map(({ at: when }) => when);
  expect(first.length).toBeGreaterThan(5);
  // the notices themselves are brought and go out
  await endpoint({ person: 'p-admin' }, { trusted: true });
  await bring();
  expect(
    await bench.sql`SELECT FROM outbox o JOIN deliveries d ON d.id = o.delivery_id WHERE d.person = 'p-admin' AND o.state = 'waiting'`,
  ).not.toHaveLength(0);
});

test('what is sent again by hand and fails again is told again; what another endpoint took is not', async () => {
  await mail.close();
  mail = await startMailServer({
    answer: (to) => (to.startsWith('p-') ? { code: 550, words: '5.7.1 no' } : undefined),
  });
  const id = await endpoint({ person: 'p-secretary' });
  const loop = loopOf();
  await tell(1);
  await settle(loop);
  expect(await loop.review()).toBe(1);
  await bench.sql`UPDATE messages SET acknowledged_at = now() WHERE kind = 'undelivered'`;
  now = addMs(now, 3_600_000);
  expect(await resend(bench.sql, id, { since: at('09'), now })).toBe(1);
  expect(await loop.review()).toBe(0);
  await settle(loop);
  expect(await loop.review()).toBe(1);
  expect((await notices('p-director')).map(({ text }) => text.slice(0, 5))).toEqual(['有 1 条']);
  await endpoint({ person: 'p-secretary' }, { settings: { address: 'takes@example.cn' } });
  await tell(1);
  await settle(loop);
  now = addMs(now, 3_600_000);
  await resend(bench.sql, id, { since: addMs(now, -3_700_000), now });
  await settle(loop);
  expect(await loop.review()).toBe(0);
});

test('once all endpoints of a person are disabled for failing, rungs and emergencies count as not delivered', async () => {
  const id = await endpoint({ person: 'p-secretary' }, { settings: { address: 'gone@example.cn' } });
  const disabled = (why: string) => bench.sql`
    UPDATE person.channel_endpoints SET disabled_at = ${now}, disabled_reason = ${why} WHERE id = ${id}`;
  const loop = loopOf();
  const toldOf = async () => {
    await tell(1, { kind: 'emergency', to: { person: 'p-secretary' } });
    await settle(loop);
    return loop.review();
  };
  await disabled('byHand');
  expect(await toldOf()).toBe(0);
  now = addMs(now, 1_800_000);
  await disabled('gone');
  expect(await toldOf()).toBe(1);
  expect(await notices('p-director')).toHaveLength(1);
  expect(mail.mails).toEqual([]);
  await endpoint({ person: 'p-secretary' });
  expect(await toldOf()).toBe(0);
});

test('where nobody is above a person, the head of the unit the messages came from is told', async () => {
  await bench.sql`INSERT INTO person.people (id, name) VALUES ('p-left', '某人')`;
  await endpoint({ person: 'p-left' });
  await mail.close();
  mail = await startMailServer({ answer: () => ({ code: 550, words: '5.7.1 no' }) });
  await tell(1, { to: { person: 'p-left' } });
  const loop = loopOf();
  await settle(loop);
  expect(await loop.review()).toBe(1);
  expect(await notices('p-director')).toHaveLength(1);
});

test('an address that is not there any more is disabled at once', async () => {
  await mail.close();
  mail = await startMailServer({ answer: () => ({ code: 550, words: '5.1.1 no such user' }) });
  const id = await endpoint({ unit: 'community-1' });
  await tell(1);
  const loop = loopOf();
  await settle(loop);
  expect(await outcomes(id)).toEqual(['refused smtp-550']);
  const [row] = await bench.sql`SELECT disabled_reason AS why FROM person.channel_endpoints WHERE id = ${id}`;
  expect(row!['why']).toBe('gone');
  expect((await notices('p-director'))[0]!.text).toContain(
    '本单位一个接收渠道（电子邮件）已停用：对方表示该地址已不存在',
  );
  await tell(1);
  await settle(loop);
  expect(await outcomes(id)).toHaveLength(1);
});

test('a crash between sending and recording sends again under the same id, and loses nothing', async () => {
  const id = await endpoint({ person: 'p-secretary' });
  await tell(1);
  const dies = loopOf({
    afterSend: () => {
      throw new Error('killed');
    },
  });
  await dies.turn();
  await dies.idle();
  expect(mail.mails).toHaveLength(1);
  expect(await attempts(id)).toHaveLength(0);
  const next = loopOf();
  expect(await next.turn()).toBe(0); // leased by the dead
  await bench.sql`UPDATE channel_states SET lease_until = clock_timestamp() - interval '1 s'`;
  now = addMs(now, 61_000);
  await settle(next);
  expect((await attempts(id)).map(({ n, outcome }) => [n, outcome])).toEqual([[2, 'sent']]);
  expect(mail.mails.map(({ email: { messageId } }) => messageId)).toEqual(
    Array(2).fill(mail.mails[0]!.email.messageId),
  );
});

test('a message whose tries are never written down goes out no more once its time is over', async () => {
  const id = await endpoint({ person: 'p-secretary' });
  await tell(1);
  const dies = loopOf({
    afterSend: () => {
      throw new Error('killed');
    },
  });
  const begin = now;
  const until = async (days: number) => {
    for (; now <= addMs(begin, days * 86_400_000); now = addMs(now, 6 * 3_600_000)) {
      await dies.turn();
      await dies.idle();
      await bench.sql`UPDATE channel_states SET lease_until = clock_timestamp() - interval '1 s'`;
    }
  };
  await until(5.5);
  const sent = mail.mails.length;
  await until(7);
  expect(mail.mails).toHaveLength(sent);
  const rows = await bench.sql`
    SELECT o.state, s.outcome FROM outbox o JOIN sendings s ON s.id = o.sending_id WHERE o.endpoint_id = ${id}`;
  expect(rows).toEqual([{ state: 'failed', outcome: 'failed' }]);
});

test('what a peer calls a message is kept as far as it can be', async () => {
  const id = await endpoint({ person: 'p-secretary' });
  await tell(1);
  const sender: Sender = { ...email(), send: async () => ({ kind: 'sent', reference: 'a\u0000b\n邻c' }) };
  await settle(loopOf({ senders: { email: sender } }));
  const rows = await bench.sql`SELECT outcome, reference FROM delivery_attempts WHERE endpoint_id = ${id}`;
  expect(rows).toEqual([{ outcome: 'sent', reference: 'abc' }]);
});

test('while our own mail server does not take mail, messages are held, no endpoint is disabled, and the alarm is raised', async () => {
  const { port } = mail;
  await mail.close();
  const id = await endpoint({ person: 'p-secretary' });
  const alarms: unknown[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void alarms.push(JSON.parse(line)) });
  const loop = loopOf({ log, senders: { email: email({ port }) } });
  const begin = now;
  await tell(1);
  for (let hours = 0; hours <= 24 * 6; hours += 6) {
    now = addMs(begin, hours * 3_600_000);
    await settle(loop);
  }
  expect(alarms[0]).toMatchObject({ alarm: 'CHANNEL', channel: 'email', reason: 'connection' });
  const [row] = await bench.sql`SELECT disabled_at FROM person.channel_endpoints WHERE id = ${id}`;
  expect(row!['disabled_at']).toBeNull();
  mail = await startMailServer({ port });
  now = addMs(now, 6 * 3_600_000);
  await settle(loop);
  expect(mail.mails).toHaveLength(1);
});

test('an endpoint that failed once, and once again days later, is not disabled', async () => {
  let words = { code: 451, words: '4.3.0 later' };
  await mail.close();
  mail = await startMailServer({ answer: () => words });
  const id = await endpoint({ person: 'p-secretary' });
  const loop = loopOf();
  await tell(1);
  await settle(loop);
  words = { code: 550, words: '5.7.1 not this one' };
  now = addMs(now, 3_600_000);
  await settle(loop);
  words = { code: 451, words: '4.3.0 later' };
  now = addMs(now, 6 * 86_400_000);
  await tell(1);
  await settle(loop);
  expect(await outcomes(id)).toEqual(['again smtp-451', 'refused smtp-550', 'again smtp-451']);
  const [row] = await bench.sql`SELECT disabled_at FROM person.channel_endpoints WHERE id = ${id}`;
  expect(row!['disabled_at']).toBeNull();
});

test('a process whose lease was lost while it sent gathers and begins nothing more', async () => {
  const id = await endpoint({ person: 'p-secretary' });
  await tell(1);
  const slow = loopOf({
    afterSend: async () => {
      await bench.sql`UPDATE channel_states SET lease_until = clock_timestamp() - interval '1 s' WHERE endpoint_id = ${id}`;
      await tell(1);
      await settle(loopOf());
    },
  });
  await slow.turn();
  await slow.idle();
  await settle(loopOf());
  const rows = await bench.sql`SELECT state FROM outbox WHERE endpoint_id = ${id}`;
  expect(rows.map((row) => row['state'])).toEqual(['sent', 'sent']);
  expect(mail.mails).toHaveLength(2);
});

test('one endpoint of fifty that never answers delays none of the others, nor do twenty more', async () => {
  const holes = new Set(['hole-0@example.cn']);
  let hanging = 0;
  const sender: Sender = {
    ...email(),
    async send(settings, message, signal): Promise<SendOutcome> {
      if (!holes.has(settings['address']!)) return email().send(settings, message, signal);
      hanging += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return { kind: 'again', reason: 'timeout' };
    },
  };
  const loop = loopOf({ senders: { email: sender }, attemptMs: 25_000 });
  await endpoint({ person: 'p-secretary' }, { settings: { address: 'hole-0@example.cn' } });
  for (let i = 1; i < 50; i++) await endpoint({ person: 'p-secretary' }, { settings: { address: `a${i}@example.cn` } });
  const began = performance.now();
  await tell(1);
  loop.start();
  while (mail.mails.length < 49 && performance.now() - began < 30_000) await sleep(20);
  const tookMs = performance.now() - began;
  expect(mail.mails).toHaveLength(49);
  expect(hanging).toBe(1);
  expect(tookMs).toBeLessThan(20_000);
  await loop.stop();
  // known to hang, many of them have places of their own
  for (let i = 10; i < 30; i++) holes.add(`a${i}@example.cn`);
  await bench.sql`UPDATE channel_states SET failing_since = ${now}, failures = 1 WHERE endpoint_id IN (
    SELECT id FROM person.channel_endpoints WHERE settings ->> 'address' IN (SELECT json_array_elements_text(${JSON.stringify([...holes])}::text::json)))`;
  now = addMs(now, 3_600_000);
  const again = performance.now();
  const before = mail.mails.length;
  await tell(1);
  loop.start();
  while (mail.mails.length < before + 29 && performance.now() - again < 30_000) await sleep(20);
  expect(mail.mails.length - before).toBe(29);
  expect(performance.now() - again).toBeLessThan(20_000);
  await loop.stop();
});

test('what nobody sends in time raises an alarm', async () => {
  await endpoint({ person: 'p-secretary' });
  await tell(1);
  const alarms: unknown[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void alarms.push(JSON.parse(line)) });
  const loop = loopOf({ log });
  now = addMs(now, 14 * 60_000);
  await loop.review();
  expect(alarms).toEqual([]);
  now = addMs(now, 2 * 60_000);
  await loop.review();
  expect(alarms).toMatchObject([{ alarm: 'OUTBOX', stalled: 1 }]);
});

test('attempts never change', async () => {
  await expect(bench.sql`UPDATE delivery_attempts SET outcome = 'sent'`).rejects.toThrow('its rows never change');
  await expect(bench.sql`DELETE FROM delivery_attempts`).rejects.toThrow('the last 90 days stay');
});
