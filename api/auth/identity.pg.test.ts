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
  // one that was entered by mistake is corrected, and free again
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

test('who has lost his second factor and was verified shows the same card again', async () => {
  await scene.sql`INSERT INTO person.sign_in_users (id, name, email, username) VALUES ('p-accountant', '', 'a@linli.invalid', 'accountant')`;
  const reset = (form: Record<string, string>) => post('security', '/sign-ins/people/p-accountant/reset', form);
  const refused = await reset({ factors: 'yes', idNumber: OTHER });
  expect(refused).toMatchObject({ status: 422, text: expect.stringContaining('核验时登记的不符') });
  expect(refused.text).not.toContain('/welcome/');
  const given = await reset({ factors: 'yes', idNumber: ONE });
  expect(given).toMatchObject({ status: 200, text: expect.stringContaining('/welcome/') });
});
