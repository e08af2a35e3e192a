import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyOrganisation } from '../../door/verify-organisation.ts';
import { type Scene, setScene, signIn } from '../scene.fixture.ts';
import { Browser, browsers, codeOf, PASSWORD } from './browser.fixture.ts';

// With a second factor demanded a password alone opens the page on which one is set up, and nothing else; keys open no pages

let scene: Scene;
let strong: Browser;
beforeAll(async () => {
  scene = await setScene();
  // who demands it has one: the security administrator, for whom the first run made a link
  await scene.sql`INSERT INTO person.sign_in_users (id, name, email, username) VALUES ('p-security', '', 's@linli.invalid', 'an')`;
  strong = browsers(scene).by(await signIn(scene, 'security'));
});
afterAll(() => scene?.close());

const demand = async (browser: Browser, required: 'yes' | 'no') =>
  browser.post('/sign-ins/factor', { token: await browser.token(), required });
const demanded = async () => (await scene.sql`SELECT FROM sign_in_rules WHERE factor_required`).length > 0;
const secretIn = (page: string) => /<code class="secret">([A-Z2-7]+)/.exec(page)?.[1] ?? '';

/** Turns the second factor of a browser's person on; answers its secret. */
async function turnOn(browser: Browser): Promise<string> {
  const token = await browser.token();
  const secret = secretIn(await (await browser.post('/account/factor', { token, current: PASSWORD })).text());
  const done = await browser.post('/account/factor/confirm', { token, code: codeOf(secret) });
  expect(done.headers.get('location')).toBe('/account?done=factor');
  return secret;
}

it('is demanded by the security administrator alone, who signed in with one himself', async () => {
  expect(await (await demand(strong, 'yes')).text()).toContain('以免把自己关在外面');
  expect(await demanded()).toBe(false);
  const director = await browsers(scene).join('p-director', 'wang');
  await director.signIn('wang');
  expect((await demand(director, 'yes')).status).toBe(403);
  // a session of his that was opened with a code
  const session = await browsers(scene).join('p-secretary', 'zhang');
  await session.signIn('zhang');
  await turnOn(session);
  await scene.sql`UPDATE api_keys SET role = 'securityAdmin', post = NULL, unit = 'district-1' WHERE person = 'p-secretary'`;
  expect((await demand(session, 'yes')).headers.get('location')).toBe('/sign-ins');
  expect(await demanded()).toBe(true);
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
  const kinds = await scene.sql`SELECT kind FROM person.security_events WHERE kind LIKE 'factor%' ORDER BY id`;
  expect(kinds.map(({ kind }) => kind)).toEqual(['factorAdded', 'factorRequired']);
  strong = session;
});

it('leads whoever signs in by password alone to setting one up, and to nothing else', async () => {
  const browser = new Browser(scene.app);
  expect((await browser.signIn('wang')).status).toBe(303);
  expect((await browser.get('/tasks')).headers.get('location')).toMatch(/^\/sign-in/);
  expect((await browser.get('/sign-in?back=/tasks')).headers.get('location')).toBe('/account');
  const page = await (await browser.get('/account')).text();
  expect([page.includes('登录除密码外还要第二步验证'), page.includes('action="/account/factor"')]).toEqual([
    true,
    true,
  ]);
  for (const path of ['/account/password', '/account/keys', '/account/sessions/end', '/account/login'])
    expect([path, page.includes(`action="${path}"`)]).toEqual([path, false]);
  const token = await browser.token();
  for (const path of ['password', 'keys', 'sessions/end', 'login', 'sso/unlink', 'passkeys/remove', 'factor/off'])
    expect([path, (await browser.post(`/account/${path}`, { token })).headers.get('location')]).toEqual([
      path,
      expect.stringMatching(/^\/sign-in/),
    ]);
  const api = async () => (await scene.app.request('/api/v1/tasks', { headers: { cookie: browser.cookie } })).status;
  expect(await api()).toBe(401);
  // one may be added that is enough by itself
  const options = { method: 'POST', headers: { cookie: browser.cookie, 'x-csrf-token': token } };
  expect((await scene.app.request('/account/passkeys/options', options)).status).toBe(200);

  const secret = await turnOn(browser);
  expect([await api(), (await browser.get('/tasks')).status]).toEqual([200, 200]);
  expect((await browser.post('/account/factor/off', { token: await browser.token(), current: PASSWORD })).status).toBe(
    422,
  );

  const next = new Browser(scene.app);
  await next.signIn('wang');
  const code = codeOf(secret, Math.floor(Date.now() / 30_000) + 1);
  expect((await next.post('/sign-in/second', { code, back: '/tasks' })).headers.get('location')).toBe('/tasks');
  expect((await next.get('/tasks')).status).toBe(200);
  // it stays enough when the password is changed
  const changed = { current: PASSWORD, new: `${PASSWORD} 2`, again: `${PASSWORD} 2`, token: await next.token() };
  expect((await next.post('/account/password', changed)).headers.get('location')).toBe('/account?done=password');
  expect((await next.get('/tasks')).status).toBe(200);
});

it('lets no key open a page, also where one did before; programs go on', async () => {
  const cookie = await signIn(scene, 'caseworker');
  expect(cookie).not.toMatch(/=./);
  const open = browsers(scene).by(cookie);
  expect((await open.get('/tasks')).status).toBe(303);
  const { status } = await scene.ask('caseworker', 'GET', '/tasks');
  expect(status).toBe(200);
});

it('is demanded no longer when the security administrator says so', async () => {
  const before = new Browser(scene.app);
  expect((await demand(strong, 'no')).headers.get('location')).toBe('/sign-ins');
  expect((await before.signIn('wang', `${PASSWORD} 2`)).headers.get('location')).toMatch(/^\/sign-in\/second/);
  const browser = await browsers(scene).join('p-cash-holder', 'luo');
  await browser.signIn('luo');
  expect((await browser.get('/tasks')).status).toBe(200);
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
  await scene.sql`UPDATE sign_in_rules SET factor_required = true`;
  expect(await verifyOrganisation(scene.sql)).not.toEqual([]);
});
