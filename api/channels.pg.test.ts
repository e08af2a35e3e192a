import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createChannelSender } from '../activities/channel-sender.ts';
import { parseAllowList } from '../activities/channels/allow-list.ts';
import { createGuardedFetch } from '../activities/channels/guarded-fetch.ts';
import { channelCheck, createSenders } from '../activities/channels/index.ts';
import { createDeliveries } from '../door/deliveries.ts';
import { type MailServer, startMailServer } from '../test/support/mail-server.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

// Over HTTP with a real SMTP server behind: people say where messages go, and see what became of them.

let scene: Scene;
let mail: MailServer;
let refuses = false;
let sender: ReturnType<typeof createChannelSender>;

beforeAll(async () => {
  mail = await startMailServer({ answer: () => (refuses ? { code: 451, words: 'later' } : undefined) });
  const senders = createSenders({
    fetch: createGuardedFetch({ allow: parseAllowList('127.0.0.1') }),
    now: () => new Date(),
    email: { smtp: { host: '127.0.0.1', port: mail.port, tls: 'none', from: 'linli@example.cn' } },
  });
  scene = await setScene({ channels: channelCheck(senders) });
  sender = createChannelSender({ sql: scene.worker, senders, log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await scene.close();
  await mail.close();
});
beforeEach(() => {
  refuses = false;
});
afterEach(async () => {
  await scene.sql`UPDATE person.channel_endpoints SET removed_at = now() WHERE removed_at IS NULL`;
});

async function ask(login: Login, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await scene.ask(login, method, path, body, headers);
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text) };
}
async function send() {
  while ((await sender.turn()) > 0) await sender.idle();
}
const codeIn = (address: string) => /\d{6}/.exec(mail.to(address).at(-1)?.email.text ?? '')?.[0] ?? '';

/** An address of a login, verified. */
async function verified(login: Login, change: Record<string, unknown> = {}): Promise<string> {
  const address = `${randomUUID()}@example.cn`;
  const { body, status, text } = await ask(login, 'POST', '/channels', {
    ...{ channel: 'email', settings: { address }, quietHours: null },
    ...change,
  });
  if (status !== 201) throw new Error(text);
  await send();
  await ask(login, 'POST', `/channels/${body.id}/verify`, { code: codeIn(address) });
  return body.id;
}

