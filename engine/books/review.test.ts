import { expect, test } from 'vitest';
import { people, Scene } from './scene.fixture.ts';

const reviewed = () => new Scene({ profile: 'vouchers', reviews: 'reviewer' });
const types = (scene: Scene) => scene.events.map(({ type }) => type);
const waiting = (scene: Scene) => Object.keys(scene.book.drafts ?? {});
const review = (scene: Scene, approve: boolean, more: Record<string, unknown> = {}, person?: string) =>
  scene.does(
    'reviewer',
    'voucher.review',
    { target: waiting(scene)[0], data: { approve, ...(approve ? {} : { text: '摘要不清' }), ...more } },
    person,
  );

test('a voucher waits for its review, with a clock; posted it has a number, a balance, and meets the cash side', () => {
  const scene = reviewed();
  scene.cash('S-1', 500);
  expect(scene.ledger('S-1', 500)).toBeUndefined();
  expect(scene.book).toMatchObject({ ledger: { cash: { no: 0, balanceFen: 0 } }, matched: 0 });
  expect(scene.state.deadlines['earnings.w.2']).toMatchObject({ answers: 'reviewer', skips: [people.accountant] });
  expect(review(scene, true)).toBeUndefined();
  expect(types(scene).slice(-4)).toEqual(['ledger.recorded', 'deadline.met', 'document.matched', 'deadline.met']);
  expect(scene.facts.at(-1)).toMatchObject({ id: 'earnings.v.2026-09.1', recordedBy: people.accountant });
  expect(scene.book).toMatchObject({ matched: 1, open: {}, ledger: { cash: { no: 1, balanceFen: 500 } } });
  expect(scene.book.drafts).toBeUndefined();
  expect(scene.state.deadlines).toEqual({});
});

test('sent back with a reason, it has no number; the accountant makes a new one', () => {
  const scene = reviewed();
  scene.ledger('S-1', 500);
  expect(scene.ledger('S-1', 700)).toBe('SAME_DOCUMENT');
  expect(scene.does('reviewer', 'voucher.review', { target: waiting(scene)[0], data: { approve: false } })).toBe(
    'REASON_MISSING',
  );
  expect(review(scene, false)).toBeUndefined();
  expect(scene.state.deadlines).toEqual({});
  expect(scene.ledger('S-1', 700)).toBeUndefined();
  expect(review(scene, true)).toBeUndefined();
  expect(scene.facts).toMatchObject([{ id: 'earnings.v.2026-09.1', amountFen: 700 }]);
});

test('maker, reviewer and cash holder are three people, whatever role they come in', () => {
  const scene = reviewed();
  scene.cash('S-1', 500);
  scene.ledger('S-1', 500);
  expect(review(scene, true, {}, people.accountant)).toBe('ROLES_COLLIDE');
  expect(review(scene, true, {}, people.cashHolder)).toBe('ROLES_COLLIDE');
  for (const role of ['accountant', 'cashHolder', 'secretary', 'head:unit', 'beneficiary'])
    expect(scene.does(role, 'voucher.review', { target: waiting(scene)[0], data: { approve: true } }), role).toBe(
      'FORBIDDEN_ROLE',
    );
  expect(
    scene.does('cashHolder', 'cash.record', {
      data: { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'S-2', amountFen: 5 },
    }),
  ).toBeUndefined();
  scene.ledger('S-3', 500);
  expect(scene.cash('S-3', 500)).toBeUndefined();
});

test('who made the voucher does not record its money, before or after the review', () => {
  const scene = reviewed();
  scene.ledger('S-1', 500);
  const data = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'S-1', amountFen: 500 };
  expect(scene.does('cashHolder', 'cash.record', { data }, people.accountant)).toBe('ROLES_COLLIDE');
});

test('red ink goes through review too, once at a time for an original', () => {
  const scene = reviewed();
  scene.cash('S-1', 500);
  scene.ledger('S-1', 500);
  review(scene, true);
  const red = () => scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.1', reason: '记错' });
  expect(red()).toBeUndefined();
  expect(red()).toBe('ALREADY_DONE');
  expect(scene.book).toMatchObject({ matched: 1, ledger: { cash: { balanceFen: 500 } } });
  expect(review(scene, true)).toBeUndefined();
  expect(scene.book).toMatchObject({ matched: 0, ledger: { cash: { no: 2, balanceFen: 0 } } });
  expect(scene.facts.at(-1)).toMatchObject({ id: 'earnings.v.2026-09.2', amountFen: -500 });
  expect(red()).toBe('ALREADY_DONE');
  expect(scene.ledger('S-1', 500)).toBeUndefined();
  expect(review(scene, true)).toBeUndefined();
  expect(scene.book).toMatchObject({ matched: 1, open: {} });
});

test('what an accountant made who has left can only go back', () => {
  const scene = reviewed();
  scene.ledger('S-1', 500);
  scene.state = { ...scene.state, assignments: { ...scene.state.assignments, accountant: { person: 'another' } } };
  expect(review(scene, true)).toBe('BOOK_FROZEN');
  expect(review(scene, false)).toBeUndefined();
});

test('numbers follow the order of posting, not of making, and start anew each month', () => {
  const scene = reviewed();
  scene.ledger('S-1', 100);
  scene.ledger('S-2', 200);
  const [first, second] = waiting(scene);
  scene.does('reviewer', 'voucher.review', { target: second, data: { approve: true } });
  scene.now = '2026-10-12T02:00:00.000Z';
  scene.does('reviewer', 'voucher.review', { target: first, data: { approve: true } });
  expect(scene.facts.map(({ id, sourceDoc, occurredDate }) => [id, sourceDoc, occurredDate])).toEqual([
    ['earnings.v.2026-09.1', 'S-2', '2026-09-07'],
    ['earnings.v.2026-10.1', 'S-1', '2026-09-07'],
  ]);
});

test('so many vouchers wait at most', () => {
  const scene = reviewed();
  for (let i = 0; i < 200; i++) expect(scene.ledger(`S-${i}`, 100)).toBeUndefined();
  expect(scene.ledger('S-200', 100)).toBe('LIMIT_REACHED');
});

test('a month does not close over vouchers that wait', () => {
  const scene = reviewed();
  scene.ledger('S-1', 100);
  scene.now = '2026-10-09T02:00:00.000Z';
  const close = () => scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month: '2026-09' } });
  expect(close()).toBe('BLOCKED');
  expect(review(scene, false)).toBeUndefined();
  expect(close()).not.toBe('BLOCKED');
});
