import { describe, expect, test } from 'vitest';
import { people, Scene } from './scene.fixture.ts';

/** One line of the bank, and the receipts behind it. */
function scene(): Scene {
  const made = new Scene();
  made.cash('BANK-7', 1000);
  made.ledger('R-1', 600);
  made.ledger('R-2', 400);
  return made;
}

const match = (on: Scene, role: string, cash: string[], ledger: string[], person?: string) =>
  on.does(role, 'books.match', { data: { book: 'earnings', cash, ledger } }, person);
const one = ['earnings.c.cash.1'];
const two = ['earnings.v.2026-09.1', 'earnings.v.2026-09.2'];

describe('a match by hand', () => {
  test('of several receipts with one line of the bank ends their clocks and differences', () => {
    const on = scene();
    on.until('2026-09-10T02:00:00.000Z');
    expect(Object.keys(on.book.discrepancies)).toHaveLength(3);
    expect(match(on, 'secretary', one, two)).toBeUndefined();
    expect(on.book).toMatchObject({ matched: 3, open: {}, discrepancies: {} });
    expect(on.state.deadlines).toEqual({});
    const settled = on.events.filter(({ type }) => type === 'discrepancy.settled');
    expect(settled.map(({ data }) => (data as { how: string }).how)).toEqual(['matched', 'matched', 'matched']);
  });

  test('is never made by the keepers, nor by who recorded one of the entries', () => {
    const on = scene();
    for (const role of ['cashHolder', 'accountant', 'beneficiary'])
      expect(match(on, role, one, two)).toBe('FORBIDDEN_ROLE');
    expect(match(on, 'secretary', one, two, people.accountant)).toBe('ROLES_COLLIDE');
    expect(match(on, 'head:unit', one, two)).toBe('FORBIDDEN');
  });

  test('is never made by who reviewed one of the vouchers', () => {
    const on = new Scene({ profile: 'vouchers', reviews: 'reviewer' });
    on.cash('BANK-7', 1000);
    on.ledger('R-1', 1000);
    const target = Object.keys(on.book.drafts ?? {})[0];
    expect(on.does('reviewer', 'voucher.review', { target, data: { approve: true } })).toBeUndefined();
    expect(match(on, 'reviewer', one, two.slice(0, 1))).toBe('ROLES_COLLIDE');
    expect(match(on, 'reviewer', one, two.slice(0, 1), 'second-reviewer')).toBeUndefined();
  });

  test('holds only what sums, channel and direction agree on, and what waits', () => {
    const on = scene();
    on.ledger('R-3', 400, { channel: 'wechat' });
    expect(match(on, 'secretary', one, two.slice(0, 1))).toBe('BLOCKED');
    expect(match(on, 'secretary', one, [two[0]!, 'earnings.v.2026-09.3'])).toBe('BLOCKED');
    expect(match(on, 'secretary', one, [...two, 'earnings.v.2026-09.9'])).toBe('NOT_OPEN');
    expect(match(on, 'secretary', two, one)).toBe('NOT_OPEN');
    expect(match(on, 'secretary', one, [two[0]!, two[0]!])).toBe('INVALID_DATA');
    on.cash('X', 0 + 5);
    expect(match(on, 'secretary', [...one, 'earnings.c.cash.2'], two)).toBe('INVALID_DATA');
  });

  test('takes a document that both sides recorded as a whole', () => {
    const on = new Scene();
    on.cash('A', 1000);
    on.ledger('A', 600);
    on.ledger('B', 400);
    on.cash('C', 600);
    expect(match(on, 'secretary', ['earnings.c.cash.2'], [two[0]!])).toBe('BLOCKED');
    expect(match(on, 'secretary', one, two)).toBeUndefined();
    expect(on.book).toMatchObject({ matched: 2, discrepancies: {} });
    expect(on.does('accountant', 'entry.reverse', { target: two[1], reason: 'x' })).toBeUndefined();
    expect(on.book).toMatchObject({ matched: 0 });
    expect(Object.keys(on.book.open).sort()).toEqual(['doc/A', 'doc/C']);
    expect(Object.values(on.book.discrepancies)).toMatchObject([{ sourceDoc: 'A' }]);
  });

  test('waits while the voucher of one of its documents is under review', () => {
    const on = new Scene({ profile: 'vouchers', reviews: 'reviewer' });
    on.cash('A', 600);
    on.ledger('B', 600);
    on.does('reviewer', 'voucher.review', { target: 'earnings.w.2', data: { approve: true } });
    on.ledger('A', 600);
    expect(match(on, 'secretary', one, [two[0]!])).toBe('BLOCKED');
    const back = { approve: false, text: 'x' };
    on.does('reviewer', 'voucher.review', { target: Object.keys(on.book.drafts ?? {})[0], data: back });
    expect(match(on, 'secretary', one, [two[0]!])).toBeUndefined();
  });

  test('comes apart when an entry is reversed: the others wait again; the reversed paper can be recorded anew', () => {
    const on = scene();
    match(on, 'secretary', one, two);
    expect(on.ledger('BANK-7', 1000)).toBe('SAME_DOCUMENT');
    expect(on.cash('R-1', 600)).toBe('SAME_DOCUMENT');
    expect(on.does('accountant', 'entry.reverse', { target: two[1], reason: 'x' })).toBeUndefined();
    expect(on.book.matched).toBe(0);
    expect(Object.keys(on.book.open).sort()).toEqual(['doc/BANK-7', 'doc/R-1']);
    expect(Object.keys(on.state.deadlines)).toHaveLength(2);
    expect(on.ledger('R-2', 400)).toBeUndefined();
    expect(match(on, 'secretary', one, [two[0]!, 'earnings.v.2026-09.4'])).toBeUndefined();
    expect(on.book).toMatchObject({ matched: 3, open: {} });
    expect(on.state.deadlines).toEqual({});
  });
});