describe('an address', () => {
  test('takes nothing before its code was given back; its text is never shown again', async () => {
    const wish = { channel: 'email', settings: { address: 'zhang@example.cn' } };
    const made = await ask('secretary', 'POST', '/channels', wish, { 'idempotency-key': 'c-1' });
    expect([made.status, made.body]).toMatchObject([
      201,
      {
        ...{ channel: 'email', hint: 'z•••@example.cn', owner: { person: 'p-secretary', unit: null, post: null } },
        ...{ verifiedAt: null, trusted: false, quietHours: { from: '21:00', to: '07:30' }, digest: 'atOnce' },
      },
    ]);
    const again = await ask('secretary', 'POST', '/channels', wish, { 'idempotency-key': 'c-1' });
    expect(again.body.id).toBe(made.body.id);
    const other = await ask(
      'secretary',
      'POST',
      '/channels',
      { ...wish, language: 'en' },
      { 'idempotency-key': 'c-1' },
    );
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect((await ask('secretary', 'POST', `/channels/${made.body.id}/test`)).body.code).toBe('BLOCKED');
    await send();
    const code = codeIn('zhang@example.cn');
    const wrong = await ask('secretary', 'POST', `/channels/${made.body.id}/verify`, {
      code: code === '000000' ? '000001' : '000000',
    });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([422, 'code']);
    const right = await ask('secretary', 'POST', `/channels/${made.body.id}/verify`, { code });
    expect([right.status, right.body.verifiedAt === null]).toEqual([200, false]);
    const pages = await Promise.all([
      ask('secretary', 'GET', '/channels'),
      ask('admin', 'GET', '/channels?person=p-secretary'),
      ask('secretary', 'GET', `/channels/${made.body.id}/attempts`),
    ]);
    for (const { status, text } of pages) expect([status, text.includes('zhang')]).toEqual([200, false]);
    expect(pages[2]!.body.items).toMatchObject([{ kind: 'code', outcome: 'sent', n: 1, result: 'sent' }]);
  });

  test('has five tries for a code, and five codes a day', async () => {
    const { body } = await ask('secretary', 'POST', '/channels', {
      channel: 'email',
      settings: { address: 'tries@example.cn' },
    });
    await send();
    const code = codeIn('tries@example.cn');
    const wrong = code === '111111' ? '222222' : '111111';
    for (let i = 0; i < 5; i++) await ask('secretary', 'POST', `/channels/${body.id}/verify`, { code: wrong });
    expect((await ask('secretary', 'POST', `/channels/${body.id}/verify`, { code })).status).toBe(422);
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask('secretary', 'POST', `/channels/${body.id}/code`)).status);
    expect(statuses).toEqual([202, 202, 202, 202, 409]);
    await send();
    expect(
      (await ask('secretary', 'POST', `/channels/${body.id}/verify`, { code: codeIn('tries@example.cn') })).status,
    ).toBe(200);
  });

  test('gets five codes a day however often it is entered anew, and nobody has more than twenty sent', async () => {
    const enter = async (login: Login, address: string) => {
      const { status, body } = await ask(login, 'POST', '/channels', { channel: 'email', settings: { address } });
      if (status === 201) await ask(login, 'DELETE', `/channels/${body.id}`);
      return status;
    };
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++)
      statuses.push(await enter('caseworker', i % 2 ? 'victim@example.cn' : 'Victim@example.cn'));
    statuses.push(await enter('director', 'victim@example.cn'), await enter('director', 'victim@example.cn'));
    expect(statuses).toEqual([201, 201, 201, 201, 201, 409]);
    for (let i = 0; i < 16; i++) expect(await enter('caseworker', `other-${i}@example.cn`)).toBe(201);
    expect(await enter('caseworker', 'one-more@example.cn')).toBe(409);
    const { body } = await ask('director', 'POST', '/channels', {
      ...{ channel: 'email', settings: { address: 'first@example.cn' } },
    });
    const refused = await ask('director', 'PATCH', `/channels/${body.id}`, {
      settings: { address: 'victim@example.cn' },
    });
    expect([refused.status, refused.body.code]).toEqual([409, 'TOO_OFTEN']);
  });

  test('that is changed is not verified by the code of the one before', async () => {
    const { body } = await ask('director', 'POST', '/channels', {
      ...{ channel: 'email', settings: { address: 'before@example.cn' } },
    });
    await send();
    const code = codeIn('before@example.cn');
    await ask('director', 'PATCH', `/channels/${body.id}`, { settings: { address: 'after@example.cn' } });
    expect((await ask('director', 'POST', `/channels/${body.id}/verify`, { code })).status).toBe(422);
    await send();
    const right = await ask('director', 'POST', `/channels/${body.id}/verify`, { code: codeIn('after@example.cn') });
    expect(right.status).toBe(200);
  });

  test('that is changed has to be verified anew', async () => {
    const id = await verified('secretary');
    const { body } = await ask('secretary', 'PATCH', `/channels/${id}`, { settings: { address: 'new@example.cn' } });
    expect([body.verifiedAt, body.hint]).toEqual([null, 'n•••@example.cn']);
  });

  test.each([
    [{ channel: 'email', settings: { address: 'nobody' } }, 'settings.address'],
    [{ channel: 'email', settings: { address: 'a@b.cn', cc: 'x@b.cn' } }, 'settings.cc'],
    [{ channel: 'sms', settings: { phone: '13800000000' } }, 'channel'],
    [{ channel: 'webhook', settings: { url: 'https://x.cn/', secret: 's' } }, 'channel'],
    [{ owner: { unit: 'community-1', post: 'x' }, channel: 'email', settings: { address: 'a@b.cn' } }, 'owner'],
    [
      { channel: 'email', settings: { address: 'a@b.cn' }, quietHours: { from: '25:00', to: '07:00' } },
      'quietHours.from',
    ],
  ])('%j is refused at %s', async (wish, path) => {
    const { status, body } = await ask('director', 'POST', '/channels', wish);
    expect([status, body.errors?.[0]?.path]).toEqual([422, path]);
  });
});

