import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { type Answered, type Got, type HttpDouble, startDouble } from '../../test/support/http-double.ts';
import { parseAllowList } from './allow-list.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import type { Outgoing } from './sender.ts';
import { newWebhookSecret, webhookSender } from './webhook.ts';

const secret = newWebhookSecret();
const previousSecret = newWebhookSecret();
const message: Outgoing = {
  id: '9d3c1f2e-1111-4222-8333-444455556666',
  sentAt: '2026-11-22T03:00:00.000Z',
  text: ['您有 2 条新消息。', 'You have 2 new messages.'],
  count: 2,
  link: 'https://linli.example/inbox',
  language: 'zh',
};

const receivers: HttpDouble[] = [];
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((each) => each.close()));
});
async function receiver(answer: (got: Got) => Answered | Promise<Answered> = () => ({ status: 204 })) {
  const started = await startDouble(answer);
  receivers.push(started);
  return started;
}

const sender = (now = () => new Date(), totalMs = 20_000) =>
  webhookSender({ fetch: createGuardedFetch({ allow: parseAllowList('127.0.0.1'), limits: { totalMs } }), now });
const send = (settings: Record<string, string>, more: Partial<Outgoing> = {}, by = sender()) =>
  by.send(settings, { ...message, ...more }, AbortSignal.timeout(5_000));

describe('what is sent', () => {
  test('verifies with the library, as exactly those bytes', async () => {
    const { url, got } = await receiver();
    await expect(send({ url: `${url}/hook?x=1`, secret })).resolves.toEqual({ kind: 'sent' });
    const [{ headers, body, path, method }] = got as [Got];
    expect({ method, path }).toEqual({ method: 'POST', path: '/hook' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': message.id });
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: 'linli.messages',
      timestamp: message.sentAt,
      data: { count: 2, link: message.link, text: { zh: message.text[0], en: message.text[1] } },
    });
    expect(() => new Webhook(previousSecret).verify(body, headers)).toThrow();
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
    expect(() => new Webhook(secret).verify(JSON.stringify(JSON.parse(body), null, 1), headers)).toThrow();
  });

  test('is signed by both secrets while they change', async () => {
    const { url, got } = await receiver();
    await send({ url, secret, previousSecret });
    const [{ headers, body }] = got as [Got];
    for (const key of [secret, previousSecret]) expect(new Webhook(key).verify(body, headers)).toBeTruthy();
  });

  test('keeps its id over attempts, and has a time of each of them', async () => {
    const { url, got } = await receiver(() => ({ status: 500 }));
    let at = Date.UTC(2026, 10, 22, 3);
    const by = sender(() => new Date(at));
    await send({ url, secret }, {}, by);
    at += 3_600_000;
    await send({ url, secret }, {}, by);
    expect(got.map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']])).toEqual([
      [message.id, '1795316400'],
      [message.id, '1795320000'],
    ]);
    expect(got[0]!.body).toBe(got[1]!.body);
    expect(got[0]!.headers['webhook-signature']).not.toBe(got[1]!.headers['webhook-signature']);
  });

  test('names cases and kinds where they are given, and no full stop in an id', async () => {
    const { url, got } = await receiver();
    await send({ url, secret }, { id: 'a.b', ids: ['c-1'], kinds: ['rung'] });
    expect(JSON.parse(got[0]!.body)).toMatchObject({ data: { ids: ['c-1'], kinds: ['rung'] } });
    expect(got[0]!.headers['webhook-id']).toBe('a_b');
  });
});

describe('what the receiver answers', () => {
  test.each([
    [{ status: 200, body: 'x'.repeat(500_000) }, { kind: 'sent' }],
    [{ status: 410 }, { kind: 'refused', reason: 'http-410', gone: true }],
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { kind: 'again', reason: 'http-429', afterMs: 30_000 },
    ],
    [
      { status: 503, headers: { 'retry-after': '7200' } },
      { kind: 'again', reason: 'http-503', afterMs: 7_200_000 },
    ],
    [{ status: 404 }, { kind: 'again', reason: 'http-404' }],
    [{ status: 500 }, { kind: 'again', reason: 'http-500' }],
    [
      { status: 307, headers: { location: 'http://127.0.0.1/' } },
      { kind: 'again', reason: 'redirect' },
    ],
  ])('%j', async (answer, outcome) => {
    const { url } = await receiver(() => answer as Answered);
    await expect(send({ url, secret })).resolves.toEqual(outcome);
  });

  test('too late, or never', async () => {
    const slow = await receiver(() => new Promise(() => {}));
    await expect(send({ url: slow.url, secret }, {}, sender(undefined, 100))).resolves.toEqual({
      kind: 'again',
      reason: 'timeout',
    });
    const dead = await startDouble(() => ({}));
    await dead.close();
    await expect(send({ url: dead.url, secret })).resolves.toEqual({ kind: 'again', reason: 'connection-refused' });
  });

  test('a receiver that leads inside by now is refused', async () => {
    const fetch = createGuardedFetch({ resolve: async () => ['169.254.169.254'] });
    const by = webhookSender({ fetch, now: () => new Date() });
    await expect(send({ url: 'https://receiver.example.com/', secret }, {}, by)).resolves.toEqual({
      kind: 'again',
      reason: 'address-inside',
    });
  });
});

describe('settings', () => {
  const strict = webhookSender({ fetch: createGuardedFetch(), now: () => new Date() });
  const url = 'https://receiver.gov.cn/hook';

  test('are kept as they are meant', () => {
    expect(strict.check({ url: ` ${url} `, secret: `${secret}\n`, previousSecret: ' ' })).toEqual({ url, secret });
    expect(strict.check({ url, secret, previousSecret })).toEqual({ url, secret, previousSecret });
  });

  test('a secret made here is one', () => {
    expect(newWebhookSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newWebhookSecret()).not.toBe(newWebhookSecret());
  });

  test.each([
    ['http://receiver.gov.cn/', /只接受 https/],
    ['https://localhost/', /指向本机或内网/],
    ['https://[::ffff:127.0.0.1]/', /指向本机或内网/],
    ['https://u:p@receiver.gov.cn/', /不能包含用户名/],
    ['https://3232235521/', /指向本机或内网/],
    ['hook', /不是有效的网址/],
    ['', /不是有效的网址/],
  ])('%j: %s', (wrong, zh) => {
    expect(strict.check({ url: wrong, secret })).toEqual([
      { path: 'url', message: [expect.stringMatching(zh), expect.stringMatching(/^[A-Z].+\.$/)] },
    ]);
  });

  test.each([
    '',
    'secret',
    'whsec_',
    'whsec_AAAA',
    `whsec_${'A'.repeat(31)}`,
    `whsec_${'A'.repeat(200)}`,
    'whsec_äääääääääääääääääääääääääääääääääää',
  ])('%j is not a secret', (wrong) => {
    expect(strict.check({ url, secret: wrong })).toMatchObject([{ path: 'secret' }]);
  });

  test('everything that is wrong is told at once', () => {
    expect(strict.check({ previousSecret: 'x', colour: 'red' })).toMatchObject([
      { path: 'url' },
      { path: 'secret' },
      { path: 'previousSecret' },
      { path: 'colour' },
    ]);
    expect(strict.check('url')).toMatchObject([{ path: '' }]);
  });
});
