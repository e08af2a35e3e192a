import { describe, expect, it } from 'vitest';
import { dueDay, longDay, nearness } from './dates.ts';

const now = '2026-11-22T03:00:00.000Z'; // Sunday, 11:00 in Beijing

describe('nearness', () => {
  it.each([
    ['2026-11-22T16:00:00.000Z', '今天到期', 'soon'], // 24:00 of today
    ['2026-11-23T16:00:00.000Z', '还有 1 天', 'soon'],
    ['2026-12-22T16:00:00.000Z', '还有 30 天', ''],
    ['2026-11-21T16:00:00.000Z', '逾期 1 天', 'late'], // 24:00 of yesterday
    ['2026-11-22T02:59:00.000Z', '逾期 1 天', 'late'], // an hour's deadline of today
    ['2026-11-12T16:00:00.000Z', '逾期 10 天', 'late'],
  ])('%s: %s', (dueAt, text, mark) => {
    expect(nearness(dueAt, now, 'zh')).toEqual({ text, mark });
  });
  it('speaks English', () => {
    expect(nearness('2026-11-23T16:00:00.000Z', now, 'en').text).toBe('in 1 day');
    expect(nearness('2026-11-19T16:00:00.000Z', now, 'en').text).toBe('3 days overdue');
  });
});

it('names days in both languages', () => {
  expect(longDay(now, 'zh')).toBe('2026年11月22日星期日');
  expect(longDay(now, 'en')).toMatch(/^Sunday,? 22 November 2026$/);
  expect(dueDay('2026-11-22T16:00:00.000Z')).toBe('2026-11-22');
});
