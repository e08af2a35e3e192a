import { describe, expect, it } from 'vitest';
import { defineProgram } from '../sdk/define-program.ts';
import type { Duty, Program } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import { Case, program as everything } from './case.fixture.ts';
import { deadlineFor } from './deadline.ts';
import type { EventData } from './event.ts';
import { evolve } from './evolve.ts';
import { project } from './projection.ts';
import { sampleOrg } from './simulate.ts';
import type { Deadline, State } from './state.ts';
import { type WorkCalendar, weekdayCalendar } from './time/calendar.ts';
import { productCalendar, productRecords } from './time/calendar-years.ts';
import { atTime } from './time/civil.ts';
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

/** A notice for 2027 as it may come out in December: 1, 2 and 4 January are off, Sunday the 3rd is worked. */
const notice = {
  ...{ year: 2027, source: [] },
  days: [1, 2, 3, 4].map((n) => ({ date: `2027-01-0${n}` as const, name: '元旦', off: n !== 3 })),
};
const withNotice = calendarOf([{ records: [...productRecords, notice] }]);

/** A case opened on a day, with one duty and nothing else that visits; and what it does. */
class Dutiful extends Case {
  constructor(form: Partial<Record<keyof Duty, unknown>>, opened: CalendarDate, calendar: WorkCalendar) {
    const usual = { duty: 'call', name: ['电话', 'call'], by: 'companion', ladder: 'gentle', grace: '1 day' };
    const stages = everything.stages.map((stage) => ({
      ...stage,
      items: stage.items.map((item) =>
        'milestone' in item && item.milestone === 'speaks' ? { ...item, needs: { done: { craft: 1 } } } : item,
      ),
    }));
    super(defineProgram({ ...everything, stages, duties: [{ ...usual, ...form } as unknown as Duty] }));
    this.calendar = calendar;
    this.now = atTime(opened, '09:00');
    this.open();
  }

  /** A newer calendar is loaded; answers what it changed. */
  loads(calendar: WorkCalendar) {
    this.calendar = calendar;
    const drafts = project(this.state, this.world());
    for (const draft of drafts) {
      const cause = { seq: 0, recordedAt: this.now, occurredAt: this.now, actor: { kind: 'system', id: 'calendar' } };
      this.state = evolve(this.state, { ...draft, ...cause });
    }
    return drafts;
  }

  /** The days calls were planned for, as they stood when they were done, missed, or now. */
  get planned(): string[] {
    const days = new Map<string, string>();
    for (const { type, data } of this.events)
      if (type === 'item.opened' && data.item.kind === 'duty') days.set(data.item.id, data.item.plannedDate!);
    for (const { id, kind, plannedDate } of Object.values(this.state.items))
      if (kind === 'duty') days.set(id, plannedDate!);
    return [...days.values()];
  }
}

const forms = {
  daily: { every: '1 day', restDays: 'skip' },
  slots: { every: '1 day', restDays: 'skip', at: ['08:00', '20:00'], window: { opens: '2 hours' } },
  monthly: { rrule: 'FREQ=MONTHLY;BYDAY=1MO', restDays: 'next', grace: '2 working days' },
  before: { rrule: 'FREQ=MONTHLY;BYMONTHDAY=4', restDays: 'before' },
  newYear: { solar: ['01-02'], restDays: 'next', grace: '0 days' },
  last: { rrule: 'FREQ=MONTHLY;BYDAY=1MO;COUNT=2', restDays: 'next' },
} as const;
type FormName = keyof typeof forms;

/** Counted from a start in December: with the notice known from the beginning, and loaded at that moment. */
function both(name: FormName, loadedOn: CalendarDate) {
  const until: Instant = atTime('2027-01-12', '09:00');
  const [known, late] = [withNotice, productCalendar].map((of) => new Dutiful(forms[name], '2026-11-25', of));
  known!.until(until);
  late!.until(atTime(loadedOn, '09:00'));
  const drafts = late!.loads(withNotice);
  const again = late!.loads({ ...withNotice, version: 'the same, called otherwise' });
  late!.calendar = withNotice;
  late!.until(until);
  return { known: known!, late: late!, drafts, again };
}

