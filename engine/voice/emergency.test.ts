import { describe, expect, it } from 'vitest';
import { Case, DAY_0, day, type Said } from '../case.fixture.ts';
import type { CaseEvent, EventType } from '../event.ts';
import { addMs } from '../time/civil.ts';

const of = <T extends EventType>(one: Case, type: T) =>
  one.events.filter((event): event is CaseEvent & { type: T } => event.type === type);
const persons = (told: readonly { person?: string; unit: string }[]) => told.map(({ person, unit }) => person ?? unit);
const harm = (about?: string | string[]): Said => ({
  data: { kind: 'harm', text: '有人打他', ...(about ? { about } : {}) },
});

describe('an emergency', () => {
  it.each(['zhou', 'qiu', 'caseworker', 'auditor', 'secretary', 'accountant'])('%s can report it', (who) => {
    expect(Case.opened().does(who, 'emergency.report', harm())).toBe('ok');
  });

  it('goes above everybody who has to do with the case, at any hour', () => {
    const one = Case.opened();
    one.until('2026-03-07T18:00:00.000Z'); // Sunday, two in the morning
    one.must('zhou', 'emergency.report', harm('companion'));
    expect(persons(of(one, 'emergency.reported')[0]!.data.told)).toEqual(['sub-district-head']);
    one.until(addMs(one.now, 90 * 60_000), { naps: true });
    expect(of(one, 'emergency.repeated').map(({ occurredAt, data }) => [occurredAt, persons(data.told)])).toEqual([
      ['2026-03-07T18:30:00.000Z', ['district-head']],
      ['2026-03-07T19:00:00.000Z', ['district-head', 'district']],
      ['2026-03-07T19:30:00.000Z', ['district-head', 'district']],
    ]);
  });

  it('goes past those who fill roles higher up, and never to whom it is about', () => {
    const one = Case.opened();
    one.must('secretary', 'party.change', { target: 'secretary', data: { party: 'sub-district-head' }, reason: 'x' });
    one.must('zhou', 'emergency.report', harm());
    expect(persons(of(one, 'emergency.reported')[0]!.data.told)).toEqual(['district-head']);
    one.must('zhou', 'emergency.report', harm(['district-head', 'director']));
    // a head involved is told rather than nobody in office
    expect(persons(of(one, 'emergency.reported')[1]!.data.told)).toEqual(['sub-district-head', 'district']);
    one.must('sub-district-head', 'party.change', {
      target: 'accountant',
      data: { party: 'district-head' },
      reason: 'x',
    });
    one.must('zhou', 'emergency.report', harm('companion'));
    // nobody is above them all: the highest there is, and the administrators
    expect(persons(of(one, 'emergency.reported')[2]!.data.told)).toEqual(['district-head', 'district']);
  });

  it('keeps whoever was told when a post higher up stands empty, and passes an empty one that is the only one above', () => {
    const one = Case.opened();
    one.appoint('district-head');
    one.must('zhou', 'emergency.report', harm('companion'));
    one.until(addMs(one.now, 35 * 60_000));
    expect(persons(of(one, 'emergency.repeated')[0]!.data.told)).toEqual(['sub-district-head', 'district']);
    one.must('secretary', 'party.change', { target: 'secretary', data: { party: 'sub-district-head' }, reason: 'x' });
    one.must('zhou', 'emergency.report', harm('companion'));
    expect(persons(of(one, 'emergency.reported')[1]!.data.told)[0]).toEqual('sub-district-head');
  });

  it('after an outage is told again once, and half an hour later', () => {
    const one = Case.opened();
    one.must('zhou', 'emergency.report', harm('companion'));
    one.until(addMs(DAY_0, 10 * 3_600_000));
    expect(of(one, 'emergency.repeated').map(({ data }) => data.nextAt)).toEqual([addMs(DAY_0, 10.5 * 3_600_000)]);
  });

  it('is told again for two days every half hour, then once a day, until somebody says what was done', () => {
    const one = Case.opened();
    one.must('zhou', 'emergency.report', harm('companion'));
    const id = of(one, 'emergency.reported')[0]!.data.id;
    one.until(day(5), { naps: true });
    expect(of(one, 'emergency.repeated')).toHaveLength(96 + 3);
    expect(one.does('qiu', 'emergency.close', { target: id, data: { text: 'x' } })).toBe('NOT_OPEN');
    expect(one.does('secretary', 'emergency.close', { target: id, data: { text: 'x' } })).toBe('FORBIDDEN');
    one.must('sub-district-head', 'emergency.close', { target: id, data: { text: '已送医' } });
    one.until(day(9));
    expect(of(one, 'emergency.repeated')).toHaveLength(99);
    expect(one.state.emergencies).toEqual({});
  });

  it('goes on in a case that is suspended or closed', () => {
    const one = Case.opened();
    one.must('zhou', 'consent.withdraw');
    one.must('caseworker', 'emergency.report', { ...harm(), onBehalfOf: 'beneficiary' });
    one.must('secretary', 'case.close', { data: { outcome: 'died', followUp: false }, reason: 'x' });
    one.until(addMs(DAY_0, 65 * 60_000), { naps: true });
    expect(of(one, 'emergency.repeated')).toHaveLength(2);
  });
});

