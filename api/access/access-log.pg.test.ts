import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyLog } from '../../door/log/verify.ts';
import { verifyAccesses } from '../../door/verify-accesses.ts';
import { logAll, recordLogOver } from '../../test/support/record-log.ts';
import { type Login, pageAs, type Scene, setScene } from '../scene.fixture.ts';
import type { AccessView } from '../schemas/access.ts';

let scene: Scene;
let caseId: string;
beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
});
afterAll(() => scene.close());

interface Found {
  readonly items: AccessView[];
  readonly nextCursor: string | null;
}

const read = async (login: Login, path: string, status = 200, headers: Record<string, string> = {}) => {
  const response = await scene.ask(login, 'GET', path, undefined, headers);
  expect(response.status, path).toBe(status);
  return response;
};
const log = async (login: Login, query = '', status = 200): Promise<Found> =>
  (await (await read(login, `/audit/access-log${query}`, status)).json()) as Found;
/** The newest read that is not one of the log itself. */
const newest = async (): Promise<AccessView> =>
  (await log('auditor', '?limit=100')).items.find(({ kind }) => kind !== 'accessLog')!;

test('a read is noted with who, what, what for and how it came out, before its answer leaves', async () => {
  const response = await read('secretary', `/cases/${caseId}/timeline`);
  expect(await newest()).toMatchObject({
    person: 'p-secretary',
    post: 'community-1-secretary',
    kind: 'timeline',
    cases: [caseId],
    relation: 'responsible',
    purpose: 'responsible',
    outcome: 'shown',
    status: 200,
    request: response.headers.get('linli-request-id'),
  });
});

test('how the reader stands to the case follows from what he is to it', async () => {
  const relations: [Login, string][] = [
    ['caseworker', 'caseWork'],
    ['director', 'supervision'],
    ['subDistrictHead', 'supervision'],
    ['auditor', 'audit'],
    ['cashHolder', 'responsible'],
  ];
  for (const [login, relation] of relations) {
    await read(login, `/cases/${caseId}`);
    expect((await newest()).relation, login).toBe(relation);
  }
});

test('a purpose is stated in a header, out of a list', async () => {
  await read('caseworker', `/cases/${caseId}`, 200, { 'Linli-Purpose': 'visit' });
  expect(await newest()).toMatchObject({ purpose: 'visit', relation: 'caseWork' });
  const wrong = await read('caseworker', `/cases/${caseId}`, 422, { 'Linli-Purpose': 'curiosity' });
  expect(await wrong.json()).toMatchObject({ code: 'INVALID_DATA', errors: [{ path: 'Linli-Purpose' }] });
});

test('lists name the cases whose people they show; nothing that was looked for stands in the log', async () => {
  await read('caseworker', `/cases?q=${encodeURIComponent('周某')}`);
  const note = await newest();
  expect(note).toMatchObject({ kind: 'caseList', cases: [caseId] });
  expect(JSON.stringify(note)).not.toContain('周');
});

test('what was asked for and not shown is noted of cases that exist, and of no others', async () => {
  await read('stranger', `/cases/${caseId}`, 404);
  expect(await newest()).toMatchObject({ person: 'p-director-2', cases: [caseId], outcome: 'denied', status: 404 });
  const before = (await newest()).id;
  await read('stranger', '/cases/no-such-case', 404);
  expect((await newest()).id).toBe(before);
});

test('pages are noted like programs; what is no personal data is not', async () => {
  await pageAs(scene, 'secretary', `/cases/${caseId}`);
  expect(await newest()).toMatchObject({ person: 'p-secretary', kind: 'case', cases: [caseId] });
  const { id } = await newest();
  await read('caseworker', '/programs');
  await read('caseworker', '/units');
  expect((await newest()).id).toBe(id);
});

test('filters and pages of the log', async () => {
  const one = await log('auditor', `?case=${caseId}&person=p-director&kind=case`);
  expect(one.items.map(({ person, kind }) => [person, kind])).toEqual([['p-director', 'case']]);
  expect((await log('auditor', '?purpose=visit')).items).toHaveLength(1);
  expect((await log('auditor', '?post=community-1-secretary')).items.length).toBeGreaterThan(1);
  expect((await log('auditor', '?until=2020-01-01T00:00:00Z')).items).toEqual([]);
  const first = await log('auditor', '?limit=2');
  const second = await log('auditor', `?limit=2&cursor=${first.nextCursor}`);
  expect(Number(second.items[0]!.id)).toBeLessThan(Number(first.items[1]!.id));
});

test('the whole log is for auditors; of one case who answers for it sees it without inspections', async () => {
  await log('caseworker', '', 403);
  await log('caseworker', `?case=${caseId}`, 403);
  await log('stranger', `?case=${caseId}`, 404);
  await read('auditor', `/cases/${caseId}`);
  await read('caseworker', `/cases/${caseId}`, 200, { 'Linli-Purpose': 'complaint' });
  const told = (await log('secretary', `?case=${caseId}&limit=200`)).items;
  expect(told.length).toBeGreaterThan(3);
  expect(told.filter(({ relation, purpose }) => relation === 'audit' || purpose === 'complaint')).toEqual([]);
  expect(told.every(({ cases }) => cases.length === 1 && cases[0] === caseId)).toBe(true);
});

