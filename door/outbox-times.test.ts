import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addMs, msBetween } from '../engine/time/civil.ts';
import type { Instant } from '../sdk/time.ts';
import type { Digest, QuietHours } from './endpoint.ts';
import { dueAt, givesUpAfterMs, outOfQuiet, overAt, tryAgainAt } from './outbox-times.ts';

const dayMs = 86_400_000;
const night: QuietHours = { from: '21:00', to: '07:30' };
/** Beijing time of 2031-03-10, a Monday. */
const at = (time: string, day = 10): Instant => new Date(`2031-03-${day}T${time}:00+08:00`).toISOString();

const time = fc
  .record({ h: fc.integer({ min: 0, max: 23 }), m: fc.integer({ min: 0, max: 59 }) })
  .map(({ h, m }) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
const quiet: fc.Arbitrary<QuietHours | undefined> = fc.option(fc.record({ from: time, to: time }), { nil: undefined });
const digest: fc.Arbitrary<Digest> = fc.oneof(
  fc.constantFrom<Digest>('atOnce', 'hourly'),
  time.map((dailyAt) => ({ dailyAt })),
);
const instant = fc
  .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2040, 0, 1) })
  .map((ms) => new Date(ms).toISOString());

describe('quiet hours', () => {
  test.each([
    [at('20:59'), at('20:59')],
    [at('21:00'), at('07:30', 11)],
    [at('23:59'), at('07:30', 11)],
    [at('00:00'), at('07:30')],
    [at('07:29'), at('07:30')],
    [at('07:30'), at('07:30')],
    [at('12:00'), at('12:00')],
  ])('%s is left in peace until %s', (from, until) => expect(outOfQuiet(night, from)).toBe(until));

  test('may lie within one day', () => {
    const noon: QuietHours = { from: '12:00', to: '14:00' };
    expect([at('11:59'), at('12:00'), at('14:00')].map((each) => outOfQuiet(noon, each))).toEqual([
      at('11:59'),
      at('14:00'),
      at('14:00'),
    ]);
  });
});

describe('when a delivery goes out', () => {
  test.each<[Digest, Instant, Instant]>([
    ['atOnce', at('10:17'), at('10:17')],
    ['hourly', at('10:17'), at('11:00')],
    ['hourly', at('10:00'), at('10:00')],
    ['hourly', at('20:17'), at('07:30', 11)],
    [{ dailyAt: '17:00' }, at('10:17'), at('17:00')],
    [{ dailyAt: '17:00' }, at('17:01'), at('17:00', 11)],
    [{ dailyAt: '06:00' }, at('10:17'), at('07:30', 11)],
  ])('%j at %s is %s', (each, now, due) => expect(dueAt({ quiet: night, digest: each }, now, false)).toBe(due));

  test('is never before now, never in quiet hours, never after two days, and for something urgent now', () => {
    fc.assert(
      fc.property(quiet, digest, instant, (hours, each, now) => {
        const due = dueAt({ quiet: hours, digest: each }, now, false);
        expect(due >= now).toBe(true);
        expect(outOfQuiet(hours, due)).toBe(due);
        expect(msBetween(now, due)).toBeLessThanOrEqual(2 * dayMs);
        expect(dueAt({ quiet: hours, digest: each }, now, true)).toBe(now);
      }),
    );
  });

  test('keeps the order of what was made earlier', () => {
    fc.assert(
      fc.property(quiet, digest, instant, fc.nat(2 * dayMs), (hours, each, now, later) => {
        const preferences = { quiet: hours, digest: each };
        expect(dueAt(preferences, now, false) <= dueAt(preferences, addMs(now, later), false)).toBe(true);
      }),
    );
  });
});

describe('trying again', () => {
  const spans = (random: number): number[] => {
    const found: number[] = [];
    const beganAt = at('10:00');
    let now = beganAt;
    for (let tries = 1; ; tries++) {
      const next = tryAgainAt({ tries, beganAt, kind: 'messages' }, now, random);
      if (next === undefined) return found;
      found.push(msBetween(now, next) / 60_000);
      now = next;
    }
  };

  test('comes after 1 and 5 minutes, half an hour, 2, 6, 12 hours, then daily, and ends after five days', () => {
    expect(spans(0)).toEqual([1, 5, 30, 120, 360, 720, 1440, 1440, 1440, 1440, 204]);
  });

  test('grows, stays within its jitter, is bounded, and ends exactly when it is given up', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
        const found = spans(random);
        expect(found.slice(0, -1)).toEqual(found.slice(0, -1).toSorted((a, b) => a - b));
        expect(found.length).toBeLessThanOrEqual(11);
        expect(found.reduce((sum, each) => sum + each, 0) * 60_000).toBeCloseTo(givesUpAfterMs.messages, 0);
      }),
    );
  });

  test('waits as long as the peer asks for, up to a day', () => {
    const first = { tries: 1, beganAt: at('10:00'), kind: 'messages' } as const;
    expect(tryAgainAt(first, at('10:00'), 0, 600_000)).toBe(at('10:10'));
    expect(tryAgainAt(first, at('10:00'), 0, 1e12)).toBe(at('10:00', 11));
  });

  test('of a code or a test message goes on for minutes only', () => {
    expect(tryAgainAt({ tries: 3, beganAt: at('10:00'), kind: 'test' }, at('10:06'), 0)).toBe(at('10:10'));
    expect(tryAgainAt({ tries: 4, beganAt: at('10:00'), kind: 'test' }, at('10:10'), 0)).toBeUndefined();
  });
});

test('the last try may come late, but not for ever', () => {
  const last = { beganAt: at('10:00'), kind: 'messages' } as const;
  expect(overAt(last)).toBe(at('16:00', 15));
  expect(overAt({ ...last, kind: 'test' })).toBe(addMs(at('10:10'), 30_000));
});
