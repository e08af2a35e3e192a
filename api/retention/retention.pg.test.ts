import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { changeOrganisation } from '../../door/organisation.ts';
import { verify } from '../../door/verify.ts';
import { hashOf } from '../auth/tokens.ts';
import { type Login, openingOf, pageAs, type Scene, setScene, signIn } from '../scene.fixture.ts';

let scene: Scene;
let caseId: string;
let now = new Date().toISOString();
const own = `linli_test_${randomUUID()}`;
beforeAll(async () => {
  scene = await setScene({ now: () => now });
  await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, (organisation) =>
    organisation.addPerson({ id: 'p-zhou', name: '周某' }),
  );
  await scene.sql`INSERT INTO api_keys (id, hash, role, person, unit)
    VALUES (${randomUUID()}, ${hashOf(own)}, 'party', 'p-zhou', 'community-1')`;
});
beforeEach(async () => {
  caseId = await scene.open({
    ...openingOf(),
    openedAt: undefined,
    parties: [
      { role: 'beneficiary', name: '周某', person: 'p-zhou' },
      { role: 'companion', name: '邱某' },
    ],
  });
});
afterAll(() => scene.close());

const act = (login: Login, body: Record<string, unknown>) => scene.ask(login, 'POST', `/cases/${caseId}/acts`, body);
const close = async () => {
  const said = { type: 'case.close', reason: '本人退出', data: { outcome: 'withdrew', followUp: false } };
  expect((await act('caseworker', said)).status).toBe(200);
};
const kept = async (login: Login = 'caseworker') =>
  (await (await scene.ask(login, 'GET', `/cases/${caseId}/retention`)).json()) as {
    classes: { id: string; until: string | null; state: string; lengthenedBy: string | null }[];
    until: string | null;
    limited: boolean;
    blocks: { code: string }[];
    holds: { id: string }[];
    erasure: { decision: string | null; dueAt: string | null } | null;
  };
const classOf = async (id: string) => (await kept()).classes.find((each) => each.id === id)!;
const codes = async () => (await kept()).blocks.map(({ code }) => code);
const years = (day: string, n: number) => `${Number(day.slice(0, 4)) + n}${day.slice(4)}`;
const asOwn = (path: string, method = 'GET', body?: unknown) =>
  scene.ask(undefined, method, path, body, { authorization: `Bearer ${own}` });
/** Asked for by the person himself and granted by the head. */
const limit = async () => {
  await close();
  expect((await asOwn(`/cases/${caseId}/acts`, 'POST', { type: 'erasure.request' })).status).toBe(200);
  const said = { type: 'erasure.answer', data: { decision: 'limited', text: '依法保存至期满' } };
  expect((await act('director', said)).status).toBe(200);
};

test('each class of a case with its period, its rule, and why nothing of it may be destroyed yet', async () => {
  expect(await codes()).toEqual(expect.arrayContaining(['notEnded', 'periods', 'tasks']));
  expect(await classOf('approval')).toMatchObject({ state: 'notBegun', until: null });
  await close();
  const today = new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 10);
  expect(await classOf('approval')).toMatchObject({ state: 'running', until: years(today, 3) });
  expect(await classOf('daily')).toMatchObject({ state: 'running', until: years(today, 5) });
  expect(await classOf('accounts')).toMatchObject({ state: 'nothing' });
  expect((await kept()).until).toBe(years(today, 5));
  expect(await codes()).toEqual(['periods', 'periods']);
  const before = now;
  now = `${years(today, 5)}T00:00:00.000Z`;
  expect(await codes()).toEqual(['periods']);
  now = `${years(today, 5)}T17:00:00.000Z`;
  expect(await codes()).toEqual([]);
  now = before;
  const { status } = await scene.ask('stranger', 'GET', `/cases/${caseId}/retention`);
  expect(status).toBe(404);
});

