import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const problemOf = async (path: string) => {
  const response = await scene.ask('caseworker', 'GET', path);
  const { code, waysOut } = (await response.json()) as { code?: string; waysOut?: string[] };
  // nobody need ask again in two seconds
  expect(response.headers.get('retry-after')).toBeNull();
  return { status: response.status, code, ways: waysOut?.length };
};

// what is sealed and cannot be read is no fault of the request, and nothing to try again in a second
test.each([
  [
    'its key is unknown here',
    (id: string) =>
      scene.sql.begin(async (tx) => {
        await tx`SET LOCAL session_replication_role = replica`;
        await tx`DELETE FROM data_keys WHERE owner = ${id}`;
      }),
    { status: 503, code: 'STORE_UNAVAILABLE', ways: 1 },
  ],
  [
    'its key was destroyed',
    (id: string) =>
      scene.sql`UPDATE data_keys SET wrapped = NULL, destroyed_at = clock_timestamp() WHERE owner = ${id}`,
    { status: 409, code: 'CASE_DESTROYED', ways: 1 },
  ],
  [
    'another state was put in its place',
    (id: string) => scene.sql`
      UPDATE cases SET state = (SELECT state FROM cases WHERE case_id <> ${id} LIMIT 1) WHERE case_id = ${id}`,
    { status: 503, code: 'CASE_FROZEN', ways: 1 },
  ],
])('a case that cannot be read since %s is said so, and stands in lists', async (_, spoil, said) => {
  await scene.open();
  const caseId = await scene.open();
  await spoil(caseId);
  for (const path of ['', '/plan', '/deadlines'])
    expect(await problemOf(`/cases/${caseId}${path}`), path).toEqual(said);
  const note = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, {
    type: 'note.add',
    data: { text: '来访' },
  });
  expect([note.status, note.headers.get('retry-after')]).toEqual([said.status, null]);
  const list = (await (await scene.ask('caseworker', 'GET', '/cases?limit=200')).json()) as { items: { id: string }[] };
  expect(list.items.map(({ id }) => id)).toContain(caseId);
});
