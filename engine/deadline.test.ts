import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineProgram } from '../sdk/define-program.ts';
import type { Duty, Item } from '../sdk/program.ts';
import { Case, day, org, program } from './case.fixture.ts';
import { deadlineFor, endPause, isAfterDue, moved } from './deadline.ts';
import { project } from './projection.ts';
import type { Deadline, State } from './state.ts';
import { Matter, stage, statute } from './statutes/statute.fixture.ts';
import type { WorkCalendar } from './time/calendar.ts';
import { productCalendar, productRecords } from './time/calendar-years.ts';
import { addDays, atTime, startOfDay } from './time/civil.ts';
import { fromDayNumber } from './time/day-number.ts';
import { calendarOf } from './time/official-calendar.ts';
import type { World } from './world.ts';

// What moves a clock, and what does not: pauses before and after its deadline, dates that have passed, days that were a guess.

const reason = 'x';
const notice = { target: 'check', data: { kind: 'notice' }, reason };

/** A case with one task of the clerk, from Monday 2 March 2026 at 09:00. Its ladder: -2 working days, due (account), +1 working day. */
function taskWithin(within: NonNullable<Item['within']>): Matter {
  const check = { task: 'check', name: ['审查', 'check'], by: 'clerk', within } as const;
  return new Matter(
    statute({
      ...{ id: 'moved', name: ['期限变动', 'moved'], extend: { cap: '30 days', times: 3, approves: 'unit' } },
      pauses: { notice: ['公示', 'public notice'], hearing: ['听证', 'hearing'] },
      stages: [stage('handle', ['办理', 'handling'], { within: '60 days', items: [check] })],
    }),
    '2026-03-02',
  );
}
const rungs = (one: Matter) => one.clock('check').rungs.map(({ at }) => at);
const fired = (one: Matter) =>
  one
    .all('rung.fired')
    .filter(({ deadline }) => deadline === 'check-1')
    .map(({ generation, rung }) => `${generation}/${rung}`);
const accounts = (one: Matter) => one.all('accountability.opened').map(({ id }) => id);