test('an area keeps longer: by an administrator, in the organisation’s chain, for the units below; never shorter', async () => {
  const set = (login: Login, body: Record<string, unknown>) =>
    scene.ask(
      login,
      'POST',
      '/retention/periods',
      { unit: 'community-1', class: 'approval', source: '市档案局规定', ...body },
      {
        'idempotency-key': randomUUID(),
      },
    );
  expect((await set('caseworker', { years: 10 })).status).toBe(403);
  expect((await set('admin', { years: 3 })).status).toBe(422);
  expect((await set('admin', { years: 101 })).status).toBe(422);
  expect((await set('admin', { class: 'certificates', years: 50 })).status).toBe(422);
  expect((await set('admin', { years: 10 })).status).toBe(201);
  await close();
  expect(await classOf('approval')).toMatchObject({
    lengthenedBy: 'community-1',
    until: years((await kept()).until!, 0),
  });
  const table = (await (await scene.ask('caseworker', 'GET', '/retention')).json()) as { lengthened: unknown[] };
  expect(table.lengthened).toMatchObject([{ unit: 'community-1', years: 10, source: '市档案局规定' }]);
  await expect(scene.sql`UPDATE retention_periods SET years = 4`).rejects.toThrow('never change');
  expect((await verify(scene.sql)).findings).toEqual([]);
  await scene.sql.unsafe('ALTER TABLE retention_periods DISABLE TRIGGER retention_periods_never_change');
  await scene.sql`UPDATE retention_periods SET years = 4`;
  expect((await verify(scene.sql)).findings).toMatchObject([{ what: expect.stringContaining('retention') }]);
  await scene.sql`UPDATE retention_periods SET years = 10`;
  // earlier releases wrote the row before its event, by a clock of its own
  for (const [moved, findings] of [
    ['-40 milliseconds', 0],
    ['-1 minute', 1],
    ['1 minute 1 second', 1],
    ['-961 milliseconds', 0],
  ] as const) {
    await scene.sql`UPDATE retention_periods SET set_at = set_at + ${moved}::interval`;
    expect((await verify(scene.sql)).findings, moved).toHaveLength(findings);
  }
  await scene.sql`UPDATE retention_periods SET set_by = 'p-director'`;
  expect((await verify(scene.sql)).findings).toHaveLength(1);
  await scene.sql`UPDATE retention_periods SET set_by = 'p-admin'`;
  await scene.sql.unsafe('ALTER TABLE retention_periods ENABLE TRIGGER retention_periods_never_change');
});

test('a hold is set by one and lifted by another; it is seen, and keeps everything', async () => {
  await close();
  expect((await act('caseworker', { type: 'hold.set', reason: 'x', data: { ground: 'litigation' } })).status).toBe(403);
  expect((await act('director', { type: 'hold.set', reason: '法院立案', data: { ground: 'litigation' } })).status).toBe(
    200,
  );
  expect(await codes()).toContain('hold');
  const [hold] = (await kept()).holds;
  expect((await act('director', { type: 'hold.lift', reason: '结案', target: hold!.id })).status).toBe(403);
  expect((await act('auditor', { type: 'hold.lift', reason: '结案', target: hold!.id })).status).toBe(200);
  expect(await codes()).not.toContain('hold');
});

test('what is asked to be erased is only stored and protected: read by auditors and the person alone, found by nobody', async () => {
  await limit();
  expect((await kept()).limited).toBe(true);
  for (const login of ['caseworker', 'secretary', 'director', 'subDistrictHead'] as const)
    for (const path of ['', '/timeline', '/plan', '/books'])
      expect((await scene.ask(login, 'GET', `/cases/${caseId}${path}`)).status, `${login} ${path}`).toBe(403);
  for (const path of ['', '/timeline'])
    expect((await scene.ask('auditor', 'GET', `/cases/${caseId}${path}`)).status).toBe(200);
  expect((await asOwn(`/cases/${caseId}`)).status).toBe(200);
  const found = async (login: Login, query: string) => {
    const { items } = (await (await scene.ask(login, 'GET', `/cases?limit=200${query}`)).json()) as {
      items: { id: string }[];
    };
    return items.find(({ id }) => id === caseId);
  };
  const byName = `&q=${encodeURIComponent('周某')}`;
  expect(await found('caseworker', byName)).toBeUndefined();
  expect(await found('caseworker', `&party=${encodeURIComponent('周某')}`)).toBeUndefined();
  expect(JSON.stringify(await found('caseworker', ''))).not.toContain('周某');
  expect(JSON.stringify(await found('auditor', byName))).toContain('周某');
  expect(await pageAs(scene, 'caseworker', `/cases/${caseId}`)).toContain('只存储和保护');
  const note = await act('caseworker', { type: 'note.add', data: { text: '记' } });
  expect(((await note.json()) as { code: string }).code).toBe('LIMITED');
  const log = await scene.ask('auditor', 'GET', `/audit/access-log?case=${caseId}&person=p-director`);
  expect(((await log.json()) as { items: unknown[] }).items[0]).toMatchObject({ outcome: 'denied', status: 403 });
  // acknowledging what was told of it shows nothing of it either
  const inbox = (await (await scene.ask('director', 'GET', '/inbox?limit=200')).json()) as {
    items: { id: string; caseId: string }[];
  };
  const message = inbox.items.find((each) => each.caseId === caseId);
  const read = await scene.ask('director', 'POST', `/inbox/${message?.id}/acknowledge`);
  expect([read.status, await read.json()]).toMatchObject([200, { events: [], case: null }]);
  const after = await scene.ask('auditor', 'GET', `/audit/access-log?case=${caseId}&person=p-director`);
  const notes = ((await after.json()) as { items: { kind: string; outcome: string }[] }).items;
  expect(notes.filter(({ kind, outcome }) => kind !== 'inbox' && outcome === 'shown')).toEqual([]);
});

