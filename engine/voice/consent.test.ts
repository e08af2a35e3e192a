import { describe, expect, it } from 'vitest';
import { Case, DAY_0, day, org, type Said } from '../case.fixture.ts';
import type { CaseEvent, EventType } from '../event.ts';
import { project } from '../projection.ts';
import { voiceOf } from '../rights.ts';
import { comesOfAge } from '../time/age.ts';

type Rows = readonly (readonly [who: string, type: string, said: Said, answer: string])[];

/** A case for somebody born on that day, with a guardian where wanted. Day 0 is 2026-03-02. */
function caseOf(birthDate: string | undefined, guardian: 'mother' | 'none' = 'mother'): Case {
  const one = new Case();
  one.open('caseworker', {
    parties: [
      { role: 'beneficiary', name: '周某', person: 'zhou', ...(birthDate ? { birthDate } : {}) },
      ...(guardian === 'mother' ? [{ role: 'guardian', name: '罗某', person: 'luo' }] : []),
      { role: 'companion', name: '邱某', person: 'qiu' },
    ],
  });
  return one;
}

function play(one: Case, rows: Rows): void {
  for (const [who, type, said, answer] of rows)
    expect([who, type, one.does(who, type, said)]).toEqual([who, type, answer]);
}

const of = <T extends EventType>(one: Case, type: T) =>
  one.events.filter((event): event is CaseEvent & { type: T } => event.type === type);

const heard = { heard: '他说愿意' };

describe('who consents', () => {
  it('under eight nobody but the guardian, with the separate consent to the data', () => {
    play(caseOf('2020-01-01'), [
      ['zhou', 'consent.give', {}, 'OTHER_VOICE'],
      ['caseworker', 'consent.give', { onBehalfOf: 'beneficiary', data: { witness: '王某' } }, 'OTHER_VOICE'],
      ['luo', 'consent.give', {}, 'INVALID_DATA'],
      ['luo', 'consent.give', { data: { separate: true } }, 'ok'],
    ]);
  });

  it('from eight on the child is heard, from fourteen on the separate consent is not the guardian’s', () => {
    play(caseOf('2015-01-01'), [
      ['luo', 'consent.give', { data: { separate: true } }, 'INVALID_DATA'],
      ['luo', 'consent.give', { data: heard }, 'INVALID_DATA'],
      ['luo', 'consent.give', { data: { separate: true, ...heard } }, 'ok'],
    ]);
    play(caseOf('2010-01-01'), [
      ['zhou', 'consent.give', {}, 'OTHER_VOICE'],
      ['luo', 'consent.give', {}, 'INVALID_DATA'],
      ['luo', 'consent.give', { data: heard }, 'ok'],
    ]);
  });

  it.each([['2000-01-01'], [undefined]])(
    'an adult himself (born %s), whatever a guardian without a document says',
    (born) => {
      play(caseOf(born), [
        ['luo', 'consent.give', { data: heard }, 'OTHER_VOICE'],
        ['luo', 'consent.refuse', {}, 'OTHER_VOICE'],
        ['caseworker', 'consent.give', { onBehalfOf: 'guardian', data: { witness: '王某', ...heard } }, 'OTHER_VOICE'],
        ['zhou', 'consent.give', {}, 'ok'],
        ['luo', 'consent.withdraw', {}, 'OTHER_VOICE'],
        ['zhou', 'consent.withdraw', {}, 'ok'],
      ]);
    },
  );

  it('an adult’s guardian where a document says so, within its dates', () => {
    const one = caseOf('2000-01-01', 'none');
    const guardian = { kind: 'appointed', basis: 'file', from: '2026-03-01', until: '2026-03-31' };
    const add = (data: object): Said => ({
      data: { role: 'guardian', party: { name: '罗某', person: 'luo', ...data } },
    });
    play(one, [
      ['caseworker', 'party.add', add({ guardian }), 'INVALID_DATA'],
      [
        'caseworker',
        'party.add',
        { ...add({ guardian: { ...guardian, until: '2026-02-01' } }), evidence: ['file'] },
        'INVALID_DATA',
      ],
      ['caseworker', 'party.add', { ...add({ guardian }), evidence: ['file'] }, 'ok'],
      ['zhou', 'consent.give', {}, 'OTHER_VOICE'],
      ['luo', 'consent.give', {}, 'INVALID_DATA'],
      ['luo', 'consent.give', { data: heard }, 'ok'],
    ]);
    one.until(day(60));
    play(one, [
      ['luo', 'consent.withdraw', {}, 'OTHER_VOICE'],
      ['zhou', 'consent.withdraw', {}, 'ok'],
    ]);
  });

  it('no companion is a guardian', () => {
    const party = { name: '某', guardian: { kind: 'parent' } };
    play(caseOf('2000-01-01'), [['caseworker', 'party.add', { data: { role: 'volunteers', party } }, 'INVALID_DATA']]);
  });
});