describe('duties that rest days move or leave out, by a calendar that comes out late', () => {
  it.each<[FormName, CalendarDate]>([
    ['daily', '2026-12-20'],
    ['daily', '2026-12-31'],
    ['daily', '2027-01-01'],
    ['slots', '2026-12-31'],
    ['monthly', '2026-12-01'],
    ['monthly', '2026-12-20'],
    ['monthly', '2027-01-04'],
    ['before', '2026-12-20'],
    ['newYear', '2026-12-01'],
    ['newYear', '2026-12-20'],
    ['last', '2026-12-20'],
  ])('%s loaded on %s: planned and due as if it had been known before', (name, loadedOn) => {
    const { known, late, again } = both(name, loadedOn);
    expect(late.planned).toEqual(known.planned);
    const dues = (one: Case) =>
      Object.values(one.state.deadlines).flatMap(({ of, ...rest }) =>
        of === 'duty' ? [[rest.id, rest.plannedDate, rest.dueAt, rest.provisional]] : [],
      );
    expect(dues(late)).toEqual(dues(known));
    expect(again).toEqual([]);
  });

  it('asks on the Sunday that is worked, and says so', () => {
    const { late, drafts } = both('daily', '2026-12-31');
    expect(late.planned).toContain('2027-01-03');
    expect(late.planned).not.toContain('2027-01-04');
    const replanned = drafts.find(({ type }) => type === 'duty.replanned')!.data as EventData['duty.replanned'];
    expect(replanned).toMatchObject({ plannedDate: '2027-01-03', was: { day: '2027-01-04' } });
    expect(replanned.running).toMatchObject({ day: '2027-01-03', after: '2026-12-31' });
  });

  it('moves an occurrence that is open, its clock with it, with the day before and the reason', () => {
    const { late, drafts } = both('monthly', '2026-12-20');
    const moved = drafts.find(({ type }) => type === 'item.replanned')!.data as EventData['item.replanned'];
    expect(moved).toMatchObject({
      from: '2027-01-04',
      item: { plannedDate: '2027-01-05' },
      why: ['官方日历已公布', expect.anything()],
    });
    const clock = drafts.find(({ type }) => type === 'deadline.projected')!.data as EventData['deadline.projected'];
    expect(clock).toMatchObject({
      from: '2027-01-06T16:00:00.000Z',
      deadline: { plannedDate: '2027-01-05', dueDate: '2027-01-07', provisional: false },
    });
    expect(late.state.items[moved.item.id]?.plannedDate).toBe('2027-01-05');
  });

  it('moves nothing to a day that is over, and leaves what is', () => {
    const one = new Dutiful(forms.daily, '2026-12-28', productCalendar);
    one.until(atTime('2027-01-05', '09:00'));
    const before = one.planned;
    one.loads(withNotice); // the 3rd was worked, the 4th was off: nobody knew
    expect(one.planned).toEqual(before);
    const two = new Dutiful(forms.before, '2026-12-28', productCalendar);
    two.until(atTime('2027-01-04', '09:00'));
    two.loads(withNotice);
    expect(two.planned).toEqual(['2027-01-04']); // and not the 3rd
  });

  it('pause and resumption leave a guessed day a guess', () => {
    const one = new Dutiful(forms.newYear, '2026-12-01', productCalendar);
    one.until(atTime('2026-12-10', '09:00'));
    expect(one.state.deadlines['call-1']?.provisional).toBe(true);
    one.must('caseworker', 'case.suspend', { reason: 'x' });
    one.must('caseworker', 'case.resume');
    expect(one.state.deadlines['call-1']?.provisional).toBe(true);
  });
});

describe('follow-up', () => {
  it('ends on the calendar day, whatever kind of day that is', () => {
    const one = new Dutiful({ every: '3 days' }, '2026-09-20', productCalendar);
    one.approve();
    one.until(atTime('2026-10-03', '09:00'));
    one.must('caseworker', 'case.close', { data: { outcome: 'selfReliant' } });
    expect(one.state.followUpUntil).toBe('2027-01-03T16:00:00.000Z'); // a Sunday
    one.loads(withNotice);
    expect(one.state.followUpUntil).toBe('2027-01-03T16:00:00.000Z');
  });
});
