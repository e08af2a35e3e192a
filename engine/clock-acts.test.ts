import { describe, expect, it } from 'vitest';
import type { Stage } from '../sdk/program.ts';
import { Case, day, program, type Said } from './case.fixture.ts';
import { planOf } from './explain.ts';
import { Matter, NEVER, stage, statute } from './statutes/statute.fixture.ts';

// What acts do to clocks: named starts, pauses of several kinds, extensions, starting again.

const open = (...stages: Stage[]) =>
  new Matter(
    statute({
      id: 'clocks',
      name: ['期限', 'clocks'],
      extend: { cap: '30 days', times: 3, approves: 'unit' },
      pauses: { notice: ['公示', 'public notice'], hearing: ['听证', 'hearing'] },
      stages,
    }),
    '2026-03-02', // a Monday
  );
const check = { task: 'check', name: ['审查', 'check'], by: 'clerk', within: '5 working days' } as const;
const decide = { task: 'decide', name: ['决定', 'decide'], by: 'clerk', within: '10 days', from: 'check' } as const;
const handle = (more: Partial<Stage> = {}) =>
  stage('handle', ['办理', 'handling'], { within: '20 days', items: [check, decide], ...more });
const reason = 'x';
const kind = (of: string): Said => ({ target: 'decide', data: { kind: of }, reason });
const ids = (one: Case) => Object.keys(one.state.deadlines).sort();
const rungs = (one: Case, id: string) =>
  one.events.flatMap((event) =>
    event.type === 'rung.fired' && event.data.deadline === id
      ? [`${event.data.rung} ${event.data.plannedAt.slice(5, 13)}`]
      : [],
  );

describe('a clock with a named start', () => {
  it('of an item begins when the other was done, as it happened and not as it was recorded', () => {
    const one = open(handle());
    expect(ids(one)).toEqual(['check-1', 'stage:handle.1']);
    const reasons = () => planOf(one.state, one.program).stages[0]?.items.map((item) => item.reason[1]);
    expect(reasons()).toEqual(['to be done by the clerk', 'to be done by the clerk; its time runs from "check"']);
    const done = { target: 'check', occurredAt: '2026-03-04T02:00:00.000Z' };
    expect(one.on('2026-03-06', 'secretary', 'task.complete', done)).toBe('ok');
    expect([one.clock('decide').start, one.due('decide')]).toEqual(['2026-03-04T02:00:00.000Z', '2026-03-16']);
    expect(reasons()).toEqual(['done', 'to be done by the clerk']);
  });

  it('of a stage too; until then there is none to meet, to extend or to pause', () => {
    const one = open(handle({ from: 'check' }));
    expect(ids(one)).toEqual(['check-1']);
    expect(one.does('director', 'stage.extend', { data: { budget: '1 day' }, reason })).toBe('BLOCKED');
    expect(one.does('caseworker', 'deadline.pause', { target: 'handle', data: { kind: 'notice' }, reason })).toBe(
      'NOT_OPEN',
    );
    expect(one.on('2026-03-05', 'secretary', 'task.complete', { target: 'check' })).toBe('ok');
    expect(ids(one)).toEqual(['decide-1', 'stage:handle.1']);
    expect(one.due('handle')).toBe('2026-03-25');
  });

  it('begins when the other is skipped: what it waits for will not come', () => {
    const one = open(handle());
    expect(one.on('2026-03-05', 'director', 'task.skip', { target: 'check', reason })).toBe('ok');
    expect(one.due('decide')).toBe('2026-03-16'); // 15 March is a Sunday
  });

  it('begins there also when its item opens later', () => {
    const wait = { task: 'wait', name: ['等待', 'wait'], by: 'clerk' } as const;
    const items = [check, wait, { ...decide, when: { done: { wait: 1 } } }] as const;
    const one = open(handle({ items }));
    expect(one.on('2026-03-05', 'secretary', 'task.complete', { target: 'check' })).toBe('ok');
    expect(one.on('2026-03-09', 'secretary', 'task.complete', { target: 'wait' })).toBe('ok');
    expect(one.clock('decide').start).toBe('2026-03-05T02:00:00.000Z');
  });

  it('runs on when the other is opened again; each round of the stage waits anew', () => {
    const one = open(handle());
    one.must('secretary', 'task.complete', { target: 'check' });
    const { start } = one.clock('decide');
    expect(one.on('2026-03-04', 'caseworker', 'task.reopen', { target: 'check', reason })).toBe('ok');
    expect(one.does('secretary', 'task.complete', { target: 'check' })).toBe('ok');
    expect(one.clock('decide').start).toBe(start);
    expect(one.does('caseworker', 'stage.repeat', { reason })).toBe('ok');
    expect(ids(one)).toEqual(['check-3', 'stage:handle.2']);
  });
});

