import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Login, type Scene, setScene, signIn } from '../scene.fixture.ts';
import { Browser, browsers, codeOf, PASSWORD } from './browser.fixture.ts';

let scene: Scene;
let admin: { readonly cookie: string; readonly token: string };
beforeAll(async () => {
  scene = await setScene({ streams: { everyMs: 100, beatMs: 200 } });
  const cookie = await signIn(scene, 'security');
  admin = { cookie, token: await browsers(scene).by(cookie).token() };
});
afterAll(async () => scene?.close());

/** What an administrator does about a person; answers the page. */
async function administer(person: string, what: string, form: Record<string, string> = {}): Promise<Response> {
  return scene.app.request(`/sign-ins/people/${person}/${what}`, {
    method: 'POST',
    headers: { cookie: admin.cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: admin.token, ...form }).toString(),
  });
}

/** The path of the link an answer shows. */
const linkIn = async (answer: Response) => /\/welcome\/[\w-]+/.exec(await answer.text())?.[0] ?? '';

/** Invites a person and sets the password. */
async function join(person: string, username: string): Promise<Browser> {
  const link = await linkIn(await administer(person, 'invite', { username }));
  const browser = new Browser(scene.app);
  const set = await browser.post(link, { new: PASSWORD, again: PASSWORD });
  expect([set.status, set.headers.get('location')]).toEqual([303, '/sign-in?done']);
  return browser;
}

/** Has the second factors taken away, of somebody whose card was looked at long ago. */
async function resetAll(person: string): Promise<Response> {
  const idNumber = '11010119850101005X';
  await administer(person, 'identity', { idNumber });
  await scene.sql`INSERT INTO person.security_events (kind, person, by) VALUES ('identified', ${person}, 'p-security-2')`;
  return administer(person, 'reset', { factors: 'yes', idNumber });
}

const kinds = async (person: string) =>
  (await scene.sql`SELECT kind FROM person.security_events WHERE person = ${person} ORDER BY id`).map(
    ({ kind }) => kind,
  );

describe('an invitation', () => {
  it('lets its person set a password once, and sign in as the login the key has', async () => {
    const link = await linkIn(await administer('p-director', 'invite', { username: 'wang' }));
    const browser = new Browser(scene.app);
    expect(await (await browser.get(link)).text()).toContain('value="wang"');
    for (const [password, again, word] of [
      ['short', 'short', '太短'],
      ['wang-has-a-long-one', 'wang-has-a-long-one', '不能含有用户名'],
      ['password12345678', 'password12345678', '太容易猜到'],
      [PASSWORD, `${PASSWORD}!`, '两次输入的不一样'],
    ] as const) {
      const refused = await browser.post(link, { new: password, again });
      expect([refused.status, (await refused.text()).includes(word)]).toEqual([422, true]);
    }
    expect((await browser.post(link, { new: PASSWORD, again: PASSWORD })).status).toBe(303);
    expect((await browser.post(link, { new: PASSWORD, again: PASSWORD })).status).toBe(410);
    const signedIn = await browser.signIn('Wang ');
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/tasks']);
    expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly/i);
    expect(signedIn.headers.get('set-cookie')).toMatch(/SameSite=Lax/i);
    const ask = (headers: Record<string, string>) => scene.app.request('/api/v1/tasks', { headers });
    const [byName, byKey] = [
      await ask({ cookie: browser.cookie }),
      await ask({ authorization: `Bearer ${scene.keyOf('director')}` }),
    ];
    expect([byName.status, await byName.json()]).toEqual([200, await byKey.json()]);
    expect(await kinds('p-director')).toEqual(['invited', 'passwordSet', 'signedIn']);
  });

  it('is good no longer when it has expired or a later one was made', async () => {
    const first = await linkIn(await administer('p-secretary', 'invite', { username: 'zhang' }));
    const second = await linkIn(await administer('p-secretary', 'invite', { username: 'zhang' }));
    expect((await new Browser(scene.app).get(first)).status).toBe(410);
    expect((await new Browser(scene.app).get(second)).status).toBe(200);
    await scene.sql`UPDATE person.sign_in_links SET expires_at = now() WHERE person = 'p-secretary'`;
    expect((await new Browser(scene.app).post(second, { new: PASSWORD, again: PASSWORD })).status).toBe(410);
  });

  it('is for administrators to make, and for people of their own units', async () => {
    const cookie = await signIn(scene, 'director');
    expect((await scene.app.request('/sign-ins', { headers: { cookie } })).status).toBe(403);
    await scene.sql`UPDATE api_keys SET unit = 'community-2' WHERE person = 'p-security'`;
    const refused = await administer('p-cash-holder', 'invite', { username: 'luo' });
    await scene.sql`UPDATE api_keys SET unit = 'district-1' WHERE person = 'p-security'`;
    expect(refused.status).toBe(404);
  });

  it('gives a login to a person who has none but holds a post', async () => {
    await scene.sql`UPDATE api_keys SET revoked_at = now() WHERE person = 'p-accountant-2'`;
    const browser = await join('p-accountant-2', 'zhu');
    expect((await browser.signIn('zhu')).status).toBe(303);
    const [login] = await scene.sql`
      SELECT role, post, hash FROM api_keys WHERE person = 'p-accountant-2' AND revoked_at IS NULL`;
    expect(login).toEqual({ role: 'accountant', post: 'community-2-supervision-head', hash: null });
  });
});

