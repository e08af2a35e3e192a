import { describe, expect, test } from 'vitest';
import type { Party } from '../state.ts';
import { Scene } from './scene.fixture.ts';

const since = '2026-01-01T00:00:00.000Z';

/** A book that keeps the money of two households. */
function many(book: ConstructorParameters<typeof Scene>[0] = {}): Scene {
  const scene = new Scene(book, {
    beneficiary: { name: ['住户', 'households'], party: 'many', answers: 'secretary' },
  });
  const second: Party = { id: 'party-2', role: 'beneficiary', name: '邱某', person: 'second-person', since };
  scene.state = { ...scene.state, parties: { ...scene.state.parties, 'party-2': second } };
  return scene;
}

const sale = (scene: Scene, doc: string, shares: Record<string, number>, more: object = {}) => {
  const lines = Object.entries(shares).map(([party, amountFen]) => ({ text: '笔筒', amountFen, party }));
  return scene.ledger(doc, 0, { lines, ...more });
};
const request = (scene: Scene, amountFen: number, party?: string, role = 'beneficiary', person?: string) =>
  scene.does(
    role,
    'payout.request',
    { data: { book: 'earnings', channel: 'cash', amountFen, text: '生活费', ...(party ? { party } : {}) } },
    person,
  );

test('each person has a sub-ledger; together they are the account', () => {
  const scene = many();
  expect(sale(scene, 'S-1', { 'party-1': 600, 'party-2': 400 })).toBeUndefined();
  expect(scene.book.persons).toEqual({
    'party-1': { recordedFen: 600, paidFen: 0 },
    'party-2': { recordedFen: 400, paidFen: 0 },
  });
  expect(scene.ledger('S-2', 100)).toBe('INVALID_DATA');
  expect(sale(scene, 'S-2', { 'party-9': 100 })).toBe('INVALID_DATA');
  scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.1', reason: 'x' });
  expect(scene.book.persons).toMatchObject({ 'party-1': { recordedFen: 0 }, 'party-2': { recordedFen: 0 } });
});

test('nobody is paid from the money of another', () => {
  const scene = many();
  scene.cash('S-1', 1000);
  sale(scene, 'S-1', { 'party-1': 600, 'party-2': 400 });
  expect(request(scene, 500, undefined, 'secretary')).toBe('INVALID_DATA');
  expect(request(scene, 500, 'party-2')).toBeUndefined();
  expect(scene.does('secretary', 'payout.approve')).toBe('NOT_ENOUGH_MONEY');
  expect(scene.does('secretary', 'payout.refuse', { reason: 'x' })).toBeUndefined();
  expect(request(scene, 400)).toBeUndefined();
  expect(Object.values(scene.book.payouts)).toMatchObject([{ party: 'party-1' }]);
  expect(request(scene, 300)).toBeUndefined();
  const [first, second] = Object.keys(scene.book.payouts);
  expect(scene.does('secretary', 'payout.approve', { target: first })).toBeUndefined();
  // the first one bespeaks 400 of the 600
  expect(scene.does('secretary', 'payout.approve', { target: second })).toBe('NOT_ENOUGH_MONEY');
  expect(scene.cash('P-1', 400, { direction: 'out', payout: first })).toBeUndefined();
  expect(scene.book.persons?.['party-1']).toEqual({ recordedFen: 600, paidFen: 400 });
  // the voucher of the payout moves nothing twice, and is of its person
  const out = { direction: 'out' };
  expect(sale(scene, 'P-1', { 'party-2': 400 }, { ...out, payout: first })).toBe('INVALID_DATA');
  expect(sale(scene, 'P-1', { 'party-1': 400 }, out)).toBe('INVALID_DATA');
  expect(scene.ledger('P-1', 400, { ...out, payout: first })).toBeUndefined();
  expect(scene.book).toMatchObject({ matched: 2, persons: { 'party-1': { recordedFen: 600, paidFen: 400 } } });
});

test('no voucher moves money from one person to another', () => {
  const scene = many();
  const line = (party: string, side: string) => ({ text: 'x', amountFen: 100, account: '2601', side, party });
  const money = { text: 'x', amountFen: 100, account: '1001', side: 'debit' };
  const lines = [money, line('party-1', 'credit'), line('party-2', 'credit'), line('party-1', 'debit')];
  expect(scene.ledger('S-1', 0, { lines })).toBe('INVALID_DATA');
});

test('a payout is confirmed by the person whose it is', () => {
  const scene = many();
  scene.cash('S-1', 1000);
  sale(scene, 'S-1', { 'party-1': 600, 'party-2': 400 });
  request(scene, 100, 'party-2');
  scene.does('secretary', 'payout.approve');
  scene.cash('P-1', 100, { direction: 'out' });
  expect(scene.does('beneficiary', 'payout.confirm')).toBe('INVALID_DATA');
  expect(scene.does('beneficiary', 'payout.confirm', {}, 'second-person')).toBeUndefined();
});

