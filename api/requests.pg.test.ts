import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Scene, setScene, signIn } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene({ requests: { burst: 10, perMinute: 1, mostKeys: 40 } });
});
afterAll(() => scene?.close());

const asks = async (headers: Record<string, string>, path = '/api/v1/programs') => {
  const { status, headers: said } = await scene.app.request(path, { headers });
  return [status, said.get('retry-after')];
};
const refused = async () =>
  (await scene.sql`SELECT person, method FROM person.security_events WHERE kind = 'changeRefused' ORDER BY id`).map(
    ({ person, method }) => [person, method],
  );

it('one key or session asks so often and no oftener; nobody else is held up by it', async () => {
  const authorization = `Bearer ${scene.keyOf('director')}`;
  for (let n = 0; n < 10; n += 1) expect(await asks({ authorization })).toEqual([200, null]);
  expect(await asks({ authorization })).toEqual([429, expect.stringMatching(/^\d+$/)]);
  expect(await asks({ authorization: `Bearer ${scene.keyOf('caseworker')}` })).toEqual([200, null]);
  const cookie = await signIn(scene, 'secretary');
  for (let n = 0; n < 10; n += 1) expect((await asks({ cookie }, '/tasks'))[0]).toBe(200);
  expect((await asks({ cookie }, '/tasks'))[0]).toBe(429);
});

it('keys that are made up push nobody out of mind', async () => {
  const authorization = `Bearer ${scene.keyOf('accountant')}`;
  for (let n = 0; n < 10; n += 1) expect((await asks({ authorization }))[0]).toBe(200);
  expect((await asks({ authorization }))[0]).toBe(429);
  for (let n = 0; n < 60; n += 1) expect((await asks({ authorization: `Bearer made-up-${n}` }))[0]).toBe(401);
  expect((await asks({ authorization }))[0]).toBe(429);
});

it('a change that is refused is in the security log, a few times a minute for each reason', async () => {
  const add = { id: 'p-new', name: '某' };
  for (let n = 0; n < 8; n += 1) expect((await scene.ask('cashHolder', 'POST', '/people', add)).status).toBe(403);
  expect(await refused()).toEqual(Array.from({ length: 5 }, () => ['p-cash-holder', 'FORBIDDEN']));
  expect((await scene.ask('cashHolder', 'GET', '/units')).status).toBe(200);
  expect(await refused()).toHaveLength(5);
});
