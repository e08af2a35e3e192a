import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decidedCase } from './disclosures.fixture.ts';
import { type Scene, setScene } from './scene.fixture.ts';

const DAY_MS = 86_400_000;
const TEXT = '经三次会议通过：三个单元各装两道扶手。\n<b onclick=alert(1)>异议可在公示期内提出</b>';

let scene: Scene;
let away = 0;
beforeAll(async () => {
  scene = await setScene({ now: () => new Date(Date.now() + away).toISOString() });
}, 120_000);
afterAll(() => scene.close());

type Json = Readonly<Record<string, unknown>>;
const listed = async (query = '') => {
  const answer = await scene.ask(undefined, 'GET', `/public/disclosures${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as { items: Json[]; nextCursor: string | null };
};
const post = (caseId: string, text = TEXT, target = 'decision') =>
  scene.act('secretary', caseId, { type: 'disclosure.post', target, data: { text, days: 7 } });
const object = (id: unknown, body: unknown, headers = {}) =>
  scene.ask(undefined, 'POST', `/public/disclosures/${id}/objections`, body, headers);
const stageOf = async (caseId: string) =>
  ((await (await scene.ask('secretary', 'GET', `/cases/${caseId}`)).json()) as { stage: { key: string } | string })
    .stage;

describe('what is made public', () => {
  let caseId: string;
  let id: unknown;

  it('is listed for anybody, with nothing of its case', async () => {
    caseId = await decidedCase(scene);
    expect((await listed()).items).toEqual([]);
    await post(caseId);
    const { items } = await listed();
    id = items[0]?.['id'];
    expect(items).toEqual([
      {
        ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), name: '决议公示', text: TEXT },
        unit: { id: 'community-1', name: expect.any(String) },
        ...{ postedAt: expect.any(String), until: expect.any(String) },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(caseId);
    expect((await listed('?unit=community-2')).items).toEqual([]);
    expect((await listed('?unit=community-1')).items).toHaveLength(1);
  });

  it('is a page as well, in both languages, with what was typed in as words', async () => {
    const page = async (path: string, language: string) =>
      (await scene.app.request(path, { headers: { 'accept-language': language } })).text();
    for (const path of ['/public/disclosures', `/public/disclosures/${id}`]) {
      expect(await page(path, 'zh')).toContain('&lt;b onclick=alert(1)&gt;');
      expect(await page(path, 'en')).toContain('Public until');
    }
    expect(await page('/sign-in', 'zh')).toContain('href="/public/disclosures"');
  });

  it('is objected to without signing in; the same key brings one objection', async () => {
    const headers = { 'idempotency-key': 'objection-of-mine' };
    const said = { text: "'); DROP TABLE cases; -- <script>alert(1)</script> 名单不公平", contact: '13800138000' };
    const first = await object(id, said, headers);
    expect(first.status).toBe(201);
    const body = (await first.json()) as Json;
    expect(body).toEqual({ id: 'objection-1', receivedAt: expect.any(String) });
    expect(await (await object(id, said, headers)).json()).toEqual(body);
    expect((await object(id, { text: '别的话' }, headers)).status).toBe(422);
    const plan = (await (await scene.ask('secretary', 'GET', `/cases/${caseId}/plan`)).json()) as Json;
    expect(plan['items']).toContainEqual(expect.objectContaining({ id: 'objection-1', act: 'objection.decide' }));
    const inbox = (await (await scene.ask('accountant', 'GET', '/inbox')).json()) as { items: Json[] };
    expect(inbox.items.filter(({ kind }) => kind === 'objection')).toHaveLength(1);
    // who objects is in the sealed record alone
    const rows = await scene.sql`SELECT text_zh || text_en AS text FROM person.messages WHERE kind = 'objection'`;
    expect(JSON.stringify(rows)).not.toContain('13800138000');
    const states = await scene.sql`SELECT state::text || outline::text AS text FROM cases WHERE case_id = ${caseId}`;
    expect(JSON.stringify(states)).not.toContain('13800138000');
  });

  it.each<[string, unknown, number]>([
    ['no words', {}, 422],
    ['empty ones', { text: '' }, 422],
    ['too many', { text: '字'.repeat(2_001) }, 422],
    ['a contact too long', { text: '不对', contact: '字'.repeat(201) }, 422],
    ['something else besides', { text: '不对', actor: 'p-secretary' }, 422],
    ['no JSON', '{', 400],
    ['a null character', '{"text":"a\\u0000b"}', 422],
  ])('takes no objection of %s', async (_what, body, status) => {
    expect((await object(id, body)).status).toBe(status);
  });

  it('is not decided on by who posted it; who may decides, and it is done when its time is over', async () => {
    const decide = {
      type: 'objection.decide',
      target: 'objection-1',
      data: { outcome: 'dismissed', text: '名单按评议' },
    };
    expect((await scene.ask('secretary', 'POST', `/cases/${caseId}/acts`, decide)).status).toBe(403);
    away = 12 * DAY_MS;
    // its time is over, though no clock has noticed yet
    expect((await listed()).items).toEqual([]);
    expect((await object(id, { text: '晚了' })).status).toBe(404);
    await scene.act('accountant', caseId, decide);
    expect(JSON.stringify(await stageOf(caseId))).toContain('carryOut');
    const [row] =
      await scene.sql`SELECT text, ended_at IS NOT NULL AS ended FROM person.disclosures WHERE case_id = ${caseId}`;
    expect(row).toEqual({ text: '', ended: true });
  });

  it('can be rebuilt from the record', async () => {
    const { rebuildCase } = await import('../door/rebuild.ts');
    const { engine } = await import('../door/engine.ts');
    const { createTransactions } = await import('../db/transactions.ts');
    const found = await rebuildCase({ transactions: createTransactions(scene.sql), engine }, caseId, false);
    expect(found.differences).toEqual([]);
  });
});

describe('what is taken down', () => {
  it('is gone at once, and posted anew under another name', async () => {
    const caseId = await decidedCase(scene);
    await post(caseId);
    const [before] = (await listed()).items;
    const down = { type: 'disclosure.takeDown', target: 'decision' };
    expect((await scene.ask('secretary', 'POST', `/cases/${caseId}/acts`, down)).status).toBe(422);
    await scene.act('secretary', caseId, { ...down, reason: '户数有误' });
    expect((await listed()).items).toEqual([]);
    expect((await scene.app.request(`/public/disclosures/${before?.['id']}`)).status).toBe(404);
    await post(caseId, '更正：三个单元各装三道');
    const [after] = (await listed()).items;
    expect(after?.['id']).not.toBe(before?.['id']);
  });

  it('is refused with numbers of people in it, and says the way out', async () => {
    const caseId = await decidedCase(scene);
    for (const text of ['周某，11010519491231002X', '有意见请拨 138-0013-8000']) {
      const body = { type: 'disclosure.post', target: 'decision', data: { text, days: 7 } };
      const answer = await scene.ask('secretary', 'POST', `/cases/${caseId}/acts`, body);
      expect(answer.status).toBe(422);
      expect((await answer.json()) as Json).toMatchObject({ code: 'INVALID_DATA', errors: [{ path: 'data.text' }] });
    }
  });
});

describe('many at once', () => {
  it('are read in pages, each once', async () => {
    for (let n = 0; n < 3; n++) await post(await decidedCase(scene), `第 ${n} 件`);
    const ids: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof listed>> = await listed(
        `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      ids.push(...page.items.map((each) => each['id']));
      cursor = page.nextCursor;
    }
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
  });

  it('are held up when they come too fast', async () => {
    const [first] = (await listed()).items;
    const answers: number[] = [];
    for (let n = 0; n < 40; n++) answers.push((await object(first?.['id'], { text: `第 ${n} 次` })).status);
    expect(answers).toContain(429);
    expect(answers.filter((status) => status === 201).length).toBeLessThan(30);
  });

  it('come by the form as well', async () => {
    const [first] = (await listed()).items;
    const answer = await scene.app.request(`/public/disclosures/${first?.['id']}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ text: '表格里的话', contact: '', key: '12345678' }).toString(),
    });
    // another bucket than that of programs
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/\?sent=objection-\d+$/);
  });
});
