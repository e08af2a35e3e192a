import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { changeOrganisation } from '../../door/organisation.ts';
import { verify } from '../../door/verify.ts';
import { hashOf } from '../auth/tokens.ts';
import { type Login, openingOf, pageAs, type Scene, setScene } from '../scene.fixture.ts';

let scene: Scene;
let caseId: string;
let now = new Date().toISOString();
const keys = new Map<string, string>();
beforeAll(async () => {
  scene = await setScene({ now: () => now });
  for (const id of ['p-zhou', 'p-luo', 'p-qiu']) {
    keys.set(id, `linli_test_${randomUUID()}`);
    await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, (organisation) =>
      organisation.addPerson({ id, name: '罗某' }),
    );
    await scene.sql`INSERT INTO api_keys (id, hash, role, person, unit)
      VALUES (${randomUUID()}, ${hashOf(keys.get(id)!)}, 'party', ${id}, 'community-1')`;
  }
});
beforeEach(async () => {
  now = new Date().toISOString();
  caseId = await scene.open({
    ...openingOf(),
    openedAt: undefined,
    parties: [
      { role: 'beneficiary', name: '张某', birthDate: `${new Date().getUTCFullYear() - 10}-01-01`, person: 'p-zhou' },
      { role: 'guardian', name: '罗某', person: 'p-luo', guardian: { kind: 'parent', from: '2020-01-01' } },
      { role: 'companion', name: '邱某', person: 'p-qiu' },
    ],
  });
});
afterAll(() => scene.close());

const statusOf = async (who: string, path = '') => {
  const key = keys.get(who);
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  return (await scene.ask(key ? undefined : (who as Login), 'GET', `/cases/${caseId}${path}`, undefined, headers))
    .status;
};
const ask = (who: string, body: Record<string, unknown>) =>
  scene.ask(undefined, 'POST', `/cases/${caseId}/acts`, body, { authorization: `Bearer ${keys.get(who)}` });
interface ListPage {
  readonly items: { readonly id: string; readonly caseNo: string }[];
  readonly total?: number;
}
const pageOf = async (who: string, query: string): Promise<ListPage> => {
  const key = keys.get(who) ?? scene.keyOf(who as Login);
  const headers = { authorization: `Bearer ${key}` };
  return (await scene.app.request(`/api/v1/cases?${query}`, { headers })).json() as Promise<ListPage>;
};
const caseNoOf = (listed: ListPage['items'][number] | undefined) => encodeURIComponent(listed?.caseNo ?? 'none');
const approve = (login: Login, data: Record<string, unknown> = {}) =>
  scene.ask(login, 'POST', `/cases/${caseId}/acts`, { type: 'access.approve', data });
const pass = (days: number) => {
  now = new Date(Date.parse(now) + days * 86_400_000).toISOString();
};

test('without an approval only the child, its guardian, heads and auditors read the case', async () => {
  for (const who of ['p-zhou', 'p-luo', 'director', 'subDistrictHead', 'auditor'])
    expect(await statusOf(who), who).toBe(200);
  for (const who of ['caseworker', 'secretary', 'cashHolder', 'p-qiu'])
    for (const path of ['', '/timeline', '/plan', '/books', '/deadlines'])
      expect(await statusOf(who, path), `${who} ${path}`).toBe(403);
  const refused = await scene.ask('caseworker', 'GET', `/cases/${caseId}`);
  expect(await refused.json()).toMatchObject({
    code: 'MINOR_NOT_APPROVED',
    waysOut: [expect.stringContaining('access.approve')],
  });
  expect(await pageAs(scene, 'caseworker', `/cases/${caseId}`)).toContain('须经单位负责人批准');
});

test('a head to whom a task of the case is given, and an auditor who is a party of it, read on', async () => {
  expect((await ask('p-luo', { type: 'erasure.request' })).status).toBe(200);
  expect(await statusOf('director')).toBe(200);
  caseId = await scene.open({
    ...openingOf(),
    openedAt: undefined,
    parties: [
      { role: 'beneficiary', name: '张某', birthDate: `${new Date().getUTCFullYear() - 10}-01-01` },
      { role: 'companion', name: '邱某', person: 'p-auditor' },
    ],
  });
  expect(await statusOf('auditor')).toBe(200);
  const listed = (await pageOf('auditor', 'limit=200')).items.find(({ id }) => id === caseId);
  expect(JSON.stringify(listed)).toContain('张某');
});

test('nobody is approved whom nobody knows', async () => {
  const refused = await approve('director', { person: 'nobody' });
  expect([refused.status, await refused.json()]).toMatchObject([422, { code: 'UNKNOWN_ASSIGNMENT' }]);
});

test('the head approves once for all who work on the case, for a time', async () => {
  expect((await approve('caseworker')).status).toBe(403);
  expect((await approve('director', { days: 366 })).status).toBe(422);
  expect((await approve('director', { days: 20 })).status).toBe(200);
  for (const who of ['caseworker', 'secretary', 'cashHolder']) expect(await statusOf(who), who).toBe(200);
  expect(await statusOf('p-qiu')).toBe(403);
  pass(21);
  expect(await statusOf('caseworker')).toBe(403);
});

