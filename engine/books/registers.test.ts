import { expect, test } from 'vitest';
import { people, Scene } from './scene.fixture.ts';

const book = 'earnings';
const named = { giver: { kind: 'person', name: '邱某' } };
const rice = { book, kind: 'inKind', item: '大米', quantity: 2, unit: '袋', valueFen: 12_000, receivedBy: '周某' };
const things = (more: Record<string, unknown> = { anonymous: true }) => ({
  data: { ...rice, witness: '罗某', ...more },
});
const money = (sourceDoc: string, amountFen: number, more: Record<string, unknown> = { anonymous: true }) => ({
  data: { book, kind: 'cash', channel: 'cash', sourceDoc, amountFen, ...more },
});
const types = (scene: Scene, from = 0) => scene.events.slice(from).map(({ type }) => type);
const advance = (more: Record<string, unknown> = {}) => ({
  data: {
    book,
    amountFen: 450_000,
    paid: 'into the book',
    helper: { name: '罗某' },
    for: '改造费',
    sourceDoc: 'D-1',
    ...more,
  },
});
const FUNDS = { keeps: 'project funds' } as const;

test('a gift in kind is in the register, never in the journal, and asks for thanks', () => {
  const scene = new Scene();
  expect(scene.does('secretary', 'gift.record', things(named))).toBeUndefined();
  expect(types(scene)).toEqual(['gift.recorded', 'item.opened', 'deadline.set']);
  expect(scene.book.cash['cash']).toEqual({ no: 0, balanceFen: 0 });
  expect(scene.book.gifts).toEqual({ no: 1, open: { 'earnings.g.1': 'books.thanks-1' } });
  expect(Object.values(scene.state.deadlines)).toMatchObject([{ of: 'thanks', answers: 'secretary' }]);
  expect(scene.does('secretary', 'gift.thank', { target: 'earnings.g.1', data: { how: 'letter' } })).toBeUndefined();
  expect(types(scene, 3)).toEqual(['gift.thanked', 'task.completed', 'deadline.met']);
  expect(scene.book.gifts).toEqual({ no: 1, open: {} });
  expect(scene.state.deadlines).toEqual({});
  expect(scene.does('secretary', 'gift.thank', {})).toBe('NOT_OPEN');
});