describe('pauses', () => {
  const paused = () => {
    const one = open(handle());
    one.must('secretary', 'task.complete', { target: 'check' });
    expect(one.due('decide')).toBe('2026-03-12');
    return one;
  };

  it('are of kinds the program knows, one of a kind at a time, any number of times', () => {
    const one = paused();
    for (const from of [3, 5, 7]) {
      expect(one.on(`2026-03-0${from}`, 'secretary', 'deadline.pause', kind('notice'))).toBe('ok');
      expect(one.does('secretary', 'deadline.pause', kind('notice'))).toBe('ALREADY_DONE');
      expect(one.does('secretary', 'deadline.resume', { target: 'decide' })).toBe('ok'); // the same day: one day
    }
    expect(one.does('secretary', 'deadline.resume', { target: 'decide' })).toBe('NOT_OPEN');
    expect(one.due('decide')).toBe('2026-03-16'); // three days: Sunday the 15th moves
    expect(one.does('secretary', 'deadline.pause', kind('holiday'))).toBe('INVALID_DATA');
    expect(one.does('secretary', 'deadline.pause', kind('suspension'))).toBe('INVALID_DATA');
    expect(one.does('zhou', 'deadline.pause', kind('notice'))).toBe('FORBIDDEN');
  });

  it('of two kinds overlap: the clock stands until both have ended, and no day counts twice', () => {
    const one = paused();
    expect(one.on('2026-03-04', 'secretary', 'deadline.pause', kind('notice'))).toBe('ok');
    expect(one.on('2026-03-06', 'secretary', 'deadline.pause', kind('hearing'))).toBe('ok');
    expect(one.on('2026-03-08', 'secretary', 'deadline.resume', { target: 'decide' })).toBe('INVALID_DATA'); // which?
    expect(one.does('secretary', 'deadline.resume', { target: 'decide', data: { kind: 'hearing' } })).toBe('ok');
    expect(one.does('secretary', 'deadline.resume', { target: 'decide', data: { kind: 'hearing' } })).toBe('NOT_OPEN');
    one.until('2026-04-20T00:00:00.000Z');
    expect(rungs(one, 'decide-1')).toEqual([]);
    expect(one.does('secretary', 'deadline.resume', { target: 'decide' })).toBe('ok');
    // 4 March to 20 April are 48 days; 9 of 10 days are left
    expect(one.due('decide')).toBe('2026-04-29');
    expect(one.explained('decide')).toMatchObject({
      'paused (public notice), not counted': 45,
      'paused (public notice, hearing), not counted': 3,
      day: 10,
    });
  });

  it('and a suspended case overlap too: what was paused before stays so after it', () => {
    const one = paused();
    expect(one.on('2026-03-04', 'secretary', 'deadline.pause', kind('notice'))).toBe('ok');
    expect(one.on('2026-03-06', 'caseworker', 'case.suspend', { reason })).toBe('ok');
    expect(one.on('2026-03-20', 'caseworker', 'case.resume')).toBe('ok');
    expect(one.clock('decide').pausedSince).toBe('2026-03-04T02:00:00.000Z');
    expect(one.clock('handle').pausedSince).toBeUndefined();
    expect(one.due('handle')).toBe('2026-04-07'); // 15 days: 6 April is 清明
    expect(one.on('2026-03-23', 'secretary', 'deadline.resume', { target: 'decide' })).toBe('ok');
    expect(one.due('decide')).toBe('2026-04-01'); // 20 days
  });

  it('after the deadline has passed let the rungs to come wait, for each day once', () => {
    const one = paused();
    one.until('2026-03-13T02:00:00.000Z');
    expect(rungs(one, 'decide-1').at(-1)).toBe('1 03-13T01');
    const next = () => one.clock('decide').rungs.find(({ n }) => n === 2)?.at;
    expect(next()).toBe('2026-03-16T01:00:00.000Z');
    one.must('secretary', 'deadline.pause', kind('notice'));
    expect(one.on('2026-03-14', 'secretary', 'deadline.pause', kind('hearing'))).toBe('ok');
    expect(one.on('2026-03-16', 'secretary', 'deadline.resume', { target: 'decide', data: { kind: 'notice' } })).toBe(
      'ok',
    );
    expect(one.on('2026-03-17', 'secretary', 'deadline.resume', { target: 'decide' })).toBe('ok');
    // Monday the 16th and five days, the 13th to the 17th: Saturday, so the Monday after
    expect(next()).toBe('2026-03-23T01:00:00.000Z');
  });

  it('never stop a clock of money', () => {
    const one = Case.opened();
    const entry = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'A1', amountFen: 100 };
    one.must('cash-holder', 'cash.record', { data: entry });
    const { sourceDoc, amountFen: _, ...sheet } = entry;
    const lines = [{ text: '笔筒', amountFen: 90 }];
    one.must('accountant', 'ledger.record', { data: { ...sheet, sourceDoc, lines } });
    const clock = Object.values(one.state.deadlines).find(({ of }) => of === 'discrepancy');
    expect(clock).toBeDefined();
    const illness = { target: clock!.id, data: { kind: 'illness' }, reason };
    expect(one.does('caseworker', 'deadline.pause', illness)).toBe('BLOCKED');
  });

  it('have the usual kinds in a program that names none', () => {
    expect(program.pauses).toBeUndefined();
    const one = Case.opened();
    expect(one.does('caseworker', 'deadline.pause', { ...kind('papers'), target: 'meet' })).toBe('ok');
    expect(one.state.deadlines['meet-1']?.pauses).toEqual([
      { kind: 'papers', name: ['补正材料', 'papers to be completed'], from: '2026-03-02' },
    ]);
  });
});

