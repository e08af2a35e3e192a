import { expect, test } from 'vitest';
import { rungText } from './message-text.ts';

const rung = {
  deadline: 'stage:learn.1',
  name: ['学手艺', 'learning a trade'],
  generation: 1,
  rung: 1,
  plannedAt: '2026-12-28T01:00:00.000Z',
  dueAt: '2027-01-04T16:00:00.000Z',
  tell: 'holder',
  told: [],
  account: false,
} as const;

test('a message says of a date that it is a guess as long as the year has no official calendar', () => {
  expect(rungText('2026-000001', { ...rung, told: [] }, true)).toEqual([
    '个案 2026-000001：“学手艺”将于 2027-01-04（暂定）到期',
    'Case 2026-000001: "learning a trade" is due on 2027-01-04 (provisional).',
  ]);
  expect(rungText('2026-000001', { ...rung, told: [] }, false)[0]).toBe(
    '个案 2026-000001：“学手艺”将于 2027-01-04 到期',
  );
});
