import { describe, expect, it } from 'vitest';
import { Case, DAY_0, day, org, type Said } from './case.fixture.ts';
import type { EventData } from './event.ts';
import { planOf } from './explain.ts';
import { addMs } from './time/civil.ts';

type Line = readonly [who: string, type: string, said: Said, result: string];

/** One line an act, what comes of it last. */
function play(one: Case, lines: readonly Line[]): void {
  for (const [who, type, said, result] of lines) {
    expect(`${who} ${type} ${one.does(who, type, said)}`, one.last?.detail[1]).toBe(`${who} ${type} ${result}`);
  }
}
const data = <T extends keyof EventData>(one: Case, type: T): EventData[T][] =>
  one.events.flatMap((event) => (event.type === type ? [event.data as EventData[T]] : []));
const why = { reason: 'x' };

describe('opening', () => {
  const longAgo = addMs(DAY_0, -31 * 86_400_000);
  const far = { ...org, posts: { ...org.posts, branch2: { kind: 'secretary', unit: 'elsewhere' } } };
  it.each<[string, string, Parameters<Case['open']>[1], string]>([
    ['a unit that is not there', 'stranger', { unit: 'moon' }, 'UNKNOWN_UNIT'],
    ['by a stranger', 'stranger', { openedAt: day(5), assignments: { secretary: 'moon' } }, 'FORBIDDEN'],
    ['by who names himself secretary', 'elsewhere', { assignments: { secretary: 'branch2' } }, 'FORBIDDEN'],
    ['in the future', 'caseworker', { openedAt: day(5), assignments: { secretary: 'moon' } }, 'OCCURRED_IN_FUTURE'],
    ['too long ago', 'caseworker', { openedAt: longAgo, assignments: { secretary: 'moon' } }, 'OPENED_TOO_EARLY'],
    [
      'with a post that is not there',
      'caseworker',
      { assignments: { secretary: 'moon' }, parties: [] },
      'UNKNOWN_ASSIGNMENT',
    ],
    ['without the people it is about', 'caseworker', { parties: [], data: {} }, 'INVALID_DATA'],
    [
      'without what intake asks',
      'caseworker',
      { data: {}, assignments: { accountant: 'cash-holder' } },
      'INVALID_DATA',
    ],
    [
      'one post for two that must be apart',
      'caseworker',
      { assignments: { accountant: 'cash-holder' } },
      'ROLES_NOT_APART',
    ],
    [
      'a helped person who keeps the accounts',
      'caseworker',
      { parties: [{ role: 'beneficiary', person: 'accountant' }, { role: 'companion' }] },
      'ROLES_NOT_APART',
    ],
    ['by the secretary', 'secretary', {}, 'ok'],
    ['by the head of the district', 'district-head', {}, 'ok'],
  ])('%s: %s', (_, who, request, result) => {
    const one = new Case();
    one.org = { ...far, appointments: [...org.appointments, { post: 'branch2', person: 'elsewhere', from: longAgo }] };
    expect(one.open(who, request)).toBe(result);
  });

  it('back in time: clocks run from then, and what is due already fires', () => {
    const one = new Case();
    one.open('caseworker', { openedAt: day(-20) });
    expect(one.state.openedAt).toBe(day(-20));
    expect(data(one, 'duty.missed').length).toBeGreaterThan(3);
  });

  it('imported: flagged, and clocks start now, whatever is entered from before', () => {
    const one = new Case();
    one.open('caseworker', { openedAt: '2019-05-01T00:00:00.000Z', imported: true });
    expect([one.state.imported, one.state.openedAt, data(one, 'case.opened')[0]?.since]).toEqual([
      true,
      DAY_0,
      '2019-05-01T00:00:00.000Z',
    ]);
    const old = { occurredAt: '2019-06-01T00:00:00.000Z' };
    play(one, [['zhou', 'consent.give', old, 'ok']]);
    for (const body of ['branch', 'residents']) {
      one.must('secretary', 'decision.record', { ...old, data: { body, present: 1, for: 1, against: 0, abstain: 0 } });
    }
    expect(one.state.deadlines['stage:speak.1']?.start).toBe(DAY_0);
    expect(data(one, 'duty.missed')).toEqual([]);
  });
});

