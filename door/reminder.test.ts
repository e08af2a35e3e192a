import { describe, expect, it } from 'vitest';
import { weekdayCalendar } from '../engine/time/calendar.ts';
import { atTime } from '../engine/time/civil.ts';
import { OFFICE_HOURS } from '../engine/time/rungs.ts';
import { type Remindable, turnOf } from './reminder.ts';

// Monday 2 March 2026; offices work Monday to Friday, 09:00–17:00.
const at = (day: string, time: `${number}:${number}` = '10:00') => atTime(day, time);
const told: Remindable = {
  createdAt: at('2026-03-02'),
  repeats: 0,
  acknowledged: false,
  top: false,
  deadline: 'running',
};
const broughtAt = at('2026-03-02');
const way = { calendar: weekdayCalendar, hours: OFFICE_HOURS };

describe('a message', () => {
  it.each<[string, Partial<Remindable>, string, string | undefined, string | undefined]>([
    ['is brought at once, at any hour', {}, at('2026-03-02', '03:00'), 'first 2026-03-02', at('2026-03-03', '09:00')],
    [
      'on a Friday comes again on Monday',
      { broughtAt },
      at('2026-03-06'),
      'repeat 2026-03-06',
      at('2026-03-09', '09:00'),
    ],
    ['unread waits for working hours', { broughtAt }, at('2026-03-07'), undefined, at('2026-03-09', '09:00')],
    ['unread waits for the morning', { broughtAt }, at('2026-03-04', '17:00'), undefined, at('2026-03-05', '09:00')],
    ['read before it was brought is not brought', { acknowledged: true }, at('2026-03-03'), undefined, undefined],
    ['read is not repeated', { broughtAt, acknowledged: true }, at('2026-03-03'), undefined, undefined],
    ['unread is not repeated once it is done', { broughtAt, deadline: 'over' }, at('2026-03-03'), undefined, undefined],
    [
      'waits while its deadline stands still',
      { broughtAt, deadline: 'paused' },
      at('2026-03-03'),
      undefined,
      at('2026-03-04', '09:00'),
    ],
    [
      'unread about no deadline is repeated',
      { broughtAt, deadline: undefined, repeats: 9 },
      at('2026-03-03'),
      'repeat 2026-03-03',
      at('2026-03-04', '09:00'),
    ],
    [
      'unread about no deadline is not repeated for ever',
      { broughtAt, deadline: undefined, repeats: 10 },
      at('2026-03-17'),
      undefined,
      undefined,
    ],
    [
      'unread is repeated as long as its deadline is open',
      { broughtAt, repeats: 100 },
      at('2026-07-20'),
      'repeat 2026-07-20',
      at('2026-07-21', '09:00'),
    ],
    [
      'of the top rung, read, comes in a week',
      { broughtAt, acknowledged: true, top: true },
      at('2026-03-03'),
      undefined,
      at('2026-03-09', '09:00'),
    ],
    [
      'of the top rung comes each week',
      { broughtAt, acknowledged: true, top: true },
      at('2026-03-09'),
      'weekly 2026-03-09',
      at('2026-03-16', '09:00'),
    ],
    [
      'of the top rung comes once after an outage of weeks',
      { broughtAt, acknowledged: true, top: true },
      at('2026-03-25'),
      'weekly 2026-03-23',
      at('2026-03-30', '09:00'),
    ],
    [
      'of the top rung that was brought this week waits for the next',
      { broughtAt: at('2026-03-10'), acknowledged: true, top: true },
      at('2026-03-11'),
      undefined,
      at('2026-03-16', '09:00'),
    ],
    [
      'of the top rung is silent once it is done',
      { broughtAt, acknowledged: true, top: true, deadline: 'over' },
      at('2026-03-09'),
      undefined,
      undefined,
    ],
  ])('%s', (_, change, now, brings, nextAt) => {
    const { bring, nextAt: next } = turnOf({ ...told, ...change }, now, way);
    expect([bring && `${bring.reason} ${bring.day}`, next]).toEqual([brings, nextAt]);
  });

  it('keeps to the hours of the unit it was told in', () => {
    const evening = { calendar: weekdayCalendar, hours: { from: '18:00', to: '21:00' } } as const;
    expect(turnOf({ ...told, broughtAt }, at('2026-03-03'), evening)).toEqual({ nextAt: at('2026-03-03', '18:00') });
  });
});
