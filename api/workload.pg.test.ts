import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const ask = async (login: Login, path: string) => {
  const response = await scene.ask(login, 'GET', path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const secretary = '/posts/community-1-secretary/workload';

it('counts what a post has in hand, for its holder and those who oversee it', async () => {
  expect((await ask('secretary', secretary)).body).toMatchObject({
    open: 0,
    cases: 0,
    share: null,
    timesAverage: null,
  });
  await scene.openApproved();
  await scene.open();
  const { body } = await ask('secretary', secretary);
  const [counted] = await scene.sql`
    SELECT count(*) AS open, count(*) FILTER (WHERE due_at <= now()) AS overdue,
      count(*) FILTER (WHERE due_at > now() AND due_at <= now() + interval '7 days') AS week FROM (
      SELECT due_at FROM items WHERE state = 'open' AND 'community-1-secretary' IN (by_post, assignee_post, answering_post)
      UNION ALL SELECT due_at FROM deadlines WHERE of = 'stage' AND state = 'running'
        AND answering_post = 'community-1-secretary') w`;
  expect(body).toMatchObject({
    ...{ post: 'community-1-secretary', holder: 'p-secretary', deputy: null, cases: 2 },
    ...{ open: counted!['open'], overdue: counted!['overdue'], dueInWeek: counted!['week'], share: 1 },
  });
  expect(body['overdue']).toBeGreaterThan(0);
  expect(body['averageAgeDays']).toBeGreaterThan(0);
  const [raised] = await scene.sql`SELECT count(*) AS n FROM rungs WHERE tell <> 'holder'`;
  expect(body['escalations']).toBe(raised!['n']);
  expect(body['escalations']).toBeGreaterThan(0);
  for (const login of ['director', 'subDistrictHead', 'admin', 'auditor'] as const)
    expect((await ask(login, secretary)).status).toBe(200);
  for (const login of ['caseworker', 'cashHolder', 'stranger'] as const)
    expect((await ask(login, secretary)).status).toBe(403);
  expect((await ask('admin', '/posts/none/workload')).status).toBe(404);
});

it('lists the posts of a unit with their part of its load, page by page, and those below where asked', async () => {
  const all = (await ask('director', '/workload')).body['items'] as Record<string, unknown>[];
  expect(all.map(({ unit }) => unit)).toEqual(Array(5).fill('community-1'));
  const shares = all.map(({ share }) => share as number);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 1);
  expect(all.find(({ post }) => post === 'community-1-secretary')?.['timesAverage']).toBeGreaterThan(1);
  const collected: unknown[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const { body } = await ask('admin', `/workload?below=true&limit=4${cursor ? `&cursor=${cursor}` : ''}`);
    collected.push(...(body['items'] as unknown[]));
    cursor = body['nextCursor'];
  }
  expect(collected).toHaveLength(12);
  expect((await ask('admin', '/workload')).body['items']).toHaveLength(1);
  expect((await ask('director', '/workload?unit=community-2')).status).toBe(403);
  expect((await ask('caseworker', '/workload')).status).toBe(403);
});

it('has a page for heads of units, linked from their cases', async () => {
  const signIn = async (login: Login) => {
    const form = new URLSearchParams({ key: scene.keyOf(login) });
    const response = await scene.app.request('/sign-in', {
      method: 'POST',
      body: form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    return (response.headers.get('set-cookie') ?? '').split(';')[0]!;
  };
  const look = async (cookie: string, path: string, language = 'zh-CN') => {
    const response = await scene.app.request(path, { headers: { cookie, 'accept-language': language } });
    return { status: response.status, text: await response.text() };
  };
  const director = await signIn('director');
  expect((await look(director, '/')).text).toContain('href="/workload"');
  const zh = await look(director, '/workload');
  expect(zh.status).toBe(200);
  expect(zh.text).toContain('岗位工作量');
  expect(zh.text).toContain('社区党支部书记');
  expect((await look(director, '/workload?below=true', 'en')).text).toContain('Workload by post');
  expect((await look(director, '/workload?unit=community-2')).status).toBe(404);
  const cashHolder = await signIn('cashHolder');
  expect((await look(cashHolder, '/')).text).not.toContain('/workload');
  expect((await look(cashHolder, '/workload')).status).toBe(404);
});
