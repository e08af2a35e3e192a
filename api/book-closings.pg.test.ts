import { afterAll, beforeAll, expect, it } from 'vitest';
import { asking, cash, type Json, ledger } from './books.fixture.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

// Counting and closing over HTTP: what is compared, what is closed, and what a keeper may not learn by it.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const DAY_MS = 86_400_000;
const dayOf = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
const { code } = asking(() => scene);
const closings = async (login: Login, caseId: string) =>
  (await (await scene.ask(login, 'GET', `/cases/${caseId}/books/closings`)).json()) as Record<
    'counts' | 'days' | 'months' | 'draws',
    Json[]
  >;
const count = (denominations: Json, more: Json = {}) => ({
  type: 'cash.count',
  data: { book: 'earnings', denominations, ...more },
});

it('counts note by note, makes a difference of what is short, and tells the accountant no balance he has yet to record', async () => {
  const caseId = await scene.openApproved();
  await scene.act('cashHolder', caseId, cash('A', 10_000));
  await scene.act('accountant', caseId, ledger('A', 10_000));
  await scene.act('cashHolder', caseId, cash('B', 23_450));
  await scene.act('cashHolder', caseId, count({ '10000': 3, '2000': 1, '1000': 1, '100': 4, '50': 1 }));
  expect(await code('accountant', caseId, count({}))).toBe('FORBIDDEN');
  expect(await code('secretary', caseId, count({}))).toBe('EVIDENCE_MISSING');
  const full = await closings('cashHolder', caseId);
  expect(full.counts).toMatchObject([
    {
      kind: 'day',
      denominations: { '10000': 3 },
      channels: [{ channel: 'cash', bookedFen: 33_450, countedFen: 33_450 }],
    },
  ]);
  const blind = await closings('accountant', caseId);
  expect(blind.counts).toMatchObject([{ denominations: null, channels: [{ bookedFen: null, countedFen: null }] }]);
  for (const path of ['timeline?limit=200', 'books/closings', 'books']) {
    const said = await (await scene.ask('accountant', 'GET', `/cases/${caseId}/${path}`)).text();
    expect(said, path).not.toMatch(/\b(23450|33450|334\.50|234\.50)\b/);
  }
  await scene.act('accountant', caseId, ledger('B', 23_450));
  expect((await closings('accountant', caseId)).counts).toMatchObject([{ channels: [{ bookedFen: 33_450 }] }]);

  const { events } = (await scene.act('cashHolder', caseId, count({ '10000': 3 }))) as unknown as { events: Json[] };
  expect(events.map(({ type }) => type)).toEqual([
    'cash.counted',
    'document.opened',
    'discrepancy.found',
    'deadline.set',
  ]);
  const timeline = await (await scene.ask('secretary', 'GET', `/cases/${caseId}/timeline?limit=200`)).text();
  expect(timeline).toContain('短款 34.50 元');
});

it('closes days: what is recorded for a closed day stands in the open one and is late', async () => {
  const caseId = await scene.openApproved();
  const now = Date.now();
  const [today, yesterday] = [dayOf(now), dayOf(now - DAY_MS)];
  const closeDay = (day: string) => ({ type: 'books.closeDay', data: { book: 'earnings', day } });
  expect(await code('accountant', caseId, closeDay(yesterday))).toBe('FORBIDDEN');
  expect(await code('cashHolder', caseId, closeDay(dayOf(now + DAY_MS)))).toBe('INVALID_DATA');
  expect(await code('cashHolder', caseId, closeDay(yesterday))).toBe(200);
  expect(await code('cashHolder', caseId, closeDay(yesterday))).toBe('ALREADY_DONE');
  await scene.act('cashHolder', caseId, { ...cash('A', 100), occurredAt: new Date(now - DAY_MS).toISOString() });
  await scene.act('cashHolder', caseId, cash('B', 100));
  const list = (await (await scene.ask('secretary', 'GET', `/cases/${caseId}/books/cash`)).json()) as { items: Json[] };
  expect(list.items).toMatchObject([
    { occurredDate: yesterday, bookedDate: today, late: true },
    { occurredDate: today, bookedDate: today, late: false },
  ]);
  expect((await closings('secretary', caseId)).days).toMatchObject([
    { day: yesterday, after: null, channels: [{ closingFen: 0 }, { closingFen: 0 }] },
  ]);
  const month = { type: 'books.closeMonth', data: { book: 'earnings', month: today.slice(0, 7) } };
  expect(await code('accountant', caseId, month)).toBe('INVALID_DATA');
  expect(await code('cashHolder', caseId, month)).toBe('FORBIDDEN');
});