describe('a death', () => {
  const end = (why: string): Said => ({ target: 'beneficiary', data: { why }, reason: '家属告知' });

  it('stops the help, asks what becomes of the case on the ladder, and lets it be closed', () => {
    const one = Case.opened();
    one.must('caseworker', 'party.end', end('death'));
    expect([one.state.status, one.state.consent]).toEqual(['suspended', undefined]);
    expect(one.state.items['voice.settlement-1']).toMatchObject({ kind: 'settlement', by: 'secretary' });
    expect(one.does('secretary', 'case.resume')).toBe('BLOCKED');
    one.until(day(60));
    const told = of(one, 'rung.fired').filter(({ data }) => data.deadline === 'voice.settlement-1');
    expect(told.map(({ data }) => data.tell)).toEqual(['holder', 'holder', 'unit', 'sub-district', 'district']);
    one.must('secretary', 'case.close', { data: { outcome: 'died' } });
    expect(of(one, 'deadline.met').at(-1)?.data).toMatchObject({ id: 'voice.settlement-1', late: true });
    expect(one.state.status).toBe('closed');
  });

  it('lets the case go on for somebody else of the household, whose consent is asked', () => {
    const one = Case.opened();
    one.must('caseworker', 'party.end', end('moved'));
    const party = { name: '周某二', person: 'zhou2' };
    one.must('caseworker', 'party.add', { data: { role: 'beneficiary', party } });
    expect(one.does('secretary', 'case.resume')).toBe('CONSENT_MISSING');
    one.must('zhou2', 'consent.give');
    one.must('secretary', 'case.resume');
    expect([one.state.status, one.state.items['voice.settlement-1']]).toEqual(['open', undefined]);
  });

  it('of a companion changes nothing of that; who only leaves leaves', () => {
    const one = Case.opened();
    one.must('caseworker', 'party.end', { target: 'companion', data: { why: 'death' }, reason: 'x' });
    one.must('caseworker', 'party.end', { target: 'beneficiary', data: { why: 'left' }, reason: 'x' });
    expect([one.state.status, Object.keys(one.state.items).filter((id) => id.startsWith('voice'))]).toEqual([
      'open',
      [],
    ]);
  });

  it('leaves the money to the heirs: a document, a receipt, and only then the case is closed', () => {
    const one = Case.opened();
    const sale = { book: 'earnings', direction: 'in', sourceDoc: '1', channel: 'cash', amountFen: 5_000 };
    const paid = { ...sale, direction: 'out', sourceDoc: '2' };
    const lines = [{ text: '钥匙链', amountFen: 5_000 }];
    const { amountFen: _, ...entry } = sale;
    one.must('cash-holder', 'cash.record', { data: sale });
    one.must('accountant', 'ledger.record', { data: { ...entry, lines } });
    one.must('caseworker', 'party.end', end('death'));
    expect(one.does('secretary', 'case.close', { data: { outcome: 'died' } })).toBe('BLOCKED');
    const ask = { data: { book: 'earnings', channel: 'cash', amountFen: 5_000, text: '付给继承人' } };
    expect(one.does('caseworker', 'payout.request', ask)).toBe('EVIDENCE_MISSING');
    one.must('caseworker', 'payout.request', { ...ask, evidence: ['file'] });
    const payout = Object.keys(one.state.books['earnings']!.payouts)[0]!;
    one.must('secretary', 'payout.approve', { target: payout });
    one.must('cash-holder', 'cash.record', { data: { ...paid, payout } });
    one.must('accountant', 'ledger.record', {
      data: { ...entry, direction: 'out', sourceDoc: '2', lines: [{ text: '付继承人', amountFen: 5_000 }] },
    });
    expect(one.does('caseworker', 'payout.confirm', { target: payout })).toBe('EVIDENCE_MISSING');
    expect(one.does('cash-holder', 'payout.confirm', { target: payout, evidence: ['file'] })).toBe('ROLES_COLLIDE');
    one.must('caseworker', 'payout.confirm', { target: payout, evidence: ['file'] });
    expect(of(one, 'payout.confirmed')[0]?.data).toMatchObject({ without: 'death', evidence: ['file'] });
    one.must('secretary', 'case.close', { data: { outcome: 'died' } });
  });
});
