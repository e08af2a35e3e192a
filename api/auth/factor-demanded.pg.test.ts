import { afterAll, beforeAll, expect, it } from 'vitest';
import { liftRules } from '../../door/sign-in-rules.ts';
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

/** A passkey of a person, behind the application. */
const addPasskey = (person: string, id: string) => scene.sql`
  INSERT INTO person.sign_in_passkeys (id, public_key, user_id, credential_id, counter, device_type, backed_up)
  VALUES (${id}, '-', ${person}, ${id}, 0, 'singleDevice', false)`;
/** The link of a reset by the security administrator, whoever that is by now. */
async function resetLink(person: string): Promise<string> {
  const given = await strong.post(`/sign-ins/people/${person}/reset`, { token: await strong.token() });
  return /\/welcome\/[\w-]+/.exec(await given.text())?.[0] ?? '';
}

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
  // what holds for everybody is not for a security administrator of a part of them
  await scene.sql`UPDATE api_keys SET unit = 'community-1' WHERE person = 'p-secretary'`;
  for (const what of ['factor', 'identity'])
    expect([
      what,
      (await session.post(`/sign-ins/${what}`, { token: await session.token(), required: 'yes' })).status,
    ]).toEqual([what, 403]);
  expect(await (await session.get('/sign-ins')).text()).not.toContain('name="required"');
  await scene.sql`UPDATE api_keys SET unit = 'district-1' WHERE person = 'p-secretary'`;
  expect((await demand(session, 'yes')).headers.get('location')).toBe('/sign-ins');
  expect(await demanded()).toBe(true);
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
  const kinds = await scene.sql`SELECT kind FROM person.security_events WHERE kind LIKE 'factor%' ORDER BY id`;
  expect(kinds.map(({ kind }) => kind)).toEqual(['factorAdded', 'factorRequired']);
  strong = session;
});

it('leads whoever signs in by password alone to setting one up, and to nothing else', async () => {
  const browser = new Browser(scene.app);
  // a password that has been his for long proves too little: whoever found it out would set up a factor of his own
  await scene.sql`UPDATE person.sign_in_users SET enrol_until = now() - interval '1 minute' WHERE id = 'p-director'`;
  await browser.signIn('wang');
  const shut = await (await browser.get('/account')).text();
  expect([shut.includes('请安全管理员重设密码'), shut.includes('action="/account/factor"')]).toEqual([true, false]);
  const old = { token: await browser.token(), current: PASSWORD };
  expect((await browser.post('/account/factor', old)).status).toBe(403);
  expect((await browser.post('/account/factor/confirm', { ...old, code: '000000' })).status).toBe(403);
  const asPasskey = { method: 'POST', headers: { cookie: browser.cookie, 'x-csrf-token': old.token } };
  for (const path of ['/account/passkeys/options', '/account/passkeys'])
    expect([path, (await scene.app.request(path, asPasskey)).status]).toEqual([path, 403]);
  // a link of the security administrator proves more, but not to who has a passkey to sign in with
  const link = await resetLink('p-director');
  await addPasskey('p-director', 'of-wang');
  await browser.post(link, { new: PASSWORD, again: PASSWORD });
  expect((await browser.signIn('wang')).status).toBe(303);
  expect((await browser.post('/account/factor', { token: await browser.token(), current: PASSWORD })).status).toBe(403);
  await scene.sql`DELETE FROM person.sign_in_passkeys WHERE id = 'of-wang'`;
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

  // of passkeys beside the code any goes; the last factor does not
  await addPasskey('p-director', 'second-of-wang');
  const remove = async (id: string) => browser.post('/account/passkeys/remove', { token: await browser.token(), id });
  expect((await remove('second-of-wang')).headers.get('location')).toBe('/account?done=nopasskey');
  await addPasskey('p-director', 'last-of-wang');
  await scene.sql`UPDATE person.sign_in_users SET two_factor_enabled = false WHERE id = 'p-director'`;
  const kept = await remove('last-of-wang');
  expect([kept.status, (await kept.text()).includes('您仅有的一个')]).toEqual([422, true]);
  await addPasskey('p-director', 'other-of-wang');
  const both = await Promise.all([remove('last-of-wang'), remove('other-of-wang')]);
  expect(both.map(({ status }) => status).sort()).toEqual([303, 422]);
  await scene.sql`DELETE FROM person.sign_in_passkeys WHERE user_id = 'p-director'`;
  await scene.sql`UPDATE person.sign_in_users SET two_factor_enabled = true WHERE id = 'p-director'`;

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

it('is lifted by whoever runs the installation, when nobody is let in any more; the log and the chain say so', async () => {
  await scene.sql`UPDATE sign_in_rules SET factor_required = false`;
  expect((await demand(strong, 'yes')).headers.get('location')).toBe('/sign-ins');
  const shut = async () =>
    (await scene.app.request('/tasks', { headers: { cookie: await signIn(scene, 'auditor') } })).status;
  expect(await shut()).toBe(303);
  expect(await liftRules(scene.sql)).toEqual(['factor']);
  expect([await shut(), await liftRules(scene.sql)]).toEqual([200, []]);
  const [noted] =
    await scene.sql`SELECT kind, person, method FROM person.security_events WHERE method = 'operator' ORDER BY id DESC LIMIT 1`;
  expect(noted).toEqual({ kind: 'factorFree', person: null, method: 'operator' });
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
});