test('a book of one person has no sub-ledger and takes no names', () => {
  const scene = new Scene();
  expect(sale(scene, 'S-1', { 'party-1': 600 })).toBe('INVALID_DATA');
  expect(request(scene, 5, 'party-1')).toBe('INVALID_DATA');
});

test('the voucher of a payout can still be made when the money has been confirmed', () => {
  const scene = many();
  scene.cash('S-1', 600);
  sale(scene, 'S-1', { 'party-1': 600 });
  request(scene, 400, 'party-1');
  const [payout] = Object.keys(scene.book.payouts);
  scene.does('secretary', 'payout.approve', { target: payout });
  scene.cash('P-1', 400, { direction: 'out', payout });
  expect(scene.does('beneficiary', 'payout.confirm', { target: payout })).toBeUndefined();
  const lines = [{ text: '生活费', amountFen: 400 }];
  // whose it was the state has forgotten by now, and the tables have not
  expect(sale(scene, 'P-1', { 'party-2': 400 }, { direction: 'out', payout })).toBe('INVALID_DATA');
  expect(scene.ledger('P-1', 400, { direction: 'out', payout, lines })).toBeUndefined();
  expect(scene.book).toMatchObject({
    matched: 2,
    open: {},
    persons: { 'party-1': { recordedFen: 600, paidFen: 400 } },
  });
});

test('red ink does not take from a person what he was paid already', () => {
  const scene = many();
  scene.cash('S-1', 1000);
  sale(scene, 'S-1', { 'party-1': 600, 'party-2': 400 });
  request(scene, 500, 'party-1');
  scene.does('secretary', 'payout.approve');
  scene.cash('P-1', 500, { direction: 'out' });
  const red = (target: string) => scene.does('accountant', 'entry.reverse', { target, reason: '记错' });
  expect(red('earnings.v.2026-09.1')).toBe('NOT_ENOUGH_MONEY');
  // what is left without it covers the payment: then it is possible
  expect(sale(scene, 'S-2', { 'party-1': 500 })).toBeUndefined();
  expect(red('earnings.v.2026-09.1')).toBeUndefined();
  expect(scene.book.persons).toMatchObject({ 'party-1': { recordedFen: 500, paidFen: 500 } });
});

test('red ink that waited for its review is looked at again', () => {
  const scene = many({ profile: 'vouchers', reviews: 'reviewer' });
  const review = () =>
    scene.does('reviewer', 'voucher.review', {
      target: Object.keys(scene.book.drafts ?? {})[0],
      data: { approve: true },
    });
  scene.cash('S-1', 600);
  sale(scene, 'S-1', { 'party-1': 600 });
  expect(review()).toBeUndefined();
  request(scene, 500, 'party-1');
  scene.does('secretary', 'payout.approve');
  const target = 'earnings.v.2026-09.1';
  expect(scene.does('accountant', 'entry.reverse', { target, reason: '记错' })).toBeUndefined();
  scene.cash('P-1', 500, { direction: 'out' });
  expect(review()).toBe('NOT_ENOUGH_MONEY');
});

test('no helper pays into a book of several persons', () => {
  const advance = (scene: Scene, paid: string) =>
    scene.does('secretary', 'advance.record', {
      data: { book: 'earnings', amountFen: 100, paid, helper: { name: '罗某' }, for: '材料', sourceDoc: 'D-1' },
      evidence: [{ kind: 'document', id: 'x' }],
    });
  expect(advance(many(), 'into the book')).toBe('INVALID_DATA');
  expect(advance(many(), 'to others')).toBeUndefined();
  expect(advance(new Scene(), 'into the book')).toBeUndefined();
});

describe("money held for a person is nobody else's", () => {
  const money = (account: string, side: string, amountFen = 100) => ({ text: 'x', account, side, amountFen });
  const held = (lines: object[], more: object = {}) => new Scene().ledger('S-1', 0, { lines, ...more });

  test.each([
    ['income', [{ text: 'x', amountFen: 100, account: '4501' }]],
    ['income, with sides', [money('1001', 'debit'), money('4501', 'credit')]],
    ['in part', [money('1001', 'debit'), money('4501', 'credit', 1), money('2601', 'credit', 99)]],
    ["a helper's without an advance", [{ text: 'x', amountFen: 100, account: '2209' }]],
    ['of another channel', [money('1001', 'debit'), money('1009', 'credit')]],
  ])('%s', (_, lines) => {
    expect(held(lines)).toBe('INVALID_DATA');
    expect(new Scene({ keeps: 'project funds' }).ledger('S-1', 0, { lines })).toBeUndefined();
  });

  test('it goes in and out on the account of what is owed to the person', () => {
    expect(held([money('1001', 'debit'), money('2601', 'credit')])).toBeUndefined();
    expect(held([{ text: 'x', amountFen: 5, account: '5101' }], { direction: 'out' })).toBe('INVALID_DATA');
    expect(held([{ text: 'x', amountFen: 5 }], { direction: 'out' })).toBeUndefined();
  });
});