describe('a pause that moves no date', () => {
  it.each([
    ['lies on rest days of a clock in working days', '10 working days', '2026-03-07', '2026-03-08'],
    ['is taken up by the move off a rest day', '12 days', '2026-03-05', '2026-03-05'],
  ])('leaves the rungs where they are when it %s', (_, within, from, to) => {
    const one = taskWithin(within as '12 days');
    const before = rungs(one);
    expect(one.due('check')).toBe('2026-03-16');
    expect(one.on(from as '2026-03-07', 'secretary', 'deadline.pause', notice)).toBe('ok');
    expect(one.on(to as '2026-03-07', 'secretary', 'deadline.resume', { target: 'check' })).toBe('ok');
    expect([one.due('check'), rungs(one)]).toEqual(['2026-03-16', before]);
  });

  it('leaves them also when the case was suspended for a day', () => {
    const one = taskWithin('12 days');
    const before = rungs(one);
    expect(one.on('2026-03-05', 'caseworker', 'case.suspend', { reason })).toBe('ok');
    expect(one.on('2026-03-05', 'caseworker', 'case.resume')).toBe('ok');
    expect([one.due('check'), rungs(one)]).toEqual(['2026-03-16', before]);
  });

  const budgets = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('days', 'working days')),
    fc.tuple(fc.integer({ min: 1, max: 200 }), fc.constant('hours')),
  );
  it('or any date leads to the rungs the calendar alone would lead to', () => {
    fc.assert(
      fc.property(
        budgets,
        fc.integer({ min: 20_454, max: 20_700 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 12 }),
        ([n, unit], start, after, lasts) => {
          const world = worldOf(productCalendar);
          const fresh = deadlineFor({
            ...{ id: 'item-1', of: 'item', name: ['事', 'thing'], answers: 'secretary', ladder: 'promise' },
            ...{ start: atTime(fromDayNumber(start), '10:00'), budget: `${n} ${unit}`, world },
          });
          const from = fromDayNumber(start + after);
          const since = startOfDay(from);
          const was: Deadline = {
            ...fresh,
            rungs: fresh.rungs.map((rung) => (rung.at < since ? { ...rung, firedAt: rung.at } : rung)),
            pauses: [{ kind: 'notice', from }],
            pausedSince: since,
          };
          const pauses = endPause(was, startOfDay(addDays(from, lasts)));
          const paused = moved(was, { pauses }, { ...world, now: since });
          const state = { ...home, calendar: 'another', deadlines: { 'item-1': paused } } as unknown as State;
          expect(project(state, { ...world, now: since })).toEqual([]);
          if (paused.dueAt === fresh.dueAt && since < fresh.dueAt) expect(paused.rungs).toEqual(was.rungs);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('a pause is after a deadline', () => {
  it.each([
    ['2026-03-02T20:00:00.000Z', undefined, '2026-03-03', false], // 04:00 of the 3rd in Shanghai, still the 2nd in UTC
    ['2026-03-02T20:00:00.000Z', undefined, '2026-03-04', true],
    ['2026-03-02T16:00:00.000Z', undefined, '2026-03-03', true], // its first moment is the deadline
    ['2026-03-02T16:00:00.000Z', '2026-03-02', '2026-03-02', false],
    ['2026-03-02T16:00:00.000Z', '2026-03-02', '2026-03-03', true],
  ] as const)('due %s (%s), paused from %s: %s', (dueAt, dueDate, from, after) => {
    expect(isAfterDue(dueDate === undefined ? { dueAt } : { dueAt, dueDate }, from)).toBe(after);
  });
});

const home = { unit: 'community', assignments: { secretary: { post: 'secretary' } } };
const worldOf = (calendar: WorkCalendar): World & { home: typeof home } => ({
  ...{ now: '2020-01-01T00:00:00.000Z', program, programHash: 'h', calendar, org, home },
  facts: { documents: [], entries: [] },
});

describe('a pause of a clock that is overdue', () => {
  const overdueHours = () => {
    const one = taskWithin('4 hours');
    one.until(atTime('2026-03-02', '15:00'));
    expect([one.due('check'), accounts(one)]).toEqual(['2026-03-02T05:00:00.000Z', ['check-1.g1']]);
    return one;
  };

  it('in hours moves nothing of the same day', () => {
    const one = overdueHours();
    expect(one.does('secretary', 'deadline.pause', notice)).toBe('ok');
    expect(one.does('secretary', 'deadline.resume', { target: 'check' })).toBe('ok');
    expect(one.clock('check')).toMatchObject({ dueAt: '2026-03-02T05:00:00.000Z', generation: 1 });
    expect(one.on('2026-03-03', 'secretary', 'task.complete', { target: 'check' })).toBe('ok');
    expect(one.met()).toContain('check-1 late');
  });

  it('nor does a suspended case, whatever day it is said to be suspended from', () => {
    const one = overdueHours();
    expect(one.does('caseworker', 'case.suspend', { reason, occurredAt: one.now })).toBe('ok');
    expect(one.on('2026-03-04', 'caseworker', 'case.resume')).toBe('ok');
    expect(one.due('check')).toBe('2026-03-02T05:00:00.000Z');
    const days = taskWithin('10 days');
    days.until(atTime('2026-03-20', '10:00'));
    const earlier = { reason, occurredAt: atTime('2026-03-10', '10:00') };
    expect(days.does('caseworker', 'case.suspend', earlier)).toBe('ok');
    expect(days.on('2026-03-23', 'caseworker', 'case.resume')).toBe('ok');
    expect(days.due('check')).toBe('2026-03-12');
  });

  it('lets its rungs wait, those of the same day too', () => {
    const one = overdueHours();
    const [last] = rungs(one).slice(-1);
    expect(last).toBe('2026-03-03T05:00:00.000Z');
    expect(one.does('secretary', 'deadline.pause', notice)).toBe('ok');
    expect(one.on('2026-03-04', 'secretary', 'deadline.resume', { target: 'check' })).toBe('ok');
    expect(rungs(one).at(-1)).toBe('2026-03-05T05:00:00.000Z'); // the 3rd and the 4th
  });

  it('cannot be added for days before today: that would take lateness back', () => {
    const one = taskWithin('10 days');
    one.until(atTime('2026-03-20', '10:00'));
    const earlier = { ...notice, occurredAt: atTime('2026-03-11', '10:00') };
    expect(one.does('secretary', 'deadline.pause', earlier)).toBe('BLOCKED');
    expect(one.last?.waysOut.length).toBeGreaterThan(0);
    expect(one.does('secretary', 'deadline.pause', notice)).toBe('ok');
    expect(one.does('secretary', 'deadline.resume', { target: 'check' })).toBe('ok');
    expect(one.due('check')).toBe('2026-03-12');
  });

  it('may be added for days before today while the deadline is to come, or another pause holds it', () => {
    const one = taskWithin('10 days');
    one.until(atTime('2026-03-10', '10:00'));
    const on = (date: '2026-03-05') => ({ occurredAt: atTime(date, '10:00') });
    expect(one.does('secretary', 'deadline.pause', { ...notice, ...on('2026-03-05') })).toBe('ok');
    one.until(atTime('2026-03-20', '10:00'));
    const hearing = { ...notice, data: { kind: 'hearing' }, ...on('2026-03-05') };
    expect(one.does('secretary', 'deadline.pause', hearing)).toBe('ok');
  });
});

describe('an overdue clock with another date', () => {
  const extended = (budget: string) => {
    const one = taskWithin('10 days');
    one.on('2026-03-20', 'secretary', 'deadline.requestExtension', { target: 'check', data: { budget }, reason });
    expect(fired(one)).toEqual(['1/0', '1/1', '1/2']);
    expect(one.does('director', 'deadline.decideExtension', { target: 'check', data: { approve: true } })).toBe('ok');
    return one;
  };

  it('that has passed as well fires only the highest rung, and opens no second record of accountability', () => {
    const one = extended('3 days');
    one.until(atTime('2026-03-27', '10:00'));
    expect(one.due('check')).toBe('2026-03-16');
    expect(fired(one).slice(3)).toEqual(['2/2']);
    expect(accounts(one)).toEqual(['check-1.g1']);
    // a newer calendar brings back nothing that has passed
    expect(project({ ...one.state, calendar: 'another' }, one.world())).toEqual([]);
  });

  it('to come is a new promise: its whole ladder is ahead, with a record of its own', () => {
    const one = extended('20 days');
    one.until(atTime('2026-04-10', '10:00'));
    expect(one.due('check')).toBe('2026-04-01');
    expect(fired(one).slice(3)).toEqual(['2/0', '2/1', '2/2']);
    expect(accounts(one)).toEqual(['check-1.g1', 'check-1.g2']);
  });

  it('that makes it overdue at once still asks for accountability', () => {
    const one = Case.opened();
    one.until(day(14));
    for (const body of ['branch', 'residents']) {
      one.must('secretary', 'decision.record', { data: { body, present: 1, for: 1, against: 0, abstain: 0 } });
    }
    one.must('secretary', 'plan.revise', { data: { deadlines: { speak: '5 days' } }, reason });
    const speak = one.events.flatMap(({ type, data }) =>
      type === 'rung.fired' && data.deadline === 'stage:speak.1' ? [[data.generation, data.rung, data.account]] : [],
    );
    expect(speak).toEqual([[2, 3, true]]); // due on Monday the 9th, revised on the 16th at 09:00
    expect(one.events.filter(({ type }) => type === 'accountability.opened').map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ id: 'stage:speak.1.g2' }),
    );
  });
});

describe('pauses of one kind', () => {
  it('are kept as one where they touch, so that a clock paused again and again does not grow', () => {
    const one = taskWithin('30 days');
    for (const on of ['2026-03-03', '2026-03-04', '2026-03-05', '2026-03-09'] as const) {
      for (const _ of [1, 2, 3]) {
        expect(one.on(on, 'secretary', 'deadline.pause', notice)).toBe('ok');
        expect(one.on(on, 'secretary', 'deadline.resume', { target: 'check' })).toBe('ok');
      }
    }
    expect(one.clock('check').pauses.map(({ from, to }) => [from, to])).toEqual([
      ['2026-03-03', '2026-03-05'],
      ['2026-03-09', '2026-03-09'],
    ]);
    expect(one.due('check')).toBe('2026-04-07'); // 30 days and four; 清明 is 4 to 6 April
  });
});

/** An open case whose only duty besides the follow-up's has this form. */
function caseWith(form: Partial<Duty>): Case {
  const usual = { duty: 'call', name: ['电话', 'call'], by: 'companion', ladder: 'gentle', grace: '1 day' };
  const own = { ...usual, ...form } as unknown as Duty;
  const stages = program.stages.map((each) => ({
    ...each,
    items: each.items.map((item) =>
      'milestone' in item && item.milestone === 'speaks' ? { ...item, needs: { done: { craft: 1 } } } : item,
    ),
  }));
  const duties = [...program.duties.filter(({ duty }) => duty === 'after'), own];
  return new Case(defineProgram({ ...program, stages, duties }));
}
const callOf = (one: Case) => Object.values(one.state.items).find(({ key }) => key === 'call')!;

describe('an occurrence of a duty', () => {
  it('does not lapse while its clock is paused, and has as long afterwards as it had before', () => {
    const one = caseWith({ every: '100 days' });
    one.open();
    one.until(day(110));
    const { id, lapsesAt } = callOf(one);
    one.must('caseworker', 'deadline.pause', { target: id, data: { kind: 'papers' }, reason });
    one.until(day(150));
    expect(callOf(one).lapsesAt).toBe(lapsesAt);
    one.must('caseworker', 'deadline.resume', { target: id });
    const left = (at: string, now: string) => Date.parse(at) - Date.parse(now);
    expect(left(callOf(one).lapsesAt!, day(150))).toBe(left(lapsesAt!, day(110)));
    one.until(day(400));
    expect(one.events.filter(({ type }) => type === 'duty.lapsed').length).toBeGreaterThan(0);
  });

  it('stays provisional when its clock moves, until its planned day is no guess any more', () => {
    const one = caseWith({ solar: ['01-02'], restDays: 'next', grace: '0 days' } as Partial<Duty>);
    one.calendar = productCalendar;
    one.now = atTime('2026-12-01', '09:00');
    one.open();
    one.until(atTime('2026-12-20', '09:00'));
    const clock = () => one.state.deadlines[callOf(one).id]!;
    expect(clock().provisional).toBe(true);
    one.must('caseworker', 'deadline.pause', { target: callOf(one).id, data: { kind: 'papers' }, reason });
    one.must('caseworker', 'deadline.resume', { target: callOf(one).id });
    expect(clock().provisional).toBe(true);
    const calendar = calendarOf([
      {
        records: [
          ...productRecords,
          { year: 2027, source: [], days: [{ date: '2027-01-01', name: '元旦', off: true }] },
        ],
      },
    ]);
    expect(moved(clock(), {}, { ...worldOf(calendar), now: one.now }).provisional).toBe(false);
  });
});
