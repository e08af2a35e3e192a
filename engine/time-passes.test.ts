import { describe, expect, it } from 'vitest';
import { Case, day, org, type Said } from './case.fixture.ts';
import type { EventData } from './event.ts';

// Tables of what time does by itself. Day 0 is a Monday, 09:00.

const rungs = (one: Case, deadline: string) =>
  one.events.flatMap((event) => {
    if (event.type !== 'rung.fired' || event.data.deadline !== deadline) return [];
    const { generation, rung, told, plannedAt } = event.data;
    return [`${generation}/${rung} ${plannedAt.slice(5, 16)} ${told.map((each) => each.person ?? `${each.post}?`)}`];
  });
const data = <T extends keyof EventData>(one: Case, type: T): EventData[T][] =>
  one.events.flatMap((event) => (event.type === type ? [event.data as EventData[T]] : []));
const settled = (one: Case) => data(one, 'accountability.settled').map(({ id, result }) => `${id}: ${result}`);

describe('a ladder', () => {
  it('climbs from the holder to the district, each rung once, in working hours where it says so', () => {
    const one = Case.opened();
    one.until(day(30));
    // meet: 5 working days from Monday 2 March, due Monday 9 March 24:00
    expect(rungs(one, 'meet-1')).toEqual([
      '1/0 03-05T01:00 secretary,qiu',
      '1/1 03-10T01:00 secretary,qiu',
      '1/2 03-11T01:00 director',
      '1/3 03-13T01:00 sub-district-head',
      '1/4 03-16T16:00 district-head',
    ]);
    expect(data(one, 'accountability.opened').find(({ deadline }) => deadline === 'meet-1')).toMatchObject({
      id: 'meet-1.g1',
      post: 'secretary',
      holders: [{ person: 'secretary' }],
    });
  });

  it('tells whoever holds the post at that moment, and the next above while it is vacant', () => {
    const one = Case.opened();
    one.until(day(5));
    one.appoint('secretary', 'new-secretary');
    one.until(day(8.5));
    one.appoint('director');
    one.until(day(10));
    expect(rungs(one, 'meet-1')).toEqual([
      '1/0 03-05T01:00 secretary,qiu',
      '1/1 03-10T01:00 new-secretary,qiu',
      '1/2 03-11T01:00 sub-district-head',
    ]);
    const record = data(one, 'accountability.opened').find(({ id }) => id === 'meet-1.g1');
    expect(record?.holders.map(({ person }) => person)).toEqual(['secretary', 'new-secretary']);
  });

  it('a vacant post falls to the head of its unit, who then accounts', () => {
    const one = Case.opened();
    one.appoint('secretary');
    one.until(day(9));
    expect(rungs(one, 'meet-1')[0]).toBe('1/0 03-05T01:00 director,qiu');
  });

  it('nobody is escalated to himself', () => {
    const one = Case.opened();
    one.appoint('director', 'secretary');
    one.until(day(10));
    expect(rungs(one, 'meet-1').at(-1)).toBe('1/2 03-11T01:00 sub-district-head');
  });

  it('work whose role nobody fills goes to the heads at home, who account for it', () => {
    const one = new Case({
      ...new Case().program,
      roles: { ...new Case().program.roles, secretary: { name: ['书记', 'secretary'], post: 'clerk', optional: true } },
    });
    expect(one.open()).toBe('ok');
    one.until(day(9));
    const told = data(one, 'rung.fired').map((each) => each.told[0]?.person);
    expect(new Set(told)).toEqual(new Set(['director']));
    expect(data(one, 'accountability.opened')[0]).toMatchObject({ post: 'director' });
  });

  it('whoever an item is assigned to is told, in place of its role', () => {
    const one = Case.opened();
    one.must('caseworker', 'task.assign', { target: 'meet', data: { to: 'accountant' } });
    one.until(day(5));
    expect(rungs(one, 'meet-1')).toEqual(['1/0 03-05T01:00 secretary,accountant']);
    expect(one.does('accountant', 'task.complete', { target: 'meet' })).toBe('ok');
  });
});