describe('a birthday', () => {
  it('asks for consent again when the child is fourteen, and eighteen, by the clock of the case alone', () => {
    const one = caseOf('2012-03-10');
    play(one, [['luo', 'consent.give', { data: { separate: true, ...heard } }, 'ok']]);
    const fourteen = comesOfAge('2012-03-10', 14);
    one.until(new Date(Date.parse(fourteen) - 1).toISOString());
    expect(of(one, 'party.cameOfAge')).toEqual([]);
    one.until(fourteen);
    expect(of(one, 'party.cameOfAge')[0]).toMatchObject({ occurredAt: fourteen, data: { id: 'beneficiary', age: 14 } });
    expect(one.state.items['voice.consent-1']).toMatchObject({ by: 'guardian', answers: 'secretary' });
    expect(one.state.deadlines['voice.consent-1']?.rungs.length).toBeGreaterThan(2);
    play(one, [
      ['zhou', 'consent.give', {}, 'OTHER_VOICE'],
      ['luo', 'consent.give', { data: heard }, 'ok'],
      ['luo', 'consent.give', { data: heard }, 'ALREADY_DONE'],
    ]);
    expect(one.state.items['voice.consent-1']).toBeUndefined();
    expect(one.state.deadlines['voice.consent-1']).toBeUndefined();
    one.until(comesOfAge('2012-03-10', 18));
    expect(one.state.parties['guardian']).toBeUndefined();
    expect(one.state.items['voice.consent-2']).toMatchObject({ by: 'beneficiary' });
    play(one, [
      ['luo', 'consent.give', {}, 'FORBIDDEN'],
      ['zhou', 'consent.refuse', { data: { note: '我自己来' } }, 'ok'],
    ]);
    expect(one.state.consent).toBeUndefined();
  });

  it('tells nobody where nobody had consented, and does not wait for an adult’s', () => {
    const one = caseOf('2012-03-10');
    one.until(day(30));
    expect(one.state.items['voice.consent-1']).toBeUndefined();
    const adult = caseOf('2000-03-10');
    adult.until(day(30));
    expect(of(adult, 'party.cameOfAge')).toEqual([]);
  });

  it('unanswered climbs the ladder', () => {
    const one = caseOf('2012-03-10');
    play(one, [['luo', 'consent.give', { data: { separate: true, ...heard } }, 'ok']]);
    one.until(day(60));
    const told = of(one, 'rung.fired').filter(({ data }) => data.deadline === 'voice.consent-1');
    expect(told.map(({ data }) => data.tell)).toEqual(['holder', 'holder', 'unit', 'sub-district', 'district']);
  });

  it('keeps the guardian whom a document names, and turns the right at the very moment', () => {
    const one = caseOf('2008-03-10', 'none');
    const guardian = { kind: 'organisation', basis: 'file' };
    const party = { name: '民政局', guardian, person: 'luo' };
    play(one, [['caseworker', 'party.add', { data: { role: 'guardian', party }, evidence: ['file'] }, 'ok']]);
    const at = comesOfAge('2008-03-10', 18);
    expect(voiceOf(one.state, one.program, new Date(Date.parse(at) - 1).toISOString())).toMatchObject({ under: 18 });
    one.until(at);
    expect(one.state.parties['guardian']).toBeDefined();
    expect(voiceOf(one.state, one.program, at)).toEqual({ by: 'guardian', heard: true, separate: false });
  });

  it('by another date of birth is another day; a newer calendar changes nothing of it', () => {
    const one = caseOf('2012-03-10');
    const party = { name: '周某', person: 'zhou', birthDate: '2012-05-01' };
    play(one, [
      ['luo', 'consent.give', { data: { separate: true, ...heard } }, 'ok'],
      ['caseworker', 'party.change', { target: 'beneficiary', data: { party }, reason: '录入有误' }, 'ok'],
    ]);
    expect(project(one.state, one.world())).toEqual([]);
    one.until(day(30));
    expect(of(one, 'party.cameOfAge')).toEqual([]);
    one.until(comesOfAge('2012-05-01', 14));
    expect(of(one, 'party.cameOfAge')).toHaveLength(1);
  });
});

