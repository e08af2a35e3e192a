import { expect, it } from 'vitest';
import { candidatesOf, type Unmatched } from './book-candidates.ts';

const entry = (id: string, amountFen: number, more: Partial<Unmatched> = {}): Unmatched => ({
  ...{ id, amountFen, channel: 'bank', direction: 'in' },
  ...more,
});

it.each<[string, Unmatched[], Unmatched[], string[]]>([
  ['a pair', [entry('a', 500)], [entry('x', 500)], ['a=x']],
  ['several receipts in one line of the bank', [entry('a', 1000)], [entry('x', 600), entry('y', 400)], ['a=x+y']],
  ['one voucher for several entries', [entry('a', 600), entry('b', 400)], [entry('x', 1000)], ['a+b=x']],
  ['pairs before groups', [entry('a', 10)], [entry('x', 4), entry('y', 6), entry('z', 10)], ['a=z', 'a=y+x']],
  ['nothing of another channel', [entry('a', 500)], [entry('x', 500, { channel: 'cash' })], []],
  ['nothing of another direction', [entry('a', 500)], [entry('x', 500, { direction: 'out' })], []],
  ['nothing that does not add up', [entry('a', 500)], [entry('x', 300), entry('y', 300)], []],
])('finds %s', (_, left, right, expected) => {
  expect(candidatesOf(left, right).map((each) => `${each.left.join('+')}=${each.right.join('+')}`)).toEqual(expected);
});

it('ends within its limits however many entries there are', () => {
  const many = Array.from({ length: 400 }, (_, n) => entry(`x${n}`, 1 + (n % 7)));
  const begun = performance.now();
  expect(candidatesOf([entry('a', 40), entry('b', 1_000_000)], many).length).toBeLessThanOrEqual(12);
  expect(performance.now() - begun).toBeLessThan(2_000);
});
