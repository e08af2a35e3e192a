import { describe, expect, it } from 'vitest';
import { Case, DAY_0, day, type Said } from './case.fixture.ts';

// One line an act: the day, who, what, what is said, and last what comes of it: `ok` or the refusal.
type Line = readonly [day: number, who: string, type: string, said: Said, result: string];

function play(one: Case, lines: readonly Line[]): void {
  for (const [n, who, type, said, result] of lines) {
    one.until(day(n));
    const answer = one.does(who, type, said);
    const why = one.last?.detail[1] ?? '';
    expect(`${n} ${who} ${type} ${answer}`, why).toBe(`${n} ${who} ${type} ${result}`);
    if (one.last)
      expect(one.last.detail.every((each) => each.length > 0) && one.last.waysOut.length > 0, why).toBe(true);
  }
}

const vote = (body: string, yes: number, present = 5) => ({
  data: { body, present, for: yes, against: present - yes, abstain: 0 },
});

describe('refusals in order of precedence', () => {
  // each line mends what the line before was refused for
  const wrong = { type: 'stage.repeat', data: { x: 1 }, occurredAt: day(1000), evidence: ['nothing'] };
  it.each([
    ['UNKNOWN_ACT', 'stranger', { ...wrong, type: 'stage.celebrate' }],
    ['INVALID_DATA', 'stranger', wrong],
    ['FORBIDDEN', 'stranger', { ...wrong, data: {} }],
    ['OCCURRED_IN_FUTURE', 'secretary', { ...wrong, data: {} }],
    ['REASON_MISSING', 'secretary', { ...wrong, data: {}, occurredAt: DAY_0 }],
    ['UNKNOWN_DOCUMENT', 'secretary', { ...wrong, data: {}, occurredAt: DAY_0, reason: 'again' }],
    ['WRONG_STATUS', 'secretary', { type: 'stage.repeat', reason: 'again' }],
  ])('%s', (code, who, { type, ...said }) => {
    const one = Case.opened('proposed');
    const before = JSON.stringify(one.state);
    expect(one.does(who, type, said)).toBe(code);
    expect(JSON.stringify(one.state)).toBe(before);
  });

  it('lists every place of wrong data', () => {
    const one = Case.opened();
    one.does('qiu', 'task.complete', { target: 'meet', data: { fields: { mood: 'jolly', colour: 'red' } } });
    expect(one.last?.errors?.map((each) => each.path)).toEqual(['data.fields.mood', 'data.fields.colour']);
  });

  it('names internal acts to nobody and lets nobody but the system send them', () => {
    const one = Case.opened();
    expect(one.does('caseworker', 'effect.answer', { target: 'x' })).toBe('UNKNOWN_ACT');
    expect(one.last?.waysOut[0]?.[1]).not.toContain('effect.answer');
  });
});