describe('dates that lie before what they follow from', () => {
  it('a stage begins no earlier than the last thing of the stage before', () => {
    const one = Case.opened();
    one.until(day(4));
    one.must('qiu', 'task.complete', { target: 'meet' });
    one.must('qiu', 'task.complete', { target: 'visit' });
    one.must('caseworker', 'task.complete', { target: 'craft', onBehalfOf: 'volunteers' });
    one.must('secretary', 'milestone.reach', { target: 'speaks', occurredAt: day(2), data: { note: 'x' } });
    expect(one.state.stages['wish']?.enteredAt).toBe(day(4));
    expect(data(one, 'deadline.met').find(({ id }) => id === 'stage:speak.1')?.at).toBe(day(4));
  });
});

describe('consent', () => {
  it('withdrawn stops the help at once; it goes on only when it is given again', () => {
    const one = Case.opened();
    one.until(day(2));
    const fired = () => data(one, 'rung.fired').length;
    play(one, [
      ['caseworker', 'consent.withdraw', { onBehalfOf: 'companion' }, 'INVALID_DATA'],
      ['stranger', 'consent.withdraw', {}, 'FORBIDDEN'],
      ['zhou', 'consent.withdraw', {}, 'ok'],
    ]);
    expect(one.state.status).toBe('suspended');
    const before = fired();
    one.until(day(200));
    expect(fired()).toBe(before);
    play(one, [
      ['qiu', 'task.complete', { target: 'meet' }, 'WRONG_STATUS'],
      ['secretary', 'case.resume', {}, 'CONSENT_MISSING'],
      ['zhou', 'consent.give', {}, 'ok'],
      ['secretary', 'case.resume', {}, 'ok'],
      ['qiu', 'task.complete', { target: 'meet' }, 'ok'],
    ]);
    expect(data(one, 'deadline.met').at(-1)).toMatchObject({ id: 'meet-1', late: false });
    one.until(day(201.2));
    // along the old grid, and nothing for the months between
    expect(Object.keys(one.state.items).filter((id) => id.startsWith('visit'))).toEqual(['visit-1', 'visit-2']);
  });

  it('is kept from the follow-up of who withdrew it, and needed to begin anew', () => {
    const one = Case.opened();
    play(one, [
      ['zhou', 'consent.withdraw', {}, 'ok'],
      ['secretary', 'case.close', { data: { outcome: 'selfReliant' } }, 'ok'],
      ['secretary', 'case.reopen', why, 'CONSENT_MISSING'],
      ['zhou', 'consent.give', {}, 'ok'],
      ['secretary', 'case.reopen', why, 'ok'],
    ]);
    expect(data(one, 'case.ended')).toHaveLength(1);
    expect(one.state.stages['speak']).toMatchObject({ round: 2, state: 'current' });
  });

  it('withdrawn in the follow-up ends the visits', () => {
    const one = Case.opened();
    one.must('secretary', 'case.close', { data: { outcome: 'selfReliant' } });
    expect(Object.keys(one.state.duties)).toEqual(['after']);
    play(one, [['zhou', 'consent.withdraw', {}, 'ok']]);
    expect([one.state.duties, one.state.items, one.state.status]).toEqual([{}, {}, 'followUp']);
  });
});

describe('closing and opening again', () => {
  it('without follow-up needs a reason', () => {
    play(Case.opened(), [
      ['secretary', 'case.close', { data: { outcome: 'died', followUp: false } }, 'REASON_MISSING'],
      ['secretary', 'case.close', { data: { outcome: 'died', followUp: false }, ...why }, 'ok'],
      ['secretary', 'case.close', { data: { outcome: 'died' } }, 'WRONG_STATUS'],
    ]);
  });

  it('waits for money that only one side has recorded, whose clock runs through a suspension', () => {
    const one = Case.opened();
    const entry = { book: 'earnings', direction: 'in', sourceDoc: '1', channel: 'cash' };
    play(one, [
      ['cash-holder', 'cash.record', { data: { ...entry, amountFen: 100 }, evidence: ['photo'] }, 'ok'],
      ['secretary', 'case.close', { data: { outcome: 'died' } }, 'BLOCKED'],
      ['secretary', 'case.suspend', why, 'ok'],
    ]);
    one.until(day(20));
    expect(data(one, 'discrepancy.found')).toHaveLength(1);
    expect(data(one, 'rung.fired').map((each) => each.told[0]?.level)).toContain('district');
  });

  it('a case reopened after its end has every ability again', () => {
    const one = Case.opened();
    one.must('secretary', 'case.close', { data: { outcome: 'selfReliant' } });
    one.until(day(120));
    expect(one.state.status).toBe('closed');
    play(one, [
      ['secretary', 'case.reopen', {}, 'REASON_MISSING'],
      ['qiu', 'case.reopen', why, 'FORBIDDEN'],
      ['secretary', 'case.reopen', { ...why, occurredAt: day(1) }, 'ok'],
      ['qiu', 'task.complete', { target: 'meet' }, 'ok'],
    ]);
    one.until(day(124.5));
    expect(one.state.items['visit-3']?.plannedDate).toBe('2026-07-06'); // day 126: six days after it began again
    expect([one.state.outcome, one.state.closedAt, one.state.followUpUntil, one.state.reopened]).toEqual([
      ...[undefined, undefined, undefined],
      1,
    ]);
  });
});

