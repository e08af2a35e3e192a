import { describe, expect, it } from 'vitest';
import { Case, day } from './case.fixture.ts';
import { earliestOf, paperDate } from './history.ts';

const since = '2019-05-06T01:00:00.000Z';

/** A case that began on paper in May 2019 and is opened on day 0. */
function begunOnPaper({ approved = false } = {}): Case {
  const one = new Case();
  expect(one.open('caseworker', { imported: true, openedAt: since })).toBe('ok');
  if (approved) one.approve();
  return one;
}
const entry = { type: 'visit', occurredAt: '2019-06-03', text: '第一次走访' };
const bring = (one: Case, ...events: object[]) => one.does('caseworker', 'case.import', { data: { events } });
const paths = (one: Case) => one.last?.errors?.map(({ path }) => path);

describe('a date on paper', () => {
  it.each([
    ['2008', 'year', '2007-12-31T16:00:00.000Z'],
    ['2008-05', 'month', '2008-04-30T16:00:00.000Z'],
    ['2008-05-17', 'day', '2008-05-16T16:00:00.000Z'],
  ])('%s is known to the %s', (text, precision, earliest) => {
    const read = paperDate(text);
    expect(read).toEqual({ date: text, precision });
    expect(read && earliestOf(read)).toBe(earliest);
  });
  it.each(['2008-13', '2008-02-30', '08', '2008-5-1', '1899', '2008-05-17T00:00:00Z', ''])('%s is none', (text) => {
    expect(paperDate(text)).toBeUndefined();
  });
});

