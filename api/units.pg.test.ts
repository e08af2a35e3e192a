import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMover } from '../activities/mover.ts';
import { verifyOrganisation } from '../door/verify-organisation.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

type Answer = Record<string, unknown>;
async function ask(login: Login, method: string, path: string, body?: unknown, key?: string) {
  const response = await scene.ask(login, method, path, body, key ? { 'idempotency-key': key } : {});
  return { status: response.status, body: (await response.json()) as Answer, headers: response.headers };
}
const drain = async () => {
  const mover = createMover({ sql: scene.worker, door: scene.door, log: pino({ level: 'silent' }) });
  while ((await mover.turn()) > 0);
};

test('a unit, its posts and a person are added, renamed and corrected by an administrator, once', async () => {
  const grid = { id: 'grid-7', level: 'grid', name: ['第七网格', 'Grid 7'], above: 'community-1' };
  expect((await ask('caseworker', 'POST', '/units', grid)).status).toBe(403);
  expect((await ask('admin', 'POST', '/units', { ...grid, level: 'district' })).body).toMatchObject({
    code: 'INVALID_DATA',
  });
  const added = await ask('admin', 'POST', '/units', grid, 'one');
  expect(added).toMatchObject({
    status: 201,
    body: { id: 'grid-7', name: '第七网格', above: 'community-1', closed: null },
  });
  const again = await ask('admin', 'POST', '/units', grid, 'one');
  expect(again.body).toEqual(added.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect((await ask('admin', 'POST', '/units', grid)).body).toMatchObject({ status: 409, code: 'ID_TAKEN' });

  const post = { id: 'grid-7-head', unit: 'grid-7', kind: 'grid-head', name: '网格长', heads: true };
  expect((await ask('admin', 'POST', '/posts', post)).body).toMatchObject({
    id: 'grid-7-head',
    cases: 0,
    deadlines: 0,
  });
  expect((await ask('admin', 'PATCH', '/posts/grid-7-head', { name: ['网格员', 'grid worker'] })).body).toMatchObject({
    name: '网格员',
  });
  expect((await ask('admin', 'PATCH', '/units/grid-7', { name: ['七号网格', 'Grid No. 7'] })).body).toMatchObject({
    name: '七号网格',
    headPost: 'grid-7-head',
  });
  expect((await ask('admin', 'PATCH', '/units/grid-7', { headPost: 'community-1-secretary' })).body).toMatchObject({
    code: 'UNKNOWN_ASSIGNMENT',
  });
  const made = await ask('admin', 'POST', '/people', { name: '何某' }, 'person');
  expect(made).toMatchObject({ status: 201, body: { name: '何某' } });
  const repeated = await ask('admin', 'POST', '/people', { name: '何某' }, 'person');
  expect(repeated.body).toEqual(made.body);
  expect((await ask('admin', 'PATCH', `/people/${made.body['id']}`, { name: '何某某' })).status).toBe(200);
  expect((await ask('caseworker', 'POST', '/people', { name: '何某' })).status).toBe(403);
  const kept = await scene.sql`SELECT answer::text AS answer FROM organisation_requests`;
  expect(JSON.stringify(kept)).not.toContain('何某');
  expect((await ask('admin', 'POST', '/posts/grid-7-head/move', { unit: 'community-1' })).body).toMatchObject({
    unit: 'community-1',
  });
  expect((await ask('admin', 'POST', '/posts/grid-7-head/close', {})).body).toMatchObject({
    closed: expect.any(String),
  });
  expect(
    (await ask('admin', 'POST', '/appointments', { post: 'grid-7-head', person: 'p-director' })).body,
  ).toMatchObject({ status: 409, code: 'POST_CLOSED' });
  expect((await ask('admin', 'POST', '/units/grid-7/close', {})).body).toMatchObject({ closed: expect.any(String) });
  expect((await ask('admin', 'PATCH', '/units/grid-7', { name: '又' })).body).toMatchObject({ code: 'UNIT_CLOSED' });
  expect((await ask('admin', 'GET', '/unit-moves?unit=grid-7')).body['items']).toMatchObject([{ kind: 'close' }]);
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
});

test('two communities are merged: previewed, made once, followed to the end; people go on with what they had', async () => {
  const [one, two] = [await scene.openApproved(), await scene.open()];
  const path = '/units/community-1/merge';
  expect((await ask('caseworker', 'POST', path, { into: 'community-2' })).status).toBe(403);
  expect((await ask('admin', 'POST', path, { into: 'nowhere' })).body).toMatchObject({ code: 'UNKNOWN_UNIT' });
  expect((await ask('admin', 'POST', path, { into: 'community-1' })).body).toMatchObject({ code: 'INVALID_DATA' });
  expect((await ask('admin', 'POST', '/units/subdistrict-1/merge', { into: 'community-1' })).status).toBe(422);
  expect((await ask('admin', 'POST', '/posts/community-1-secretary/close', {})).body).toMatchObject({
    code: 'POST_IN_USE',
  });
  expect((await ask('admin', 'POST', '/units/community-1/close', {})).body).toMatchObject({ code: 'UNIT_IN_USE' });

  const preview = await ask('admin', 'POST', `${path}?dryRun=true`, { into: 'community-2' });
  expect(preview.body).toMatchObject({
    dryRun: true,
    move: null,
    into: [{ id: 'community-2', cases: 2, posts: 5, books: 2, logins: 5 }],
  });
  expect((await ask('admin', 'GET', '/units?below=community-2')).body['items']).toHaveLength(1);

  const merged = await ask('admin', 'POST', path, { into: 'community-2' }, 'merge');
  expect(merged.body).toMatchObject({ unit: 'community-1', into: preview.body['into'] });
  expect((await ask('admin', 'POST', path, { into: 'community-2' }, 'merge')).body).toEqual(merged.body);
  const progress = async () => (await ask('admin', 'GET', `/unit-moves/${merged.body['move']}`)).body;
  expect(await progress()).toMatchObject({ kind: 'merge', unit: 'community-1', cases: 2, moved: 0, doneAt: null });

  // the caseworker, whose key was for the old unit, sees and works on both before, while and after they move
  const seen = async () => [
    (await ask('caseworker', 'GET', `/cases/${one}`)).status,
    (await ask('caseworker', 'GET', `/cases/${two}`)).status,
    ((await ask('caseworker', 'GET', '/cases')).body['items'] as unknown[]).length,
    (await ask('otherCaseworker', 'GET', `/cases/${one}`)).status,
  ];
  expect(await seen()).toEqual([200, 200, 2, 200]);
  await drain();
  expect(await seen()).toEqual([200, 200, 2, 200]);
  expect(await progress()).toMatchObject({ moved: 2, waiting: 0, doneAt: expect.any(String) });
  expect((await ask('admin', 'GET', '/unit-moves?unit=community-1')).body['items']).toHaveLength(1);
  expect((await ask('admin', 'GET', '/unit-moves/none')).status).toBe(404);

  const opening = {
    program: 'fule',
    unit: 'community-1',
    data: { needs: '行动不便' },
    parties: [{ role: 'beneficiary', name: '周某' }],
  };
  expect((await ask('caseworker', 'POST', '/cases', opening)).body).toMatchObject({ status: 409, code: 'UNIT_CLOSED' });
  const timeline = await ask('caseworker', 'GET', `/cases/${one}/timeline?limit=200`);
  expect(JSON.stringify(timeline.body)).toContain('个案转到洛宁路社区（原属新安西路社区，单位撤并）');
  expect((await ask('admin', 'GET', '/units')).body['items']).toContainEqual(
    expect.objectContaining({ id: 'community-1', above: 'community-2', closed: expect.any(String), headPost: null }),
  );
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
});

test('the highest unit is not split: nobody would administer what came beside it', async () => {
  const part = { id: 'other-district', name: '另一区', posts: ['district-1-head'] };
  const refused = await ask('admin', 'POST', '/units/district-1/split', { into: [part] });
  expect(refused).toMatchObject({ status: 409, body: { code: 'BLOCKED' } });
  expect(refused.body['waysOut']).toHaveLength(1);
});

test('a unit is split by an administrator of the unit above, and only with its own posts and cases', async () => {
  const path = '/units/community-2/split';
  const part = { id: 'north', name: '北区', posts: ['community-1-secretary'], head: 'community-1-secretary' };
  expect(
    (await ask('admin', 'POST', path, { into: [{ ...part, posts: ['district-1-head'], head: undefined }] })).body,
  ).toMatchObject({
    code: 'UNKNOWN_ASSIGNMENT',
  });
  expect((await ask('admin', 'POST', path, { into: [{ ...part, cases: ['nothing'] }] })).status).toBe(422);
  expect((await ask('admin', 'POST', path, { into: [part, { ...part, id: 'south' }] })).status).toBe(422);
  const split = await ask('admin', 'POST', path, { into: [part] }, 'split');
  expect(split.body).toMatchObject({ into: [{ id: 'north', cases: 2, posts: 1, logins: 1 }] });
  await drain();
  const rows = await scene.sql`SELECT DISTINCT unit FROM cases WHERE status <> 'closed'`;
  expect(rows.map((row) => row['unit'])).toEqual(['north']);
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
});
