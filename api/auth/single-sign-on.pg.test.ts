import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeLink } from '../../db/queries/sign-in-people.ts';
import { type Scene, setScene } from '../scene.fixture.ts';
import { hashOf } from './tokens.ts';

const OURS = 'http://localhost:8420';
const PASSWORD = 'a kettle, a pomegranate tree';
let scene: Scene;
let server: Server;
let issuer: string;
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'linli', client_secret: 'known to both', redirect_uris: [`${OURS}/sign-in/sso/back`] }],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  const sso = { issuer, clientId: 'linli', clientSecret: 'known to both', name: '区单点登录' };
  scene = await setScene({ publicUrl: OURS, sso });
  for (const [person, username] of [
    ['p-director', 'wang'],
    ['p-secretary', 'zhang'],
  ] as const) {
    const link = { kind: 'invitation', person, username, by: null, hours: 1 } as const;
    await makeLink(scene.sql, { ...link, hash: hashOf(username) });
    await new Browser().post(`/welcome/${username}`, { new: PASSWORD, again: PASSWORD });
  }
});
afterAll(async () => {
  server?.close();
  await scene?.close();
});

/** A browser with cookies for us and for the provider. */
class Browser {
  readonly #jars = new Map<string, Map<string, string>>();
  async ask(to: string, form?: Record<string, string>): Promise<Response> {
    const url = new URL(to, OURS);
    const jar = this.#jars.get(url.origin) ?? new Map<string, string>();
    this.#jars.set(url.origin, jar);
    const init: RequestInit = {
      redirect: 'manual',
      method: form ? 'POST' : 'GET',
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    };
    const answer =
      url.origin === OURS ? await scene.app.request(url.pathname + url.search, init) : await fetch(url, init);
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }
  post(path: string, form: Record<string, string>): Promise<Response> {
    return this.ask(path, form);
  }
  async token(): Promise<string> {
    const text = await (await this.ask('/account')).text();
    return /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '';
  }
  /** Goes to the single sign-on, signs in there as somebody, consents, and comes back; answers where that ends. */
  async through(began: Response, as: string): Promise<string> {
    let answer = began;
    let at = OURS;
    for (let n = 0; n < 15; n += 1) {
      const to = answer.headers.get('location');
      if (to === null) {
        const action = /action="([^"]+)"/.exec(await answer.text())?.[1] ?? '';
        const prompt = at.includes('/interaction/') && n < 4 ? 'login' : 'consent';
        answer = await this.ask(new URL(action, at).href, { prompt, login: as, password: 'any' });
        continue;
      }
      const url = new URL(to, at);
      if (url.origin === OURS && url.pathname !== '/sign-in/sso/back') return url.pathname + url.search;
      at = url.href;
      answer = await this.ask(at);
    }
    throw new Error('the way through the single sign-on does not end');
  }
}

it('lets in whom it is linked with, and nobody else', async () => {
  const stranger = new Browser();
  const asked = await stranger.post('/sign-in/sso', { back: '/tasks' });
  expect(asked.headers.get('location')).toMatch(new RegExp(`^${issuer}/auth\\?.*code_challenge=`));
  expect(await stranger.through(asked, 'somebody-there')).toBe('/sign-in?sso=failed');

  const browser = new Browser();
  expect((await browser.post('/sign-in/password', { username: 'wang', password: PASSWORD })).status).toBe(303);
  const refused = await browser.post('/account/sso/link', { token: 'made up' });
  expect(refused.headers.get('location')).toMatch(/^\/sign-in/);
  const linking = await browser.post('/account/sso/link', { token: await browser.token() });
  expect(await browser.through(linking, 'wang-there')).toBe('/account');

  const again = new Browser();
  const way = await again.post('/sign-in/sso', { back: '/tasks' });
  expect(await again.through(way, 'wang-there')).toBe('/tasks');
  expect((await again.ask('/tasks')).status).toBe(200);
  const shared = new Browser();
  await shared.post('/sign-in', { key: scene.keyOf('secretary') });
  await shared.through(await shared.post('/sign-in/sso', { back: '/tasks' }), 'wang-there');
  expect(await (await shared.ask('/account')).text()).toContain('wang');
  const events = await scene.sql`
    SELECT kind, method FROM person.security_events WHERE person = 'p-director' ORDER BY id DESC LIMIT 3`;
  expect(events.map(({ kind, method }) => [kind, method])).toEqual([
    ['signedIn', 'sso'],
    ['signedIn', 'sso'],
    ['ssoLinked', null],
  ]);
  const [kept] = await scene.sql`SELECT access_token, id_token FROM person.sign_in_accounts WHERE provider_id = 'sso'`;
  expect(kept).toEqual({ access_token: null, id_token: null });
});

it('takes no answer twice, and none that nobody asked for', async () => {
  const browser = new Browser();
  expect((await browser.ask('/sign-in/sso/back?code=made-up&state=made-up')).headers.get('location')).toBe(
    '/sign-in?sso=failed',
  );
});

it('lets nobody in by an account at another issuer', async () => {
  const signsIn = async () => {
    const browser = new Browser();
    return browser.through(await browser.post('/sign-in/sso', { back: '/tasks' }), 'wang-there');
  };
  const [kept] = await scene.sql`SELECT issuer FROM person.sign_in_accounts WHERE provider_id = 'sso'`;
  expect([kept?.['issuer'], await signsIn()]).toEqual([issuer, '/tasks']);
  await scene.sql`UPDATE person.sign_in_accounts SET issuer = 'https://elsewhere.example' WHERE provider_id = 'sso'`;
  expect(await signsIn()).toBe('/sign-in?sso=failed');
  // from before issuers were kept
  await scene.sql`UPDATE person.sign_in_accounts SET issuer = NULL WHERE provider_id = 'sso'`;
  expect(await signsIn()).toBe('/tasks');
});

it('leads nowhere when what it says of itself names another issuer', async () => {
  const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).text();
  const liar = createServer((_, answer) => answer.setHeader('content-type', 'application/json').end(metadata));
  await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
  const its = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
  const sso = { issuer: its, clientId: 'linli', clientSecret: 'known to both', name: '区单点登录' };
  const other = await setScene({ publicUrl: OURS, sso });
  try {
    const asked = await other.app.request('/sign-in/sso', {
      method: 'POST',
      body: new URLSearchParams({ back: '/tasks' }),
    });
    expect(asked.headers.get('location')).toBe('/sign-in?sso=failed');
    const back = await other.app.request('/sign-in/sso/back?code=made-up&state=made-up');
    expect(back.headers.get('location')).toBe('/sign-in?sso=failed');
  } finally {
    liar.close();
    await other.close();
  }
});