describe('stages', () => {
  it('are repeated, stepped back to and skipped, with reasons', () => {
    const one = Case.opened();
    play(one, [
      ['secretary', 'stage.repeat', {}, 'REASON_MISSING'],
      ['secretary', 'stage.stepBack', { ...why, data: { to: 'wish' } }, 'BLOCKED'],
      ['secretary', 'stage.stepBack', { ...why, data: { to: 'moon' } }, 'INVALID_DATA'],
      ['secretary', 'stage.skip', { ...why, target: 'wish' }, 'BLOCKED'],
      ['secretary', 'stage.repeat', why, 'ROLES_COLLIDE'], // his clock would begin anew
      ['caseworker', 'stage.repeat', why, 'ok'],
      ['secretary', 'stage.skip', why, 'ok'],
      ['secretary', 'stage.stepBack', { ...why, data: { to: 'speak' } }, 'ok'],
    ]);
    expect(one.state.stages).toMatchObject({
      speak: { round: 3, state: 'current' },
      wish: { round: 1, state: 'future' },
    });
    expect(Object.keys(one.state.deadlines).filter((id) => id.startsWith('stage'))).toEqual(['stage:speak.3']);
    const plan = planOf(one.state, one.program);
    const lines = [...plan.before, ...plan.duties, ...plan.stages.flatMap((stage) => stage.items)];
    expect(lines.filter(({ reason }) => !reason[0] || !reason[1])).toEqual([]);
  });

  it('why it was done, in whose stead and with which documents is kept with the first event', () => {
    const one = Case.opened();
    const words = { reason: ' 家里有事 ', onBehalfOf: 'companion', evidence: ['photo'] };
    play(one, [
      [
        'sub-district-head',
        'stage.extend',
        { target: 'speak', data: { budget: '10 days' }, reason: '生病', evidence: ['photo'] },
        'ok',
      ],
      ['caseworker', 'task.complete', { target: 'meet', ...words }, 'ok'],
    ]);
    const said = (type: string) => one.events.filter((event) => event.type === type).map(({ data }) => data);
    expect(said('stage.extended')).toMatchObject([{ reason: '生病', evidence: ['photo'] }]);
    expect(said('task.completed').at(-1)).toMatchObject({ ...words, reason: '家里有事' });
    expect(one.events.filter(({ data }) => 'reason' in data)).toHaveLength(2);
  });

  it('a finished task can be opened again, and counts no more', () => {
    const one = Case.opened();
    one.until(day(3.1));
    play(one, [
      ['secretary', 'task.reopen', { ...why, target: 'meet' }, 'FORBIDDEN'],
      ['caseworker', 'task.reopen', { ...why, target: 'meet' }, 'NOT_OPEN'],
      ['qiu', 'task.complete', { target: 'meet' }, 'ok'],
      ['caseworker', 'task.reopen', { ...why, target: 'meet-1' }, 'ok'],
    ]);
    expect([one.state.counts['meet'], one.state.round['meet'], one.state.items['meet-2']?.kind]).toEqual([
      0,
      'open',
      'task',
    ]);
  });

  it('an item a worker adds holds up the stage while it is open, and is forgotten after', () => {
    const one = Case.opened();
    const item = { name: 'ramp', by: 'secretary', within: '2 days' };
    play(one, [
      ['secretary', 'task.add', { data: { item } }, 'REASON_MISSING'],
      ['secretary', 'task.add', { ...why, data: { item: { ...item, by: 'moon' } } }, 'INVALID_DATA'],
      ['secretary', 'task.add', { ...why, data: { item: { ...item, key: 'meet' } } }, 'INVALID_DATA'],
      ['secretary', 'task.add', { ...why, data: { item: { ...item, key: 'ramp' } } }, 'ok'],
      ['secretary', 'task.complete', { target: 'ramp' }, 'ok'],
      ['secretary', 'task.add', { ...why, data: { item: { ...item, key: 'ramp' } } }, 'ok'],
    ]);
    expect(Object.keys(one.state.items)).toContain('ramp-2'); // never an id twice
    play(one, [['secretary', 'task.complete', { target: 'ramp' }, 'ok']]);
    expect([one.state.added, one.state.counts['ramp'], one.state.round['ramp']]).toEqual([{}, undefined, undefined]);
  });

  it('what a revised plan adds to the current stage opens at once, and must be done', () => {
    const one = Case.opened();
    const ramp = { key: 'ramp', name: ['坡道', 'ramp'], by: 'secretary', stage: 'speak' };
    play(one, [
      ['secretary', 'plan.revise', { ...why, data: { items: [ramp] } }, 'BLOCKED'],
      ...['branch', 'residents'].map((body): Line => {
        return ['secretary', 'decision.record', { data: { body, present: 1, for: 1, against: 0, abstain: 0 } }, 'ok'];
      }),
      ['secretary', 'plan.revise', { ...why, data: { items: [{ ...ramp, key: 'meet' }] } }, 'INVALID_DATA'],
      ['secretary', 'plan.revise', { ...why, data: { items: [ramp], deadlines: { speak: '5 days' } } }, 'ok'],
      ['secretary', 'plan.revise', { ...why, data: { items: [{ ...ramp, by: 'companion' }] } }, 'INVALID_DATA'],
      ['secretary', 'task.skip', { ...why, target: 'meet' }, 'ok'],
      ['secretary', 'task.skip', { ...why, target: 'speaks' }, 'ok'],
    ]);
    expect(one.state.deadlines['stage:speak.1']).toMatchObject({ budget: '5 days', generation: 2 });
    play(one, [['secretary', 'task.complete', { target: 'ramp' }, 'ok']]);
    expect(one.state.stage).toBe('wish');
  });
});