describe('an administrator', () => {
  it('makes no login that administers or audits, whatever kind of post a list brought', async () => {
    await scene.sql`INSERT INTO posts (id, kind, unit, name_zh, name_en)
      VALUES ('post-auditor', 'auditor', 'community-2', '岗', 'Post'), ('post-admin', 'admin', 'community-2', '岗', 'Post')`;
    for (const kind of ['auditor', 'admin'])
      await scene.sql`INSERT INTO appointments (id, post, person, from_at)
        VALUES (${`a-${kind}`}, ${`post-${kind}`}, 'p-cash-holder-2', now())`;
    const browser = await join('p-cash-holder-2', 'malu');
    await browser.signIn('malu');
    const made = await scene.sql`SELECT role FROM api_keys WHERE person = 'p-cash-holder-2' AND post LIKE 'post-%'`;
    expect(made.map(({ role }) => role)).toEqual(['post', 'post']);
    expect(await kinds('p-cash-holder-2')).toContain('loginMade');
    // not even a row that says so carries the right
    await scene.sql`UPDATE api_keys SET role = split_part(post, '-', 2) WHERE person = 'p-cash-holder-2' AND post LIKE 'post-%'`;
    for (const { id } of await scene.sql`SELECT id FROM api_keys WHERE person = 'p-cash-holder-2'`) {
      await browser.post('/account/login', { token: await browser.token(), login: String(id) });
      expect((await browser.get('/sign-ins/log')).status).toBe(403);
    }
  });

  it('does not change how he, another administrator or the auditor signs in', async () => {
    await scene.sql`INSERT INTO api_keys (id, hash, role, person, unit)
      VALUES ('second-admin', ${'1'.repeat(64)}, 'admin', 'p-secretary-2', 'district-1')`;
    for (const person of ['p-admin', 'p-security', 'p-auditor', 'p-secretary-2'])
      for (const what of ['invite', 'reset', 'unlock', 'end', 'stop', 'allow'])
        expect([person, what, (await administer(person, what, { username: 'own' })).status]).toEqual([
          person,
          what,
          403,
        ]);
    const [links] = await scene.sql`
      SELECT count(*)::int AS n FROM person.sign_in_links WHERE person IN ('p-admin', 'p-security', 'p-auditor', 'p-secretary-2')`;
    expect(links).toEqual({ n: 0 });
    await scene.sql`UPDATE api_keys SET revoked_at = now() WHERE id = 'second-admin'`;
  });
});

