import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineProgram } from '../sdk/define-program.ts';
import type { Duty } from '../sdk/program.ts';
import { Case, day, program } from './case.fixture.ts';
import type { EventData } from './event.ts';
import { planOf } from './explain.ts';
import { productCalendar } from './time/calendar-years.ts';
import { addMs } from './time/civil.ts';
import { untilMinute } from './time/minutes.ts';
import { firstPlace, planned } from './time/occurrence.ts';

// What time does with duties of every form. Day 0 is Monday 2026-03-02, 09:00; day(n) so many days of 24 hours later.

const usual = { duty: 'call', name: ['电话', 'call'], by: 'companion', ladder: 'gentle' } as const;
type Form = Partial<Record<keyof Duty, unknown>>;

/** An open case whose only duty (besides the follow-up's) has this form, and whose milestones wait for no visit. */
function caseOf(form: Form, approved = false): Case {
  const own = { ...usual, grace: '1 day', ...form } as unknown as Duty;
  const duties = [...program.duties.filter(({ duty }) => duty === 'after'), own];
  const stages = program.stages.map((stage) => ({
    ...stage,
    items: stage.items.map((item) =>
      'milestone' in item && item.milestone === 'speaks' ? { ...item, needs: { done: { craft: 1 } } } : item,
    ),
  }));
  const one = new Case(defineProgram({ ...program, stages, duties }));
  one.open();
  if (approved) one.approve();
  return one;
}

const data = <T extends keyof EventData>(one: Case, type: T): EventData[T][] =>
  one.events.flatMap((event) => (event.type === type ? [event.data as EventData[T]] : []));
/** When each occurrence opened, was planned, and is due. */
const occurrences = (one: Case) => {
  const due = new Map(data(one, 'deadline.set').map(({ deadline }) => [deadline.id, deadline.dueAt]));
  return data(one, 'item.opened').flatMap(({ item }) =>
    item.key === 'call'
      ? [`${untilMinute(item.openedAt)} | ${item.plannedDate} | ${untilMinute(due.get(item.id)!)}`]
      : [],
  );
};
const reason = (one: Case) => planOf(one.state, one.program).duties.map((line) => `${line.state}: ${line.reason[1]}`);

