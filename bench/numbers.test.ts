import { expect, test } from 'vitest';
import { brief, median, quantile, seededRandom } from './numbers.ts';

test('medians and quantiles', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([1, 2], 0.99)).toBe(2);
});

test('figures for print', () => {
  expect([brief(1234.56), brief(12.345), brief(0.012345)]).toEqual([1235, 12.3, 0.0123]);
});

test('the same seed gives the same numbers', () => {
  const [one, other] = [seededRandom(7), seededRandom(7)];
  expect([one(), one(), one()]).toEqual([other(), other(), other()]);
});
