import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { verify } from '../../door/verify.ts';
import { stateOf } from '../../test/support/states.ts';
import { type Login, type Scene, setScene, signIn } from '../scene.fixture.ts';
import type { AccessView } from '../schemas/access.ts';

let scene: Scene;
let caseId: string;
let now = new Date().toISOString();
beforeAll(async () => {
  scene = await setScene({ now: () => now });
});
beforeEach(async () => {
  now = new Date().toISOString();
  caseId = await scene.openApproved();
});
afterAll(() => scene.close());

const READER: Login = 'stranger';
const later = (minutes: number) => {
  now = new Date(Date.parse(now) + minutes * 60_000).toISOString();
};
const get = async (login: Login, path: string) => (await scene.ask(login, 'GET', path)).status;
const act = (login: Login, body: Record<string, unknown>) => scene.ask(login, 'POST', `/cases/${caseId}/acts`, body);
const REASON = '家属来电求助，本社区值班人员联系不上';

async function broken(minutes = 30): Promise<string> {
  const answer = await act(READER, { type: 'access.breakGlass', reason: REASON, data: { minutes } });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return Object.keys((await stateOf(scene.sql, caseId)).emergencyAccess ?? {})[0]!;
}

test('somebody in office reads a case for a reason and a time, and nothing else', async () => {
  expect(await get(READER, `/cases/${caseId}`)).toBe(404);
  const noReason = await act(READER, { type: 'access.breakGlass' });
  expect(noReason.status).toBe(422);
  expect(await noReason.json()).toMatchObject({ code: 'REASON_MISSING' });
  await broken();
  for (const path of ['', '/plan', '/timeline', '/deadlines'])
    expect(await get(READER, `/cases/${caseId}${path}`), path).toBe(200);
  for (const path of ['/books', '/books/cash', '/books/accounts', '/books/gifts'])
    expect(await get(READER, `/cases/${caseId}${path}`), path).toBe(404);
  expect(await get(READER, `/audit/access-log?case=${caseId}`)).toBe(404);
  expect((await act(READER, { type: 'note.add', data: { text: '记' } })).status).toBe(403);
  const list = (await (await scene.ask(READER, 'GET', '/cases')).json()) as { items: { id: string }[] };
  expect(list.items.some(({ id }) => id === caseId)).toBe(false);
});

test('it ends by itself, or earlier', async () => {
  await broken(10);
  later(9);
  expect(await get(READER, `/cases/${caseId}`)).toBe(200);
  later(2);
  expect(await get(READER, `/cases/${caseId}`)).toBe(404);
  await broken(10).catch(() => undefined);
  expect(await get(READER, `/cases/${caseId}`)).toBe(200);
  const opened = Object.values((await stateOf(scene.sql, caseId)).emergencyAccess ?? {});
  const target = opened.find(({ until }) => until > now)!.id;
  expect((await act(READER, { type: 'access.end', target })).status).toBe(200);
  expect(await get(READER, `/cases/${caseId}`)).toBe(404);
});

test('who may read anyway needs none, one at a time is enough, and a day is the most', async () => {
  expect((await act('caseworker', { type: 'access.breakGlass', reason: REASON })).status).toBe(409);
  expect((await act(READER, { type: 'access.breakGlass', reason: REASON, data: { minutes: 1441 } })).status).toBe(422);
  await broken();
  expect((await act(READER, { type: 'access.breakGlass', reason: REASON })).status).toBe(409);
});

test('who answers for the case, the head and the auditor are told at once; every read carries it', async () => {
  const id = await broken();
  const told = await scene.sql<{ person: string }[]>`
    SELECT person FROM messages WHERE case_id = ${caseId} AND kind = 'access' ORDER BY person`;
  expect(told.map(({ person }) => person)).toEqual(expect.arrayContaining(['p-auditor', 'p-director']));
  expect(told.map(({ person }) => person)).not.toContain('p-director-2');
  const inbox = (await (await scene.ask('auditor', 'GET', '/inbox')).json()) as { items: { kind: string }[] };
  expect(inbox.items.some(({ kind }) => kind === 'access')).toBe(true);
  await get(READER, `/cases/${caseId}/plan`);
  const log = (await (await scene.ask('auditor', 'GET', `/audit/access-log?breakGlass=${id}`)).json()) as {
    items: AccessView[];
  };
  expect(log.items).toMatchObject([
    {
      kind: 'plan',
      purpose: 'breakGlass',
      relation: 'breakGlass',
      breakGlass: id,
      person: 'p-director-2',
      cases: [caseId],
    },
  ]);
});

test('it is reviewed by a head or an auditor, with a deadline, and never by the reader', async () => {
  const id = await broken();
  const clocks = (await (await scene.ask('director', 'GET', `/cases/${caseId}/deadlines`)).json()) as {
    items: { id: string; state: string }[];
  };
  expect(clocks.items.find((each) => each.id === id)).toMatchObject({ state: 'running' });
  const said = { type: 'access.review', target: id, data: { justified: true, text: '情况属实' } };
  expect((await act(READER, said)).status).toBe(403);
  expect((await act('director', said)).status).toBe(200);
  expect((await act('auditor', said)).status).toBe(409);
  expect((await stateOf(scene.sql, caseId)).emergencyAccess).toBeUndefined();
  const [row] = await scene.sql`SELECT FROM cases WHERE case_id = ${caseId} AND outline -> 'emergency' IS NULL`;
  expect(row).toBeDefined();
});

test('state and read models are those of the events', async () => {
  await broken();
  const { findings } = await verify(scene.sql, { caseId });
  expect(findings).toEqual([]);
});

test('the page opens a case by its number', async () => {
  const cookie = await signIn(scene, READER);
  const form = await (await scene.app.request('/emergency-access', { headers: { cookie } })).text();
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? '';
  const [{ caseNo } = { caseNo: '' }] = await scene.sql<{ caseNo: string }[]>`
    SELECT case_no AS "caseNo" FROM cases WHERE case_id = ${caseId}`;
  const send = (values: Record<string, string>) =>
    scene.app.request('/emergency-access', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: field('token'), key: field('key'), minutes: '20', ...values }).toString(),
    });
  expect((await send({ case: caseNo, reason: '' })).status).toBe(409);
  expect((await send({ case: '没有这个案号', reason: REASON })).status).toBe(409);
  const opened = await send({ case: caseNo, reason: REASON });
  expect(opened.headers.get('location')).toBe(`/cases/${caseId}`);
  expect((await scene.app.request(`/cases/${caseId}`, { headers: { cookie } })).status).toBe(200);
  expect((await scene.app.request(`/cases/${caseId}/books`, { headers: { cookie } })).status).toBe(404);
});