describe('from consent to the end', () => {
  it('goes its way', () => {
    const one = Case.opened('proposed');
    play(one, [
      [0.1, 'secretary', 'decision.record', vote('branch', 3), 'CONSENT_MISSING'],
      [0.2, 'caseworker', 'consent.give', { onBehalfOf: 'beneficiary' }, 'EVIDENCE_MISSING'],
      [0.2, 'caseworker', 'consent.give', { onBehalfOf: 'companion', evidence: ['file'] }, 'INVALID_DATA'],
      [0.2, 'caseworker', 'consent.give', { onBehalfOf: 'guardian', evidence: ['file'] }, 'INVALID_DATA'],
      [0.2, 'caseworker', 'consent.give', { onBehalfOf: 'beneficiary', evidence: ['file'] }, 'ok'],
      [0.2, 'zhou', 'consent.give', {}, 'ALREADY_DONE'],
      [0.3, 'secretary', 'decision.record', vote('cats', 5), 'INVALID_DATA'],
      [0.3, 'secretary', 'decision.record', vote('branch', 6), 'INVALID_DATA'],
      [0.3, 'zhou', 'decision.record', vote('branch', 3), 'FORBIDDEN'],
      [0.3, 'secretary', 'decision.record', vote('branch', 2), 'ok'], // lost: nothing begins
      [0.4, 'secretary', 'decision.record', vote('branch', 3), 'ok'],
      [0.4, 'secretary', 'decision.record', vote('branch', 3), 'ALREADY_DONE'],
      [0.5, 'secretary', 'decision.record', vote('residents', 5), 'ok'],
      [1, 'qiu', 'task.complete', { target: 'nothing' }, 'FORBIDDEN'],
      [1, 'caseworker', 'task.complete', { target: 'nothing' }, 'NOT_OPEN'],
      [1, 'caseworker', 'task.complete', {}, 'INVALID_DATA'],
      [1, 'zhou', 'task.complete', { target: 'meet' }, 'FORBIDDEN'],
      [1, 'qiu', 'task.complete', { target: 'meet' }, 'ok'],
      [1, 'qiu', 'task.complete', { target: 'meet-1' }, 'NOT_OPEN'], // done, and he is told so
      [2, 'secretary', 'milestone.reach', { target: 'speaks', data: { note: 'x' } }, 'BLOCKED'],
      [3.1, 'qiu', 'task.complete', { target: 'visit', data: { fields: { mood: 'good' } } }, 'ok'],
      [3.2, 'caseworker', 'task.complete', { target: 'craft', onBehalfOf: 'volunteers' }, 'ok'],
      [3.3, 'secretary', 'milestone.reach', { target: 'speaks' }, 'EVIDENCE_MISSING'],
      [3.3, 'caseworker', 'milestone.reach', { target: 'speaks', data: { note: 'x' } }, 'FORBIDDEN'],
      [3.3, 'secretary', 'milestone.reach', { target: 'speaks', data: { note: 'he talks' } }, 'ok'],
      [4, 'qiu', 'task.complete', { target: 'tell' }, 'INVALID_DATA'], // asks for the wish
      [4, 'caseworker', 'await.occur', { target: 'permit' }, 'NOT_OPEN'], // waits for the wish
      [4, 'qiu', 'task.complete', { target: 'tell', data: { fields: { wish: 'the sea' } } }, 'ok'],
      [5, 'caseworker', 'await.occur', { target: 'permit' }, 'ok'],
      [6, 'secretary', 'milestone.reach', { target: 'fulfilled', evidence: ['photo'] }, 'FORBIDDEN'], // he alone
      [6, 'zhou', 'milestone.reach', { target: 'fulfilled' }, 'EVIDENCE_MISSING'],
      [6, 'zhou', 'milestone.reach', { target: 'fulfilled', evidence: ['photo'] }, 'ok'],
      [6, 'secretary', 'stage.repeat', { reason: 'again' }, 'BLOCKED'], // none is current
      [7, 'secretary', 'case.close', { data: { outcome: 'happy' } }, 'INVALID_DATA'],
      [7, 'qiu', 'case.close', { data: { outcome: 'selfReliant' } }, 'FORBIDDEN'],
      [7, 'secretary', 'case.close', { data: { outcome: 'selfReliant' } }, 'ok'],
      [8, 'secretary', 'case.suspend', { reason: 'x' }, 'WRONG_STATUS'],
      [32, 'secretary', 'task.complete', { target: 'after' }, 'ok'],
    ]);
    expect(one.state.status).toBe('followUp');
    one.until(day(100));
    expect(one.state.status).toBe('closed');
    expect([one.state.items, one.state.deadlines, one.state.duties]).toEqual([{}, {}, {}]);
  });

  it('says on whose behalf a worker may act instead', () => {
    const one = Case.opened();
    one.does('auditor', 'milestone.reach', { target: 'fulfilled' });
    one.does('auditor', 'task.complete', { target: 'meet' });
    expect(one.last?.waysOut.at(-1)?.[1]).toContain('onBehalfOf');
  });
});

