import { afterAll, beforeAll, expect, it } from 'vitest';
import { cash, ledger } from './books.fixture.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';
import type { LevelReportView, OfficialReportView } from './schemas/audit-officials.ts';

let now = new Date().toISOString();
let scene: Scene;
let caseId: string;
beforeAll(async () => {
  scene = await setScene({ now: () => now });
  caseId = await scene.openApproved();
  await scene.act('cashHolder', caseId, cash('A-1', 12_000));
  await scene.act('cashHolder', caseId, cash('A-2', 3_000));
  await scene.act('accountant', caseId, ledger('A-1', 12_000));
  await scene.act('caseworker', caseId, { type: 'complaint.make', data: { text: '审计不公', about: 'p-auditor' } });
  now = new Date(Date.parse(now) + 60_000).toISOString();
}, 60_000);
afterAll(() => scene?.close());

const get = async <T>(path: string, login: Login = 'auditor', status = 200): Promise<T> => {
  const answer = await scene.ask(login, 'GET', `/audit${path}`);
  expect(answer.status, path).toBe(status);
  return (await answer.json()) as T;
};
const official = (path: string) => get<OfficialReportView>(path);
const counts = ({ acts }: OfficialReportView) => Object.fromEntries(acts.map(({ type, recorded }) => [type, recorded]));

it('tells what an official did: offices, acts, cases, money', async () => {
  const report = await official('/officials/p-cash-holder');
  expect(report).toMatchObject({
    person: 'p-cash-holder',
    name: '罗某',
    offices: [{ post: 'community-1-residents-representative', how: 'appointment', until: null }],
    cases: [{ program: 'fule', cases: 1 }],
    money: [{ side: 'cash', direction: 'in', entries: 2, reversals: 0, amountFen: 15_000 }],
  });
  expect(counts(report)).toEqual({ 'cash.record': 2 });
  const secretary = await official('/officials/p-secretary');
  expect(secretary.acts).toContainEqual({
    ...{ type: 'decision.record', decision: true, recorded: 3, refused: 0, cases: 1, recordedLate: 0 },
  });
  expect((await official('/officials/p-accountant')).money).toMatchObject([{ side: 'ledger', amountFen: 12_000 }]);
});

it('tells the same of a post, and nothing outside period or unit', async () => {
  const post = await official('/posts/community-1-secretary');
  expect(post.offices.map(({ person }) => person)).toEqual(['p-secretary']);
  expect(counts(post)['decision.record']).toBe(3);
  const early = await official('/officials/p-secretary?from=2021-01-01T00:00:00Z&until=2021-02-01T00:00:00Z');
  expect([early.acts, early.cases, early.money]).toEqual([[], [], []]);
  expect(early.offices).toHaveLength(1);
  await get('/officials/p-secretary?unit=community-2', 'auditor', 404);
  await get('/officials/p-secretary?from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z', 'auditor', 422);
  await get('/officials/nobody', 'auditor', 404);
  await get('/posts/nothing', 'auditor', 404);
  for (const login of ['admin', 'director', 'caseworker'] as const)
    for (const path of ['/officials/p-secretary', '/posts/community-1-secretary', '/levels'])
      await get(path, login, 403);
});

it('tells nobody by numbers that somebody complained', async () => {
  const report = await official('/officials/p-caseworker');
  expect(report.acts.length).toBeGreaterThan(0);
  expect(JSON.stringify(report)).not.toContain('complaint');
});

it('tells what an official saw', async () => {
  await scene.ask('secretary', 'GET', `/cases/${caseId}`);
  await scene.ask('secretary', 'GET', `/cases/${caseId}`);
  await scene.ask('stranger', 'GET', `/cases/${caseId}`);
  now = new Date(Date.parse(now) + 60_000).toISOString();
  const { reads } = await official('/officials/p-secretary');
  expect(reads).toContainEqual({ kind: 'case', reads: 2, cases: 1, emergencies: 0 });
  expect((await official('/posts/community-1-secretary')).reads).toEqual(reads);
  expect((await official('/officials/p-director-2')).reads).toEqual([]);
});

