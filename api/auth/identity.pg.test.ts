import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyOrganisation } from '../../door/verify-organisation.ts';
import { type Login, type Scene, setScene, signIn } from '../scene.fixture.ts';

// one human being, one account: what two people have to do is not done by one with two

const [ONE, OTHER, THIRD] = ['11010119850101005X', '110101198501010025', '110101198501010033'];

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

async function post(login: Login, path: string, form: Record<string, string>, from = '/sign-ins') {
  const cookie = await signIn(scene, login);
  const shown = await (await scene.app.request(from, { headers: { cookie } })).text();
  const token = /name="token" value="([^"]*)"/.exec(shown)?.[1] ?? '';
  const answer = await scene.app.request(path, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token, ...form }).toString(),
  });
  return { status: answer.status, text: await answer.text() };
}
const identify = (person: string, idNumber: string, login: Login = 'security') =>
  post(login, `/sign-ins/people/${person}/identity`, { idNumber });
const identified = async () =>
  (await scene.sql`SELECT person, hash FROM person.identities ORDER BY person`).map(({ person }) => person);

test('an identity number is kept as a keyed hash alone, and one that is none is refused', async () => {
  expect(await identify('p-cash-holder', '110101198501010010')).toMatchObject({
    status: 422,
    text: expect.stringContaining('校验码'),
  });
  expect(await identify('p-cash-holder', ` ${ONE.toLowerCase()} `)).toMatchObject({ status: 303 });
  const rows = await scene.sql`SELECT * FROM person.identities`;
  expect(rows).toHaveLength(1);
  expect(JSON.stringify([rows, await scene.sql`SELECT * FROM person.security_events`])).not.toContain(ONE.slice(0, 17));
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
});

test('a second account of the same person is found', async () => {
  expect(await identify('p-accountant', ONE)).toMatchObject({
    status: 409,
    text: expect.stringContaining('另一个账号'),
  });
  expect(await identified()).toEqual(['p-cash-holder']);
});

test('a number is replaced by nobody alone: another than who entered it takes it back first', async () => {
  expect(await identify('p-cash-holder', OTHER)).toMatchObject({
    status: 409,
    text: expect.stringContaining('不能改填'),
  });
  expect((await identify('p-cash-holder', ONE)).status).toBe(303);
  const takeBack = (login: Login, person = 'p-cash-holder') =>
    post(login, '/sign-ins/log/unidentify', { person }, '/account');
  expect([(await takeBack('security')).status, (await takeBack('director')).status]).toEqual([403, 403]);
  expect(await identified()).toEqual(['p-cash-holder']);
  const log = await (
    await scene.app.request('/sign-ins/log', { headers: { cookie: await signIn(scene, 'auditor') } })
  ).text();
  expect(log).toContain('action="/sign-ins/log/unidentify"');
  expect((await takeBack('auditor')).status).toBe(303);
  expect(await identified()).toEqual([]);
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
  expect((await identify('p-cash-holder', OTHER)).status).toBe(303);
  expect((await identify('p-accountant', ONE)).status).toBe(303);
});

test('administrators and auditors are verified too, and nobody verifies himself', async () => {
  expect((await identify('p-security', THIRD)).status).toBe(403);
  expect((await identify('p-secretary', THIRD, 'admin')).status).toBe(403);
  expect(await identified()).not.toContain('p-secretary');
  expect((await identify('p-auditor', THIRD)).status).toBe(303);
  expect(await identified()).toEqual(['p-accountant', 'p-auditor', 'p-cash-holder']);
});

test('where it is required, whoever was not verified is not let in', async () => {
  const asks = async (login: Login) => (await scene.ask(login, 'GET', '/units')).status;
  expect(await asks('secretary')).toBe(200);
  expect((await post('security', '/sign-ins/identity', {})).status).toBe(422);
  expect((await post('security', '/sign-ins/identity', { required: 'yes' })).status).toBe(303);
  expect(await Promise.all((['secretary', 'cashHolder', 'auditor', 'security'] as const).map(asks))).toEqual([
    ...[401, 200, 200, 200],
  ]);
  expect((await scene.sql`SELECT type FROM org_events ORDER BY seq DESC LIMIT 1`)[0]).toEqual({
    type: 'identity.required',
  });
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
  expect((await post('security', '/sign-ins/identity', { required: 'no' })).status).toBe(303);
  expect(await asks('secretary')).toBe(200);
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
  await scene.sql`UPDATE sign_in_rules SET identity_required = true`;
  expect(await verifyOrganisation(scene.sql)).not.toEqual([]);
  await scene.sql`UPDATE sign_in_rules SET identity_required = false`;
});

test('who has lost his second factor shows the card again, and whoever has only just entered its number does not go by it', async () => {
  await scene.sql`INSERT INTO person.sign_in_users (id, name, email, username) VALUES
    ('p-accountant', '', 'a@linli.invalid', 'accountant'), ('p-director', '', 'd@linli.invalid', 'director')`;
  const reset = (form: Record<string, string>, person = 'p-accountant') =>
    post('security', `/sign-ins/people/${person}/reset`, form);
  expect(await reset({ factors: 'yes', idNumber: THIRD }, 'p-director')).toMatchObject({
    status: 422,
    text: expect.stringContaining('须先当面核对身份证'),
  });
  const fresh = await reset({ factors: 'yes', idNumber: ONE });
  expect(fresh).toMatchObject({ status: 403, text: expect.stringContaining('不到 24 小时前登记') });
  // as if it had been entered by another
  await scene.sql`INSERT INTO person.security_events (kind, person, by) VALUES ('identified', 'p-accountant', 'p-security-2')`;
  const refused = await reset({ factors: 'yes', idNumber: OTHER });
  expect(refused).toMatchObject({ status: 422, text: expect.stringContaining('核验时登记的不符') });
  for (const { text } of [fresh, refused]) expect(text).not.toContain('/welcome/');
  const given = await reset({ factors: 'yes', idNumber: ONE });
  expect(given).toMatchObject({ status: 200, text: expect.stringContaining('/welcome/') });
});

test('whose sign-in is reset is told, and so is the head above him; the words name nobody', async () => {
  const told = async () =>
    (await scene.sql`SELECT m.person, m.post, m.text_zh AS zh, r.message_id IS NOT NULL AS reminded FROM messages m
      LEFT JOIN reminders r ON r.message_id = m.id WHERE m.kind = 'signIn' AND m.about = 'signIn:p-accountant' ORDER BY m.created_at, m.post NULLS FIRST`) as unknown as {
      person: string;
      post: string | null;
      zh: string;
      reminded: boolean;
    }[];
  const rows = await told();
  expect(rows.map(({ person, post, reminded }) => [person, post, reminded])).toEqual([
    ['p-accountant', null, true],
    ['p-director', 'community-1-director', true],
  ]);
  expect(rows[0]?.zh).toContain('您的密码和第二步验证被安全管理员重设');
  expect(rows[1]?.zh).toMatch(/任职者的密码和第二步验证被安全管理员重设/);
  expect(rows[1]?.zh).not.toContain('赵某');
  await post('security', '/sign-ins/people/p-accountant/reset', {});
  expect((await told()).length).toBe(4);
  const inbox = await (
    await scene.app.request('/inbox', { headers: { cookie: await signIn(scene, 'director') } })
  ).text();
  expect(inbox).toContain('被安全管理员重设');
});