describe('a complaint', () => {
  it.each([
    [undefined, 'sub-district-head'],
    ['companion', 'sub-district-head'],
    ['director', 'sub-district-head'],
    ['sub-district-head', 'district-head'],
    // whoever answers to him is not told either: the highest unit, where its administrators find it
    ['district-head', undefined],
  ])('about %s goes to %s', (about, to) => {
    const one = Case.opened();
    one.must('zhou', 'complaint.make', { data: { text: 'x', ...(about ? { about } : {}) } });
    expect(data(one, 'complaint.made')[0]?.told.map(({ person }) => person)).toEqual([to]);
  });

  it('never reaches whoever it is about, in whatever post', () => {
    const one = Case.opened();
    one.appoint('sub-district-head', 'boss');
    one.appoint('district-head', 'boss');
    one.must('qiu', 'complaint.make', { data: { text: 'x', about: 'boss' } });
    expect(data(one, 'complaint.made')[0]?.told).toEqual([{ unit: 'district', level: 'district' }]);
  });

  it('reaches a post that is vacant, for whoever comes to hold it', () => {
    const one = Case.opened();
    one.appoint('sub-district-head', 'boss');
    one.appoint('district-head');
    one.must('qiu', 'complaint.make', { data: { text: 'x', about: 'boss' } });
    expect(data(one, 'complaint.made')[0]?.told).toEqual([
      { post: 'district-head', unit: 'district', level: 'district' },
      // and its administrators, until somebody does
      { unit: 'district', level: 'district' },
    ]);
  });
});

