import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChaser } from '../activities/chaser.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

// That a side waits to be counted tells that something is left on it: hidden as long as the balance is.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

type Json = Record<string, unknown>;
const get = async (login: Login, path: string) => {
  const response = await scene.ask(login, 'GET', path);
  return { status: response.status, body: (await response.json()) as { items: Json[] } };
};

test('a keeper is not told that the other side is frozen while its balance is hidden from him', async () => {
  const caseId = await scene.openApproved();
  const sale = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'B' };
  await scene.act('cashHolder', caseId, { type: 'cash.record', data: { ...sale, amountFen: 23_457 } });
  const post = 'community-1-residents-representative';
  const { body } = await get('admin', `/appointments?post=${post}`);
  const path = `/appointments/${String(body.items[0]!['id'])}/handover`;
  expect((await scene.ask('admin', 'POST', path, { to: 'p-secretary-2' })).status).toBe(200);
  const [cash] = (await get('secretary', `/cases/${caseId}/books`)).body.items[0]!['keepers'] as Json[];
  expect(cash).toMatchObject({ frozenSince: expect.any(String) });
  await createChaser({ sql: scene.worker, door: scene.door, log: pino({ level: 'silent' }) }).turn();

  const seen = async (login: Login) => {
    const { items } = (await get(login, `/cases/${caseId}/books`)).body;
    const events = (await get(login, `/cases/${caseId}/timeline?limit=200`)).body.items;
    const acts = events.filter(({ type }) => /^(book\.frozen|deadline\.set)$/.test(String(type)));
    const clocks = (await get(login, `/cases/${caseId}/deadlines`)).body.items.map(({ id }) => String(id));
    return {
      keeper: (items[0]!['keepers'] as Json[])[0],
      frozen: acts.filter(({ type, data }) => type === 'book.frozen' || JSON.stringify(data).includes('.f.')).length,
      clocks: clocks.filter((id) => id.includes('.f.')),
      explained: (await get(login, `/cases/${caseId}/deadlines/earnings.f.2/explain`)).status,
    };
  };
  const all = await seen('secretary');
  expect(all).toMatchObject({ keeper: { clock: 'earnings.f.2' }, clocks: ['earnings.f.2'], explained: 200 });
  expect(all.frozen).toBeGreaterThan(0);
  expect(await seen('accountant')).toEqual({
    keeper: { ...cash, frozenSince: null, clock: null, countBy: null },
    ...{ frozen: 0, clocks: [], explained: 404 },
  });
  const [{ act }] = await scene.sql<[{ act: string }]>`
    SELECT act_id AS act FROM events WHERE case_id = ${caseId} AND type = 'book.frozen'`;
  const made = (await get('accountant', `/cases/${caseId}/acts/${act}`)).body as unknown as { events: Json[] };
  expect(made.events).toEqual([]);

  const lines = [{ text: '钥匙链', amountFen: 23_457 }];
  await scene.act('accountant', caseId, { type: 'ledger.record', data: { ...sale, lines } });
  expect(await seen('accountant')).toEqual(all);
});