describe('extensions', () => {
  const extend = (one: Matter, budget: string) => one.does('director', 'stage.extend', { data: { budget }, reason });
  it('are compared with the cap by the days they end on, whatever unit they are in', () => {
    // 20 days end on Sunday 22 March; 30 days more on 21 April. 清明 is 4 to 6 April
    expect(extend(open(handle()), '20 working days')).toBe('ok'); // 20 April
    expect(extend(open(handle()), '22 working days')).toBe('CAP_REACHED');
    expect(extend(open(handle()), '1 month')).toBe('CAP_REACHED'); // 22 April
    expect(extend(open(handle()), '721 hours')).toBe('CAP_REACHED');
    const one = open(handle());
    expect(['20 days', '10 days', '1 minute'].map((more) => extend(one, more))).toEqual(['ok', 'ok', 'CAP_REACHED']);
    const granted = { by: 'director', on: '2026-03-02' };
    expect(one.clock('handle').granted).toEqual([
      { budget: '20 days', ...granted },
      { budget: '10 days', ...granted },
    ]);
  });

  it('follow the limits of the item or stage before those of the program', () => {
    const one = open(handle({ extend: { cap: '5 days', times: 1, approves: 'sub-district' } }));
    expect(extend(one, '3 days')).toBe('FORBIDDEN'); // the director is below
    expect(one.does('sub-district-head', 'stage.extend', { data: { budget: '6 days' }, reason })).toBe('CAP_REACHED');
    expect(one.does('sub-district-head', 'stage.extend', { data: { budget: '5 days' }, reason })).toBe('ok');
    const items = [{ ...check, extend: NEVER }, decide] as const;
    const ask = { target: 'check', data: { budget: '1 day' }, reason };
    expect(open(handle({ items })).does('secretary', 'deadline.requestExtension', ask)).toBe('CAP_REACHED');
    expect(open(handle()).does('secretary', 'deadline.requestExtension', ask)).toBe('ok');
  });
});

describe('a clock starts again with its whole budget, and what came before counts no more', () => {
  it('when its task is reopened: from the reopening, whatever its named start', () => {
    const one = open(handle({ items: [check, decide, { await: 'end', name: ['结束', 'end'] }] }));
    one.must('secretary', 'task.complete', { target: 'check' });
    one.must('secretary', 'deadline.pause', kind('notice'));
    one.must('secretary', 'deadline.resume', { target: 'decide' });
    expect(one.on('2026-03-06', 'secretary', 'task.complete', { target: 'decide' })).toBe('ok');
    expect(one.on('2026-03-09', 'caseworker', 'task.reopen', { target: 'decide', reason })).toBe('ok');
    expect(one.clock('decide')).toMatchObject({ id: 'decide-2', generation: 1, pauses: [], extensions: [] });
    expect(one.due('decide')).toBe('2026-03-19');
    expect(one.due('handle')).toBe('2026-03-23'); // the stage's clock has never stopped
  });

  it('when the case is reopened: its last stage in a new round, from the recorded time', () => {
    const one = open(handle());
    one.must('director', 'stage.extend', { data: { budget: '30 days' }, reason });
    one.must('secretary', 'case.close', { data: { outcome: 'ended' } });
    expect(ids(one)).toEqual([]);
    const again = { reason, occurredAt: '2026-03-03T02:00:00.000Z' };
    expect(one.on('2026-03-04', 'caseworker', 'case.reopen', again)).toBe('ok');
    expect(one.clock('handle')).toMatchObject({
      id: 'stage:handle.2',
      start: '2026-03-04T02:00:00.000Z',
      extensions: [],
    });
    expect(one.does('director', 'stage.extend', { data: { budget: '30 days' }, reason })).toBe('ok'); // anew
  });

  it('a stopped clock fires nothing more', () => {
    const one = open(handle());
    one.must('secretary', 'case.close', { data: { outcome: 'ended' } });
    one.until(day(400));
    expect(one.events.filter(({ type }) => type === 'rung.fired')).toEqual([]);
    expect(one.all('deadline.cancelled').map(({ id }) => id)).toEqual(['check-1', 'stage:handle.1']);
  });
});