describe('a moved deadline', () => {
  const late: Said = { reason: 'illness', target: 'meet', data: { kind: 'illness' } };
  it('opens a new generation: what fired stays, what had not is planned anew', () => {
    const one = Case.opened();
    one.until(day(4));
    one.must('caseworker', 'deadline.pause', late);
    one.until(day(11));
    one.must('caseworker', 'deadline.resume', { target: 'meet' });
    one.until(day(16.5));
    expect(rungs(one, 'meet-1')).toEqual([
      '1/0 03-05T01:00 secretary,qiu',
      '2/0 03-13T01:00 secretary,qiu',
      '2/1 03-18T01:00 secretary,qiu',
    ]);
  });

  it('a pause after the deadline moves no date: the rungs to come wait, none fires again', () => {
    const one = Case.opened();
    one.until(day(8.1)); // rung 1 fired, rung 2 is to come on 11 March
    one.must('caseworker', 'deadline.pause', late);
    one.until(day(15));
    one.must('caseworker', 'deadline.resume', { target: 'meet' });
    one.until(day(18));
    expect(rungs(one, 'meet-1').slice(1)).toEqual(['1/1 03-10T01:00 secretary,qiu', '1/2 03-19T01:00 director']);
  });

  it('stays paused when it is extended meanwhile', () => {
    const one = Case.opened();
    one.must('caseworker', 'deadline.pause', { ...late, target: 'speak' });
    one.must('sub-district-head', 'stage.extend', { data: { budget: '5 days' }, reason: 'x' });
    one.until(day(60));
    expect(rungs(one, 'stage:speak.1')).toEqual([]);
    expect(one.does('caseworker', 'deadline.resume', { target: 'speak' })).toBe('ok');
  });

  it('is extended by nobody who answers for it himself, whoever asks', () => {
    const one = Case.opened();
    const both = org.appointments.map((each) =>
      each.post === 'sub-district-head' ? { ...each, person: 'secretary' } : each,
    );
    one.org = { ...org, appointments: both };
    one.must('caseworker', 'deadline.requestExtension', { target: 'speak', data: { budget: '20 days' }, reason: 'x' });
    const decide = { target: 'speak', data: { approve: true } };
    expect(one.does('secretary', 'deadline.decideExtension', decide)).toBe('ROLES_COLLIDE');
    expect(one.does('secretary', 'stage.extend', { data: { budget: '20 days' }, reason: 'x' })).toBe('ROLES_COLLIDE');
    expect(one.does('secretary', 'stage.repeat', { reason: 'x' })).toBe('ROLES_COLLIDE');
    expect(one.does('district-head', 'deadline.decideExtension', decide)).toBe('ok');
    expect(one.does('district-head', 'stage.repeat', { reason: 'x' })).toBe('ok');
  });

  it('is extended as often and as long as the program allows, and by another than who asks', () => {
    const one = Case.opened();
    const ask = { target: 'speak', data: { budget: '20 days' }, reason: 'x' };
    const decide = { target: 'speak', data: { approve: true } };
    const script: [string, string, Said, string][] = [
      ['secretary', 'deadline.requestExtension', { ...ask, data: { budget: '2 months' } }, 'CAP_REACHED'],
      ['secretary', 'deadline.requestExtension', ask, 'ok'],
      ['secretary', 'deadline.requestExtension', ask, 'ALREADY_DONE'],
      ['secretary', 'deadline.decideExtension', decide, 'FORBIDDEN'],
      ['sub-district-head', 'stage.extend', { data: { budget: '20 days' }, reason: 'x' }, 'ok'],
      ['sub-district-head', 'deadline.decideExtension', decide, 'CAP_REACHED'], // 40 days by now
      ['sub-district-head', 'deadline.decideExtension', { ...decide, data: { approve: false } }, 'ok'],
      ['secretary', 'deadline.requestExtension', { ...ask, data: { budget: '10 days' } }, 'ok'],
      ['sub-district-head', 'deadline.decideExtension', decide, 'ok'],
      ['secretary', 'deadline.requestExtension', { ...ask, data: { budget: '1 day' } }, 'CAP_REACHED'], // twice is all
    ];
    for (const [who, type, said, result] of script)
      expect(`${type} ${one.does(who, type, said)}`).toBe(`${type} ${result}`);
  });
});