describe('a session', () => {
  it('ends at once when it is revoked, its login is, its person leaves the post or is stopped', async () => {
    const browser = await join('p-caseworker', 'lian');
    const status = async () =>
      (await scene.app.request('/api/v1/tasks', { headers: { cookie: browser.cookie } })).status;
    const ways: readonly (readonly [string, () => Promise<unknown>, () => Promise<unknown>])[] = [
      ['ended by an administrator', () => administer('p-caseworker', 'end'), async () => undefined],
      [
        'login revoked',
        () => scene.sql`UPDATE api_keys SET revoked_at = now() WHERE person = 'p-caseworker'`,
        () => scene.sql`UPDATE api_keys SET revoked_at = NULL WHERE person = 'p-caseworker'`,
      ],
      [
        'left the post',
        () => scene.sql`UPDATE appointments SET until_at = now() WHERE person = 'p-caseworker'`,
        () => scene.sql`UPDATE appointments SET until_at = NULL WHERE person = 'p-caseworker'`,
      ],
      [
        'may read only',
        () => scene.sql`UPDATE api_keys SET scope = 'read' WHERE person = 'p-caseworker'`,
        async () => {
          expect((await new Browser(scene.app).signIn('lian')).status).toBe(403);
          await scene.sql`UPDATE api_keys SET scope = 'all' WHERE person = 'p-caseworker'`;
        },
      ],
      ['stopped', () => administer('p-caseworker', 'stop'), () => administer('p-caseworker', 'allow')],
      [
        'idle',
        () => scene.sql`UPDATE person.sign_in_sessions SET seen_at = now() - interval '31 minutes'`,
        async () => undefined,
      ],
      ['too old', () => scene.sql`UPDATE person.sign_in_sessions SET expires_at = now()`, async () => undefined],
    ];
    for (const [way, end, undo] of ways) {
      expect([way, (await browser.signIn('lian')).status, await status()]).toEqual([way, 303, 200]);
      await end();
      expect([way, await status()]).toEqual([way, 401]);
      await undo();
    }
  });

  it('ends its stream when it is revoked', async () => {
    const browser = new Browser(scene.app);
    await browser.signIn('wang');
    const answer = await scene.app.request('/api/v1/stream', { headers: { cookie: browser.cookie } });
    expect(answer.status).toBe(200);
    await administer('p-director', 'end');
    const reader = answer.body?.getReader();
    const until = Date.now() + 10_000;
    let over = false;
    while (!over && Date.now() < until) over = (await reader?.read())?.done ?? true;
    expect(over).toBe(true);
  });

  it('is kept as a hash, and changes need the token of its pages', async () => {
    const browser = new Browser(scene.app);
    await browser.signIn('wang');
    const token = (browser.jar.get('linli.session_token') ?? '').split('.')[0] ?? '';
    expect(token.length).toBeGreaterThan(20);
    const rows = await scene.sql`SELECT token FROM person.sign_in_sessions WHERE user_id = 'p-director'`;
    expect(rows.map((row) => row['token'])).not.toContain(token);
    const change = await scene.app.request('/api/v1/calendar-feeds', {
      method: 'POST',
      headers: { cookie: browser.cookie },
    });
    expect(change.status).toBe(403);
    const [here, there] = [await browser.token(), new Browser(scene.app)];
    await there.signIn('wang');
    expect((await browser.post('/account/sessions/end', { token: 'made up' })).headers.get('location')).toMatch(
      /^\/sign-in/,
    );
    await browser.post('/account/sessions/end', { token: here });
    expect([await there.token(), await browser.token()]).toEqual(['', here]);
  });
});

