import { describe, expect, it } from 'vitest';
import { defineProgram, InvalidProgramError } from './define-program.ts';
import { problemsOf } from './problems.ts';
import { happens, readRule, ruleDayAfter } from './rule.ts';
import { tinyProgram } from './tiny-program.fixture.ts';

/** The problems of a program whose only duty has these members beside the usual ones. */
function problemsWith(form: object): string[] {
  const duty = { duty: 'call', name: ['电话', 'call'], by: 'secretary', ladder: 'promise', grace: '1 day', ...form };
  return problemsOf({ ...tinyProgram, duties: [duty] });
}

describe('a duty that can be used', () => {
  it.each([
    [{ every: '3 days' }],
    [
      {
        every: '1 day',
        at: ['09:00', '21:00'],
        grace: '30 minutes',
        window: { opens: '2 hours', closes: '90 minutes' },
      },
    ],
    [{ every: '1 day', at: ['10:00-11:30', '16:00-18:00'], grace: '0 minutes' }],
    [{ rrule: 'FREQ=MONTHLY;BYDAY=1MO', restDays: 'next' }],
    [{ rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29' }],
    [{ rrule: 'FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2;UNTIL=20301231' }],
    [{ solar: ['07-01', '02-29'] }],
    [{ lunar: [{ month: 12, day: 'last', name: ['除夕', 'New Year’s Eve'] }], window: { opens: '7 days' } }],
    [{ lunar: [{ month: 5, day: 5, leap: 'also' }], restDays: 'before' }],
    [{ quota: { times: 4, within: 'calendar month' }, grace: undefined }],
    [{ quota: { times: 30, within: '100 days' }, grace: '2 days' }],
    [{ every: '1 day', restDays: 'skip' }],
    [{ rrule: 'FREQ=WEEKLY;BYDAY=SA,MO', restDays: 'skip' }],
    [{ every: '1 week', restDays: 'next' }],
  ])('%j', (form) => expect(problemsWith(form)).toEqual([]));
});

describe('what is wrong with a duty is told', () => {
  it.each<[object, string]>([
    [{}, 'duties.call: says nothing; one of every, rrule, solar, lunar, quota is needed'],
    [{ every: '3 days', solar: ['07-01'] }, 'duties.call: says every and solar'],
    [{ every: '3 days', grace: undefined }, 'duties.call.grace: is missing'],
    [{ every: '36 hours' }, 'duties.call.every: "36 hours" is no interval'],
    [{ rrule: 'every Monday' }, 'duties.call.rrule: "every Monday" is no part of a rule'],
    [{ rrule: 'BYDAY=MO' }, 'duties.call.rrule: FREQ is missing'],
    [{ rrule: 'FREQ=HOURLY' }, 'duties.call.rrule: FREQ cannot be "HOURLY"'],
    [{ rrule: 'FREQ=DAILY;BYHOUR=9' }, 'duties.call.rrule: "BYHOUR=9" is no part'],
    [{ rrule: 'RSCALE=CHINESE;FREQ=YEARLY' }, 'duties.call.rrule: "RSCALE=CHINESE" is no part'],
    [{ rrule: 'FREQ=MONTHLY;BYMONTHDAY=45' }, 'duties.call.rrule: BYMONTHDAY cannot be "45"'],
    [{ rrule: 'FREQ=DAILY;FREQ=WEEKLY' }, 'duties.call.rrule: FREQ is there twice'],
    [{ rrule: 'FREQ=DAILY;UNTIL=20300231' }, 'duties.call.rrule: UNTIL is no day'],
    [{ rrule: 'FREQ=DAILY;UNTIL=20300228;COUNT=3' }, 'duties.call.rrule: COUNT and UNTIL'],
    [{ rrule: 'FREQ=WEEKLY;BYDAY=1MO' }, 'duties.call.rrule: a numbered BYDAY'],
    [{ rrule: 'FREQ=DAILY;BYSETPOS=1' }, 'duties.call.rrule: BYSETPOS needs another'],
    [
      { rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' },
      'duties.call.rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" never',
    ],
    [{ solar: ['02-30'] }, 'duties.call.solar: "02-30" is no day'],
    [{ solar: ['7-1'] }, 'duties.call.solar: "7-1" is no day'],
    [{ solar: ['07-01', '07-01'] }, 'duties.call.solar: "07-01" is there twice'],
    [{ lunar: [{ month: 13, day: 1 }] }, 'duties.0.lunar.0.month'],
    [{ lunar: [{ month: 8, day: 31 }] }, 'duties.0.lunar.0.day'],
    [
      {
        lunar: [
          { month: 8, day: 15 },
          { month: 8, day: 15 },
        ],
      },
      'duties.call.lunar: month 8, day 15 is there twice',
    ],
    [{ lunar: [{ month: 8, day: 15, name: ['中秋', ''] }] }, 'duties.call.lunar.0.name: the English text is empty'],
    [{ lunar: [{ month: 1, day: 1 }], restDays: 'skip' }, 'duties.call.restDays: a day of the year is not skipped'],
    [{ every: '1 week', restDays: 'skip' }, 'duties.call.restDays: "1 week" can fall on weekends only'],
    [{ every: '14 days', restDays: 'skip' }, 'duties.call.restDays: "14 days" can fall on weekends only'],
    [
      { rrule: 'FREQ=WEEKLY;BYDAY=SA,SU', restDays: 'skip' },
      'duties.call.restDays: "FREQ=WEEKLY;BYDAY=SA,SU" can fall',
    ],
    [
      { rrule: 'FREQ=MONTHLY;BYDAY=-1SU', restDays: 'skip' },
      'duties.call.restDays: "FREQ=MONTHLY;BYDAY=-1SU" can fall',
    ],
    [{ rrule: 'FREQ=WEEKLY', restDays: 'skip' }, 'duties.call.restDays: "FREQ=WEEKLY" can fall'],
    [{ quota: { times: 2, within: 'month' } }, 'duties.call.quota.within: "month" is no period'],
    [{ quota: { times: 2, within: '1 month' }, at: ['09:00'] }, 'duties.call.at: a quota is done on any day'],
    [{ every: '1 day', at: ['9:00'] }, 'duties.call.at: "9:00" is no time of day'],
    [{ every: '1 day', at: ['21:00', '09:00'] }, 'duties.call.at: "09:00" is not after'],
    [{ every: '1 day', at: ['09:00', '09:00'] }, 'duties.call.at: "09:00" is not after'],
    [{ every: '1 day', at: ['09:00-11:00', '10:00'] }, 'duties.call.at: "10:00" is not after'],
    [{ every: '1 day', at: ['11:00-09:00'] }, 'duties.call.at: "11:00-09:00" is no time of day'],
    [{ every: '1 day', window: { opens: '2 hours' } }, 'duties.call.window.opens: "2 hours" before which time'],
    [{ every: '1 day', window: {} }, 'duties.call.window: neither opens nor closes'],
    [{ every: '1 day', window: { opens: '-1 day' } }, 'duties.call.window.opens: "-1 day" is no budget'],
    [
      { every: '1 week', grace: '2 days', window: { closes: '1 day' } },
      'duties.call.window.closes: "1 day" is shorter',
    ],
    [{ every: '1 week', each: 3 }, 'duties.0: Unrecognized key'],
  ])('%j', (form, problem) => expect(problemsWith(form).join('\n')).toContain(problem));

  it('by the compiler too', () => {
    const duty = { duty: 'call', name: ['电话', 'call'], by: 'secretary', ladder: 'promise' } as const;
    const wrong = () => [
      // @ts-expect-error two forms at once
      defineProgram({ ...tinyProgram, duties: [{ ...duty, grace: '1 day', every: '3 days', solar: ['07-01'] }] }),
      // @ts-expect-error none
      defineProgram({ ...tinyProgram, duties: [{ ...duty, grace: '1 day' }] }),
      // @ts-expect-error a quota with times
      defineProgram({ ...tinyProgram, duties: [{ ...duty, quota: { times: 1, within: '1 week' }, at: ['09:00'] }] }),
    ];
    expect(wrong).toThrow(InvalidProgramError);
  });
});

describe('a rule', () => {
  it('keeps its end apart from what the library is given', () => {
    expect(readRule('FREQ=DAILY;COUNT=3')).toEqual({ endless: 'FREQ=DAILY', count: 3 });
    expect(readRule('FREQ=DAILY;UNTIL=20261231')).toEqual({ endless: 'FREQ=DAILY', until: '2026-12-31' });
  });
  it('ends', () => {
    expect(ruleDayAfter({ endless: 'FREQ=DAILY', until: '2026-12-31' }, '2026-01-01', '2026-12-30')).toBe('2026-12-31');
    expect(ruleDayAfter({ endless: 'FREQ=DAILY', until: '2026-12-31' }, '2026-01-01', '2026-12-31')).toBeUndefined();
    expect(happens({ endless: 'FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31' })).toBe(false);
  });
});