describe('who may', () => {
  test('heads and administrators look after the channels of units and posts, holders after those of their post', async () => {
    const wish = {
      ...{ owner: { unit: 'community-1' }, channel: 'wecom' },
      settings: { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret-key' },
    };
    const statuses = async (owner: object, ...logins: Login[]) =>
      Promise.all(logins.map(async (login) => (await ask(login, 'POST', '/channels', { ...wish, owner })).status));
    const everybody = ['director', 'subDistrictHead', 'admin', 'secretary', 'stranger', 'caseworker'] as const;
    expect(await statuses({ unit: 'community-1' }, ...everybody)).toEqual([201, 201, 201, 404, 404, 404]);
    expect(await statuses({ post: 'community-1-secretary' }, ...everybody)).toEqual([201, 201, 201, 201, 404, 404]);
    expect(await statuses({ unit: 'nowhere' }, 'admin')).toEqual([404]);
    const { body, text } = await ask('director', 'GET', '/channels?unit=community-1');
    expect([body.items.length, body.items[0].hint, text.includes('secret-key')]).toEqual([
      3,
      'qyapi.weixin.qq.com',
      false,
    ]);
    const [{ id }] = body.items;
    for (const [method, path, given] of [
      ['PATCH', `/channels/${id}`, { language: 'en' }],
      ['DELETE', `/channels/${id}`, undefined],
      ['POST', `/channels/${id}/test`, undefined],
      ['POST', `/channels/${id}/resend`, {}],
      ['GET', `/channels/${id}/attempts`, undefined],
    ] as const)
      expect((await ask('secretary', method, path, given)).status).toBe(404);
  });

  test('only administrators mark a channel as trusted', async () => {
    const id = await verified('secretary');
    expect((await ask('secretary', 'PATCH', `/channels/${id}`, { trusted: true })).body.code).toBe('FORBIDDEN');
    expect((await ask('admin', 'PATCH', `/channels/${id}`, { trusted: true })).body.trusted).toBe(true);
    expect((await ask('secretary', 'PATCH', `/channels/${id}`, { trusted: false })).body.trusted).toBe(false);
  });

  test('an address that somebody else than an administrator changes is trusted no longer', async () => {
    const id = await verified('secretary');
    const change = (login: Login, wish: Record<string, unknown>) => ask(login, 'PATCH', `/channels/${id}`, wish);
    await change('admin', { trusted: true });
    const settings = { address: 'elsewhere@example.cn' };
    expect((await change('secretary', { settings, trusted: true })).body.code).toBe('FORBIDDEN');
    expect((await change('secretary', { trusted: true })).body.trusted).toBe(true);
    expect((await change('secretary', { settings })).body.trusted).toBe(false);
    expect((await change('admin', { settings, trusted: true })).body.trusted).toBe(true);
    expect((await change('admin', { settings })).body.trusted).toBe(true);
  });

  test('removed, an endpoint is gone with its address', async () => {
    const id = await verified('secretary');
    expect((await ask('secretary', 'DELETE', `/channels/${id}`)).status).toBe(204);
    expect((await ask('secretary', 'GET', `/channels/${id}/attempts`)).status).toBe(404);
    const [row] =
      await scene.sql`SELECT settings::text AS settings, hint FROM person.channel_endpoints WHERE id = ${id}`;
    expect(row).toEqual({ settings: '{}', hint: '' });
  });
});

test('a test goes out, its attempt is told; what failed is sent again by hand', async () => {
  const id = await verified('secretary');
  expect((await ask('secretary', 'POST', `/channels/${id}/test`)).status).toBe(202);
  await send();
  const { body } = await ask('secretary', 'GET', `/channels/${id}/attempts`);
  expect(body.items[0]).toMatchObject({ kind: 'test', outcome: 'sent', reason: null });
  // a message that nobody took
  refuses = true;
  const caseId = await scene.open();
  await scene.sql`DELETE FROM reminders`;
  const message = randomUUID();
  await scene.sql`INSERT INTO messages (id, case_id, seq, n, kind, post, person, unit, level, text_zh, text_en, created_at)
    VALUES (${message}, ${caseId}, 1, 9, 'rung', 'community-1-secretary', 'p-secretary', 'community-1', 'community', '消息', 'message', now() - interval '1 minute')`;
  await scene.sql`INSERT INTO reminders VALUES (${message}, now())`;
  await createDeliveries({ sql: scene.worker, settleMs: 0 }).turn();
  await send();
  const failed = (await ask('secretary', 'GET', `/channels/${id}/attempts?lang=en`)).body.items[0];
  expect(failed).toMatchObject({ kind: 'messages', count: 1, outcome: 'again', reason: 'smtp-451', result: null });
  expect((await ask('secretary', 'GET', '/channels')).body.items[0]).toMatchObject({
    waiting: 1,
    failingSince: expect.any(String),
  });
  await ask('secretary', 'PATCH', `/channels/${id}`, { enabled: false });
  await send();
  await scene.sql`UPDATE sendings SET next_try = now() WHERE outcome IS NULL`;
  await send();
  expect((await ask('secretary', 'POST', `/channels/${id}/resend`, {})).body.code).toBe('BLOCKED');
  refuses = false;
  await ask('secretary', 'PATCH', `/channels/${id}`, { enabled: true });
  expect((await ask('secretary', 'POST', `/channels/${id}/resend`, {})).body).toEqual({ resent: 1 });
  await send();
  const { items } = (await ask('secretary', 'GET', `/channels/${id}/attempts`)).body;
  expect(items[0]).toMatchObject({ sendingId: failed.sendingId, outcome: 'sent', result: 'sent' });
  expect((await ask('secretary', 'POST', `/channels/${id}/resend`, {})).body).toEqual({ resent: 0 });
  const metrics = await (await scene.app.request('/metrics')).text();
  expect(metrics).toMatch(/linli_delivery_attempts_day\{channel="email",outcome="sent"\} \d/);
  expect(metrics).toContain('linli_outbox_waiting 0');
});

test('how many attempts of each day ended how is shown, by day, to whom the endpoint is', async () => {
  const id = await verified('secretary');
  await scene.sql`INSERT INTO delivery_days (endpoint_id, day, outcome, attempts)
    VALUES (${id}, '2024-02-01', 'sent', 7), (${id}, '2024-02-01', 'refused', 1), (${id}, '2024-02-02', 'again', 3)`;
  const first = (await ask('secretary', 'GET', `/channels/${id}/days?limit=2`)).body;
  expect(first.items.slice(1)).toEqual([{ day: '2024-02-02', sent: 0, again: 3, refused: 0 }]);
  expect(first.items[0].sent).toBeGreaterThan(0);
  const next = (await ask('secretary', 'GET', `/channels/${id}/days?limit=2&cursor=${first.nextCursor}`)).body;
  expect(next).toEqual({ items: [{ day: '2024-02-01', sent: 7, again: 0, refused: 1 }], nextCursor: null });
  expect((await ask('accountant', 'GET', `/channels/${id}/days`)).status).toBe(404);
});

test('nothing is added to a unit that is closed, and its channels say so', async () => {
  await scene.sql`INSERT INTO units (id, level, name_zh, name_en, above) VALUES ('gone-1', 'grid', '旧网格', 'old grid', 'community-1')`;
  const [id] = [randomUUID()];
  await scene.sql`INSERT INTO person.channel_endpoints (id, unit, channel, settings, hint, request_hash, language, digest, created_by, created_at, verified_at)
    VALUES (${id}, 'gone-1', 'email', '{"address":"g@example.cn"}', 'g•••@example.cn', '', 'zh', 'atOnce', 'p-admin', now(), now())`;
  await scene.sql`UPDATE units SET closed_at = now() WHERE id = 'gone-1'`;
  const { body } = await ask('admin', 'GET', '/channels?unit=gone-1');
  expect(body.items[0].silentSince).not.toBeNull();
  const wish = { owner: { unit: 'gone-1' }, channel: 'email', settings: { address: 'h@example.cn' } };
  expect(await ask('admin', 'POST', '/channels', wish)).toMatchObject({ status: 409, body: { code: 'BLOCKED' } });
  expect((await ask('admin', 'DELETE', `/channels/${id}`)).status).toBe(204);
});

test('only administrators see whether a name that gets nothing is one inside', async () => {
  const id = await verified('secretary');
  for (const reason of ['dns', 'address-inside'])
    await scene.sql`
      INSERT INTO delivery_attempts (sending_id, endpoint_id, n, at, outcome, reason, duration_ms)
      SELECT id, endpoint_id, 9, now(), 'again', ${reason}, 0 FROM sendings WHERE endpoint_id = ${id} LIMIT 1`;
  const shown = async (login: Login) => {
    const { items } = (await ask(login, 'GET', `/channels/${id}/attempts?limit=2`)).body;
    return items.map(({ reason, reasonText }: { reason: string; reasonText: string }) => [reason, reasonText]);
  };
  const [first, second] = await shown('secretary');
  expect([first[0], second]).toEqual(['address-unknown', first]);
  expect((await shown('admin')).map(([reason]: [string]) => reason)).toEqual(['address-inside', 'dns']);
});

test('a message about no case is read in the inbox and acknowledged', async () => {
  const id = randomUUID();
  await scene.sql`INSERT INTO messages (id, case_id, seq, n, kind, about, post, person, unit, level, text_zh, text_en, created_at)
    VALUES (${id}, NULL, 0, 0, 'undelivered', 'person:p-secretary', 'community-1-director', 'p-director', 'community-1', 'community', '未送达', 'not delivered', now())`;
  const { body } = await ask('director', 'GET', '/inbox?acknowledged=false');
  expect(body.items.find((each: { id: string }) => each.id === id)).toMatchObject({
    kind: 'undelivered',
    caseId: null,
    text: '未送达',
  });
  expect((await ask('secretary', 'POST', `/inbox/${id}/acknowledge`)).status).toBe(404);
  expect((await ask('director', 'POST', `/inbox/${id}/acknowledge`)).body).toMatchObject({
    act: { id },
    events: [],
    case: null,
  });
  const after = (await ask('director', 'GET', '/inbox?acknowledged=false')).body.items;
  expect(after.some((each: { id: string }) => each.id === id)).toBe(false);
});