describe('what lets a person in', () => {
  it('changes only when he has shown within ten minutes that it is he', async () => {
    const [browser, other] = [new Browser(scene.app), new Browser(scene.app)];
    await browser.signIn('wang');
    await other.signIn('wang');
    const token = await browser.token();
    const json = { cookie: browser.cookie, 'x-csrf-token': token };
    const add = async () =>
      (await scene.app.request('/account/passkeys/options', { method: 'POST', headers: json })).json();
    const forms = ['passkeys/remove', 'sso/link', 'sso/unlink', 'sessions/end', 'keys', 'keys/rotate'];
    const leads = async () =>
      Promise.all(
        forms.map(async (path) => (await browser.post(`/account/${path}`, { token })).headers.get('location')),
      );
    await scene.sql`UPDATE person.sign_in_sessions SET proven_at = now() - interval '11 minutes'`;
    expect([await add(), await leads()]).toEqual([{ to: '/account/again' }, forms.map(() => '/account/again')]);
    expect((await other.token()) !== '').toBe(true);
    expect(await (await browser.get('/account/again')).text()).toContain('data-passkey="again"');
    expect((await browser.post('/account/again', { token, current: 'not it' })).status).toBe(422);
    expect(
      (await browser.post('/account/again', { token: 'made up', current: PASSWORD })).headers.get('location'),
    ).toMatch(/^\/sign-in/);
    const shown = await browser.post('/account/again', { token, current: PASSWORD });
    expect(shown.headers.get('location')).toBe('/account?done=proven');
    expect([await add(), await leads()]).not.toContain('/account/again');
    expect([await other.token(), (await browser.token()) !== '']).toEqual(['', true]);
    expect(await kinds('p-director')).toContain('proven');
  });

  it('is guarded against guessing, like the password itself', async () => {
    const browser = new Browser(scene.app);
    await browser.signIn('wang');
    const token = await browser.token();
    const answers: number[] = [];
    for (let n = 0; n < 6; n += 1)
      answers.push((await browser.post('/account/again', { token, current: 'not it' })).status);
    expect(answers).toEqual([422, 422, 422, 422, 422, 429]);
    await scene.sql`DELETE FROM person.sign_in_tries`;
  });

  it('is asked anew by every sign-in, which ends the session before it in that browser', async () => {
    const browser = new Browser(scene.app);
    const works = async (cookie: string) => (await scene.app.request('/api/v1/tasks', { headers: { cookie } })).status;
    const ways = [
      () => browser.signIn('wang'),
      () => browser.post('/sign-in', { key: scene.keyOf('caseworker'), back: '/' }),
      () => browser.signIn('wang'),
    ];
    let before = '';
    for (const way of ways) {
      await way();
      expect([before === '' ? 401 : await works(before), await works(browser.cookie)]).toEqual([401, 200]);
      before = browser.cookie;
    }
  });
});

describe('failures', () => {
  it('are answered alike for names there are and are not, and lock both', async () => {
    await join('p-district-head', 'chen');
    const answers = new Map<string, string[]>();
    const times = new Map<string, number[]>();
    for (let n = 0; n < 6; n += 1)
      for (const name of ['chen', 'nobody-of-ours']) {
        const began = performance.now();
        const answer = await new Browser(scene.app).signIn(name, 'not the right one');
        times.set(name, [...(times.get(name) ?? []), performance.now() - began]);
        const text = (await answer.text()).replace(/nonce="[^"]*"/g, '');
        answers.set(name, [...(answers.get(name) ?? []), `${answer.status} ${text}`]);
      }
    expect(answers.get('chen')).toEqual(answers.get('nobody-of-ours'));
    expect(answers.get('chen')?.map((each) => each.slice(0, 3))).toEqual(['401', '401', '401', '401', '429', '429']);
    const least = (name: string) => Math.min(...(times.get(name) ?? []).slice(0, 4));
    expect(Math.abs(least('chen') - least('nobody-of-ours'))).toBeLessThan(0.5 * least('chen'));
    expect((await new Browser(scene.app).signIn('chen')).status).toBe(429);
    expect(await kinds('p-district-head')).toContain('locked');
    expect(
      await (await scene.app.request('/sign-ins/people/p-district-head', { headers: { cookie: admin.cookie } })).text(),
    ).toContain('已锁定');
    await administer('p-district-head', 'unlock');
    expect((await new Browser(scene.app).signIn('chen')).status).toBe(303);
  });

  it('and all else lie in a log that cannot be changed', async () => {
    await expect(scene.sql`DELETE FROM person.security_events`).rejects.toThrow();
    await expect(scene.sql`UPDATE person.security_events SET kind = 'nothing'`).rejects.toThrow();
    const read = async (login: Login) =>
      (await scene.app.request('/sign-ins/log', { headers: { cookie: await signIn(scene, login) } })).status;
    expect([await read('auditor'), await read('director')]).toEqual([200, 403]);
  });
});