it('tells who was late: deadlines met late, records of accountability, and how long each level took', async () => {
  now = new Date(Date.parse(now) + 200 * 86_400_000).toISOString();
  await scene.door.project(caseId);
  const tasks = (await (await scene.ask('auditor', 'GET', '/tasks?limit=200&unit=community-1')).json()) as {
    items: { id: string; kind: string; caseId: string }[];
  };
  const visit = tasks.items.find(({ kind }) => kind === 'duty')!;
  const done = { type: 'task.complete', target: visit.id, data: { note: '补上门' } };
  const answer = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, done);
  expect(answer.status).toBe(200);
  const later = `until=${encodeURIComponent(new Date(Date.parse(now) + 1000).toISOString())}`;
  const report = await official(`/officials/p-caseworker?${later}`);
  expect(report.deadlines.met).toBeGreaterThan(0);
  expect(report.deadlines.late).toBeGreaterThan(0);
  const head = await official(`/posts/community-1-secretary?${later}`);
  expect(head.accountability.length).toBeGreaterThan(0);
  expect(head.accountability[0]).toMatchObject({ case: caseId, post: 'community-1-secretary', answered: false });
  const { units } = await get<LevelReportView>(`/levels?${later}`);
  const told = units.filter(({ what }) => what === 'acknowledged');
  expect(new Set(told.map(({ level }) => level))).toEqual(new Set(['community', 'sub-district', 'district']));
  for (const { count, open, medianMs } of told) {
    expect(open).toBeGreaterThan(0);
    expect([count, medianMs]).toEqual([0, null]);
  }
  const task = units.find(({ what, unit }) => what === 'task' && unit === 'community-1')!;
  expect(task.count + task.open).toBeGreaterThan(1);
});

it('measures how long each level took', async () => {
  const pass = (hours: number) => {
    now = new Date(Date.parse(now) + hours * 3_600_000).toISOString();
  };
  pass(24);
  const from = now;
  const mine = await scene.openApproved({
    openedAt: now,
    parties: [
      { role: 'beneficiary', name: '王某' },
      { role: 'companion', name: '邱某' },
    ],
  });
  pass(72);
  await scene.act('caseworker', mine, { type: 'task.complete', target: 'meet', data: { note: '见面了' } });
  // until the first rungs of its clocks have long been due
  pass(60 * 24);
  await scene.door.project(mine);
  const [message] = await scene.sql<{ id: string }[]>`
    SELECT id FROM messages WHERE case_id = ${mine} AND kind = 'rung' AND post = 'community-1-secretary' ORDER BY seq LIMIT 1`;
  pass(2);
  await scene.act('secretary', mine, { type: 'message.acknowledge', data: { message: message!.id } });
  await scene.act('caseworker', mine, {
    ...{ type: 'case.offerTransfer', reason: '本人已迁往洛宁路' },
    data: { unit: 'community-2', consent: 'given', witness: '赵某某' },
  });
  pass(5);
  await scene.act('stranger', mine, { type: 'case.refuseTransfer', reason: '本人未迁来' });
  const until = new Date(Date.parse(now) + 1_000).toISOString();
  const { units } = await get<LevelReportView>(
    `/levels?from=${encodeURIComponent(from)}&until=${encodeURIComponent(until)}`,
  );
  const of = (unit: string, what: string) => units.find((each) => each.unit === unit && each.what === what);
  const took = (hours: number) => ({ count: 1, open: 0, medianMs: hours * 3_600_000, maxMs: hours * 3_600_000 });
  expect(of('community-2', 'asked')).toMatchObject(took(5));
  expect(of('community-1', 'acknowledged')).toMatchObject({ ...took(2), open: expect.any(Number) });
  // with the tasks of the case before, which are older, left out
  expect(of('community-1', 'task')).toMatchObject({ count: 1, medianMs: 72 * 3_600_000 });
  expect(of('subdistrict-1', 'asked')).toBeUndefined();
});