describe('occurrences open, are planned and are due', () => {
  it.each<[string, Form, number, string[]]>([
    [
      'every three days: each from the end of the day before it was planned',
      { every: '3 days', grace: '2 days' },
      7,
      [
        '2026-03-02 09:00 | 2026-03-05 | 2026-03-07 24:00',
        '2026-03-05 24:00 | 2026-03-08 | 2026-03-10 24:00',
        '2026-03-08 24:00 | 2026-03-11 | 2026-03-13 24:00',
      ],
    ],
    [
      'twice daily, in slots',
      { every: '1 day', at: ['10:00-11:30', '16:00-18:00'], grace: '0 minutes' },
      2,
      ['2026-03-03 10:00 | 2026-03-03 | 2026-03-03 11:30', '2026-03-03 16:00 | 2026-03-03 | 2026-03-03 18:00'],
    ],
    [
      'nightly, with a window',
      { every: '1 day', at: ['21:00'], grace: '1 hour', window: { opens: '2 hours', closes: '3 hours' } },
      2.5,
      ['2026-03-03 19:00 | 2026-03-03 | 2026-03-03 22:00', '2026-03-04 19:00 | 2026-03-04 | 2026-03-04 22:00'].slice(
        0,
        2,
      ),
    ],
    [
      'the first Monday of a month, at the earliest thirty days before',
      { rrule: 'FREQ=MONTHLY;BYDAY=1MO' },
      40,
      ['2026-03-06 24:00 | 2026-04-06 | 2026-04-07 24:00', '2026-04-06 24:00 | 2026-05-04 | 2026-05-05 24:00'],
    ],
    [
      'three times and no more',
      { rrule: 'FREQ=DAILY;COUNT=3', grace: '0 days' },
      20,
      [
        '2026-03-02 09:00 | 2026-03-03 | 2026-03-03 24:00',
        '2026-03-03 24:00 | 2026-03-04 | 2026-03-04 24:00',
        '2026-03-04 24:00 | 2026-03-05 | 2026-03-05 24:00',
      ],
    ],
    [
      'on 1 July, from a week before',
      { solar: ['07-01'], window: { opens: '7 days' } },
      130,
      ['2026-06-23 24:00 | 2026-07-01 | 2026-07-02 24:00'],
    ],
    [
      'at Mid-Autumn',
      { lunar: [{ month: 8, day: 15, name: ['中秋', 'Mid-Autumn'] }], grace: '0 days' },
      200,
      ['2026-08-25 24:00 | 2026-09-25 | 2026-09-25 24:00'],
    ],
    [
      'on working days, moved to the next',
      { solar: ['03-07', '03-09', '03-14'], restDays: 'next', grace: '0 days' }, // Saturday, Monday, Saturday
      20,
      ['2026-03-02 09:00 | 2026-03-09 | 2026-03-09 24:00', '2026-03-09 24:00 | 2026-03-16 | 2026-03-16 24:00'],
    ],
    [
      'on working days only',
      { every: '1 day', restDays: 'skip', grace: '0 days' },
      7.7,
      ['2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06', '2026-03-09', '2026-03-10'].map(
        (date, n, all) => `${n === 0 ? '2026-03-02 09:00' : `${all[n - 1]} 24:00`} | ${date} | ${date} 24:00`,
      ),
    ],
    [
      'four a month: the share of the first month, then all',
      { quota: { times: 4, within: 'calendar month' }, grace: undefined },
      35,
      ['2026-03-02 09:00 | 2026-03-31 | 2026-03-31 24:00', '2026-03-31 24:00 | 2026-04-30 | 2026-04-30 24:00'],
    ],
  ])('%s', (_, form, until, expected) => {
    const one = caseOf(form);
    one.until(day(until));
    expect(occurrences(one)).toEqual(expected);
  });

  it('a finite duty ends, and the case keeps nothing of it but what is open', () => {
    const one = caseOf({ rrule: 'FREQ=DAILY;COUNT=2' });
    one.until(day(3));
    expect(data(one, 'duty.ended')).toHaveLength(1);
    expect(one.state.duties).toEqual({});
    one.must('qiu', 'task.complete', { target: 'call-2' });
    one.must('secretary', 'case.close', { data: { outcome: 'died', followUp: false }, reason: 'x' });
    expect(Object.keys(one.state.items)).toEqual([]);
  });

  it('carries the festival in its name, and the time in the event', () => {
    const one = caseOf({ lunar: [{ month: 3, day: 3, name: ['上巳', 'Shangsi'] }], at: ['09:00'] });
    one.until(day(40));
    expect(data(one, 'item.opened').find(({ item }) => item.key === 'call')?.item.name).toEqual([
      '电话（上巳）',
      'call (Shangsi)',
    ]);
    expect(data(one, 'duty.due')[0]?.plannedAt).toBe('2026-04-19T01:00:00.000Z');
  });

  it('a grace in working days is provisional where the calendar only guesses', () => {
    const one = caseOf({ every: '1 week', grace: '3 working days' });
    expect(planOf(one.state, one.program).duties[0]?.provisional).toBe(true);
  });
});

describe('times of a planned day', () => {
  it('COUNT counts days, each with all its times', () => {
    const one = caseOf({ rrule: 'FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3', at: ['08:00', '20:00'], grace: '1 hour' });
    one.until(day(30));
    expect(occurrences(one).map((line) => line.split(' | ')[1])).toEqual(
      ['2026-03-05', '2026-03-09', '2026-03-12'].flatMap((date) => [date, date]),
    );
    expect(data(one, 'duty.ended')).toEqual([{ duty: 'call' }]);
  });

  it('a slot is not over before it begins where summer time has swallowed its beginning', () => {
    const course = {
      ...{ anchor: '1986-05-03', calendar: productCalendar },
      recurrence: { every: '1 day', at: ['02:30-03:00'], grace: '1 hour' },
    } as const;
    const { at, until } = planned(course, firstPlace(course)!);
    expect([at, until]).toEqual(['1986-05-03T18:30:00.000Z', '1986-05-03T18:30:00.000Z']);
  });
});