test('a gift of money is one entry of the journal with its giver beside it; red ink takes both back', () => {
  const scene = new Scene();
  expect(scene.does('accountant', 'gift.record', money('G-1', 5_000))).toBe('FORBIDDEN_ROLE');
  expect(scene.does('cashHolder', 'gift.record', money('G-1', 5_000))).toBeUndefined();
  expect(types(scene)).toEqual([
    ...['cash.recorded', 'gift.recorded', 'item.opened', 'deadline.set', 'document.opened', 'deadline.set'],
  ]);
  expect(scene.ledger('G-1', 5_000)).toBeUndefined();
  expect(scene.book.matched).toBe(1);
  expect(scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.1', reason: '退回' })).toBeUndefined();
  expect(types(scene)).toContain('gift.reversed');
  expect(scene.book.gifts).toMatchObject({ no: 2, open: {} });
});

test('givers without a name are numbered in their year, without gap', () => {
  const scene = new Scene();
  scene.does('secretary', 'gift.record', things());
  scene.does('secretary', 'gift.record', things(named));
  scene.does('cashHolder', 'gift.record', money('G-1', 100));
  scene.now = '2027-01-04T02:00:00.000Z';
  scene.does('secretary', 'gift.record', things());
  const numbers = scene.events.flatMap((event) => (event.type === 'gift.recorded' ? (event.data.anonymous ?? []) : []));
  expect(numbers).toEqual([
    { year: '2026', n: 1 },
    { year: '2026', n: 2 },
    { year: '2027', n: 1 },
  ]);
  expect(scene.book.gifts).toMatchObject({ no: 4 });
});

test.each([
  ['neither giver nor anonymous', { anonymous: undefined }, 'INVALID_DATA'],
  ['both', { anonymous: true, ...named }, 'INVALID_DATA'],
  ['nothing', { anonymous: true, quantity: 0 }, 'INVALID_DATA'],
  ['no photo and no witness', { anonymous: true, witness: undefined }, 'EVIDENCE_MISSING'],
  ['another book', { anonymous: true, book: 'constructor' }, 'INVALID_DATA'],
])('a gift in kind with %s is refused', (_, more, refused) => {
  expect(new Scene().does('secretary', 'gift.record', things(more))).toBe(refused);
});

test('an advance comes in, is repaid in parts through both books, and never beyond what is owed', () => {
  const scene = new Scene(FUNDS);
  expect(scene.does('secretary', 'advance.record', advance())).toBeUndefined();
  const id = 'earnings.a.1';
  expect(scene.state.deadlines[id]).toMatchObject({ of: 'advance', answers: 'secretary', budget: '30 working days' });
  const pay = (side: string, amountFen: number, sourceDoc: string) =>
    scene.does(side === 'cash' ? 'cashHolder' : 'accountant', 'advance.repay', {
      target: id,
      data: { side, channel: 'cash', amountFen, sourceDoc },
    });
  expect(scene.cash('D-0', 900_000)).toBeUndefined();
  expect(pay('cash', 1, 'R-0')).toBe('MORE_THAN_OWED');
  expect(scene.cash('D-1', 450_001, { advance: id })).toBe('MORE_THAN_OWED');
  expect(scene.cash('D-1', 450_000, { advance: id })).toBeUndefined();
  expect(scene.ledger('D-1', 450_000, { advance: id })).toBeUndefined();
  expect(scene.facts.at(-1)!.lines!.map(({ account }) => account)).toEqual(['1001', '2209']);
  expect(pay('cash', 150_000, 'R-1')).toBeUndefined();
  expect(pay('ledger', 150_000, 'R-1')).toBeUndefined();
  expect(scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.2', reason: 'x' })).toBe('BOOKS_REFUSED');
  expect(pay('cash', 300_001, 'R-2')).toBe('MORE_THAN_OWED');
  expect(pay('cash', 300_000, 'R-2')).toBeUndefined();
  // the clock waits for both sides: by the journal alone it would tell the accountant the figure
  expect(scene.state.deadlines[id]).toBeDefined();
  expect(pay('ledger', 300_000, 'R-2')).toBeUndefined();
  expect(types(scene).slice(-2)).toEqual(['advance.settled', 'deadline.met']);
  expect(scene.book.advances).toEqual({ no: 1, open: {} });
  expect(pay('cash', 1, 'R-3')).toBe('NOT_OPEN');
  expect(scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.4', reason: 'x' })).toBe('BOOKS_REFUSED');
});

test('what was paid to others moves no money until it is repaid, as the cost it was', () => {
  const scene = new Scene(FUNDS);
  scene.does('secretary', 'advance.record', advance({ paid: 'to others' }));
  scene.cash('D-0', 900_000);
  const id = 'earnings.a.1';
  expect(scene.cash('D-1', 100, { advance: id })).toBe('INVALID_DATA');
  expect(scene.cash('R-1', 450_000, { advance: id, direction: 'out' })).toBeUndefined();
  const lines = [{ text: '材料', amountFen: 450_000, kind: 'material' }];
  expect(scene.ledger('R-1', 0, { advance: id, direction: 'out', lines })).toBeUndefined();
  expect(scene.facts.at(-1)!.lines!.map(({ account }) => account)).toEqual(['1001', '5101']);
  expect(scene.book.advances).toEqual({ no: 1, open: {} });
});

test('an advance is registered by neither keeper nor the helper, and withdrawn only with nothing of it in the book', () => {
  const scene = new Scene(FUNDS);
  expect(scene.does('cashHolder', 'advance.record', advance())).toBe('FORBIDDEN_ROLE');
  const himself = advance({ helper: { name: '张某', person: people.secretary } });
  expect(scene.does('secretary', 'advance.record', himself)).toBe('ROLES_COLLIDE');
  expect(scene.does('head:unit', 'advance.record', himself)).toBeUndefined();
  const withdraw = () => scene.does('secretary', 'advance.withdraw', { target: 'earnings.a.1', reason: '登记有误' });
  scene.cash('D-1', 1_000, { advance: 'earnings.a.1' });
  expect(withdraw()).toBe('BLOCKED');
  scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.1', reason: 'x' });
  expect(withdraw()).toBeUndefined();
  expect(scene.state.deadlines).toEqual({});
  expect(withdraw()).toBe('NOT_OPEN');
});

test('a cash holder who advanced money does not repay himself without an approval', () => {
  const scene = new Scene(FUNDS);
  scene.does(
    'secretary',
    'advance.record',
    advance({ helper: { name: '罗某', person: people.cashHolder }, paid: 'to others' }),
  );
  scene.cash('D-0', 900_000);
  const repay = { direction: 'out', advance: 'earnings.a.1' };
  expect(scene.cash('R-1', 450_000, repay)).toBe('ROLES_COLLIDE');
  scene.does('beneficiary', 'payout.request', {
    data: { book, channel: 'cash', amountFen: 450_000, text: '归还垫付' },
  });
  scene.does('secretary', 'payout.approve', {});
  expect(scene.cash('R-1', 450_000, repay)).toBe('ROLES_COLLIDE');
  const payout = Object.keys(scene.book.payouts)[0];
  expect(scene.cash('R-1', 450_000, { ...repay, payout })).toBeUndefined();
});

test('fees of many households: one act a side, by sum, and receipt by receipt where both list them', () => {
  const households = Array.from({ length: 192 }, (_, n) => ({
    payer: `3-${n + 1}`,
    amountFen: 150_000,
    receipt: `SJ-${String(n + 1).padStart(4, '0')}`,
  }));
  const lines = households.map((each) => ({ ...each, text: '改造费', kind: 'fee' }));
  const total = 192 * 150_000;
  const agreed = new Scene(FUNDS);
  expect(agreed.cash('F-1', total, { lines: households })).toBeUndefined();
  expect(agreed.ledger('F-1', 0, { lines: lines.toReversed() })).toBeUndefined();
  expect(agreed.book).toMatchObject({ matched: 1, open: {}, cash: { cash: { balanceFen: 28_800_000 } } });
  expect(
    new Set(
      agreed.facts
        .at(-1)!
        .lines!.slice(1)
        .map(({ account }) => account),
    ),
  ).toEqual(new Set(['4901']));

  const bySum = new Scene(FUNDS);
  bySum.cash('F-1', total);
  expect(bySum.ledger('F-1', 0, { lines })).toBeUndefined();
  expect(bySum.book).toMatchObject({ matched: 1 });

  const swapped = new Scene(FUNDS);
  swapped.cash('F-1', total, { lines: households });
  const other = lines.map((line, n) => (n === 5 ? { ...line, payer: '9-9' } : line));
  swapped.ledger('F-1', 0, { lines: other });
  expect(swapped.events.find(({ type }) => type === 'discrepancy.found')).toMatchObject({ data: { why: 'receipts' } });

  const wrong = new Scene(FUNDS);
  expect(wrong.cash('F-1', total - 1, { lines: households })).toBe('INVALID_DATA');
  expect(wrong.cash('F-1', total, { lines: households.map((each) => ({ ...each, receipt: 'SJ-1' })) })).toBe(
    'INVALID_DATA',
  );
  expect(wrong.cash('F-1', 201, { lines: Array(201).fill({ payer: 'x', amountFen: 1, receipt: 'y' }) })).toBe(
    'INVALID_DATA',
  );
});

test('what a line is for means its account, in a book of a project and in one kept for a person', () => {
  const post = (scene: Scene, direction: string, line: Record<string, unknown>) => {
    const refused = scene.ledger('S-1', 0, { direction, lines: [{ text: 'x', amountFen: 100, ...line }] });
    return refused ?? scene.facts.at(-1)!.lines![1]!.account;
  };
  const accounts = (keeps: 'project funds' | 'held for beneficiary') =>
    ['sale', 'fee', 'subsidy', 'gift', 'otherIncome', 'material', 'water', 'office'].map((kind, n) =>
      post(new Scene({ keeps }), n < 5 ? 'in' : 'out', { kind, purpose: '水管改造' }),
    );
  expect(accounts('project funds')).toEqual(['4501', '4901', '4401', '4101', '4901', '5101', '5101', '5201']);
  expect(new Set(accounts('held for beneficiary'))).toEqual(new Set(['2601']));
  expect(post(new Scene(FUNDS), 'in', { kind: 'subsidy' })).toBe('INVALID_DATA');
  expect(post(new Scene(FUNDS), 'out', { kind: 'sale' })).toBe('INVALID_DATA');
  expect(post(new Scene(FUNDS), 'in', { kind: 'sale', account: '4901' })).toBe('INVALID_DATA');
  expect(post(new Scene(FUNDS), 'in', { kind: 'advance' })).toBe('INVALID_DATA');
});

test('where vouchers are reviewed, an advance and its households are what was posted, not what waits', () => {
  const scene = new Scene({ ...FUNDS, profile: 'vouchers', reviews: 'reviewer' });
  const review = () => {
    const [target] = Object.keys(scene.book.drafts ?? {});
    return scene.does('reviewer', 'voucher.review', { target, data: { approve: true } });
  };
  scene.does('secretary', 'advance.record', advance());
  const id = 'earnings.a.1';
  scene.cash('D-1', 450_000, { advance: id });
  expect(scene.ledger('D-1', 450_000, { advance: id })).toBeUndefined();
  expect(scene.book.advances!.open[id]!.ledger).toEqual({ inFen: 0, outFen: 0 });
  expect(review()).toBeUndefined();
  expect(scene.book.advances!.open[id]!.ledger).toEqual({ inFen: 450_000, outFen: 0 });
  scene.cash('R-1', 450_000, { advance: id, direction: 'out' });
  scene.ledger('R-1', 450_000, { advance: id, direction: 'out' });
  expect(review()).toBeUndefined();
  expect(scene.book.advances).toEqual({ no: 1, open: {} });

  const list = [{ payer: '3-1', amountFen: 100, receipt: 'SJ-1' }];
  scene.cash('F-1', 100, { lines: list });
  scene.ledger('F-1', 0, { lines: list.map((each) => ({ ...each, payer: '3-2', text: 'x', kind: 'fee' })) });
  expect(review()).toBeUndefined();
  expect(scene.events.findLast(({ type }) => type === 'discrepancy.found')).toMatchObject({
    data: { why: 'receipts' },
  });
});

test('the clock of an advance runs from the day the helper paid, and goes up the ladder', () => {
  const scene = new Scene(FUNDS);
  scene.does('secretary', 'advance.record', advance());
  const [deadline] = Object.values(scene.state.deadlines);
  expect(deadline).toMatchObject({ of: 'advance', start: scene.now, dueDate: '2026-10-19', ladder: 'promise' });
  expect(deadline!.name[0]).toBe('垫付款待归还：单据 D-1');
  expect(
    new Scene({ ...FUNDS, advances: { within: '5 days' } }).does('secretary', 'advance.record', advance()),
  ).toBeUndefined();
});

test('a gift of money and a repayment after the day is closed are booked on the next open day, as every entry is', () => {
  const scene = new Scene(FUNDS);
  scene.cash('S-1', 10_000);
  scene.ledger('S-1', 10_000);
  scene.does('secretary', 'advance.record', advance({ paid: 'to others' }));
  expect(scene.does('cashHolder', 'cash.count', { data: { book, denominations: { '10000': 1 } } })).toBeUndefined();
  expect(scene.does('cashHolder', 'books.closeDay', { data: { book, day: '2026-09-07' } })).toBeUndefined();
  scene.does('cashHolder', 'gift.record', money('G-1', 100));
  const data = { channel: 'cash', amountFen: 100, sourceDoc: 'R-1' };
  expect(scene.does('cashHolder', 'advance.repay', { target: 'earnings.a.2', data })).toBeUndefined();
  const entries = scene.events.flatMap((event) => (event.type === 'cash.recorded' ? [event.data.entry] : []));
  expect(entries.map(({ sourceDoc, bookedDate }) => [sourceDoc, bookedDate])).toEqual([
    ['S-1', undefined],
    ['G-1', '2026-09-08'],
    ['R-1', '2026-09-08'],
  ]);
});
