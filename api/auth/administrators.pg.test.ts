import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Login, type Scene, setScene, signIn } from '../scene.fixture.ts';

// 三员分立: system, security and audit administrator are three people.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

/** Gives a person a login; what the database says against it. */
async function give(person: string, role: string, more: { readonly post?: string; readonly expired?: true } = {}) {
  const id = randomUUID();
  const expires = more.expired ? new Date(Date.now() - 1_000).toISOString() : null;
  await scene.sql`INSERT INTO api_keys (id, role, person, unit, post, expires_at)
    VALUES (${id}, ${role}, ${person}, 'community-1', ${more.post ?? null}, ${expires})`;
  return id;
}
const revoke = (id: string) => scene.sql`UPDATE api_keys SET revoked_at = now() WHERE id = ${id}`;
const page = async (login: Login, path: string) =>
  scene.app.request(path, { headers: { cookie: await signIn(scene, login) } });

describe('one person is not two of the three', () => {
  test('whichever comes second', async () => {
    for (const [person, role] of [
      ['p-admin', 'securityAdmin'],
      ['p-admin', 'auditor'],
      ['p-security', 'admin'],
      ['p-security', 'auditor'],
      ['p-auditor', 'admin'],
      ['p-auditor', 'securityAdmin'],
    ] as const)
      await expect(give(person, role), `${person} ${role}`).rejects.toMatchObject({
        code: '23514',
        constraint_name: 'api_keys_apart',
      });
  });

  test('not by a change of a login, of its person or its end either', async () => {
    const id = await give('p-secretary', 'cadre');
    await scene.sql`UPDATE api_keys SET role = 'admin' WHERE id = ${id}`;
    const second = await give('p-secretary', 'auditor', { expired: true });
    const later = new Date(Date.now() + 3_600_000).toISOString();
    await expect(scene.sql`UPDATE api_keys SET expires_at = ${later} WHERE id = ${second}`).rejects.toThrow();
    const revoked = await give('p-director', 'securityAdmin');
    await expect(scene.sql`UPDATE api_keys SET person = 'p-secretary' WHERE id = ${revoked}`).rejects.toThrow();
    await revoke(revoked);
    await scene.sql`UPDATE api_keys SET person = 'p-secretary' WHERE id = ${revoked}`;
    await expect(scene.sql`UPDATE api_keys SET revoked_at = NULL WHERE id = ${revoked}`).rejects.toThrow();
    await revoke(id);
  });

  test('not when two come at once', async () => {
    const outcomes = await Promise.allSettled([
      ...['admin', 'securityAdmin', 'auditor', 'admin', 'securityAdmin', 'auditor'].map((role) =>
        give('p-accountant-2', role),
      ),
    ]);
    const roles = await scene.sql`
      SELECT DISTINCT role FROM api_keys WHERE person = 'p-accountant-2' AND role IN ('admin', 'securityAdmin', 'auditor')`;
    expect(roles).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(4);
  });

  test('another may follow when the first has ended; two of one kind are one', async () => {
    const first = await give('p-cash-holder-2', 'admin');
    await give('p-cash-holder-2', 'admin').then(revoke);
    await revoke(first);
    await revoke(await give('p-cash-holder-2', 'auditor'));
  });
});