test('everybody else is approved one by one', async () => {
  expect((await approve('director', { person: 'p-qiu', days: 31 })).status).toBe(422);
  expect((await approve('director', { person: 'p-qiu' })).status).toBe(200);
  expect(await statusOf('p-qiu')).toBe(200);
  expect(await statusOf('caseworker')).toBe(403);
  pass(8);
  expect(await statusOf('p-qiu')).toBe(403);
});

test('an act without the approval is recorded and shows nothing; lists do not tell the name', async () => {
  const answer = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, {
    type: 'note.add',
    data: { text: '记' },
  });
  expect(await answer.json()).toMatchObject({ events: [], case: null });
  const list = async () => {
    const page = (await (await scene.ask('caseworker', 'GET', '/cases?limit=200')).json()) as {
      items: { id: string }[];
    };
    return JSON.stringify(page.items.find(({ id }) => id === caseId));
  };
  expect(await list()).not.toContain('张某');
  await approve('director');
  expect(await list()).toContain('张某');
});

test('a search, its count and a list tell of a child by name only whom the case would be shown', async () => {
  const name = `寻${randomUUID().slice(0, 8)}`;
  const born = `${new Date().getUTCFullYear() - 10}-01-01`;
  caseId = await scene.open({
    ...openingOf(),
    openedAt: undefined,
    parties: [
      { role: 'beneficiary', name, birthDate: born, person: 'p-zhou' },
      { role: 'guardian', name: '罗某', person: 'p-luo', guardian: { kind: 'parent', from: '2020-01-01' } },
      { role: 'companion', name: '邱某', person: 'p-qiu' },
    ],
  });
  const everybody = [...keys.keys(), 'caseworker', 'secretary', 'cashHolder', 'director', 'subDistrictHead', 'auditor'];
  const tells = async () => {
    for (const who of everybody) {
      const shown = (await statusOf(who)) === 200;
      for (const asked of [`q=${name.slice(0, 5)}`, `party=${name}`, 'party=p-zhou']) {
        const found = await pageOf(who, `${asked}&count=true&limit=200`);
        expect([who, asked, found.items.some(({ id }) => id === caseId)]).toEqual([who, asked, shown]);
        if (asked !== 'party=p-zhou') expect([who, asked, found.total]).toEqual([who, asked, shown ? 1 : 0]);
      }
      const listed = (await pageOf(who, 'limit=200')).items.find(({ id }) => id === caseId);
      expect([who, JSON.stringify(listed).includes(name)]).toEqual([who, shown]);
      expect([who, (await pageOf(who, `q=${caseNoOf(listed)}`)).items.length]).toEqual([who, 1]);
    }
  };
  await tells();
  await ask('p-luo', { type: 'erasure.request' });
  await tells();
  await approve('director');
  await tells();
  await approve('director', { person: 'p-qiu' });
  await tells();
});

test('a guardian who is none any more, or not yet, neither reads nor finds it, and is not told who has', async () => {
  const day = (days: number) => new Date(Date.now() + (days * 24 + 8) * 3_600_000).toISOString().slice(0, 10);
  const name = `寻${randomUUID().slice(0, 8)}`;
  const born = `${new Date().getUTCFullYear() - 10}-01-01`;
  for (const [dates, shown] of [
    [{ from: '2020-01-01', until: day(-1) }, false],
    [{ from: day(1) }, false],
    [{ from: '2020-01-01', until: day(0) }, true],
    [{}, true],
  ] as const) {
    caseId = await scene.open({
      ...openingOf(),
      openedAt: undefined,
      parties: [
        { role: 'beneficiary', name, birthDate: born, person: 'p-zhou' },
        { role: 'guardian', name: '罗某', person: 'p-luo', guardian: { kind: 'parent', ...dates } },
        { role: 'companion', name: '邱某' },
      ],
    });
    const found = (await pageOf('p-luo', `q=${name}&limit=200`)).items.some(({ id }) => id === caseId);
    const accesses = await scene.ask(undefined, 'GET', `/audit/access-log?case=${caseId}`, undefined, {
      authorization: `Bearer ${keys.get('p-luo')}`,
    });
    const status = shown ? 200 : 403;
    expect([dates, await statusOf('p-luo'), found, accesses.status]).toEqual([dates, status, shown, status]);
  }
});

test('refused reads are noted; state and read models are those of the events', async () => {
  expect(await statusOf('caseworker')).toBe(403);
  const log = await scene.ask('auditor', 'GET', `/audit/access-log?case=${caseId}&person=p-caseworker`);
  expect(((await log.json()) as { items: unknown[] }).items[0]).toMatchObject({ outcome: 'denied', status: 403 });
  await approve('director');
  expect((await verify(scene.sql, { caseId })).findings).toEqual([]);
});
