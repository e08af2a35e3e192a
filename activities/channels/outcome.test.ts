import { expect, test } from 'vitest';
import { explainReason } from '../../door/channel-reasons.ts';
import { FetchFailed, FetchRefused } from './guarded-fetch.ts';
import { outcomeOfFailure, outcomeOfStatus, retryAfterMs } from './outcome.ts';

const now = new Date('2026-11-22T03:00:00.000Z');

test.each([
  [200, undefined, { kind: 'sent' }],
  [204, undefined, { kind: 'sent' }],
  [299, '60', { kind: 'sent' }],
  [410, undefined, { kind: 'refused', reason: 'http-410', gone: true }],
  [400, undefined, { kind: 'again', reason: 'http-400' }],
  [401, undefined, { kind: 'again', reason: 'http-401' }],
  [404, undefined, { kind: 'again', reason: 'http-404' }],
  [500, undefined, { kind: 'again', reason: 'http-500' }],
  [429, undefined, { kind: 'again', reason: 'http-429', afterMs: 60_000 }],
  [429, '120', { kind: 'again', reason: 'http-429', afterMs: 120_000 }],
  [502, undefined, { kind: 'again', reason: 'http-502', afterMs: 60_000 }],
  [503, undefined, { kind: 'again', reason: 'http-503' }],
  [503, 'Sun, 22 Nov 2026 03:10:00 GMT', { kind: 'again', reason: 'http-503', afterMs: 600_000 }],
  [504, undefined, { kind: 'again', reason: 'http-504', afterMs: 60_000 }],
])('status %d with Retry-After %s: %j', (status, after, expected) => {
  const headers = after === undefined ? {} : { 'retry-after': after };
  expect(
    outcomeOfStatus({ status, headers: headers as Record<string, string>, body: '', complete: true }, now),
  ).toEqual(expected);
});

test.each([
  ['0', 1_000],
  [' 5 ', 5_000],
  ['99999999999', 86_400_000],
  ['Sun, 22 Nov 2026 02:00:00 GMT', 1_000],
  ['Sun, 22 Nov 2099 02:00:00 GMT', 86_400_000],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['', undefined],
])('Retry-After: %s means %s ms', (value, ms) => {
  expect(retryAfterMs(value, now)).toBe(ms);
});

test('failures of a fetch are outcomes, other errors are none', () => {
  expect(outcomeOfFailure(new FetchRefused('redirect'))).toEqual({ kind: 'again', reason: 'redirect' });
  expect(outcomeOfFailure(new FetchRefused('too-large'))).toEqual({ kind: 'refused', reason: 'too-large' });
  expect(outcomeOfFailure(new FetchFailed('timeout'))).toEqual({ kind: 'again', reason: 'timeout' });
  expect(() => outcomeOfFailure(new TypeError('x'))).toThrow(TypeError);
});

test.each(['http-410', 'http-404', 'wecom-93000', 'dingtalk-999', 'never heard of'])('%s has words', (reason) => {
  const [zh, en] = explainReason(reason);
  expect(zh).toMatch(/。$/);
  expect(en).toMatch(/\.$/);
});
