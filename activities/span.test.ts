import { expect, test } from 'vitest';
import { spanMs } from './span.ts';

test.each([
  ['30 minutes', 1_800_000],
  ['2 days', 172_800_000],
  ['5 working days', 604_800_000],
  ['0 days', 1_000],
])('%s is a span of %i ms', (budget, ms) => expect(spanMs(budget)).toBe(ms));

test('a text that is no budget is refused', () => expect(() => spanMs('soon')).toThrow(RangeError));
