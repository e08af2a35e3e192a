import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../door/verify.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';
import type { TransferView } from './schemas/transfers.ts';

// Two communities under one sub-district: 李某 and 王某 in the first, 吴某 (otherCaseworker) and 孙某 (stranger) in the second.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const reason = '本人已迁往洛宁路';
const consent = { consent: 'given', witness: '赵某某' };
const overridden = { consent: 'overridden', ground: '个人信息保护法第十三条第一款第三项：履行法定职责所必需' };

const act = (login: Login, caseId: string, body: object, headers = {}) =>
  scene.ask(login, 'POST', `/cases/${caseId}/acts`, body, headers);
const offer = (caseId: string, more: object = {}) =>
  act('caseworker', caseId, {
    type: 'case.offerTransfer',
    reason,
    data: { unit: 'community-2', ...consent, ...more },
  });
const list = async (login: Login, query = ''): Promise<TransferView[]> => {
  const response = await scene.ask(login, 'GET', `/transfers${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { items: TransferView[] }).items;
};
const mine = async (login: Login, caseId: string, query = '') =>
  (await list(login, query)).filter((each) => each.caseId === caseId);
const code = async (response: Promise<Response>) => {
  const answer = await response;
  return `${answer.status} ${((await answer.json()) as { code?: string }).code ?? ''}`.trim();
};
/** What of a case is asked for, and what a login gets. */
const reads = async (login: Login, caseId: string) => {
  const paths = ['', '/plan', '/timeline', '/timeline?format=csv', '/deadlines', '/books', '/books/cash', '/acts/none'];
  const answers = await Promise.all(paths.map((path) => scene.ask(login, 'GET', `/cases/${caseId}${path}`)));
  const listed = ((await (await scene.ask(login, 'GET', '/cases')).json()) as { items: { id: string }[] }).items;
  return [...new Set(answers.map(({ status }) => status)), listed.some(({ id }) => id === caseId)];
};
const inboxOf = async (login: Login, caseId: string) => {
  const answer = (await (await scene.ask(login, 'GET', '/inbox?limit=200')).json()) as {
    items: { id: string; caseId: string; kind: string; text: string }[];
  };
  return answer.items.filter((each) => each.caseId === caseId && each.kind === 'transfer');
};

describe('an offered case', () => {
  it('is seen by the unit that is asked with the least it needs, and nothing else of it', async () => {
    const caseId = await scene.openApproved();
    await scene.act('caseworker', caseId, {
      type: 'task.add',
      reason: '补充',
      data: { item: { name: '陪周某去医院', by: 'companion', within: '3 days' } },
    });
    const assignments = { secretary: 'community-2-secretary' };
    expect((await offer(caseId, { assignments })).status).toBe(200);
    const [seen] = await mine('otherCaseworker', caseId, '?direction=in&state=offered');
    expect(seen).toMatchObject({
      ...{ id: 'transfer:1', kind: 'transfer', state: 'offered', from: 'community-1', to: 'community-2', reason },
      ...{ stageName: '第一步：开口说话', fromName: '新安西路社区', consent: 'given', mayAnswer: true, overdue: false },
      program: { id: 'fule', name: '福乐精准帮扶四部曲' },
      openMatters: expect.any(Number),
      assignments,
    });
    expect(seen?.deadlines.map(({ name }) => name)).toContain('初次见面');
    expect(seen?.deadlines.filter(({ name }) => name === null)).toHaveLength(1);
    const text = JSON.stringify(seen);
    for (const secret of ['周某', '邱某', '赵某某', '右腿', 'p-caseworker', '医院']) expect(text).not.toContain(secret);
    for (const login of ['otherCaseworker', 'stranger'] as const)
      expect(await reads(login, caseId)).toEqual([404, false]);
    expect(await reads('caseworker', caseId)).toContain(true);
    // what it may not do it is not told of either
    const note = { type: 'note.add', data: { text: '看看' } };
    expect(await code(act('stranger', caseId, note))).toBe('404 NOT_FOUND');
    expect((await mine('cashHolder', caseId)).map(({ mayAnswer }) => mayAnswer)).toEqual([false]);
    expect((await inboxOf('stranger', caseId)).map((each) => each.text.replace(/\d{4}-\d+/, 'N'))).toEqual([
      '个案 N：移交请求待您单位答复',
    ]);
    expect((await verifyOf(caseId)).holds).toBe(true);
  });

  it('stays where it is when refused, and both sides see why', async () => {
    const caseId = await scene.openApproved();
    await offer(caseId, overridden);
    const refusal = { type: 'case.refuseTransfer', reason: '户籍不在本社区' };
    expect(await code(act('stranger', caseId, { type: 'case.refuseTransfer' }))).toBe('422 REASON_MISSING');
    expect(await code(act('secretary', caseId, refusal))).toBe('403 FORBIDDEN');
    const dry = await scene.ask('stranger', 'POST', `/cases/${caseId}/acts?dryRun=true`, refusal);
    expect(await dry.json()).toMatchObject({ dryRun: true, events: [{ type: 'transfer.refused', data: {} }, {}] });
    const key = { 'idempotency-key': `refuse-${caseId}` };
    for (let n = 0; n < 2; n++) {
      const answer = await act('stranger', caseId, refusal, key);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ act: { type: 'case.refuseTransfer' }, events: [], case: null });
    }
    for (const [login, query] of [
      ['stranger', '?direction=in'],
      ['caseworker', '?direction=out'],
      ['auditor', ''],
    ] as const) {
      expect(await mine(login, caseId, query)).toMatchObject([
        { state: 'refused', answer: '户籍不在本社区', openMatters: null, deadlines: [], stage: null, mayAnswer: false },
      ]);
    }
    expect((await inboxOf('secretary', caseId))[0]?.text).toContain('未被接收');
    expect(await reads('stranger', caseId)).toEqual([404, false]);
    expect(await reads('secretary', caseId)).toContain(true);
    const [message] = await inboxOf('stranger', caseId);
    const read = await scene.ask('stranger', 'POST', `/inbox/${message?.id}/acknowledge`);
    expect([read.status, await read.json()]).toMatchObject([200, { events: [], case: null }]);
    // what was done without consent is found by an auditor, and marked in the timeline
    expect((await mine('auditor', caseId, '?consent=overridden')).map(({ ground }) => ground)).toEqual([
      overridden.ground,
    ]);
    const timeline = await (await scene.ask('auditor', 'GET', `/cases/${caseId}/timeline?limit=200`)).text();
    expect(timeline).toContain('【未经本人同意】');
    expect((await verifyOf(caseId)).holds).toBe(true);
  });

  it('can be taken back, and is then nobody’s to answer', async () => {
    const caseId = await scene.openApproved();
    await offer(caseId);
    expect((await act('secretary', caseId, { type: 'case.revokeTransfer' })).status).toBe(200);
    expect(await code(act('stranger', caseId, { type: 'case.acceptTransfer' }))).toBe('404 NOT_FOUND');
    expect(await mine('stranger', caseId)).toMatchObject([{ state: 'revoked', mayAnswer: false }]);
  });
});

describe('an accepted case', () => {
  it('is wholly the new unit’s, with its clocks, its history and its chain, and the old unit reads it no more', async () => {
    const caseId = await scene.openApproved();
    await scene.act('caseworker', caseId, { type: 'task.assign', target: 'meet', data: { to: 'p-director' } });
    const dues = async (login: Login) => {
      const answer = (await (await scene.ask(login, 'GET', `/cases/${caseId}/deadlines`)).json()) as {
        items: { id: string; of: string; dueAt: string; state: string }[];
      };
      return answer.items
        .filter(({ of }) => of !== 'transfer')
        .map(({ id, dueAt, state }) => `${id} ${dueAt} ${state}`);
    };
    const before = await dues('caseworker');
    await offer(caseId, { assignments: { secretary: 'community-2-secretary' } });
    expect(await code(act('caseworker', caseId, { type: 'case.acceptTransfer' }))).toBe('403 FORBIDDEN');
    const wrong = {
      type: 'case.acceptTransfer',
      data: { assignments: { accountant: 'community-2-residents-representative' } },
    };
    expect(await code(act('otherCaseworker', caseId, wrong))).toBe('409 ROLES_COLLIDE');
    const answer = await act('otherCaseworker', caseId, { type: 'case.acceptTransfer' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      case: { unit: 'community-2', assignments: { secretary: 'community-2-secretary' } },
    });
    expect(await dues('otherCaseworker')).toEqual(before);
    for (const login of ['caseworker', 'secretary', 'director', 'cashHolder', 'accountant'] as const)
      expect([login, await reads(login, caseId)]).toEqual([login, [404, false]]);
    for (const login of ['otherCaseworker', 'stranger', 'subDistrictHead', 'auditor'] as const)
      expect([login, (await reads(login, caseId)).at(-1)]).toEqual([login, true]);
    expect(await mine('caseworker', caseId, '?direction=out')).toMatchObject([
      { state: 'accepted', openMatters: null },
    ]);
    expect(await code(act('secretary', caseId, { type: 'note.add', data: { text: '再看' } }))).toBe('404 NOT_FOUND');
    const [message] = await inboxOf('secretary', caseId);
    expect(message?.text).toContain('已被接收');
    expect((await scene.ask('secretary', 'POST', `/inbox/${message?.id}/acknowledge`)).status).toBe(200);
    const timeline = await (await scene.ask('stranger', 'GET', `/cases/${caseId}/timeline?limit=200`)).text();
    for (const said of ['方案批准', '个案转到洛宁路社区', '取消指派']) expect(timeline).toContain(said);
    expect(await verifyOf(caseId)).toMatchObject({ holds: true });
    // and on it goes, also back
    await scene.act('otherCaseworker', caseId, { type: 'note.add', data: { text: '已上门' } });
    const back = { type: 'case.offerTransfer', reason: '迁回', data: { unit: 'community-1', ...overridden } };
    await scene.act('otherCaseworker', caseId, back);
    expect((await act('director', caseId, { type: 'case.acceptTransfer' })).status).toBe(200);
    expect((await reads('secretary', caseId)).at(-1)).toBe(true);
    expect((await reads('stranger', caseId)).at(-1)).toBe(false);
    expect((await verifyOf(caseId)).holds).toBe(true);
  });

  it('lets whoever answers for a record of before be heard on it', async () => {
    const caseId = await scene.openApproved();
    await offer(caseId);
    await scene.act('otherCaseworker', caseId, { type: 'case.acceptTransfer' });
    const records = async (login: Login) => {
      const answer = await scene.ask(login, 'GET', `/accountability?case=${caseId}`);
      return ((await answer.json()) as { items: { id: string; post: string }[] }).items;
    };
    expect(await records('director')).toEqual([]);
    const [record] = await records('secretary');
    expect(record?.post).toBe('community-1-secretary');
    const answer = { type: 'accountability.answer', target: record?.id, data: { text: '当时病休' } };
    const heard = await act('secretary', caseId, answer);
    expect([heard.status, await heard.json()]).toMatchObject([200, { case: null }]);
    expect(await code(act('director', caseId, answer))).toBe('404 NOT_FOUND');
  });
});

describe('levels', () => {
  it('are asked and answer; questions are work of the level above, and can be counted', async () => {
    const caseId = await scene.openApproved();
    const ask = { type: 'case.escalate', data: { to: 'sub-district', text: '坡道经费请协调' } };
    await scene.act('secretary', caseId, ask);
    expect(await code(act('secretary', caseId, ask))).toBe('409 ALREADY_DONE');
    const tasks = (await (await scene.ask('subDistrictHead', 'GET', '/tasks?limit=200')).json()) as {
      items: { case: { id: string }; kind: string; dueAt: string | null }[];
    };
    expect(tasks.items.filter((each) => each.case.id === caseId && each.kind === 'escalation')).toMatchObject([
      { dueAt: expect.any(String) },
    ]);
    expect(await code(act('secretary', caseId, { type: 'case.return', data: { text: '好' } }))).toBe('403 FORBIDDEN');
    await scene.act('subDistrictHead', caseId, { type: 'case.return', data: { text: '街道已列支' } });
    await scene.act('secretary', caseId, ask);
    expect((await mine('secretary', caseId, '?kind=escalation')).map(({ state }) => state).sort()).toEqual([
      'offered',
      'returned',
    ]);
    const timeline = await (await scene.ask('secretary', 'GET', `/cases/${caseId}/timeline?limit=200`)).text();
    for (const said of ['上报街道（济源路街道）：坡道经费请协调', '街道答复（济源路街道）：街道已列支'])
      expect(timeline).toContain(said);
    expect((await verifyOf(caseId)).holds).toBe(true);
  });
});

it('lists requests in pages, refuses what is no filter, and shows strangers nothing', async () => {
  const first = await scene.ask('auditor', 'GET', '/transfers?limit=2');
  const page = (await first.json()) as { items: TransferView[]; nextCursor: string };
  expect(page.items).toHaveLength(2);
  const next = await scene.ask('auditor', 'GET', `/transfers?limit=200&cursor=${encodeURIComponent(page.nextCursor)}`);
  const rest = (await next.json()) as { items: TransferView[]; nextCursor: string | null };
  const ids = [...page.items, ...rest.items].map(({ caseId, id }) => `${caseId} ${id}`);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBe((await list('auditor', '?limit=200')).length);
  expect((await scene.ask('auditor', 'GET', '/transfers?state=lost')).status).toBe(422);
  expect(await list('stranger', '?unit=community-2&direction=out&state=offered')).toEqual([]);
  expect((await scene.ask(undefined, 'GET', '/transfers')).status).toBe(401);
});

it('leaves records and complaints of the old posts with the heads above them, across sub-districts', async () => {
  const change = async (path: string, body: object) => {
    const answer = await scene.ask('admin', 'POST', path, body);
    expect([answer.status, await answer.text()]).toEqual([expect.any(Number), expect.not.stringContaining('"code"')]);
  };
  await change('/units', { id: 'subdistrict-9', level: 'sub-district', name: '九街道', above: 'district-1' });
  await change('/units', { id: 'community-9', level: 'community', name: '九社区', above: 'subdistrict-9' });
  const posts = await scene.sql<{ id: string }[]>`SELECT id FROM posts WHERE unit = 'community-2'`;
  for (const { id } of posts)
    await change(`/posts/${id}/move`, { unit: 'community-9', ...(id.endsWith('-director') ? { heads: true } : {}) });
  const caseId = await scene.openApproved();
  await scene.act('secretary', caseId, { type: 'complaint.make', data: { text: '无人上门' } });
  const [complaint] = await scene.sql`SELECT about FROM messages WHERE case_id = ${caseId} AND kind = 'complaint'`;
  await offer(caseId, { unit: 'community-9' });
  await scene.act('otherCaseworker', caseId, { type: 'case.acceptTransfer' });
  const [record] = await scene.sql`
    SELECT id FROM accountability WHERE case_id = ${caseId} AND post = 'community-1-secretary' LIMIT 1`;
  const decision = { type: 'accountability.decide', target: record?.['id'], data: { outcome: 'noted' } };
  expect(await code(act('stranger', caseId, decision))).toBe('403 FORBIDDEN');
  expect(await code(act('subDistrictHead', caseId, decision))).toBe('200');
  const answer = { type: 'complaint.answer', target: complaint?.['about'], data: { text: '已处理' } };
  expect(await code(act('stranger', caseId, answer))).toBe('409 NOT_OPEN');
  expect(await code(act('subDistrictHead', caseId, answer))).toBe('200');
  expect((await verifyOf(caseId)).holds).toBe(true);
});

async function verifyOf(caseId: string) {
  return verify(scene.sql, { caseId });
}
