import { afterAll, beforeAll, expect, it } from 'vitest';
import { asking, type Json, moneyIn } from './books.fixture.ts';
import { type Scene, setScene } from './scene.fixture.ts';

// The registers over HTTP: what they answer, as JSON and for a spreadsheet, and that they tell no keeper the other's figure.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const { text, items, code } = asking(() => scene);
const moneyGift = {
  type: 'gift.record',
  data: { book: 'earnings', kind: 'cash', channel: 'cash', amountFen: 23_457, sourceDoc: 'G-1', anonymous: true },
};
// a word of its own: a hash may hold the same digits
const SECRET = /\b23457\b|234\.57/;

it('lists gifts with their givers and thanks; a keeper sees no value he has yet to record', async () => {
  const caseId = await scene.openApproved();
  await scene.act('secretary', caseId, {
    type: 'gift.record',
    data: {
      ...{
        book: 'earnings',
        kind: 'inKind',
        item: '大米',
        quantity: 2,
        unit: '袋',
        valueFen: 12_000,
        receivedBy: '周某',
      },
      ...{ giver: { kind: 'person', name: '罗某', contact: '某路 1 号' }, witness: '邱某', purpose: '过冬' },
    },
  });
  await scene.act('cashHolder', caseId, moneyGift);
  const path = `/cases/${caseId}/books/gifts`;
  const year = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 4);
  expect(await items('secretary', path)).toMatchObject([
    { no: 1, kind: 'inKind', giver: '罗某', contact: '某路 1 号', valueFen: 12_000, quantity: 2, thankedDate: null },
    { no: 2, kind: 'cash', giver: `匿名-${year}-1`, valueFen: 23_457, sourceDoc: 'G-1', hidden: false },
  ]);
  for (const each of [path, `${path}?format=csv`, `/cases/${caseId}/timeline?limit=200`, `/cases/${caseId}/books`])
    expect(await text('accountant', each), each).not.toMatch(SECRET);
  expect((await items('accountant', path))[1]).toMatchObject({ valueFen: null, hidden: true });
  const lines = [{ text: '捐款', amountFen: 23_457, kind: 'gift' }];
  await scene.act('accountant', caseId, { type: 'ledger.record', data: { ...moneyIn, sourceDoc: 'G-1', lines } });
  expect((await items('accountant', path))[1]).toMatchObject({ valueFen: 23_457, hidden: false });

  expect((await items('secretary', '/tasks')).map(({ key }) => key)).toContain('books.thanks');
  await scene.act('secretary', caseId, { type: 'gift.thank', data: { how: 'letter', text: '谢谢您的大米。' } });
  expect((await items('auditor', path))[0]).toMatchObject({ thankedHow: 'letter' });
  const csv = await text('secretary', `${path}?format=csv`);
  expect(csv).toContain('罗某');
  expect(csv).toContain('234.57');
  expect((await scene.ask('stranger', 'GET', path)).status).toBe(404);
  expect((await items('secretary', `${path}?book=nothing`)).length).toBe(0);
  const first = JSON.parse(await text('secretary', `${path}?limit=1`)) as { nextCursor: string };
  expect((await items('secretary', `${path}?limit=1&cursor=${first.nextCursor}`))[0]).toMatchObject({ no: 2 });
});

it('lists advances with their ages and what is open of them', async () => {
  const caseId = await scene.openApproved();
  const path = `/cases/${caseId}/books/advances`;
  const claim = {
    type: 'advance.record',
    occurredAt: new Date(Date.now() - 10 * 86_400_000).toISOString(),
    reason: '当时未登记',
    data: {
      ...{ book: 'earnings', amountFen: 23_457, paid: 'into the book', helper: { name: '罗某' } },
      ...{ for: '摊位费', sourceDoc: 'D-1', households: ['3-1'] },
    },
  };
  expect(await code('cashHolder', caseId, claim)).toBe('FORBIDDEN');
  await scene.act('caseworker', caseId, claim);
  const [row] = await items('secretary', path);
  expect(row).toMatchObject({ no: 1, helper: '罗某', openFen: 23_457, ageDays: 10, age: '0-30', state: 'open' });
  expect(row!['dueAt']).toMatch(/Z$/);
  const advance = row!['id'];
  await scene.act('cashHolder', caseId, {
    type: 'cash.record',
    data: { ...moneyIn, sourceDoc: 'D-1', amountFen: 23_457, advance },
  });
  for (const each of [path, `${path}?format=csv`, `/cases/${caseId}/timeline?limit=200`])
    expect(await text('accountant', each), each).not.toMatch(SECRET);
  const lines = [{ text: '垫付', amountFen: 23_457, kind: 'advance' }];
  await scene.act('accountant', caseId, {
    type: 'ledger.record',
    data: { ...moneyIn, sourceDoc: 'D-1', lines, advance },
  });
  const over = {
    type: 'advance.repay',
    target: advance,
    data: { channel: 'cash', amountFen: 23_458, sourceDoc: 'R-1' },
  };
  expect(await code('cashHolder', caseId, over)).toMatch(/NOT_ENOUGH_MONEY|MORE_THAN_OWED|BLOCKED/);
  expect((await items('accountant', path))[0]).toMatchObject({ cashInFen: 23_457, ledgerInFen: 23_457 });
  expect(await text('secretary', `${path}?format=csv&state=open`)).toContain('234.57');
  expect((await scene.ask('secretary', 'GET', `${path}?state=settled`)).status).toBe(422);
});

it('lists the receipts of households of both sides, and none a keeper has yet to record', async () => {
  const caseId = await scene.openApproved();
  const path = `/cases/${caseId}/books/households`;
  const list = [1, 2, 3].map((n) => ({ payer: `3-${n}`, amountFen: 23_457, receipt: `SJ-${n}` }));
  const fees = { ...moneyIn, sourceDoc: 'F-1', amountFen: 3 * 23_457, lines: list };
  await scene.act('cashHolder', caseId, { type: 'cash.record', data: fees });
  expect(await items('accountant', path)).toEqual([]);
  expect(await text('accountant', `${path}?format=csv`)).not.toMatch(SECRET);
  expect(await items('cashHolder', path)).toMatchObject([{ state: 'cash only' }, {}, {}]);
  const lines = list.map((each) => ({ ...each, text: '改造费', kind: 'fee' }));
  await scene.act('accountant', caseId, { type: 'ledger.record', data: { ...moneyIn, sourceDoc: 'F-1', lines } });
  expect(await items('accountant', path)).toMatchObject([
    { receipt: 'SJ-1', payer: '3-1', cashFen: 23_457, ledgerFen: 23_457, state: 'agreed' },
    {},
    {},
  ]);
  const page = JSON.parse(await text('secretary', `${path}?limit=2`)) as { items: Json[]; nextCursor: string };
  expect(page.items).toHaveLength(2);
  expect(await items('secretary', `${path}?limit=2&cursor=${page.nextCursor}`)).toMatchObject([{ receipt: 'SJ-3' }]);
});