describe('a second factor', () => {
  it('is asked for after the password; no code is good twice, nor a recovery code', async () => {
    const browser = await join('p-sub-district-head', 'liu');
    await browser.signIn('liu');
    expect((await browser.post('/account/factor', { token: await browser.token(), current: 'wrong' })).status).toBe(
      422,
    );
    const making = await (
      await browser.post('/account/factor', { token: await browser.token(), current: PASSWORD })
    ).text();
    expect(making).toContain('<svg');
    const secret = /<code class="secret">([A-Z2-7]+)/.exec(making)?.[1] ?? '';
    const recovery = [...making.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code]) => code ?? '');
    expect([secret.length >= 32, recovery.length]).toEqual([true, 10]);
    const step = Math.floor(Date.now() / 30_000);
    const confirmed = await browser.post('/account/factor/confirm', {
      token: await browser.token(),
      code: codeOf(secret, step),
    });
    expect(confirmed.headers.get('location')).toBe('/account?done=factor');

    const second = async (form: Record<string, string>) => {
      const visitor = new Browser(scene.app);
      const asked = await visitor.signIn('liu');
      expect(asked.headers.get('location')).toBe('/sign-in/second?back=%2Ftasks');
      expect((await visitor.get('/tasks')).headers.get('location')).toMatch(/^\/sign-in/);
      const answer = await visitor.post('/sign-in/second', { ...form, back: '/tasks' });
      return [answer.status, (await visitor.get('/tasks')).status];
    };
    // one that confirmed the factor has been shown
    expect(await second({ code: codeOf(secret, step) })).toEqual([401, 303]);
    expect(await second({ code: '000000' })).toEqual([401, 303]);
    expect(await second({ code: codeOf(secret, step + 1) })).toEqual([303, 200]);
    expect(await second({ code: codeOf(secret, step + 1) })).toEqual([401, 303]);
    expect(await second({ recovery: recovery[0] ?? '' })).toEqual([303, 200]);
    expect(await second({ recovery: recovery[0] ?? '' })).toEqual([401, 303]);
    const [kept] = await scene.sql`SELECT secret, backup_codes FROM person.sign_in_two_factors`;
    expect(JSON.stringify(kept)).not.toContain(recovery[1]);
  });

  it('and passkeys stay with a plain reset, which says so', async () => {
    await scene.sql`INSERT INTO person.sign_in_passkeys (id, public_key, user_id, credential_id, counter, device_type, backed_up)
      VALUES ('kept', '-', 'p-sub-district-head', 'kept', 0, 'singleDevice', false)`;
    const page = await (
      await scene.app.request('/sign-ins/people/p-sub-district-head', { headers: { cookie: admin.cookie } })
    ).text();
    expect(page).toContain('第二步验证和通行密钥保留');
    const link = await linkIn(await administer('p-sub-district-head', 'reset'));
    const browser = new Browser(scene.app);
    const set = await browser.post(link, { new: PASSWORD, again: PASSWORD });
    expect(await (await browser.get(set.headers.get('location') ?? '')).text()).toContain('通行密钥没有变');
    const [left] =
      await scene.sql`SELECT count(*)::int AS n FROM person.sign_in_passkeys WHERE user_id = 'p-sub-district-head'`;
    expect(left).toEqual({ n: 1 });
    expect((await browser.signIn('liu')).headers.get('location')).toMatch(/^\/sign-in\/second/);
  });

  it('under way when the password is reset opens nothing', async () => {
    const visitor = new Browser(scene.app);
    expect((await visitor.signIn('liu')).headers.get('location')).toMatch(/^\/sign-in\/second/);
    const link = await linkIn(await administer('p-sub-district-head', 'reset'));
    await new Browser(scene.app).post(link, { new: PASSWORD, again: PASSWORD });
    const [left] =
      await scene.sql`SELECT count(*)::int AS n FROM person.sign_in_verifications WHERE value = 'p-sub-district-head'`;
    expect(left).toEqual({ n: 0 });
    expect((await visitor.post('/sign-in/second', { code: '000000', back: '/' })).status).toBe(401);
  });

  it('goes with a reset where the administrator says so, and the old password with the new', async () => {
    await administer('p-sub-district-head', 'unlock');
    const link = await linkIn(await resetAll('p-sub-district-head'));
    const browser = new Browser(scene.app);
    // until the link is used the password alone does not do
    expect((await browser.signIn('liu')).status).toBe(401);
    expect((await browser.post(link, { new: `${PASSWORD} anew`, again: `${PASSWORD} anew` })).status).toBe(303);
    expect((await browser.signIn('liu')).status).toBe(401);
    const signedIn = await browser.signIn('liu', `${PASSWORD} anew`);
    expect(signedIn.headers.get('location')).toBe('/tasks');
  });
});