describe('a missed occurrence', () => {
  it('is noticed, climbs, and can be made good for thirty days', () => {
    const one = Case.opened();
    one.until(day(8)); // visit-1: planned 5 March, two days' grace, missed at 24:00 on 7 March
    expect(data(one, 'duty.missed').map(({ id }) => id)).toEqual(['visit-1']);
    expect(one.does('qiu', 'task.complete', { target: 'visit-1' })).toBe('ok');
    expect(data(one, 'deadline.met').find(({ id }) => id === 'visit-1')).toMatchObject({ late: true });
    one.until(day(50));
    expect(one.does('qiu', 'task.complete', { target: 'visit-2' })).toBe('NOT_OPEN');
    expect(settled(one)).toContain('visit-2.g1: never done');
  });

  it.each([
    ['in time, recorded late', 5, 'done in time, recorded late'],
    ['late', 6, 'done late'],
  ])('done %s: the record says so', (_, at, result) => {
    const one = Case.opened();
    one.until(day(8.5)); // both rungs have fired
    one.until(day(9));
    one.must('qiu', 'task.complete', { target: 'visit-1', occurredAt: day(at), reason: 'the diary' });
    expect(settled(one)).toEqual([`visit-1.g1: ${result}`]);
    expect(rungs(one, 'visit-1')).toHaveLength(2); // a rung that has fired stays
  });

  it('occurrences keep to their grid, whenever the last one was done', () => {
    const one = Case.opened();
    one.until(day(4.5));
    one.must('qiu', 'task.complete', { target: 'visit' });
    one.until(day(13));
    expect(data(one, 'duty.due').flatMap((each) => (each.duty === 'visit' ? [each.plannedDate.slice(5)] : []))).toEqual(
      ['03-05', '03-08', '03-11', '03-14', '03-17'],
    );
  });
});

describe('a record of accountability', () => {
  const ended: [string, (one: Case) => void, string][] = [
    ['the item is skipped', (one) => one.must('secretary', 'task.skip', { target: 'meet', reason: 'x' }), 'never done'],
    ['the stage is repeated', (one) => one.must('caseworker', 'stage.repeat', { reason: 'x' }), 'never done'],
    [
      'the case is closed',
      (one) => one.must('secretary', 'case.close', { data: { outcome: 'died', followUp: false }, reason: 'x' }),
      'never done',
    ],
    ['it is done', (one) => one.must('qiu', 'task.complete', { target: 'meet' }), 'done late'],
  ];
  it.each(ended)('gets its result when %s', (_, end, result) => {
    const one = Case.opened();
    one.until(day(8.1));
    end(one);
    expect(settled(one)).toContain(`meet-1.g1: ${result}`);
  });

  it('of an earlier generation too', () => {
    const one = Case.opened();
    one.until(day(8.1));
    one.must('secretary', 'deadline.requestExtension', { target: 'meet', data: { budget: '10 days' }, reason: 'x' });
    one.must('sub-district-head', 'deadline.decideExtension', { target: 'meet', data: { approve: true } });
    one.must('qiu', 'task.complete', { target: 'meet' });
    expect(settled(one)).toContain('meet-1.g1: done late');
  });

  it('is answered by the post, decided above it, appealed, and decided again by another', () => {
    const one = Case.opened();
    one.until(day(8.1));
    const target = 'meet-1.g1';
    const script: [string, string, Said, string][] = [
      ['director', 'accountability.answer', { target, data: { text: 'x' } }, 'FORBIDDEN'],
      ['secretary', 'accountability.answer', { target, data: { text: 'she was ill' } }, 'ok'],
      ['secretary', 'accountability.answer', { target, data: { text: 'again' } }, 'ALREADY_DONE'],
      ['secretary', 'accountability.decide', { target, data: { outcome: 'excused' } }, 'FORBIDDEN'],
      ['secretary', 'accountability.appeal', { target, data: { text: 'x' } }, 'NOT_OPEN'],
      ['director', 'accountability.decide', { target, data: { outcome: 'warned' } }, 'ok'],
      ['director', 'accountability.decide', { target, data: { outcome: 'warned' } }, 'ALREADY_DONE'],
      ['secretary', 'accountability.appeal', { target, data: { text: 'unjust' } }, 'ok'],
      ['secretary', 'accountability.appeal', { target, data: { text: 'unjust' } }, 'ALREADY_DONE'],
      ['director', 'accountability.decide', { target, data: { outcome: 'warned' } }, 'ROLES_COLLIDE'],
      ['sub-district-head', 'accountability.decide', { target, data: { outcome: 'excused' } }, 'ok'],
    ];
    for (const [who, type, said, result] of script)
      expect(`${who} ${type} ${one.does(who, type, said)}`).toBe(`${who} ${type} ${result}`);
  });
});
