import { expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

it('lets a burst through, then so many a minute, each key by itself', () => {
  let nowMs = 0;
  const limit = createRateLimit({ burst: 3, perMinute: 6, nowMs: () => nowMs });
  expect([limit('a'), limit('a'), limit('a'), limit('a'), limit('b')]).toEqual([
    undefined,
    undefined,
    undefined,
    10,
    undefined,
  ]);
  nowMs += 9_000;
  expect(limit('a')).toBe(1);
  nowMs += 1_000;
  expect([limit('a'), limit('a')]).toEqual([undefined, 10]);
});

it('keeps no more keys in mind than it may', () => {
  const limit = createRateLimit({ burst: 1, perMinute: 1, mostKeys: 2, nowMs: () => 0 });
  expect([limit('a'), limit('b'), limit('c'), limit('c'), limit('a')]).toEqual([
    undefined,
    undefined,
    undefined,
    60,
    undefined,
  ]);
});