test('where a legal duty needs it, a head opens it for a reason and a time, which is reviewed; an act shows nothing of it', async () => {
  await limit();
  const opened = await act('director', { type: 'access.breakGlass', reason: '法院调取', data: { minutes: 30 } });
  expect(opened.status).toBe(200);
  expect((await scene.ask('director', 'GET', `/cases/${caseId}/timeline`)).status).toBe(200);
  expect((await scene.ask('caseworker', 'GET', `/cases/${caseId}/timeline`)).status).toBe(403);
  expect(await codes()).toContain('emergencyAccess');
  // another head reviews it in the browser, where nothing of the case is shown to him
  const cookie = await signIn(scene, 'subDistrictHead');
  const path = `/cases/${caseId}/accesses`;
  const page = await (await scene.app.request(path, { headers: { cookie } })).text();
  expect(page).toContain('access.review');
  expect(page).not.toContain('周某');
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  const form = { type: 'access.review', justified: 'yes', text: '属实', target: hidden('target') };
  const reviewed = await scene.app.request(path, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: hidden('token'), key: randomUUID(), ...form }).toString(),
  });
  expect(reviewed.status).toBe(303);
  expect(await codes()).not.toContain('emergencyAccess');
  expect(await pageAs(scene, 'subDistrictHead', `/cases/${caseId}`)).toContain(path);
  expect((await scene.app.request(path, { headers: { cookie: await signIn(scene, 'caseworker') } })).status).toBe(403);
  const said = await act('caseworker', { type: 'complaint.make', data: { text: '办理太慢' } });
  expect(await said.json()).toMatchObject({ case: null, events: [] });
  expect((await verify(scene.sql, { caseId })).findings).toEqual([]);
});

test('the page shows the classes and takes holds and requests; state and read models come from the events alone', async () => {
  await close();
  const path = `/cases/${caseId}/retention`;
  const cookie = await signIn(scene, 'director');
  const shown = await (await scene.app.request(path, { headers: { cookie } })).text();
  for (const word of ['审批类档案', '会计凭证和账簿', '现在不能销毁', '设定保全', '请求删除'])
    expect(shown).toContain(word);
  expect(shown).not.toContain('周某');
  const token = /name="token" value="([^"]+)"/.exec(shown)?.[1] ?? '';
  const send = (form: Record<string, string>) =>
    scene.app.request(path, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token, key: randomUUID(), ...form }).toString(),
    });
  expect((await send({ type: 'hold.set', ground: 'petition', reason: '信访未结' })).status).toBe(303);
  expect((await send({ type: 'erasure.request', onBehalfOf: 'beneficiary', witness: '罗某' })).status).toBe(303);
  const refused = await send({ type: 'erasure.answer', decision: 'limited', text: '同意' });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain('记录请求的人不能自己答复');
  expect((await send({ type: 'note.add', text: 'x' })).status).toBe(403);
  expect(await kept('auditor')).toMatchObject({ holds: [{}], erasure: { decision: null, dueAt: expect.any(String) } });
  const inbox = await (await scene.ask('director', 'GET', '/inbox')).json();
  expect(JSON.stringify(inbox)).toContain('"erasure"');
  expect(await pageAs(scene, 'caseworker', '/retention')).toContain('保存期限表');
  expect((await verify(scene.sql, { caseId })).findings).toEqual([]);
});
