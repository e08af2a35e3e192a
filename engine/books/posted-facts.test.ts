import { expect, test } from 'vitest';
import { people, Scene } from './scene.fixture.ts';

/** A payout of 500 fen that is approved; answers its id. */
function approved(scene: Scene): string {
  scene.cash('S-1', 10_000);
  scene.ledger('S-1', 10_000);
  const data = { book: 'earnings', channel: 'cash', amountFen: 500, text: '生活费', witness: '邱某' };
  scene.does('caseworker', 'payout.request', { data, onBehalfOf: 'beneficiary' }, people.head);
  const target = Object.keys(scene.book.payouts)[0]!;
  expect(scene.does('secretary', 'payout.approve', { target })).toBeUndefined();
  return target;
}

test('the vouchers of a payout come to no more than it, also when it is confirmed; red ink makes room again', () => {
  const scene = new Scene();
  const payout = approved(scene);
  const out = { direction: 'out', payout };
  expect(scene.ledger('P-1', 501, out)).toBe('MORE_THAN_PAYOUT');
  scene.cash('P-1', 500, out);
  scene.does('beneficiary', 'payout.confirm', { target: payout });
  expect(scene.ledger('P-1', 300, out)).toBeUndefined();
  expect(scene.ledger('P-2', 300, out)).toBe('MORE_THAN_PAYOUT');
  expect(scene.ledger('P-2', 200, out)).toBeUndefined();
  const first = scene.facts.find(({ side, sourceDoc }) => side === 'ledger' && sourceDoc === 'P-1')!.id;
  expect(scene.does('accountant', 'entry.reverse', { target: first, reason: '金额记错' })).toBeUndefined();
  expect(scene.ledger('P-1', 301, out)).toBe('MORE_THAN_PAYOUT');
  expect(scene.ledger('P-1', 300, out)).toBeUndefined();
  expect(scene.ledger('P-9', 100, { direction: 'out', payout: 'earnings.p.1' })).toBe('INVALID_DATA');
});

test('of two vouchers of a payout under review the second is refused once the first is posted', () => {
  const scene = new Scene({ profile: 'vouchers', reviews: 'reviewer' });
  const review = (target: string | undefined) =>
    scene.does('reviewer', 'voucher.review', { target, data: { approve: true } });
  const waiting = () => Object.keys(scene.book.drafts ?? {});
  scene.cash('S-1', 10_000);
  scene.ledger('S-1', 10_000);
  expect(review(waiting()[0])).toBeUndefined();
  const data = { book: 'earnings', channel: 'cash', amountFen: 500, text: '生活费', witness: '邱某' };
  scene.does('caseworker', 'payout.request', { data, onBehalfOf: 'beneficiary' }, people.head);
  const payout = Object.keys(scene.book.payouts)[0]!;
  scene.does('secretary', 'payout.approve', { target: payout });
  const out = { direction: 'out', payout };
  expect(scene.ledger('P-1', 300, out)).toBeUndefined();
  expect(scene.ledger('P-2', 300, out)).toBeUndefined();
  const [one, other] = waiting();
  expect(review(one)).toBeUndefined();
  expect(review(other)).toBe('MORE_THAN_PAYOUT');
  expect(
    scene.does('reviewer', 'voucher.review', { target: other, data: { approve: false, text: '超额' } }),
  ).toBeUndefined();
});

test('a receipt stands once on each side, and again after its entry is reversed', () => {
  const scene = new Scene();
  const lines = [{ payer: 'h-1', receipt: 'R-1', amountFen: 100 }];
  const asVoucher = { lines: [{ ...lines[0]!, text: '住户缴费' }] };
  expect(scene.cash('F-1', 100, { lines })).toBeUndefined();
  expect(scene.cash('F-2', 100, { lines })).toBe('SAME_DOCUMENT');
  expect(scene.ledger('F-2', 100, asVoucher)).toBeUndefined();
  expect(scene.ledger('F-1', 100, asVoucher)).toBe('SAME_DOCUMENT');
  expect(
    scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.1', reason: '单据号记错' }),
  ).toBeUndefined();
  expect(scene.cash('F-2', 100, { lines })).toBeUndefined();
});
