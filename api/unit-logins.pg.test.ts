import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

async function ask(login: Login, method: string, path: string, body?: unknown) {
  const response = await scene.ask(login, method, path, body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const unitOfKey = async (person: string) => {
  const [row] = await scene.sql`SELECT unit FROM api_keys WHERE person = ${person}`;
  return row?.['unit'];
};

test('a post that moves takes the logins along that are for it, but not to a higher level', async () => {
  const here = await scene.open();
  expect((await ask('caseworker', 'GET', `/cases/${here}`)).status).toBe(200);
  const path = '/posts/community-1-caseworker/move';
  expect((await ask('admin', 'POST', `${path}?dryRun=true`, { unit: 'community-2' })).status).toBe(200);
  expect(await unitOfKey('p-caseworker')).toBe('community-1');
  expect((await ask('admin', 'POST', path, { unit: 'community-2' })).status).toBe(200);
  expect(await unitOfKey('p-caseworker')).toBe('community-2');
  expect((await ask('caseworker', 'GET', `/cases/${here}`)).status).toBe(404);
  expect((await ask('admin', 'POST', path, { unit: 'subdistrict-1' })).status).toBe(200);
  expect(await unitOfKey('p-caseworker')).toBe('community-2');
});

test('a merge into a higher level gives no caseworker a right over the units beside', async () => {
  expect((await ask('admin', 'POST', '/posts/community-1-caseworker/move', { unit: 'community-1' })).status).toBe(200);
  expect(
    (
      await ask('admin', 'POST', '/units', {
        id: 'community-3',
        level: 'community',
        name: '三',
        above: 'subdistrict-1',
      })
    ).status,
  ).toBe(201);
  await scene.sql`UPDATE api_keys SET unit = 'community-3' WHERE person = 'p-caseworker'`;
  const path = '/units/community-3/merge';
  const counts = { logins: 0, loginsEnding: 1 };
  expect((await ask('admin', 'POST', `${path}?dryRun=true`, { into: 'subdistrict-1' })).body).toMatchObject({
    into: [counts],
  });
  expect((await ask('admin', 'POST', path, { into: 'subdistrict-1' })).body).toMatchObject({ into: [counts] });
  expect(await unitOfKey('p-caseworker')).toBe('community-3');
});