describe('a refusal', () => {
  it('is recorded with or without a reason, and the question rests', () => {
    const one = caseOf('2000-01-01');
    play(one, [
      ['caseworker', 'consent.refuse', { onBehalfOf: 'beneficiary' }, 'EVIDENCE_MISSING'],
      ['caseworker', 'consent.refuse', { onBehalfOf: 'beneficiary', data: { witness: '周某' } }, 'EVIDENCE_MISSING'],
      ['caseworker', 'consent.refuse', { onBehalfOf: 'beneficiary', data: { witness: '王某' } }, 'ok'],
      ['caseworker', 'consent.give', { onBehalfOf: 'beneficiary', data: { witness: '王某' } }, 'CONSENT_RESTS'],
      [
        'secretary',
        'decision.record',
        { data: { body: 'branch', present: 3, for: 3, against: 0, abstain: 0 } },
        'CONSENT_MISSING',
      ],
    ]);
    expect(one.state.refused).toEqual({ by: 'beneficiary', at: DAY_0, until: '2026-04-01T16:00:00.000Z' });
    one.until('2026-04-01T16:00:00.000Z');
    play(one, [
      ['caseworker', 'consent.give', { onBehalfOf: 'beneficiary', data: { witness: '王某' } }, 'ok'],
      ['zhou', 'consent.refuse', {}, 'ALREADY_DONE'],
    ]);
    expect(one.state.refused).toBeUndefined();
  });

  it('can be taken back by who refused at any time, and the case closed with an outcome', () => {
    const one = caseOf('2000-01-01');
    play(one, [
      ['zhou', 'consent.refuse', {}, 'ok'],
      ['zhou', 'consent.give', {}, 'ok'],
    ]);
    const other = caseOf('2000-01-01');
    play(other, [
      ['zhou', 'consent.refuse', { data: { note: '不需要' } }, 'ok'],
      ['secretary', 'case.close', { data: { outcome: 'selfReliant' } }, 'ok'],
    ]);
  });
});

it('a witness is neither who acts nor who benefits, for every act on behalf', () => {
  const one = caseOf('2000-01-01');
  one.org = org;
  const bad = ['caseworker', '周某', ' 周 某 ', 'beneficiary', 'zhou'];
  for (const witness of bad) {
    play(one, [
      ['caseworker', 'consent.give', { onBehalfOf: 'beneficiary', data: { witness } }, 'EVIDENCE_MISSING'],
      ['caseworker', 'consent.refuse', { onBehalfOf: 'beneficiary', data: { witness } }, 'EVIDENCE_MISSING'],
      ['caseworker', 'complaint.make', { onBehalfOf: 'beneficiary', data: { text: 'x', witness } }, 'EVIDENCE_MISSING'],
      [
        'caseworker',
        'emergency.report',
        { onBehalfOf: 'beneficiary', data: { kind: 'harm', text: 'x', witness } },
        'EVIDENCE_MISSING',
      ],
    ]);
  }
  play(one, [
    ['caseworker', 'complaint.make', { onBehalfOf: 'beneficiary', data: { text: 'x', witness: '王某' } }, 'ok'],
  ]);
  expect(of(one, 'complaint.made')[0]).toMatchObject({
    actor: { id: 'caseworker' },
    data: { onBehalfOf: 'beneficiary', witness: '王某' },
  });
});
