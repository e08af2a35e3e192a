import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from '../door/verify.ts';
import { openingOf, pageAs, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
let close = async () => {};
beforeAll(async () => {
  scene = await setScene();
  close = () => scene.close();
});
afterAll(() => close());

interface Entry {
  readonly seq: number;
  readonly type: string;
  readonly text: string;
  readonly occurredAt: string;
  readonly imported: boolean;
  readonly paperDate: string | null;
  readonly data: { readonly evidence?: readonly string[] };
}

const read = async (path: string) => (await scene.ask('caseworker', 'GET', path)).json() as Promise<never>;

async function timeline(caseId: string, order: 'recorded' | 'occurred'): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let cursor = ''; ; ) {
    const page = (await read(`/cases/${caseId}/timeline?limit=200&order=${order}${cursor}`)) as {
      items: Entry[];
      nextCursor: string | null;
    };
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

async function scan(caseId: string, n: number): Promise<string> {
  const form = new FormData();
  form.set('file', new File([`%PDF-1.4 scan ${n}`], 'scan.pdf'));
  const response = await scene.ask('caseworker', 'POST', `/cases/${caseId}/documents`, form);
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

test('twenty years on paper, 2,000 entries with scans, are taken over in parts and shown in their place', async () => {
  const since = '2004-05-06T00:00:00+08:00';
  const caseId = await scene.open({ imported: true, openedAt: since });
  const scans = await Promise.all(Array.from({ length: 12 }, (_, n) => scan(caseId, n)));
  const [first] = scans;
  const events = Array.from({ length: 2_000 }, (_, n) => {
    const day = new Date(Date.UTC(2004, 4, 6 + n * 4)).toISOString().slice(0, 10);
    const occurredAt = n % 100 === 7 ? day.slice(0, 4) : n % 10 === 3 ? day.slice(0, 7) : day;
    return {
      ...{ type: n % 5 === 0 ? 'gift' : 'visit', occurredAt, text: `第 ${n + 1} 次上门，送去米面油，家里一切都好` },
      persons: [{ role: 'secretary', name: '马某' }],
      ...(n % 50 === 0 ? { amounts: [{ direction: 'in', amountFen: 20_000, text: '春节慰问金' }] } : {}),
      ...(n % 40 === 0 ? { evidence: [scans[(n / 40) % scans.length]], source: `档案第 ${n} 页` } : {}),
    };
  });
  for (let part = 0; part < 4; part++) {
    const body = { type: 'case.import', data: { events: events.slice(part * 500, part * 500 + 500) } };
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(512 * 1024);
    await scene.act('caseworker', caseId, body);
  }
  const shown = await timeline(caseId, 'occurred');
  const fromPaper = shown.filter(({ type }) => type === 'history.imported');
  expect(fromPaper.length).toBe(2_000);
  expect(fromPaper.every(({ imported, paperDate }) => imported && paperDate !== null)).toBe(true);
  expect(shown.map(({ occurredAt }) => occurredAt)).toEqual(shown.map(({ occurredAt }) => occurredAt).toSorted());
  expect(new Set(shown.map(({ seq }) => seq)).size).toBe(shown.length);
  expect(shown[0]?.type).toBe('history.imported');
  expect(fromPaper[0]?.text).toContain('补录（2004年）');
  const told = fromPaper.find(({ text }) => text.includes('第 1 次上门'));
  expect(told?.text).toBe(
    '补录（2004年5月6日）慰问：第 1 次上门，送去米面油，家里一切都好；参与：社区党支部书记马某；金额（未入账）：收 200.00 元（春节慰问金）；出处：档案第 0 页',
  );
  expect(told?.data.evidence).toEqual([first]);
  expect(shown.at(-1)?.imported).toBe(false);
  // as recorded, the chain's order stays
  const chain = await timeline(caseId, 'recorded');
  expect(chain.map(({ seq }) => seq)).toEqual(chain.map((_, n) => n + 1));
  // nothing of it became money, work or a deadline
  const books = (await read(`/cases/${caseId}/books`)) as { items: { cashFen?: number }[] };
  expect(JSON.stringify(books)).not.toContain('20000');
  const proof = await verify(scene.sql, { caseId });
  expect(proof.findings).toEqual([]);
  expect(proof.checked.events).toBeGreaterThan(2_000);
}, 240_000);

test('the page shows what paper tells in its place, marked 补录, with the date as exactly as it is known', async () => {
  const caseId = await scene.open({ imported: true, openedAt: '2008-01-01T00:00:00+08:00' });
  const events = [{ type: 'project', occurredAt: '2008', text: '党恩超市开业' }];
  await scene.act('caseworker', caseId, { type: 'case.import', data: { events } });
  const page = await pageAs(scene, 'caseworker', `/cases/${caseId}`);
  expect(page).toContain('补录（2008年）帮扶项目：党恩超市开业');
  expect(page).toMatch(/<span class="chip">补录<\/span> <time datetime="2008">2008年<\/time>/);
  expect(page.indexOf('立案：')).toBeLessThan(page.indexOf('党恩超市'));
  const csv = await (
    await scene.ask('caseworker', 'GET', `/cases/${caseId}/timeline?format=csv&order=occurred&lang=zh`)
  ).text();
  const lines = csv.split('\r\n');
  expect(lines[0]).toMatch(/,"补录"$/);
  expect(lines[1]).toMatch(/,"2008"$/);
});

test('the plan begun in May 2019 goes on from its third stage, with clocks that start now', async () => {
  const caseId = await scene.open({ imported: true, openedAt: '2019-05-06T00:00:00+08:00' });
  const then = { occurredAt: '2019-05-20T10:00:00+08:00' };
  await scene.act('caseworker', caseId, {
    type: 'consent.give',
    onBehalfOf: 'beneficiary',
    data: { witness: '邱某' },
    ...then,
  });
  const events = [
    { type: 'stage', stage: 'speak', done: true, occurredAt: '2019-11', text: '他开口说话了' },
    { type: 'stage', stage: 'outside', done: true, occurredAt: '2020-06-18' },
    { type: 'money', occurredAt: '2020', text: '手工品义卖', amounts: [{ direction: 'in', amountFen: 259_000 }] },
  ];
  await scene.act('caseworker', caseId, { type: 'case.import', data: { events } });
  const before = Date.now();
  for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
    await scene.act('secretary', caseId, {
      type: 'decision.record',
      data: { body, present: 9, for: 8, against: 0, abstain: 1 },
      ...then,
    });
  const one = (await read(`/cases/${caseId}`)) as { stage: string; status: string; nextDue: string; imported: boolean };
  expect(one).toMatchObject({ stage: 'wish', status: 'open', imported: true });
  expect(Date.parse(one.nextDue)).toBeGreaterThan(before);
  const plan = (await read(`/cases/${caseId}/plan`)) as { stages: { id?: string; stage?: string; state: string }[] };
  expect(plan.stages.map(({ state }) => state)).toEqual(['done', 'done', 'current', 'future']);
  const deadlines = (await read(`/cases/${caseId}/deadlines`)) as { items: { id: string; dueAt: string }[] };
  const stage = deadlines.items.find(({ id }) => id === 'stage:wish.1');
  const months = (Date.parse(stage?.dueAt ?? '') - before) / 86_400_000 / 30.4;
  expect(months).toBeGreaterThan(5.5);
  expect(months).toBeLessThan(6.5);
  expect(deadlines.items.every(({ dueAt }) => Date.parse(dueAt) > before)).toBe(true);
  expect((await verify(scene.sql, { caseId })).findings).toEqual([]);
});

test('history is refused where the case did not begin on paper, and when a scan is not there', async () => {
  const entry = { type: 'note', occurredAt: '2008', text: '记录' };
  const ordinary = await scene.open(openingOf());
  const refused = await scene.ask('caseworker', 'POST', `/cases/${ordinary}/acts`, {
    type: 'case.import',
    data: { events: [entry] },
  });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({
    code: 'NOT_IMPORTED',
    waysOut: [expect.any(String), expect.any(String)],
  });
  const caseId = await scene.open({ imported: true, openedAt: '2008-01-01T00:00:00+08:00' });
  const missing = { type: 'case.import', data: { events: [entry, { ...entry, evidence: ['nothing'] }] } };
  const answer = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, missing);
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ errors: [{ path: 'data.events.1.evidence.0' }] });
  const wrong = { type: 'case.import', data: { events: [{ ...entry, occurredAt: 'May 2008' }] } };
  const words = await (await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts?lang=zh`, wrong)).json();
  expect(words).toMatchObject({
    errors: [{ path: 'data.events[0].occurredAt', message: '应当是 2008、2008-05 或 2008-05-17' }],
  });
});