test('the page tells who has read a case, and whom it does not tell', async () => {
  const told = await pageAs(scene, 'secretary', `/cases/${caseId}/accesses`);
  expect(told).toContain('谁看过这件个案');
  expect(told).toContain('社区党支部书记');
  expect(await pageAs(scene, 'caseworker', `/cases/${caseId}/accesses`)).toContain('只告诉当事人');
  const link = `href="/cases/${caseId}/accesses"`;
  expect(await pageAs(scene, 'secretary', `/cases/${caseId}`)).toContain(link);
  expect(await pageAs(scene, 'caseworker', `/cases/${caseId}`)).not.toContain(link);
});

test('the iCalendar feed is noted as its owner, without its address', async () => {
  const made = await scene.ask('secretary', 'POST', '/calendar-feeds', { months: 3 });
  const { url } = (await made.json()) as { url: string };
  const path = new URL(url).pathname;
  expect((await scene.app.request(path)).status).toBe(200);
  const note = await newest();
  expect(note).toMatchObject({ person: 'p-secretary', kind: 'feed', role: 'calendarFeed' });
  expect(JSON.stringify(note)).not.toContain(path.split('/').at(-1)!.replace('.ics', ''));
});

test('reads change only by their seal; sealed ones are blocks of a chain under the same checkpoints', async () => {
  await expect(scene.sql`UPDATE accesses SET person = 'somebody'`).rejects.toThrow();
  await expect(scene.sql`DELETE FROM accesses`).rejects.toThrow();
  const loop = recordLogOver(scene.sql);
  await logAll(loop);
  await read('caseworker', `/cases/${caseId}`);
  await logAll(loop);
  await loop.stop();
  const { checked, findings } = await verifyLog(scene.sql);
  expect(findings).toEqual([]);
  expect(checked.unlogged).toBe(0);
  const proof = await verifyAccesses(scene.sql);
  expect(proof).toMatchObject({ waiting: 0, findings: [] });
  expect(proof.sealed).toBeGreaterThan(20);
  expect((await newest()).block).toBeGreaterThan(1);
  const chain = await read('auditor', '/audit/head?chain=accesses');
  expect(await chain.json()).toMatchObject({ seq: expect.any(Number) });
});

test('every change behind the triggers is found', async () => {
  const behind = async (change: string, undo: string) => {
    await scene.sql.unsafe(`ALTER TABLE accesses DISABLE TRIGGER USER`);
    await scene.sql.unsafe(`ALTER TABLE access_blocks DISABLE TRIGGER USER`);
    await scene.sql.unsafe(change);
    const { findings } = await verifyAccesses(scene.sql);
    await scene.sql.unsafe(undo);
    expect((await verifyAccesses(scene.sql)).findings).toEqual([]);
    return findings;
  };
  await scene.sql`CREATE TABLE kept AS SELECT * FROM accesses WHERE block IS NOT NULL ORDER BY id LIMIT 1`;
  const columns = 'id, at, person, role, post, unit, kind, cases, purpose, relation, emergency, status, content, block';
  const back = `DELETE FROM accesses WHERE id = (SELECT id FROM kept);
    INSERT INTO accesses (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM kept`;
  const one = '(SELECT id FROM kept)';
  for (const change of [
    `UPDATE accesses SET person = 'somebody' WHERE id = ${one}`,
    `UPDATE accesses SET at = at + interval '1 hour' WHERE id = ${one}`,
    `UPDATE accesses SET content = content || ' '::bytea WHERE id = ${one}`,
    `UPDATE accesses SET block = NULL WHERE id = ${one}`,
    `DELETE FROM accesses WHERE id = ${one}`,
  ])
    expect(await behind(change, back), change).not.toEqual([]);
  expect(
    await behind(
      `UPDATE access_blocks SET count = count + 1 WHERE seq = 1`,
      `UPDATE access_blocks SET count = count - 1 WHERE seq = 1`,
    ),
  ).not.toEqual([]);
});

test('when the log cannot be written nothing is shown', async () => {
  await scene.sql`ALTER TABLE accesses RENAME TO accesses_away`;
  const refused = await scene.ask('secretary', 'GET', `/cases/${caseId}/timeline`);
  expect(refused.status).toBe(503);
  const body = await refused.text();
  expect(JSON.parse(body)).toMatchObject({ code: 'ACCESS_NOT_LOGGED' });
  expect(body).not.toContain('周');
  expect((await scene.ask('secretary', 'GET', '/programs')).status).toBe(200);
  await scene.sql`ALTER TABLE accesses_away RENAME TO accesses`;
  await read('secretary', `/cases/${caseId}/timeline`);
});
