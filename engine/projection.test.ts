import { describe, expect, it } from 'vitest';
import type { Program } from '../sdk/program.ts';
import { deadlineFor } from './deadline.ts';
import { project } from './projection.ts';
import { sampleOrg } from './simulate.ts';
import type { Deadline, State } from './state.ts';
import { type WorkCalendar, weekdayCalendar } from './time/calendar.ts';
import { productCalendar, productRecords } from './time/calendar-years.ts';
import { calendarOf } from './time/official-calendar.ts';
import type { World } from './world.ts';

const program = {
  ...{
    id: 'x',
    version: '1',
    name: ['测试', 'test'],
    apart: [],
    fields: {},
    intake: [],
    stages: [],
    duties: [],
    books: [],
  },
  roles: { secretary: { name: ['书记', 'secretary'], post: 'secretary' } },
  ladders: {
    ladder: [
      { at: '-2 working days', tell: 'holder' },
      { at: 'due', tell: 'holder', hours: 'any' },
      { at: '+3 working days', tell: 'unit' },
    ],
  },
  life: { extend: { cap: '1 month', times: 1, approves: 'unit' }, outcomes: { done: ['完成', 'done'] } },
} as const satisfies Program;
const org = sampleOrg(program, '2020-01-01T00:00:00.000Z');
const at = (calendar: WorkCalendar): World => ({
  ...{ now: '2026-01-01T00:00:00.000Z', program, programHash: 'h', calendar, org },
  facts: { documents: [], entries: [] },
});
const home = { unit: 'community', assignments: {} };
const clock = (start: string, budget: string, calendar: WorkCalendar): Deadline =>
  deadlineFor({
    ...{ id: 'item-1', of: 'item', name: ['事', 'thing'], answers: 'secretary', ladder: 'ladder' },
    ...{ start, budget, world: { ...at(calendar), home } },
  });
const holding = (deadline: Deadline, calendar: string) =>
  ({ ...home, calendar, deadlines: { [deadline.id]: deadline } }) as unknown as State;
const projected = (deadline: Deadline, from: string, calendar: WorkCalendar) =>
  project(holding(deadline, from), at(calendar)).map(
    ({ data }) => data as { deadline: Deadline; why: readonly string[] },
  );

describe('clocks by a newer calendar', () => {
  it('move with a new generation, and nothing is left to do the second time', () => {
    const before = clock('2026-09-18T01:00:00.000Z', '15 working days', weekdayCalendar);
    expect(before).toMatchObject({ dueDate: '2026-10-09', provisional: true });
    const [event] = projected(before, 'weekdays', productCalendar);
    expect(event!.deadline).toMatchObject({ dueDate: '2026-10-15', provisional: false, generation: 2 });
    expect(projected(event!.deadline, 'weekdays', productCalendar)).toEqual([]);
    expect(projected(before, productCalendar.version, productCalendar)).toEqual([]); // counted by it already
  });

  it('stay where the due date stays, though their rungs move: those that fired do not', () => {
    const before = clock('2026-03-02T01:00:00.000Z', '60 days', productCalendar); // due 2026-05-06, after the holiday
    expect(before.dueDate).toBe('2026-05-06');
    const [first, ...rest] = before.rungs;
    const fired = { ...before, rungs: [{ ...first!, firedAt: '2026-04-29T02:00:00.000Z' }, ...rest] };
    const changed = productRecords.map((record) =>
      record.year === 2026
        ? { ...record, revision: 2, days: [...record.days, { date: '2026-05-08', name: '临时假日', off: true }] }
        : record,
    );
    const [event] = projected(fired, productCalendar.version, calendarOf([{ records: changed }]));
    expect(event!.why[1]).toContain('reminders are planned anew');
    expect(event!.deadline).toMatchObject({ dueDate: '2026-05-06', generation: 1 });
    expect(event!.deadline.rungs.slice(0, 2)).toEqual(fired.rungs.slice(0, 2));
    expect(event!.deadline.rungs[2]!.at > fired.rungs[2]!.at).toBe(true);
  });

  it('keep a rung that a pause after the due day has held back, moved on to working hours only', () => {
    const before = clock('2026-03-02T01:00:00.000Z', '10 days', productCalendar);
    const held = '2026-05-08T01:00:00.000Z';
    const rungs = before.rungs.map((rung) => (rung.n === 2 ? { ...rung, at: held } : { ...rung, firedAt: rung.at }));
    const paused = { ...before, rungs, pauses: [{ kind: 'hearing', from: '2026-03-20', to: '2026-05-05' }] };
    const off = [{ year: 2026, source: [], days: [{ date: '2026-05-08', name: '地方节日', off: true }] }];
    const calendar = calendarOf([{ records: productRecords }, { area: 'community', records: off }]);
    const [event] = projected(paused, productCalendar.version, calendar);
    expect(event!.deadline.rungs[2]!.at).toBe('2026-05-09T01:00:00.000Z'); // a Saturday worked for 劳动节
  });

  it('leaves exact budgets alone', () => {
    const before = clock('2026-09-30T01:00:00.000Z', '36 hours', weekdayCalendar);
    const due = projected(before, 'weekdays', productCalendar).map(({ deadline }) => deadline.dueAt);
    expect(new Set([...due, before.dueAt])).toEqual(new Set(['2026-10-01T13:00:00.000Z']));
  });
});
