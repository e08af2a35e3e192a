import { expect, test } from 'vitest';
import { emergencyText, rungText, withdrawalText } from './message-text.ts';

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

test('an emergency told again says how many reports have come since', () => {
  expect(emergencyText('2026-000001', 3, 2)).toEqual([
    '紧急！个案 2026-000001 的危险报告还没有办结（第 3 次再通知，另有 2 份后来的报告）',
    'Emergency in case 2026-000001 is not settled yet (told again, 3, with 2 further reports).',
  ]);
  expect(emergencyText('2026-000001', 1)[1]).toBe('Emergency in case 2026-000001 is not settled yet (told again, 1).');
});

test('a withdrawal says whether the help has stopped, or part of it', () => {
  expect(withdrawalText('2026-000001', false)[0]).toBe('个案 2026-000001：有人代本人撤回了同意，帮扶已停止，请核实');
  expect(withdrawalText('2026-000001', true)[0]).toContain('部分同意');
});