describe('late recording', () => {
  it.each([
    ['three working days', 7.2, 4.2, undefined, 'ok'],
    ['over a weekend', 7.2, 2.2, undefined, 'ok'],
    ['four working days', 7.2, 1.2, undefined, 'REASON_MISSING'],
    ['four working days, with a reason', 7.2, 1.2, 'found the diary', 'ok'],
    ['a blank reason', 7.2, 1.2, '  ', 'REASON_MISSING'],
    ['decades', 7.2, -20_000, undefined, 'REASON_MISSING'],
    ['a second ahead', 7.2, 7.2001, undefined, 'OCCURRED_IN_FUTURE'],
  ])('%s: %s', (_, now, at, reason, result) => {
    const one = Case.opened();
    one.until(day(now));
    const said = { target: 'meet', occurredAt: day(at), ...(reason === undefined ? {} : { reason }) };
    expect(one.does('caseworker', 'task.complete', said)).toBe(result);
  });

  it('asks for no reason for what lies before an import', () => {
    const one = new Case();
    one.open('caseworker', { imported: true, openedAt: '2019-05-01T00:00:00.000Z' });
    const said = { occurredAt: '2019-06-01T00:00:00.000Z', onBehalfOf: 'beneficiary', evidence: ['file'] };
    expect(one.does('caseworker', 'consent.give', said)).toBe('ok');
  });

  it('asks for a reason for work dated before an import, and judges its clock by now', () => {
    const one = new Case();
    one.open('caseworker', { imported: true, openedAt: '2019-05-01T00:00:00.000Z' });
    one.approve();
    one.until(day(400));
    const said = { target: 'meet', occurredAt: '2019-06-01T00:00:00.000Z' };
    expect(one.does('caseworker', 'task.complete', said)).toBe('REASON_MISSING');
    const mark = one.mark();
    expect(one.does('caseworker', 'task.complete', { ...said, reason: 'found the sheet' })).toBe('ok');
    const met = one.events.slice(mark).flatMap(({ type, data }) => (type === 'deadline.met' ? [data] : []));
    expect(met).toEqual([{ id: 'meet-1', at: said.occurredAt, late: true, recordedLate: false }]);
  });

  it.each([
    ['in a case taken over, by now: late', true, 400, 20, { late: true, recordedLate: false }],
    ['in a case taken over, by now: in time', true, 105, 20, { late: false, recordedLate: false }],
    ['in a case taken over, from its opening on: by that date', true, 400, 101, { late: false, recordedLate: true }],
    ['in any other case, by that date', false, 400, 20, { late: false, recordedLate: true }],
  ])('judges work dated before what is asked was opened, %s', (_, imported, now, at, judged) => {
    const one = new Case();
    one.open('caseworker', imported ? { imported, openedAt: '2019-05-01T00:00:00.000Z' } : {});
    one.approve();
    one.until(day(100));
    one.must('secretary', 'stage.skip', { reason: 'x' });
    one.must('caseworker', 'task.complete', { target: 'tell', data: { fields: { wish: '书' } } });
    expect(one.state.deadlines['permit-1']).toMatchObject({ start: day(100) });
    one.until(day(now));
    const mark = one.mark();
    const said = { target: 'permit', occurredAt: day(at), reason: 'found the sheet' };
    one.must('caseworker', 'await.occur', said);
    const met = one.events.slice(mark).flatMap(({ type, data }) => (type === 'deadline.met' ? [data] : []));
    expect(met[0]).toMatchObject({ id: 'permit-1', at: day(at), ...judged });
  });
});

describe('roles that must be apart, later', () => {
  it.each([
    ['party.change', { target: 'accountant', data: { party: 'cash-holder' }, reason: 'x' }],
    ['party.change', { target: 'companion', data: { party: { person: 'accountant' } }, reason: 'x' }],
    ['party.change', { target: 'beneficiary', data: { party: { person: 'secretary' } }, reason: 'x' }],
  ])('%s is refused when it makes them collide', (type, said) => {
    expect(Case.opened().does('secretary', type, said)).toBe('ROLES_COLLIDE');
  });

  it('a person appointed to both can do neither until one is given away', () => {
    const one = Case.opened();
    one.appoint('accountant', 'cash-holder');
    const entry = { book: 'earnings', direction: 'in', sourceDoc: '1', channel: 'cash', amountFen: 100 };
    play(one, [
      [1, 'cash-holder', 'cash.record', { data: entry, evidence: ['photo'] }, 'ROLES_COLLIDE'],
      [1, 'cash-holder', 'note.add', { data: { text: 'I hold both' } }, 'ok'],
      [1, 'secretary', 'party.change', { target: 'accountant', data: { party: 'director' }, reason: 'x' }, 'ok'],
      [1, 'cash-holder', 'cash.record', { data: entry, evidence: ['photo'] }, 'ok'],
    ]);
  });
});
