import { expect, test } from 'vitest';
import { people, Scene } from './scene.fixture.ts';

const types = (scene: Scene) => scene.events.map((event) => event.type);

test('both sides agree: matched, and the clock that waited is met', () => {
  const scene = new Scene();
  expect(scene.cash('S-01', 12_900)).toBeUndefined();
  expect(Object.values(scene.state.deadlines)).toMatchObject([{ of: 'discrepancy', answers: 'accountant' }]);
  expect(scene.ledger('S-01', 12_900)).toBeUndefined();
  expect(types(scene)).toEqual([
    'cash.recorded',
    'document.opened',
    'deadline.set',
    'ledger.recorded',
    'document.matched',
    'deadline.met',
  ]);
  expect(scene.book).toMatchObject({ matched: 1, open: {}, cash: { cash: { no: 1, balanceFen: 12_900 } } });
  expect(scene.state.deadlines).toEqual({});
});

test('the accountant may come first: then the cash holder is waited for', () => {
  const scene = new Scene();
  scene.ledger('S-01', 500);
  expect(Object.values(scene.state.deadlines)).toMatchObject([{ answers: 'cashHolder' }]);
});

test('different amounts: a discrepancy at once, answered by the approver, skipping both recorders', () => {
  const scene = new Scene();
  scene.cash('S-01', 12_900);
  scene.ledger('S-01', 12_000);
  expect(Object.values(scene.state.deadlines)).toMatchObject([
    { id: 'earnings.d.2', answers: 'secretary', skips: [people.cashHolder, people.accountant] },
  ]);
  expect(scene.book.discrepancies).toMatchObject({ 'earnings.d.2': { sourceDoc: 'S-01' } });

  // red ink, then the right entry: settled
  expect(scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.1', reason: '记错' })).toBeUndefined();
  expect(scene.book.ledger['cash']).toEqual({ no: 2, balanceFen: 0 });
  expect(Object.keys(scene.state.deadlines)).toEqual(['earnings.d.2', 'earnings.m.3']);
  expect(scene.ledger('S-01', 12_900)).toBeUndefined();
  expect(scene.book).toMatchObject({ matched: 1, open: {}, discrepancies: {} });
  expect(scene.state.deadlines).toEqual({});
});

test('the same amount by another channel or direction is a difference as well', () => {
  const scene = new Scene();
  scene.cash('S-01', 100);
  scene.ledger('S-01', 100, { channel: 'wechat' });
  scene.cash('S-02', 100);
  scene.ledger('S-02', 100, { direction: 'out' });
  const found = scene.events.filter((event) => event.type === 'discrepancy.found');
  expect(found.map((event) => event.data.why)).toEqual(['channel', 'direction']);
});

test('a document nobody matched becomes a discrepancy when its time is over', () => {
  const scene = new Scene();
  scene.cash('S-01', 100);
  scene.until('2026-09-08T02:00:00.000Z');
  expect(scene.book.discrepancies).toEqual({});
  scene.until('2026-09-09T02:00:00.000Z');
  expect(scene.book.discrepancies).toMatchObject({ 'earnings.d.2': { sourceDoc: 'S-01' } });
  scene.ledger('S-01', 100);
  expect(scene.book.discrepancies).toEqual({});
  expect(scene.state.deadlines).toEqual({});
});

test('red ink mirrors every line, once', () => {
  const scene = new Scene();
  scene.ledger('S-01', 0, {
    lines: [
      { text: '笔筒', amountFen: 700 },
      { text: '钥匙链', amountFen: 300 },
    ],
  });
  const target = 'earnings.v.2026-09.1';
  expect(scene.does('cashHolder', 'entry.reverse', { target, reason: 'x' })).toBe('FORBIDDEN_ROLE');
  expect(scene.does('accountant', 'entry.reverse', { target, reason: 'x' })).toBeUndefined();
  const [first, red] = scene.facts;
  expect(red).toMatchObject({ amountFen: -1000, direction: 'in', reverses: target });
  expect(red!.lines).toEqual(first!.lines!.map((line) => ({ ...line, amountFen: -line.amountFen })));
  expect(scene.does('accountant', 'entry.reverse', { target, reason: 'x' })).toBe('ALREADY_DONE');
  expect(scene.does('accountant', 'entry.reverse', { target: red!.id, reason: 'x' })).toBe('ALREADY_DONE');
  expect(scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.9', reason: 'x' })).toBe('NOT_OPEN');
  expect(types(scene).slice(-3)).toEqual(['ledger.reversed', 'document.voided', 'deadline.cancelled']);
});

test('taking an agreed document apart opens it again', () => {
  const scene = new Scene();
  scene.cash('S-01', 100);
  scene.ledger('S-01', 100);
  scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.1', reason: '退货' });
  expect(scene.book).toMatchObject({ matched: 0, open: { 'doc/S-01': { ledger: { amountFen: 100 } } } });
  expect(Object.values(scene.state.deadlines)).toMatchObject([{ answers: 'cashHolder' }]);
});

test.each([
  ['the same document twice', (s: Scene) => [s.cash('S-01', 100), s.cash('S-01', 100)], 'SAME_DOCUMENT'],
  [
    'again after it matched',
    (s: Scene) => [s.cash('S-01', 1), s.ledger('S-01', 1), s.cash('S-01', 1)],
    'SAME_DOCUMENT',
  ],
  [
    'more out than in',
    (s: Scene) => [s.cash('S-01', 100), s.cash('S-02', 101, { direction: 'out' })],
    'NOT_ENOUGH_MONEY',
  ],
  [
    'out of another channel',
    (s: Scene) => [s.cash('S-01', 9), s.cash('S-02', 9, { direction: 'out', channel: 'wechat' })],
    'NOT_ENOUGH_MONEY',
  ],
  ['a channel the book has not', (s: Scene) => [s.cash('S-01', 100, { channel: 'bank' })], 'INVALID_DATA'],
  ['a book named like a prototype', (s: Scene) => [s.cash('S-01', 100, { book: 'constructor' })], 'INVALID_DATA'],
  ['nothing', (s: Scene) => [s.cash('S-01', 0)], 'INVALID_DATA'],
  ['less than nothing', (s: Scene) => [s.cash('S-01', -5)], 'INVALID_DATA'],
  ['half a fen', (s: Scene) => [s.cash('S-01', 0.5)], 'INVALID_DATA'],
  ['beyond the bounds', (s: Scene) => [s.cash('S-01', 10_000_000_000_001)], 'INVALID_DATA'],
  [
    'a balance beyond the bounds',
    (s: Scene) => [s.cash('S-01', 10_000_000_000_000), s.cash('S-02', 1)],
    'BOOKS_REFUSED',
  ],
  ['no document', (s: Scene) => [s.cash('  ', 1)], 'INVALID_DATA'],
  ['half a character', (s: Scene) => [s.cash('\ud800', 1)], 'INVALID_DATA'],
  [
    '201 lines',
    (s: Scene) => [s.ledger('S', 1, { lines: Array(201).fill({ text: 'x', amountFen: 1 }) })],
    'INVALID_DATA',
  ],
  [
    'a sum beyond the bounds',
    (s: Scene) => [s.ledger('S', 1, { lines: Array(2).fill({ text: 'x', amountFen: 9e12 }) })],
    'INVALID_DATA',
  ],
  [
    'no account of the chart',
    (s: Scene) => [s.ledger('S', 1, { lines: [{ text: 'x', amountFen: 1, account: '9999' }] })],
    'INVALID_DATA',
  ],
  [
    'the other side by the same person',
    (s: Scene) => [
      s.cash('S', 1),
      s.does(
        'accountant',
        'ledger.record',
        {
          data: {
            book: 'earnings',
            direction: 'in',
            channel: 'cash',
            sourceDoc: 'S',
            lines: [{ text: 'x', amountFen: 1 }],
          },
        },
        people.cashHolder,
      ),
    ],
    'ROLES_COLLIDE',
  ],
] as const)('refused: %s', (_, story, code) => {
  const scene = new Scene();
  const answers = story(scene);
  expect(answers.at(-1)).toBe(code);
  expect(answers.slice(0, -1).every((answer) => answer === undefined)).toBe(true);
});

test.each([
  [
    'balanced',
    'in',
    [
      ['1001', 'debit', 100],
      ['2601', 'credit', 60],
      ['4501', 'credit', 40],
    ],
    undefined,
  ],
  [
    'unbalanced',
    'in',
    [
      ['1001', 'debit', 100],
      ['2601', 'credit', 60],
    ],
    'INVALID_DATA',
  ],
  [
    'against the direction',
    'out',
    [
      ['1001', 'debit', 100],
      ['2601', 'credit', 100],
    ],
    'INVALID_DATA',
  ],
  [
    'no money of the channel',
    'in',
    [
      ['1002', 'debit', 100],
      ['2601', 'credit', 100],
    ],
    'INVALID_DATA',
  ],
] as const)('a whole voucher: %s', (_, direction, lines, code) => {
  const scene = new Scene({ keeps: 'project funds' });
  const asked = lines.map(([account, side, amountFen]) => ({ text: 'x', account, side, amountFen }));
  expect(scene.ledger('S-01', 1, { direction, lines: asked })).toBe(code);
});

test.each([
  ['the product', { quantity: 3, priceFen: 10, amountFen: 30 }, undefined],
  ['another amount', { quantity: 3, priceFen: 10, amountFen: 100 }, 'INVALID_DATA'],
  ['one fen off', { quantity: 3, priceFen: 10, amountFen: 31 }, 'INVALID_DATA'],
  ['half a kilogram at an odd price', { quantity: 0.5, priceFen: 333, amountFen: 167 }, undefined],
  ['no price', { quantity: 3, amountFen: 100 }, undefined],
  ['no quantity', { priceFen: 10, amountFen: 100 }, undefined],
])('a line whose amount is quantity times price: %s', (_, line, code) => {
  const scene = new Scene();
  expect(scene.ledger('S-01', 1, { lines: [{ text: '笔筒', ...line }] })).toBe(code);
});

test('a document named like a prototype is a document like any other', () => {
  const scene = new Scene();
  expect(scene.cash('__proto__', 100)).toBeUndefined();
  expect(scene.ledger('__proto__', 100)).toBeUndefined();
  expect(scene.book.matched).toBe(1);
});

test('a comparison of the approver: balances of both sides, what matched, every difference a discrepancy', () => {
  const scene = new Scene();
  scene.cash('S-01', 100);
  scene.ledger('S-01', 100);
  scene.cash('S-02', 200);
  scene.ledger('S-03', 300, { channel: 'wechat' });
  expect(scene.does('secretary', 'books.reconcile', { data: { book: 'earnings' } })).toBeUndefined();
  const result = scene.events.find((event) => event.type === 'books.reconciled');
  expect(result?.data).toMatchObject({
    cashFen: 300,
    ledgerFen: 400,
    matched: 1,
    unmatched: 2,
    differences: [
      { sourceDoc: 'S-02', why: 'missing', cash: { amountFen: 200 }, discrepancy: 'earnings.d.4' },
      { sourceDoc: 'S-03', why: 'missing', ledger: { amountFen: 300 }, discrepancy: 'earnings.d.5' },
    ],
  });
  expect(Object.keys(scene.book.discrepancies)).toEqual(['earnings.d.4', 'earnings.d.5']);
  // comparing again raises nothing twice
  const before = scene.events.length;
  scene.does('secretary', 'books.reconcile', { data: { book: 'earnings' } });
  expect(types(scene).slice(before)).toEqual(['books.reconciled']);
});

test.each(['cashHolder', 'accountant'])('a comparison of a keeper (%s) tells nothing of what waits', (keeper) => {
  const scene = new Scene();
  scene.cash('S-01', 100);
  scene.ledger('S-01', 100);
  scene.cash('S-02', 200);
  scene.ledger('S-03', 300, { channel: 'wechat' });
  scene.cash('S-04', 50);
  scene.ledger('S-04', 60);
  const clocks = Object.keys(scene.state.deadlines);
  const before = scene.events.length;
  expect(scene.does(keeper, 'books.reconcile', { data: { book: 'earnings' } })).toBeUndefined();
  expect(types(scene).slice(before)).toEqual(['books.reconciled']);
  expect(scene.events.at(-1)!.data).toMatchObject({
    cashFen: 150,
    ledgerFen: 160,
    channels: [
      { channel: 'cash', cashFen: 150, ledgerFen: 160 },
      { channel: 'wechat', cashFen: 0, ledgerFen: 0 },
    ],
    matched: 1,
    waiting: 2,
    unmatched: 1,
    differences: [{ sourceDoc: 'S-04', why: 'amount' }],
  });
  expect(Object.keys(scene.state.deadlines)).toEqual(clocks);
  // when the time is over it is a difference for everybody
  scene.until('2026-09-09T02:00:00.000Z');
  scene.does(keeper, 'books.reconcile', { data: { book: 'earnings' } });
  expect(scene.events.at(-1)!.data).toMatchObject({ cashFen: 350, ledgerFen: 460, waiting: 0, unmatched: 3 });
});

test('a discrepancy is explained by a keeper and decided by the approver', () => {
  const scene = new Scene();
  scene.cash('S-01', 100);
  scene.ledger('S-01', 90);
  const target = 'earnings.d.2';
  expect(scene.does('accountant', 'discrepancy.explain', { target, data: { text: '少记一件' } })).toBeUndefined();
  expect(scene.does('accountant', 'discrepancy.decide', { target, data: { text: 'x' } })).toBe('FORBIDDEN_ROLE');
  expect(scene.does('head:unit', 'discrepancy.decide', { target, data: { text: 'x' } })).toBe('FORBIDDEN');
  expect(scene.does('secretary', 'discrepancy.decide', { target })).toBe('REASON_MISSING');
  expect(scene.does('secretary', 'discrepancy.decide', { target, data: { text: '管账更正' } })).toBeUndefined();
  expect(scene.book.discrepancies[target]).toMatchObject({ explained: true, decided: 'correct' });
  expect(
    scene.does('secretary', 'discrepancy.decide', { target, data: { decision: 'carry', text: '结转' } }),
  ).toBeUndefined();
  expect(scene.book).toMatchObject({ discrepancies: {}, open: { 'doc/S-01': { carried: true } } });
  expect(scene.state.deadlines).toEqual({});
});

test('an approver who recorded a side does not decide: the head above does', () => {
  const scene = new Scene();
  scene.does(
    'cashHolder',
    'cash.record',
    { data: { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'S', amountFen: 1 } },
    people.secretary,
  );
  scene.ledger('S', 2);
  const target = 'S';
  expect(scene.does('secretary', 'discrepancy.decide', { target, data: { text: 'x' } })).toBe('ROLES_COLLIDE');
  expect(scene.does('head:unit', 'discrepancy.decide', { target, data: { text: 'x' } })).toBeUndefined();
});

test('who writes down a payout for somebody does not approve it, and speaks for those only whom the money is for', () => {
  const scene = new Scene();
  const data = { book: 'earnings', channel: 'cash', amountFen: 50_000, text: '生活费' };
  const witnessed = { data: { ...data, witness: '邱某' } };
  for (const onBehalfOf of ['nonsense', 'guardian', people.beneficiary, 'constructor', 'secretary'])
    expect(scene.does('secretary', 'payout.request', { ...witnessed, onBehalfOf })).toBe('INVALID_DATA');
  expect(scene.does('secretary', 'payout.request', { data, onBehalfOf: 'beneficiary' })).toBe('EVIDENCE_MISSING');
  expect(scene.does('secretary', 'payout.request', { ...witnessed, onBehalfOf: 'party-1' })).toBeUndefined();
  expect(scene.events.at(-1)!.data).toMatchObject({
    by: people.secretary,
    onBehalfOf: 'beneficiary',
    askedBy: people.beneficiary,
    witness: '邱某',
  });
  const target = 'earnings.p.1';
  expect(scene.book.payouts[target]).toMatchObject({ requestedBy: people.secretary, askedBy: people.beneficiary });
  expect(scene.does('secretary', 'payout.approve', { target })).toBe('ROLES_COLLIDE');
  expect(scene.does('head:unit', 'payout.approve', { target }, people.beneficiary)).toBe('ROLES_COLLIDE');
  expect(scene.does('head:unit', 'payout.approve', { target }, people.cashHolder)).toBeUndefined();
  // the head who approved it is the cash holder as well: he does not pay it
  scene.cash('S-01', 60_000);
  expect(scene.cash('P-01', 50_000, { direction: 'out' })).toBe('ROLES_COLLIDE');
});

test('money held for a person leaves by an approved payout only; project funds do not need one', () => {
  const scene = new Scene();
  scene.cash('S-01', 60_000);
  expect(scene.cash('P-01', 500, { direction: 'out' })).toBe('BLOCKED');
  scene.does('beneficiary', 'payout.request', {
    data: { book: 'earnings', channel: 'cash', amountFen: 500, text: 'x' },
  });
  expect(scene.cash('P-01', 500, { direction: 'out' })).toBe('BLOCKED');
  scene.does('secretary', 'payout.approve');
  expect(scene.cash('P-01', 400, { direction: 'out' })).toBe('BLOCKED');
  expect(scene.cash('P-01', 500, { direction: 'out' })).toBeUndefined();
  expect(scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.1', reason: '退货' })).toBe(
    'NOT_ENOUGH_MONEY',
  );

  const funds = new Scene({ keeps: 'project funds' });
  funds.cash('S-01', 600);
  expect(funds.cash('P-01', 500, { direction: 'out' })).toBeUndefined();
});

test('a payout: asked for, approved by another, paid, confirmed by himself', () => {
  const scene = new Scene();
  const data = { book: 'earnings', channel: 'cash', amountFen: 50_000, text: '生活费' };
  scene.cash('S-01', 60_000);
  expect(scene.does('secretary', 'payout.request', { data })).toBeUndefined();
  expect(scene.does('secretary', 'payout.approve', { target: 'earnings.p.2' })).toBe('ROLES_COLLIDE');
  expect(scene.does('secretary', 'payout.refuse', { target: 'earnings.p.2', reason: 'x' })).toBe('ROLES_COLLIDE');
  expect(scene.does('head:unit', 'payout.approve', { target: 'earnings.p.2' })).toBeUndefined();

  expect(scene.does('beneficiary', 'payout.request', { data })).toBeUndefined();
  const target = 'earnings.p.3';
  const pay = { direction: 'out', payout: target };
  expect(scene.cash('P-01', 50_000, pay)).toBe('BLOCKED');
  expect(scene.does('secretary', 'payout.approve', { target })).toBeUndefined();
  expect(scene.does('secretary', 'payout.approve', { target })).toBe('ALREADY_DONE');
  expect(scene.does('beneficiary', 'payout.confirm', { target })).toBe('BLOCKED');
  expect(scene.cash('P-01', 49_000, pay)).toBe('BLOCKED');
  expect(scene.cash('P-01', 50_000, pay)).toBeUndefined();
  expect(scene.ledger('P-01', 50_000, pay)).toBeUndefined();
  expect(scene.does('accountant', 'payout.confirm', { target, onBehalfOf: 'beneficiary' })).toBe('EVIDENCE_MISSING');
  const witnessed = { target, onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  expect(scene.does('cashHolder', 'payout.confirm', witnessed)).toBe('ROLES_COLLIDE');
  const nonsense = { ...witnessed, onBehalfOf: 'nonsense' };
  expect(scene.does('accountant', 'payout.confirm', nonsense)).toBe('INVALID_DATA');
  scene.names = { [people.cashHolder]: '罗 某', [people.accountant]: '张某' };
  for (const witness of ['罗某', ' 罗　某', people.cashHolder, '张某', '张\u200b某', '周某', 'party-1', 'beneficiary'])
    expect(scene.does('accountant', 'payout.confirm', { ...witnessed, data: { witness } })).toBe('EVIDENCE_MISSING');
  expect(scene.does('beneficiary', 'payout.confirm', { target })).toBeUndefined();
  expect(scene.book.payouts).toMatchObject({ 'earnings.p.2': { state: 'approved' } });
  expect(scene.does('beneficiary', 'payout.confirm', { target })).toBe('NOT_OPEN');
  expect(scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.2', reason: 'x' })).toBe('BOOKS_REFUSED');
});

test('a payment is reversed before it is confirmed: the payout waits to be paid again', () => {
  const scene = new Scene();
  scene.cash('S-01', 500);
  scene.does('beneficiary', 'payout.request', {
    data: { book: 'earnings', channel: 'cash', amountFen: 500, text: 'x' },
  });
  scene.does('secretary', 'payout.approve');
  // no payout named: the one approved of that channel and amount
  scene.cash('P-01', 500, { direction: 'out' });
  expect(scene.book.payouts['earnings.p.2']).toMatchObject({ state: 'paid', paidBy: people.cashHolder });
  expect(scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.2', reason: 'x' })).toBeUndefined();
  expect(scene.book.payouts['earnings.p.2']).toMatchObject({ state: 'approved' });
});

test('twelve sales on six days come to 2,590.00 yuan on both sides', () => {
  const scene = new Scene();
  const sales = [15_000, 28_000, 9_000, 36_000, 12_000, 30_000, 21_000, 18_000, 24_000, 27_000, 25_000, 14_000];
  sales.forEach((amountFen, i) => {
    scene.until(`2026-09-${String(7 + (i >> 1)).padStart(2, '0')}T02:00:00.000Z`);
    expect(scene.cash(`S-${i}`, amountFen)).toBeUndefined();
    expect(scene.ledger(`S-${i}`, amountFen)).toBeUndefined();
  });
  expect(scene.book).toMatchObject({
    matched: 12,
    cash: { cash: { balanceFen: 259_000 } },
    ledger: { cash: { balanceFen: 259_000 } },
  });
});
