import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

test('in no window of any limit do more go than it allows, and nobody waits for nothing', () => {
  const limits = [
    { count: 20, perMs: 60_000 },
    { count: 5, perMs: 1_000 },
  ];
  fc.assert(
    fc.property(fc.array(fc.nat(3_000), { minLength: 1, maxLength: 200 }), (pauses) => {
      let at = 0;
      const pace = createPace(limits, () => at);
      const went: number[] = [];
      for (const pause of pauses) {
        at += pause;
        const waitMs = pace.take('robot');
        if (waitMs > 0) {
          at += waitMs - 1;
          expect(pace.take('robot')).toBe(1);
          at += 1;
          expect(pace.take('robot')).toBe(0);
        }
        went.push(at);
      }
      for (const { count, perMs } of limits)
        for (const [index, time] of went.entries())
          if (index >= count) expect(time - went[index - count]!).toBeGreaterThanOrEqual(perMs);
    }),
  );
});

test('who was asked to rest, rests; others do not', () => {
  let at = 0;
  const pace = createPace([{ count: 100, perMs: 1_000 }], () => at);
  pace.rest('one', 5_000);
  pace.rest('one', 1_000);
  expect(pace.take('one')).toBe(5_000);
  expect(pace.take('two')).toBe(0);
  at = 5_000;
  expect(pace.take('one')).toBe(0);
});