describe('a password', () => {
  it('is changed by who knows it, which ends all other sessions', async () => {
    const [here, there] = [new Browser(scene.app), new Browser(scene.app)];
    await here.signIn('wang');
    await there.signIn('wang');
    const byKey = await signIn(scene, 'director');
    const next = `${PASSWORD} too`;
    const token = await here.token();
    expect((await here.post('/account/password', { token, current: 'not it', new: next, again: next })).status).toBe(
      422,
    );
    const changed = await here.post('/account/password', { token, current: PASSWORD, new: next, again: next });
    expect(changed.headers.get('location')).toBe('/account?done=password');
    expect([await there.token(), (await here.token()) !== '']).toEqual(['', true]);
    expect((await scene.app.request('/api/v1/tasks', { headers: { cookie: byKey } })).status).toBe(401);
    expect((await there.signIn('wang')).status).toBe(401);
    expect((await there.signIn('wang', next)).status).toBe(303);
  });
});

describe('an API key', () => {
  it('works no more when its person is stopped; its sessions end with a stop, a reset and by the administrator', async () => {
    const status = async (headers: Record<string, string>) =>
      (await scene.app.request('/api/v1/tasks', { headers })).status;
    const authorization = `Bearer ${scene.keyOf('caseworker')}`;
    await scene.sql`INSERT INTO person.sign_in_links (hash, kind, person, username, made_by, expires_at)
      VALUES (${'2'.repeat(64)}, 'invitation', 'p-director-2', 'sun', 'p-caseworker', now() + interval '1 hour')`;
    const feed = (await (await scene.ask('caseworker', 'POST', '/calendar-feeds', { months: 3 })).json()) as {
      url: string;
    };
    const calendar = async () => (await scene.app.request(new URL(feed.url).pathname)).status;
    expect(await calendar()).toBe(200);
    let cookie = await signIn(scene, 'caseworker');
    await administer('p-caseworker', 'stop');
    expect([await status({ authorization }), await status({ cookie }), await calendar()]).toEqual([401, 401, 404]);
    await administer('p-caseworker', 'allow');
    expect([await status({ authorization }), await status({ cookie }), await calendar()]).toEqual([200, 401, 200]);
    const [made] = await scene.sql`SELECT ended_at FROM person.sign_in_links WHERE hash = ${'2'.repeat(64)}`;
    expect(made?.['ended_at']).not.toBeNull();
    cookie = await signIn(scene, 'caseworker');
    await administer('p-caseworker', 'end');
    expect(await status({ cookie })).toBe(401);
    cookie = await signIn(scene, 'caseworker');
    await scene.sql`INSERT INTO person.sign_in_accounts (id, account_id, provider_id, user_id)
      VALUES ('foreign', 'foreign', 'sso', 'p-caseworker')`;
    const link = await linkIn(await administer('p-caseworker', 'reset'));
    expect(await status({ cookie })).toBe(200);
    await new Browser(scene.app).post(link, { new: PASSWORD, again: PASSWORD });
    expect(await status({ cookie })).toBe(401);
    const linked =
      await scene.sql`SELECT FROM person.sign_in_accounts WHERE user_id = 'p-caseworker' AND provider_id = 'sso'`;
    expect(linked).toHaveLength(0);
  });

  it('opens a session that is noted, ends when nobody uses it, and is seen and ended by its person', async () => {
    const events = async () =>
      (
        await scene.sql`SELECT kind, person FROM person.security_events WHERE method = 'key' ORDER BY id DESC LIMIT 1`
      )[0];
    const works = async (cookie: string) => (await scene.app.request('/api/v1/tasks', { headers: { cookie } })).status;
    const his = scene.sql`WHERE key IN (SELECT id FROM api_keys WHERE person = 'p-caseworker-2')`;
    const cookie = await signIn(scene, 'otherCaseworker');
    expect([await works(cookie), await events()]).toEqual([200, { kind: 'signedIn', person: 'p-caseworker-2' }]);
    await scene.sql`UPDATE sessions SET seen_at = now() - interval '29 minutes' ${his}`;
    expect(await works(cookie)).toBe(200);
    await scene.sql`UPDATE sessions SET seen_at = seen_at - interval '29 minutes' ${his}`;
    expect(await works(cookie)).toBe(200);
    await scene.sql`UPDATE sessions SET seen_at = now() - interval '31 minutes' ${his}`;
    expect(await works(cookie)).toBe(401);

    const browser = await join('p-caseworker-2', 'wumou');
    await browser.signIn('wumou');
    const other = await signIn(scene, 'otherCaseworker');
    const [row] = await scene.sql`SELECT id FROM sessions WHERE seen_at > now() - interval '30 minutes'
      AND key IN (SELECT id FROM api_keys WHERE person = 'p-caseworker-2')`;
    const page = await (await browser.get('/account')).text();
    expect([page.includes('用 API 密钥登录'), page.includes(`value="${row?.['id']}"`)]).toEqual([true, true]);
    await browser.post('/account/sessions/end', { token: await browser.token(), id: String(row?.['id']) });
    expect([await works(other), await works(browser.cookie)]).toEqual([401, 200]);
  });

  it('that is none is noted, and after twenty an address waits', async () => {
    const visitor = new Browser(scene.app);
    const answers: number[] = [];
    for (let n = 0; n < 22; n += 1)
      answers.push((await visitor.post('/sign-in', { key: `made-up-${n}`, back: '/' })).status);
    expect(answers).toEqual([...Array(20).fill(401), 429, 429]);
    const noted = await scene.sql`SELECT address FROM person.security_events
      WHERE kind = 'signInFailed' AND method = 'key' AND person IS NULL AND address LIKE '10.0.0.%'`;
    expect(noted).toHaveLength(20);
  });

  it('that may read changes nothing and opens no session', async () => {
    const key = scene.keyOf('auditor');
    const ask = (method: string) =>
      scene.app.request('/api/v1/calendar-feeds', { method, headers: { authorization: `Bearer ${key}` } });
    await scene.sql`UPDATE api_keys SET scope = 'read' WHERE person = 'p-auditor'`;
    expect([(await ask('GET')).status, (await ask('POST')).status]).toEqual([200, 403]);
    expect(await signIn(scene, 'auditor')).not.toMatch(/linli_session=./);
    await scene.sql`UPDATE api_keys SET scope = 'all' WHERE person = 'p-auditor'`;
  });
});