describe('a duty all of whose days are rest days', () => {
  it('ends in the record with the reason instead of never being asked for', () => {
    // rules of programs already in use are not refused any more
    const { program: checked } = caseOf({ every: '1 week' });
    const own = { ...checked.duties.at(-1)!, restDays: 'skip' } as Duty;
    const one = new Case({ ...checked, duties: [own] });
    one.now = '2026-03-07T01:00:00.000Z'; // a Saturday
    one.open();
    expect(data(one, 'duty.ended')).toMatchObject([{ duty: 'call', why: [expect.any(String), expect.any(String)] }]);
    const two = caseOf({ rrule: 'FREQ=DAILY;UNTIL=20260308', restDays: 'skip' });
    two.until(day(10));
    expect(data(two, 'duty.ended')).toMatchObject([
      { why: [expect.any(String), expect.stringContaining('no day is left')] },
    ]);
  });
});

describe('a quota', () => {
  const form = { quota: { times: 3, within: 'calendar month' }, grace: undefined };
  it('counts on any day, says how far it is, and is met by the last', () => {
    const one = caseOf(form);
    one.until(day(30)); // April
    expect(reason(one).at(-1)).toBe('must: to be done by the companion 3 times by 2026-04-30, 0 of 3 done');
    one.until(day(32));
    one.must('qiu', 'task.complete', { target: 'call' });
    one.must('qiu', 'task.complete', { target: 'call' });
    expect(reason(one).at(-1)).toContain('2 of 3 done');
    one.must('qiu', 'task.complete', { target: 'call' });
    expect(data(one, 'duty.counted').map(({ done, of }) => `${done}/${of}`)).toEqual(['1/3', '2/3']);
    expect(data(one, 'deadline.met').at(-1)).toMatchObject({ id: 'call-2', late: false });
    expect(one.state.counts['call']).toBe(3);
    expect(reason(one).at(-1)).toMatch(/^must: missed with 0 of 2 done/); // March, its share since the 2nd
    expect(one.does('qiu', 'task.complete', { target: 'call' })).toBe('NOT_OPEN'); // April is full, March is over
  });
  it('is missed with how many were done; what happened in time and is recorded late still counts', () => {
    const one = caseOf(form);
    one.until(day(10));
    one.must('qiu', 'task.complete', { target: 'call' });
    one.until(day(30));
    expect(data(one, 'duty.missed')).toMatchObject([{ id: 'call-1', plannedDate: '2026-03-31', done: 1, of: 2 }]);
    one.must('qiu', 'task.complete', { target: 'call', occurredAt: day(20), reason: 'the diary' });
    expect(data(one, 'deadline.met').at(-1)).toMatchObject({ id: 'call-1', late: false, recordedLate: true });
    one.must('qiu', 'task.complete', { target: 'call' }); // today: April
    expect(data(one, 'duty.counted').at(-1)).toMatchObject({ id: 'call-2', done: 1, of: 3 });
  });
});