describe('history that began on paper', () => {
  it('is told in order of date, and nothing follows from it', () => {
    const one = begunOnPaper({ approved: true });
    const before = one.state;
    const mark = one.mark();
    const year = { ...entry, type: 'project', occurredAt: '2008', text: '开办小超市', source: '档案第 3 页' };
    const paid = {
      ...{ type: 'money', occurredAt: '2012-02', text: '春节慰问' },
      amounts: [{ direction: 'in', amountFen: 50_000 }],
      persons: [{ role: 'secretary', name: '马某' }],
    };
    expect(bring(one, entry, year, paid)).toBe('ok');
    expect(one.since(mark)).toEqual([
      'history.imported history-1',
      'history.imported history-2',
      'history.imported history-3',
    ]);
    expect(one.events.slice(mark).map(({ occurredAt }) => occurredAt.slice(0, 10))).toEqual([
      '2007-12-31',
      '2012-01-31',
      '2019-06-02',
    ]);
    const { serial, at: _, ...rest } = one.state;
    const { serial: was, at: __, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
    expect(serial).toEqual({ ...was, 'history:': 3 });
    expect(bring(one, entry)).toBe('ok');
    expect(one.since(one.mark() - 1)).toEqual(['history.imported history-4']);
  });

  it('lets the plan go on where it is: stages done before approval are never entered', () => {
    const one = begunOnPaper();
    expect(bring(one, { type: 'stage', stage: 'speak', done: true, occurredAt: '2020-03' })).toBe('ok');
    one.now = day(1);
    const mark = one.mark();
    one.approve();
    expect(one.state.stage).toBe('wish');
    expect(one.state.stages['speak']).toMatchObject({ state: 'done', doneAt: '2020-02-29T16:00:00.000Z' });
    expect(one.since(mark)).not.toContain('stage.entered speak');
    expect(one.state.deadlines['stage:wish.1']).toMatchObject({ start: day(1) });
  });

  it('leaves the current stage for the next, whose clocks start now, and meets no deadline', () => {
    const one = begunOnPaper({ approved: true });
    one.until(day(2));
    const mark = one.mark();
    expect(bring(one, { type: 'stage', stage: 'speak', done: true, occurredAt: '2020' })).toBe('ok');
    const told = one.since(mark);
    expect(told).toContain('history.stageDone speak');
    expect(told).toContain('item.cancelled meet-1');
    expect(told).toContain('stage.entered wish');
    expect(told.filter((each) => each.startsWith('deadline.met'))).toEqual([]);
    expect(one.state.stage).toBe('wish');
    expect(one.state.deadlines['stage:speak.1']).toBeUndefined();
    expect(one.state.deadlines['stage:wish.1']).toMatchObject({ start: day(2) });
    // a stage that paper calls done can be gone back to like any other
    expect(one.does('secretary', 'stage.stepBack', { data: { to: 'speak' }, reason: 'x' })).toBe('ok');
    expect(one.state.stages['speak']).toMatchObject({ state: 'current', round: 2 });
  });

  it('counts what was done on paper for the stage it leads to', () => {
    const one = begunOnPaper({ approved: true });
    expect(bring(one, { type: 'count', item: 'craft', count: 12, occurredAt: '2021' })).toBe('ok');
    expect(one.does('secretary', 'milestone.reach', { target: 'speaks', data: { note: 'x' } })).toBe('BLOCKED');
    expect(bring(one, { type: 'count', item: 'visit', count: 1, occurredAt: '2021' })).toBe('ok');
    expect(one.does('secretary', 'milestone.reach', { target: 'speaks', data: { note: 'x' } })).toBe('ok');
    expect(bring(one, { type: 'count', item: 'speaks', count: 1, occurredAt: '2021' })).toBe('INVALID_DATA');
  });

  it('is refused where it has no place, with every place that is wrong', () => {
    const ordinary = Case.opened('proposed');
    expect(bring(ordinary, entry)).toBe('NOT_IMPORTED');
    const one = begunOnPaper({ approved: true });
    const mark = one.mark();
    expect(
      bring(
        one,
        { ...entry, occurredAt: '2031-01-01' },
        { ...entry, evidence: ['nothing'] },
        { type: 'stage', stage: 'moon', done: true, occurredAt: '2020' },
      ),
    ).toBe('INVALID_DATA');
    expect(paths(one)).toEqual(['data.events.0.occurredAt', 'data.events.1.evidence.0', 'data.events.2.stage']);
    expect(bring(one, { ...entry, occurredAt: 'May 2019' })).toBe('INVALID_DATA');
    expect(bring(one)).toBe('INVALID_DATA');
    expect(one.does('qiu', 'case.import', { data: { events: [entry] } })).toBe('FORBIDDEN');
    expect(one.since(mark)).toEqual([]);
    const done = { type: 'stage', stage: 'speak', done: true, occurredAt: '2020' };
    expect(bring(one, done, done)).toBe('INVALID_DATA');
    expect(bring(one, done)).toBe('ok');
    expect(bring(one, done)).toBe('INVALID_DATA');
  });

  it('takes words but no stages while the case is suspended', () => {
    const one = begunOnPaper({ approved: true });
    one.must('caseworker', 'case.suspend', { reason: 'x' });
    expect(bring(one, { type: 'stage', stage: 'speak', done: true, occurredAt: '2020' })).toBe('WRONG_STATUS');
    expect(bring(one, entry)).toBe('ok');
  });

  it('marks and counts nothing for a stage that is worked on here, or late', () => {
    const marks = [
      { type: 'stage', stage: 'speak', done: true, occurredAt: '2020' },
      { type: 'count', item: 'craft', count: 12, occurredAt: '2021' },
    ];
    const worked = begunOnPaper({ approved: true });
    worked.must('caseworker', 'task.complete', { target: 'meet' });
    const late = begunOnPaper({ approved: true });
    late.until(day(400));
    for (const one of [worked, late]) {
      const before = one.state;
      for (const mark of marks) expect(bring(one, mark)).toBe('BLOCKED');
      expect(one.last?.waysOut.join()).toContain('stage.skip');
      expect(one.state).toEqual(before);
      expect(bring(one, entry)).toBe('ok');
      // what nobody has begun can still be taken over
      expect(bring(one, { type: 'stage', stage: 'wish', done: true, occurredAt: '2020' })).toBe('ok');
    }
  });

  it('is corrected by saying what is right, with a reason', () => {
    const one = begunOnPaper();
    expect(bring(one, entry)).toBe('ok');
    const fix = { target: 'history-1', data: { occurredAt: '2019-06-04' } };
    expect(one.does('caseworker', 'history.correct', fix)).toBe('REASON_MISSING');
    expect(one.does('caseworker', 'history.correct', { ...fix, reason: '日期抄错' })).toBe('ok');
    expect(one.events.at(-1)?.data).toMatchObject({ id: 'history-1', on: { date: '2019-06-04', precision: 'day' } });
    expect(one.does('caseworker', 'history.correct', { ...fix, target: 'history-2', reason: 'x' })).toBe(
      'INVALID_DATA',
    );
    expect(one.does('caseworker', 'history.correct', { target: 'history-1', reason: 'x' })).toBe('INVALID_DATA');
  });
});
