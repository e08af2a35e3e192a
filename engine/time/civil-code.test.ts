import { describe, expect, it } from 'vitest';
import { weekdayCalendar } from './calendar.ts';
import { productCalendar } from './calendar-years.ts';
import { addDays, atTime, endOfDay } from './civil.ts';
import { dueOf, graceDeadline, isLate } from './clock.ts';

/**
 * 民法典 (in force since 2021-01-01), book 1 chapter 10, arts. 200–204 as the clock follows them; before it 民法通则 art. 154 said the
 * same. Where the law leaves a choice, the choice is named. Check the text in force before relying on any of this.
 */
const due = (start: string, budget: string, calendar = productCalendar) =>
  dueOf({ start, budget, calendar, pauses: [], extensions: [] });
const dueDate = (date: string, time: string, budget: string) => due(atTime(date, time), budget).dueDate;

describe('art. 200: years, months, days and hours of the Gregorian calendar', () => {
  it('at Beijing time: the same moment decides the start day, whatever offset it was written with', () => {
    expect(due('2026-06-01T15:59:59.999Z', '1 day').dueDate).toBe('2026-06-02');
    expect(due('2026-06-01T16:00:00.000Z', '1 day').dueDate).toBe('2026-06-03');
  });

  it('with the summer time of 1986–1991: days are dates, not 24 hours; hours are hours', () => {
    const start = atTime('1986-05-03', '10:00'); // clocks went forward in the night to 4 May, a Sunday
    expect(due(start, '2 days', weekdayCalendar)).toMatchObject({
      dueDate: '1986-05-05',
      dueAt: '1986-05-05T15:00:00.000Z',
    });
    expect(due(start, '24 hours', weekdayCalendar).dueAt).toBe(atTime('1986-05-04', '11:00'));
    const autumn = atTime('1991-09-14', '10:00'); // and back for the last time in the night to 15 September, a Sunday
    expect(due(autumn, '1 day', weekdayCalendar)).toMatchObject({
      dueDate: '1991-09-16',
      dueAt: '1991-09-16T16:00:00.000Z',
    });
    expect(due(autumn, '24 hours', weekdayCalendar).dueAt).toBe(atTime('1991-09-15', '09:00'));
    expect(endOfDay('1986-05-04')).toBe('1986-05-04T15:00:00.000Z'); // a day of 23 hours
  });
});

describe('art. 201: the start day is not counted; hours count from their moment', () => {
  it.each([
    ['2026-06-01', '00:00', '10 days', '2026-06-11'],
    ['2026-06-01', '23:59', '10 days', '2026-06-11'],
    ['2026-06-07', '12:00', '1 day', '2026-06-08'], // from a Sunday
    ['2026-06-07', '12:00', '1 working day', '2026-06-08'],
  ])('%s %s and %s: %s', (date, time, budget, end) => expect(dueDate(date, time, budget)).toBe(end));

  it('hours run through nights and rest days, from the moment itself', () => {
    expect(due(atTime('2026-10-01', '08:30'), '48 hours').dueAt).toBe(atTime('2026-10-03', '08:30'));
  });

  it('nor is the day a pause or an extension begins taken twice', () => {
    const clock = { start: atTime('2026-06-01', '09:00'), budget: '10 days', calendar: productCalendar, pauses: [] };
    expect(dueOf({ ...clock, extensions: ['5 days'] }).dueDate).toBe(dueDate('2026-06-01', '09:00', '15 days'));
  });
});

describe('art. 202: months and years end on the corresponding day, or the last day of a month that has none', () => {
  it.each([
    ['2026-01-13', '1 month', '2026-02-13'],
    ['2023-01-31', '1 month', '2023-02-28'],
    ['2024-01-31', '1 month', '2024-02-29'],
    ['2024-02-29', '1 year', '2025-02-28'],
    ['2024-02-29', '4 years', '2028-02-29'],
    ['2026-08-31', '1 month', '2026-09-30'],
    ['2024-02-29', '1 month', '2024-03-29'], // from the last day of February not to the last of March
    ['2025-11-30', '3 months', '2026-02-28'], // a Saturday, worked in exchange for Spring Festival
  ])('%s and %s: %s', (date, budget, end) => expect(dueDate(date, '09:00', budget)).toBe(end));
});

describe('art. 203: a last day that is a rest day is followed by the first working day after it', () => {
  it.each([
    ['2026-06-12', '1 day', '2026-06-15'], // Saturday
    ['2026-06-12', '2 days', '2026-06-15'], // Sunday
    ['2026-06-18', '1 day', '2026-06-22'], // 端午, a Friday, and the weekend
    ['2026-09-01', '1 month', '2026-10-08'], // National Day, off to the 7th
    ['2026-10-03', '1 week', '2026-10-10'], // a Saturday that is worked
    ['2026-02-14', '1 day', '2026-02-24'], // Spring Festival 15 to 23 February
  ])('%s and %s: %s', (date, budget, end) => expect(dueDate(date, '09:00', budget)).toBe(end));

  it('only the last day: rest days on the way count', () => {
    expect(dueDate('2026-09-30', '09:00', '9 days')).toBe('2026-10-09');
  });

  it('not for hours, and not for what was promised for a day itself (a visit on a Sunday)', () => {
    expect(due(atTime('2026-06-12', '09:00'), '24 hours').dueAt).toBe(atTime('2026-06-13', '09:00'));
    expect(graceDeadline({ plannedDate: '2026-06-13', grace: '1 day', calendar: productCalendar }).dueDate).toBe(
      '2026-06-14',
    );
  });

  it('the last day ends at 24:00: the later of the two ends the article knows, in favour of who is bound', () => {
    const end = due(atTime('2026-06-01', '09:00'), '10 days');
    expect(end.dueAt).toBe(atTime('2026-06-11', '24:00'));
    expect(isLate(end, atTime('2026-06-11', '23:59'))).toBe(false); // after business hours, and still in time
    expect(isLate(end, atTime('2026-06-12', '00:00'))).toBe(true);
  });

  it('and says that it is only provisional where no notice for the last day is out', () => {
    expect(due(atTime('2026-12-01', '09:00'), '30 days').provisional).toBe(false);
    expect(due(atTime('2026-12-01', '09:00'), '31 days')).toMatchObject({ dueDate: '2027-01-04', provisional: true });
  });
});

it('art. 204: what statute or agreement says otherwise goes first: working days count working days alone', () => {
  expect(dueDate('2026-09-30', '09:00', '9 working days')).toBe('2026-10-19');
  expect(addDays('2026-09-30', 9)).toBe('2026-10-09');
});