describe('a window', () => {
  const form = { every: '1 day', at: ['21:00'], grace: '1 hour', window: { opens: '2 hours', closes: '2 hours' } };
  it('takes what happened within it, also when that is told later, and nothing else', () => {
    const one = caseOf(form);
    one.until(day(1.45)); // 19:48
    one.must('qiu', 'task.complete', { target: 'call' });
    one.until(day(3.45)); // the second was missed, the third is open
    expect(data(one, 'duty.missed').map(({ id }) => id)).toEqual(['call-2']);
    one.must('qiu', 'task.complete', { target: 'call' });
    expect(data(one, 'task.completed').at(-1)).toMatchObject({ id: 'call-3' });
    expect(one.does('qiu', 'task.complete', { target: 'call' })).toBe('NOT_OPEN');
    expect(one.last?.detail[1]).toBe('"call" can be done from 2026-03-04 19:00 to 2026-03-04 23:00 only.');
    one.must('qiu', 'task.complete', { target: 'call', occurredAt: day(2.5), reason: 'signed on paper' });
    expect(data(one, 'deadline.met').at(-1)).toMatchObject({ id: 'call-2', late: false, recordedLate: true });
  });
});

describe('what comes next is shown while nothing is open', () => {
  it.each<[Form, string]>([
    [
      { lunar: [{ month: 8, day: 15, name: ['中秋', 'Mid-Autumn'] }] },
      'blocked: next planned for 2026-09-25 (Mid-Autumn), can be done from 2026-08-26 00:00',
    ],
    [
      { every: '1 day', at: ['16:00-18:00'], grace: '0 minutes' },
      'blocked: next planned for 2026-03-03 16:00, can be done from 2026-03-03 16:00',
    ],
  ])('%j', (form, text) => expect(reason(caseOf(form))).toEqual([text]));
});