describe('parties', () => {
  it('come and go, and no id comes twice', () => {
    const one = Case.opened();
    const add: Said = { data: { role: 'volunteers', party: { name: '某' } } };
    play(one, [
      ['secretary', 'party.add', add, 'ok'],
      ['secretary', 'party.add', add, 'ok'],
      ['secretary', 'party.end', { ...why, target: 'volunteers-2' }, 'ok'],
      ['secretary', 'party.add', add, 'ok'],
      ['secretary', 'party.add', { data: { role: 'companion', party: { name: '某' } } }, 'ALREADY_DONE'],
      ['secretary', 'party.add', { data: { role: 'moon', party: 'x' } }, 'INVALID_DATA'],
      ['qiu', 'party.add', add, 'FORBIDDEN'],
    ]);
    expect(Object.keys(one.state.parties)).toEqual(['beneficiary', 'companion', 'volunteers', 'volunteers-3']);
  });

  it('nobody who works on a case is made the person it is about, or the guardian', () => {
    const one = Case.opened();
    const as = (person: string): Said => ({ ...why, target: 'beneficiary', data: { party: { person } } });
    const guardian = (person: string): Said => ({ data: { role: 'guardian', party: { person } } });
    play(one, [
      ...(['caseworker', 'secretary', 'director', 'accountant'] as const).flatMap((person): Line[] => [
        ['caseworker', 'party.change', as(person), 'ROLES_COLLIDE'],
        ['caseworker', 'party.add', guardian(person), 'ROLES_COLLIDE'],
      ]),
      ['caseworker', 'party.add', guardian('luo'), 'ok'],
      ['caseworker', 'party.change', as('zhou'), 'ok'],
      // nothing is said of who he is
      ['caseworker', 'party.change', { ...why, target: 'beneficiary', data: { party: { name: '周某' } } }, 'ok'],
    ]);
  });

  it('nor does anybody come to work on a case of his own, by whatever way', () => {
    const one = Case.opened();
    one.must('caseworker', 'party.add', { data: { role: 'guardian', party: { person: 'cadre' } } });
    const before = one.org;
    const visit: Said = { target: 'meet', data: { note: 'x' } };
    const ways: [way: () => void, result: string][] = [
      [() => one.appoint('secretary', 'cadre'), 'ROLES_COLLIDE'],
      [() => one.appoint('director', 'cadre'), 'ROLES_COLLIDE'],
      // who stands in has no right where he is a party
      [() => (one.org = { ...before, deputies: [{ post: 'secretary', person: 'cadre', from: DAY_0 }] }), 'FORBIDDEN'],
    ];
    for (const [comeToIt, result] of ways) {
      comeToIt();
      play(one, [
        ['cadre', 'task.complete', visit, result],
        ['cadre', 'note.add', { data: { text: 'x' } }, 'ok'],
      ]);
      one.org = before;
    }
    one.appoint('district-head', 'cadre');
    play(one, [
      ['caseworker', 'party.change', { ...why, data: { role: 'secretary', party: 'cadre' } }, 'ROLES_COLLIDE'],
      ['caseworker', 'party.change', { ...why, data: { role: 'secretary', party: 'district-head' } }, 'ROLES_COLLIDE'],
      ['caseworker', 'task.assign', { target: 'speaks', data: { to: 'cadre' } }, 'ROLES_COLLIDE'],
      // what companions do is no office
      ['caseworker', 'task.assign', { target: 'meet', data: { to: 'cadre' } }, 'ok'],
    ]);
  });

  it('a caseworker whose own a case is leaves it to others', () => {
    const one = new Case();
    one.open('director', {
      parties: [
        { role: 'beneficiary', name: '周某', person: 'caseworker' },
        { role: 'companion', name: '邱某', person: 'qiu' },
      ],
    });
    play(one, [
      ['caseworker', 'data.correct', { ...why, data: { fields: { wish: 'x' } } }, 'ROLES_COLLIDE'],
      ['caseworker', 'party.add', { data: { role: 'volunteers', party: { name: '某' } } }, 'ROLES_COLLIDE'],
      ['caseworker', 'consent.give', {}, 'ok'],
      ['director', 'data.correct', { ...why, data: { fields: { wish: 'x' } } }, 'ok'],
    ]);
  });

  it('a case about a minor becomes one about none by a head and a paper alone', () => {
    const child = { role: 'beneficiary', name: '周某', birthDate: '2015-05-01' } as const;
    const one = new Case();
    one.open('caseworker', { parties: [child, { role: 'companion', name: '邱某' }] });
    const grown: Said = { ...why, target: 'beneficiary', data: { party: { birthDate: '1990-01-01' } } };
    const other: Said = { ...why, target: 'beneficiary', data: { replaces: true, party: { name: '王某' } } };
    play(one, [
      ['caseworker', 'party.change', grown, 'FORBIDDEN'],
      ['caseworker', 'party.change', other, 'FORBIDDEN'],
      ['caseworker', 'party.end', { ...why, target: 'beneficiary' }, 'FORBIDDEN'],
      ['director', 'party.change', grown, 'EVIDENCE_MISSING'],
      [
        'caseworker',
        'party.change',
        { ...why, target: 'beneficiary', data: { party: { birthDate: '2016-05-01' } } },
        'ok',
      ],
      ['director', 'party.change', { ...grown, evidence: ['file'] }, 'ok'],
    ]);
  });
});