describe('an installation from before there was a security administrator', () => {
  test('goes on with its system administrator until he names one', async () => {
    expect((await page('admin', '/sign-ins')).status).toBe(403);
    expect((await page('security', '/sign-ins')).status).toBe(200);
    await scene.sql`UPDATE api_keys SET revoked_at = now() WHERE person = 'p-security'`;
    const told = await page('admin', '/sign-ins');
    expect([told.status, await told.text()]).toEqual([200, expect.stringContaining('还没有安全管理员')]);
    await scene.sql`INSERT INTO person.sign_in_users (id, name, email, username) VALUES ('p-secretary-2', '', 'x@linli.invalid', 'secretary-2')`;
    const cookie = await signIn(scene, 'admin');
    const form = await (await scene.app.request('/sign-ins/people/p-secretary-2', { headers: { cookie } })).text();
    expect(form).toContain('指定为安全管理员');
    const token = /name="token" value="([^"]*)"/.exec(form)?.[1] ?? '';
    const name = (person: string) =>
      scene.app.request(`/sign-ins/people/${person}/security`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token }).toString(),
      });
    expect((await name('p-admin')).status).toBe(403);
    expect((await name('p-auditor')).status).toBe(403);
    const uninvited = await name('p-director-2');
    expect([uninvited.status, await uninvited.text()]).toEqual([422, expect.stringContaining('还没有用户名')]);
    expect((await name('p-secretary-2')).status).toBe(303);
    expect((await page('admin', '/sign-ins')).status).toBe(403);
    expect((await name('p-director-2')).status).toBe(403);
    const [login] = await scene.sql`
      SELECT unit FROM api_keys WHERE person = 'p-secretary-2' AND role = 'securityAdmin' AND revoked_at IS NULL`;
    expect(login).toMatchObject({ unit: 'district-1' });
    await scene.sql`UPDATE api_keys SET revoked_at = NULL WHERE person = 'p-security'`;
  });
});

describe('the security log', () => {
  test('of a unit is about the people of that unit and below; what is about nobody stands in the highest', async () => {
    await scene.sql`INSERT INTO person.security_events (kind, person, address) VALUES
      ('signedIn', 'p-caseworker', '192.0.2.1'), ('signedIn', 'p-caseworker-2', '192.0.2.2'), ('signInFailed', NULL, '192.0.2.3')`;
    const shown = async () =>
      [...(await (await page('security', '/sign-ins/log')).text()).matchAll(/192\.0\.2\.(\d)/g)]
        .map(([, n]) => n)
        .sort();
    expect(await shown()).toEqual(['1', '2', '3']);
    await scene.sql`UPDATE api_keys SET unit = 'community-2' WHERE person = 'p-security'`;
    expect(await shown()).toEqual(['2']);
    await scene.sql`UPDATE api_keys SET unit = 'district-1' WHERE person = 'p-security'`;
  });
});

describe('who keeps the organisation', () => {
  test('gives no post to himself, nor lets himself stand in', async () => {
    const post = 'community-2-secretary';
    const asked = (path: string, body: object) => scene.ask('admin', 'POST', path, body);
    const said = async (answer: Response) => [answer.status, ((await answer.json()) as { detail: string }).detail];
    const refused = [403, expect.stringContaining('不能任命自己')];
    expect(await said(await asked('/appointments', { post, person: 'p-admin' }))).toEqual(refused);
    expect(await said(await asked('/substitutions', { post, person: 'p-admin' }))).toEqual(refused);
    const list = (await (await scene.ask('admin', 'GET', `/appointments?post=${post}`)).json()) as {
      items: { id: string }[];
    };
    const [held] = list.items;
    expect(await said(await asked(`/appointments/${held?.id}/handover`, { to: 'p-admin' }))).toEqual(refused);
  });

  test('reads no case, and keeps what is nobody’s of the people in it', async () => {
    const caseId = await scene.openApproved();
    for (const login of ['admin', 'security'] as const) {
      for (const path of ['', '/timeline', '/books', '/plan'])
        expect((await scene.ask(login, 'GET', `/cases/${caseId}${path}`)).status, `${login} ${path}`).toBe(404);
      expect((await scene.ask(login, 'GET', `/audit/access-log?case=${caseId}`)).status).toBe(404);
      expect((await scene.ask(login, 'GET', '/audit/access-log')).status).toBe(403);
      const note = { type: 'note.add', data: { text: '记' } };
      expect((await scene.ask(login, 'POST', `/cases/${caseId}/acts`, note)).status).toBe(404);
    }
  });
});