describe('a suspension', () => {
  it.each<[string, Form, object | undefined, string]>([
    ['interval', { every: '3 days' }, { count: 3, first: '2026-03-08', last: '2026-03-14' }, '2026-03-17'],
    [
      'twice daily',
      { every: '1 day', at: ['08:00', '21:00'], grace: '1 hour' },
      { count: 24, first: '2026-03-04', last: '2026-03-16' },
      '2026-03-16',
    ],
    ['rule', { rrule: 'FREQ=WEEKLY;BYDAY=WE' }, { count: 1, first: '2026-03-11', last: '2026-03-11' }, '2026-03-18'],
    ['days of the year', { solar: ['03-10', '05-01'] }, undefined, '2026-03-10'],
  ])('lets fall out what was planned meanwhile, and says so: %s', (_, form, fellOut, next) => {
    const one = caseOf(form, true);
    one.until(day(1.7)); // Wednesday, 01:48
    one.must('caseworker', 'case.suspend', { reason: 'x' });
    one.until(day(14.2));
    const before = one.mark();
    one.must('caseworker', 'case.resume', {});
    const began = one.events.slice(before).find(({ type }) => type === 'duty.began');
    expect((began?.data as EventData['duty.began'] | undefined)?.fellOut).toEqual(fellOut);
    one.until(day(20));
    const planned = data(one, 'duty.due').map(({ plannedDate }) => plannedDate);
    expect(planned).toContain(next);
    const numbers = one.events.slice(before).flatMap((event) => (event.type === 'duty.due' ? [event.data.n] : []));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe('a stage entered again', () => {
  it('begins a new grid of its duties on that day; what was open of the old one is cancelled', () => {
    const one = caseOf({ during: 'speak', rrule: 'FREQ=WEEKLY;BYDAY=FR' }, true);
    one.until(day(9));
    one.must('caseworker', 'stage.repeat', { reason: 'relapse' });
    expect(data(one, 'item.cancelled').some(({ key }) => key === 'call')).toBe(true);
    expect(data(one, 'duty.ended')).toHaveLength(1);
    one.until(day(20));
    expect(data(one, 'duty.began').map(({ anchor, next }) => `${anchor} ${next}`)).toEqual([
      '2026-03-02 1',
      '2026-03-11 1',
    ]);
    expect(data(one, 'duty.due').map(({ plannedDate }) => plannedDate)).toEqual([
      '2026-03-06',
      '2026-03-13',
      '2026-03-13',
      '2026-03-20',
      '2026-03-27',
    ]);
    const ids = data(one, 'item.opened').flatMap(({ item }) => (item.key === 'call' ? [item.id] : []));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('those responsible change in the middle of an occurrence', () => {
  it('the open occurrence is the new party’s and the new holder’s; both holders account', () => {
    const one = caseOf({ every: '1 week', grace: '1 day' });
    one.until(day(4));
    const party = { name: '新', person: 'new' };
    one.must('caseworker', 'party.change', { target: 'companion', data: { party }, reason: 'moved away' });
    one.appoint('secretary', 'new-secretary');
    expect(one.does('qiu', 'task.complete', { target: 'call' })).not.toBe('ok');
    one.until(day(11));
    const told = data(one, 'rung.fired').flatMap(({ told }) => told.map(({ person }) => person));
    expect(told).toContain('new-secretary');
    expect(told).toContain('new');
    expect(told).not.toContain('qiu');
    const record = data(one, 'accountability.opened')[0];
    expect(record?.holders.map(({ person }) => person)).toEqual(['secretary', 'new-secretary']);
    one.must('new', 'task.complete', { target: 'call' });
  });
});

describe('whenever one looks', () => {
  const form = fc.oneof<fc.Arbitrary<Form>[]>(
    fc.record({ every: fc.constantFrom('1 day', '3 days', '1 week', '1 month') }),
    fc.record({ every: fc.constant('1 day'), at: fc.constantFrom(['09:00', '21:00'], ['10:00-11:30', '16:00-24:00']) }),
    fc.record({ rrule: fc.constantFrom('FREQ=MONTHLY;BYDAY=-1FR', 'FREQ=WEEKLY;BYDAY=MO,TH', 'FREQ=DAILY;COUNT=9') }),
    fc.record({ solar: fc.constantFrom(['03-08', '05-01'], ['07-01']), restDays: fc.constantFrom('next', 'before') }),
    fc.record({
      lunar: fc.constant([
        { month: 2, day: 2 },
        { month: 5, day: 5 },
        { month: 3, day: 'last' },
      ]),
    }),
    fc.record({
      quota: fc.constantFrom({ times: 2, within: 'calendar week' }, { times: 5, within: '1 month' }),
      grace: fc.constantFrom(undefined, '2 days'),
    }),
  );
  const grace = fc.constantFrom('0 days', '1 day', '90 minutes', '2 working days');
  it(
    'a long sleep leads to the same occurrences as being woken every time, each once and in due order',
    () =>
      fc.assert(
        fc.property(
          form,
          grace,
          fc.array(fc.integer({ min: 0, max: 40 * 24 }), { maxLength: 6 }),
          (shape, length, steps) => {
            const whole = { grace: length, ...shape };
            const lives = [false, true].map((naps) => {
              const one = caseOf(whole);
              for (const hours of steps) {
                one.until(addMs(one.now, hours * 3_600_000), { naps });
                one.does('qiu', 'task.complete', { target: 'call' });
              }
              one.until(day(150), { naps });
              return one;
            });
            const told = (one: Case) =>
              one.events.map(({ type, occurredAt, data }) =>
                JSON.stringify([type, occurredAt, data]).replaceAll(/"firedAt":"[^"]+"/g, ''),
              );
            expect(told(lives[0]!)).toEqual(told(lives[1]!));
            const due = data(lives[0]!, 'duty.due');
            expect(due.map(({ n }) => n)).toEqual(due.map((_, n) => n + 1));
            const planned = due.map(({ plannedDate, plannedAt }) => plannedAt ?? plannedDate);
            expect(planned).toEqual([...new Set(planned)].sort());
            // every occurrence came to an end that is on record, or is still open
            const ended = (type: keyof EventData) => data(lives[0]!, type) as { id?: string }[];
            const over = new Set([...ended('task.completed'), ...ended('duty.lapsed')].map(({ id }) => id));
            for (const { item } of data(lives[0]!, 'item.opened')) {
              if (item.key === 'call')
                expect(over.has(item.id) !== Object.hasOwn(lives[0]!.state.items, item.id)).toBe(true);
            }
          },
        ),
        { numRuns: 15 },
      ),
    120_000,
  );
});
