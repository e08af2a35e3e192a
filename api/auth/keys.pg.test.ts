import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Scene, setScene, signIn } from '../scene.fixture.ts';
import { Browser, browsers, PASSWORD } from './browser.fixture.ts';
import { newToken } from './tokens.ts';

// API keys that people make for their programs: shown once, never more than the login they are for, and ended in time

let scene: Scene;
let browser: Browser;
beforeAll(async () => {
  scene = await setScene();
  browser = await browsers(scene).join('p-secretary', 'zhang');
});
afterAll(() => scene?.close());
beforeEach(async () => {
  await scene.sql`UPDATE person.login_keys SET revoked_at = now()`;
  await browser.signIn('zhang');
});

const WISH = { label: '月报汇总程序', scope: 'all', days: 30 };
const RIGHT = { status: 401 };

async function api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await scene.app.request(`/api/v1/keys${path}`, {
    method,
    headers: {
      ...{ cookie: browser.cookie, 'x-csrf-token': await browser.token(), 'content-type': 'application/json' },
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
}
const asks = async (key: string, method = 'GET') =>
  (await scene.app.request('/api/v1/calendar-feeds', { method, headers: { authorization: `Bearer ${key}` } })).status;
const made = async (wish: object = WISH): Promise<{ id: string; key: string }> => (await api('POST', '', wish)).body;
const noted = async () =>
  (await scene.sql`SELECT kind, key, by FROM person.security_events WHERE kind LIKE 'key%' ORDER BY id`) as unknown as {
    kind: string;
    key: string;
    by: string | null;
  }[];

describe('an API key', () => {
  it('is made for a login of one’s own, told once, and kept as a hash', async () => {
    const { status, body } = await api('POST', '', WISH);
    const { label, scope, post, days } = body;
    expect([status, label, scope, post, days]).toEqual([201, WISH.label, 'all', 'community-1-secretary', undefined]);
    expect(await asks(body.key)).toBe(200);
    expect(await asks(body.key, 'POST')).not.toBe(403);
    const listed = (await api('GET', '')).body.items;
    expect(listed.map(({ label, key }: Record<string, unknown>) => [label, key])).toEqual([
      [null, null],
      [WISH.label, null],
    ]);
    expect(listed[1].lastUsedAt).toMatch(/:00:00/);
    expect(JSON.stringify(await scene.sql`SELECT * FROM person.login_keys`)).not.toContain(body.key);
    expect((await noted()).at(-1)).toEqual({ kind: 'keyMade', key: body.id, by: null });
  });

  it('asked for again under the same Idempotency-Key is neither made twice nor told again', async () => {
    const under = { 'idempotency-key': newToken() };
    const first = await api('POST', '', WISH, under);
    const again = await api('POST', '', WISH, under);
    expect([again.status, again.body.id, again.body.key]).toEqual([201, first.body.id, null]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await api('GET', '')).body.items).toHaveLength(2);
    expect((await api('POST', '', { ...WISH, days: 31 }, under)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('that reads changes nothing, and none opens a page', async () => {
    const { key } = await made({ ...WISH, scope: 'read' });
    expect([await asks(key), await asks(key, 'POST')]).toEqual([200, 403]);
    const all = await made();
    for (const secret of [key, all.key]) {
      const answer = await browser.post('/sign-in', { key: secret, back: '/' });
      expect([answer.status, (await answer.text()).includes('id="wrong"')]).toEqual([401, true]);
    }
  });

  it('that is changed overlaps with the one before as long as is said, and once for a request', async () => {
    const { id, key } = await made();
    const under = { 'idempotency-key': newToken() };
    const changed = await api('POST', `/${id}/rotate`, { graceDays: 2 }, under);
    expect([changed.status, await asks(key), await asks(changed.body.key)]).toEqual([200, 200, 200]);
    const again = await api('POST', `/${id}/rotate`, { graceDays: 2 }, under);
    expect([again.body.key, again.body.rotatedAt]).toEqual([null, changed.body.rotatedAt]);
    expect([await asks(key), await asks(changed.body.key)]).toEqual([200, 200]);
    const days = (Date.parse(changed.body.oldUntil) - Date.parse(changed.body.rotatedAt)) / 86_400_000;
    expect(days).toBe(2);
    await scene.sql`UPDATE person.login_keys SET old_until = now() WHERE id = ${id}`;
    expect([await asks(key), await asks(changed.body.key)]).toEqual([401, 200]);
    const atOnce = await api('POST', `/${id}/rotate`, { graceDays: 0 });
    expect([await asks(changed.body.key), await asks(atOnce.body.key)]).toEqual([401, 200]);
    expect((await api('POST', `/${id}/rotate`, { graceDays: 8 })).status).toBe(422);
  });

  it.each([
    ['its days are over', () => scene.sql`UPDATE person.login_keys SET expires_at = now()`, async () => undefined],
    [
      'its login is revoked',
      () => scene.sql`UPDATE api_keys SET revoked_at = now() WHERE person = 'p-secretary'`,
      () => scene.sql`UPDATE api_keys SET revoked_at = NULL WHERE person = 'p-secretary'`,
    ],
    [
      'its person leaves the post',
      () => scene.sql`UPDATE appointments SET until_at = now() WHERE person = 'p-secretary'`,
      () => scene.sql`UPDATE appointments SET until_at = NULL WHERE person = 'p-secretary'`,
    ],
    [
      'its person is stopped',
      () => scene.sql`UPDATE person.sign_in_users SET stopped_at = now() WHERE id = 'p-secretary'`,
      () => scene.sql`UPDATE person.sign_in_users SET stopped_at = NULL WHERE id = 'p-secretary'`,
    ],
  ])('ends when %s', async (_, end, undo) => {
    const { key } = await made();
    expect(await asks(key)).toBe(200);
    await end();
    const after = await asks(key);
    await undo();
    expect({ status: after }).toEqual(RIGHT);
  });

  it('changes nothing once its login only reads', async () => {
    const { key } = await made();
    await scene.sql`UPDATE api_keys SET scope = 'read' WHERE person = 'p-secretary'`;
    const after = [await asks(key), await asks(key, 'POST')];
    await scene.sql`UPDATE api_keys SET scope = 'all' WHERE person = 'p-secretary'`;
    expect(after).toEqual([200, 403]);
  });

  it('is revoked by its person, and by the security administrator, who never sees it', async () => {
    const [one, other] = [await made(), await made()];
    expect((await api('DELETE', `/${one.id}`)).status).toBe(204);
    expect([await asks(one.key), (await api('DELETE', `/${one.id}`)).status]).toEqual([401, 404]);
    const { get, post } = browsers(scene).by(await signIn(scene, 'security'));
    const page = await (await get('/sign-ins/people/p-secretary')).text();
    expect([page.includes(WISH.label), page.includes(other.key)]).toEqual([true, false]);
    const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '';
    expect((await post('/sign-ins/people/p-director/keys', { token, id: other.id })).status).toBe(404);
    expect((await post('/sign-ins/people/p-secretary/keys', { token, id: other.id })).status).toBe(303);
    expect({ status: await asks(other.key) }).toEqual(RIGHT);
    expect((await noted()).slice(-2)).toEqual([
      { kind: 'keyRevoked', key: one.id, by: null },
      { kind: 'keyRevoked', key: other.id, by: 'p-security' },
    ]);
  });

  it.each([
    ['when the link is used', {}],
    ['at once when the second factors go as well', { factors: 'yes', idNumber: '11010119850101005X' }],
  ])('ends with a reset, %s: whoever had the password may have made it', async (_, form) => {
    const { key } = await made();
    const admin = browsers(scene).by(await signIn(scene, 'security'));
    await admin.post('/sign-ins/people/p-secretary/identity', {
      token: await admin.token(),
      idNumber: '11010119850101005X',
    });
    await scene.sql`INSERT INTO person.security_events (kind, person, by) VALUES ('identified', 'p-secretary', 'p-security-2')`;
    const given = await admin.post('/sign-ins/people/p-secretary/reset', { token: await admin.token(), ...form });
    const link = /\/welcome\/[\w-]+/.exec(await given.text())?.[0] ?? '';
    expect(await asks(key)).toBe('factors' in form ? 401 : 200);
    expect((await browser.post(link, { new: PASSWORD, again: PASSWORD })).status).toBe(303);
    expect(await asks(key)).toBe(401);
  });

  it.each([
    [
      'a reset',
      async () => {
        const admin = browsers(scene).by(await signIn(scene, 'security'));
        const given = await admin.post('/sign-ins/people/p-secretary/reset', { token: await admin.token() });
        const link = /\/welcome\/[\w-]+/.exec(await given.text())?.[0] ?? '';
        await new Browser(scene.app).post(link, { new: PASSWORD, again: PASSWORD });
      },
    ],
    [
      'a change of the password',
      async () => {
        const there = new Browser(scene.app);
        await there.signIn('zhang');
        const form = { current: PASSWORD, new: PASSWORD, again: PASSWORD, token: await there.token() };
        expect((await there.post('/account/password', form)).status).toBe(303);
      },
    ],
  ])('is not made by a request that is still coming in when %s ends its session', async (_, end) => {
    const token = await browser.token();
    const [login] = await scene.sql`SELECT id FROM api_keys WHERE person = 'p-secretary'`;
    const slowly = (path: string, type: string, text: string) => {
      let send = () => {};
      const body = new ReadableStream({
        start(controller) {
          send = () => {
            controller.enqueue(new TextEncoder().encode(text));
            controller.close();
          };
        },
      });
      const headers = { cookie: browser.cookie, 'x-csrf-token': token, 'content-type': type };
      const answer = scene.app.request(path, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
      return async () => {
        send();
        return (await answer).status;
      };
    };
    const form = new URLSearchParams({ token, key: newToken(), login: login?.['id'], ...WISH, days: '30' }).toString();
    const under = [
      slowly('/api/v1/keys', 'application/json', JSON.stringify(WISH)),
      slowly('/account/keys', 'application/x-www-form-urlencoded', form),
    ];
    // both have been let in by now, and wait for the rest
    await new Promise((resolve) => setTimeout(resolve, 300));
    await end();
    expect(await Promise.all(under.map((finish) => finish()))).toEqual([401, 303]);
    expect(await scene.sql`SELECT FROM person.login_keys WHERE revoked_at IS NULL`).toHaveLength(0);
  });

  it('that is being made while its person is held waits, and is not made when the session was ended', async () => {
    const [session] =
      await scene.sql`SELECT id FROM person.sign_in_sessions WHERE user_id = 'p-secretary' ORDER BY created_at DESC LIMIT 1`;
    const ended = scene.sql.begin(async (tx) => {
      await tx`SELECT FROM person.sign_in_users WHERE id = 'p-secretary' FOR UPDATE`;
      const answer = api('POST', '', WISH);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await tx`DELETE FROM person.sign_in_sessions WHERE id = ${session?.['id']}`;
      return { answer };
    });
    expect((await (await ended).answer).status).toBe(401);
    expect(await scene.sql`SELECT FROM person.login_keys WHERE revoked_at IS NULL`).toHaveLength(0);
  });

  it('stays when its person changes the password, unless he says so', async () => {
    const { key } = await made();
    const change = async (more: Record<string, string>) => {
      const form = { current: PASSWORD, new: PASSWORD, again: PASSWORD, token: await browser.token(), ...more };
      return (await browser.post('/account/password', form)).headers.get('location');
    };
    expect(await (await browser.get('/account')).text()).toContain('同时撤销我建立的 API 密钥');
    expect([await change({}), await asks(key)]).toEqual(['/account?done=password', 200]);
    expect([await change({ keys: 'yes' }), await asks(key)]).toEqual(['/account?done=password', 401]);
    expect((await scene.sql`SELECT kind FROM person.security_events ORDER BY id DESC LIMIT 1`)[0]).toEqual({
      kind: 'keysRevoked',
    });
  });

  it('is made for nobody else’s login, by no key, and not by who cannot show anew that it is he', async () => {
    const [theirs] = await scene.sql`SELECT id FROM api_keys WHERE person = 'p-director'`;
    expect((await api('POST', '', { ...WISH, login: theirs?.['id'] })).status).toBe(422);
    const { id, key } = await made();
    const byKey = { cookie: '', authorization: `Bearer ${key}` };
    expect((await api('POST', '', WISH, byKey)).status).toBe(403);
    expect((await api('POST', `/${id}/rotate`, { graceDays: 0 }, byKey)).status).toBe(403);
    expect((await api('DELETE', `/${id}`, undefined, byKey)).status).toBe(403);
    expect((await api('GET', '', undefined, byKey)).body.items).toHaveLength(2);
    await scene.sql`UPDATE person.sign_in_sessions SET proven_at = now() - interval '11 minutes'`;
    expect((await api('POST', '', WISH)).body.code).toBe('NOT_PROVEN');
    expect((await api('POST', `/${id}/rotate`, { graceDays: 0 })).body.code).toBe('NOT_PROVEN');
    expect((await api('DELETE', `/${id}`)).status).toBe(204);
  });

  it('is one of twenty at most', async () => {
    for (let n = 0; n < 20; n += 1) await made();
    expect((await api('POST', '', WISH)).body.code).toBe('LIMIT_REACHED');
  });

  it('is made, changed and revoked in “My account” as well', async () => {
    const page = await (await browser.get('/account')).text();
    const token = await browser.token();
    const login = /<select id="key-login"[^>]*><option value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = { token, key: newToken(), login, ...WISH, days: '30' };
    const shown = async (path: string, fields: Record<string, string>) => {
      const text = await (await browser.post(path, fields)).text();
      return /<code class="secret">([^<]+)/.exec(text)?.[1] ?? text;
    };
    const key = await shown('/account/keys', form);
    expect(await asks(key)).toBe(200);
    expect(await shown('/account/keys', form)).toContain('这张表单已经提交过');
    expect((await browser.post('/account/keys', { ...form, key: newToken(), days: '0' })).status).toBe(422);
    const [{ id }] = (await scene.sql`SELECT id FROM person.login_keys WHERE revoked_at IS NULL`) as unknown as [
      { id: string },
    ];
    const next = await shown('/account/keys/rotate', { token, key: newToken(), id, graceDays: '0' });
    expect([await asks(key), await asks(next)]).toEqual([401, 200]);
    expect((await browser.post('/account/keys/revoke', { token, id })).headers.get('location')).toBe(
      '/account?done=key',
    );
    expect(await asks(next)).toBe(401);
  });

  it('of the first run can be revoked; its login stays for signing in by name', async () => {
    const [first] = (await api('GET', '')).body.items;
    expect((await api('DELETE', `/${first.id}`)).status).toBe(204);
    expect(await asks(scene.keyOf('secretary'))).toBe(401);
    expect((await browser.get('/account')).status).toBe(200);
  });
});
