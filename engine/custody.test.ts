import { describe, expect, it } from 'vitest';
import { Case, day } from './case.fixture.ts';
import { isLimited, isOwnOf } from './custody.ts';
import { blocksOf } from './retention/blocks.ts';
import { periodsOf } from './retention/periods.ts';
import type { State } from './state.ts';
import { caseOfTwo, overridden, twoUnits } from './two-units.fixture.ts';

const reason = '法院立案';
const closed = (): Case => {
  const one = Case.opened();
  one.must('secretary', 'case.close', { data: { outcome: 'died', followUp: false }, reason });
  return one;
};
const answer = { data: { decision: 'limited', text: '保存期限未满，只存储和保护' } };

describe('a legal hold', () => {
  it('is set with a reason by a head or an auditor, in every state, and lifted by somebody else', () => {
    const one = closed();
    const data = { ground: 'litigation' };
    expect(one.does('caseworker', 'hold.set', { reason, data: { ground: 'litigation' } })).toBe('FORBIDDEN');
    expect(one.does('director', 'hold.set', { data })).toBe('REASON_MISSING');
    expect(one.does('director', 'hold.set', { reason, data })).toBe('ok');
    const [id = ''] = Object.keys(one.state.holds ?? {});
    expect(one.does('director', 'hold.lift', { reason, target: id })).toBe('FORBIDDEN');
    expect(one.does('auditor', 'hold.lift', { reason, target: 'hold-none' })).toBe('NOT_OPEN');
    expect(one.does('auditor', 'hold.lift', { reason, target: id })).toBe('ok');
    expect(one.state.holds).toBeUndefined();
    expect(one.does('auditor', 'hold.lift', { reason, target: id })).toBe('NOT_OPEN');
    expect(one.does('auditor', 'hold.set', { reason, data })).toBe('ok');
    const [audited = ''] = Object.keys(one.state.holds ?? {});
    expect(one.does('director', 'hold.lift', { reason, target: audited })).toBe('FORBIDDEN'); // nobody frees what looks at him
  });

  it('keeps the case from being destroyed', () => {
    const one = closed();
    const kept = periodsOf({ held: { daily: { count: 1 } }, endedAt: one.now }, [], '2090-01-01');
    const codes = () =>
      blocksOf(one.state, kept, { accountability: 0, effects: 0 }, '2090-01-01').map(({ code }) => code);
    expect(codes()).toEqual([]);
    one.must('sub-district-head', 'hold.set', { reason, data: { ground: 'petition' } });
    expect(codes()).toEqual(['hold']);
  });
});

describe('what is only stored and protected', () => {
  it('is read by a guardian while he is one', () => {
    const party = (role: string, more: object) => ({ id: role, role, since: '2020-01-01T00:00:00.000Z', ...more });
    const state = (birthDate: string, guardian: object) => ({
      parties: {
        ward: party('beneficiary', { birthDate, person: 'ward' }),
        guardian: party('guardian', { person: 'guardian', guardian: { kind: 'parent', ...guardian } }),
      } as State['parties'],
      erasure: { voices: ['beneficiary', 'guardian'] } as unknown as NonNullable<State['erasure']>,
    });
    const at = '2026-03-02T01:00:00.000Z';
    const child = '2016-01-01';
    expect(isOwnOf(state(child, {}), 'guardian', at)).toBe(true);
    expect(isOwnOf(state(child, { until: '2026-03-01' }), 'guardian', at)).toBe(false);
    expect(isOwnOf(state('2000-01-01', {}), 'guardian', at)).toBe(false); // has come of age
    expect(isOwnOf(state('2000-01-01', { basis: 'doc' }), 'guardian', at)).toBe(true); // named by a court
    expect(isOwnOf(state(child, { until: '2026-03-01' }), 'ward', at)).toBe(true);
    expect(isOwnOf(state(child, {}), 'nobody', at)).toBe(false);
  });
});

describe('a request to erase', () => {
  it('comes from the person himself; for him with a document or a witness; of one who has died from next of kin with a document', () => {
    expect(closed().does('zhou', 'erasure.request')).toBe('ok');
    expect(closed().does('qiu', 'erasure.request')).toBe('FORBIDDEN');
    const behalf = { onBehalfOf: 'beneficiary' };
    expect(closed().does('caseworker', 'erasure.request', behalf)).toBe('EVIDENCE_MISSING');
    expect(closed().does('caseworker', 'erasure.request', { ...behalf, data: { witness: '罗某' } })).toBe('ok');
    expect(closed().does('caseworker', 'erasure.request', { data: { kin: 'child' } })).toBe('EVIDENCE_MISSING');
    const one = closed();
    one.must('caseworker', 'erasure.request', { data: { kin: 'child' }, evidence: ['file'] });
    expect(one.state.erasure?.by).toBe('kin');
    expect(one.does('zhou', 'erasure.request')).toBe('ALREADY_DONE');
  });

  it('is a task of the head with fifteen working days, that nobody lengthens and that climbs when it is late', () => {
    const one = closed();
    one.must('zhou', 'erasure.request');
    const item = Object.values(one.state.items).find(({ kind }) => kind === 'erasure')!;
    expect(item.assignee).toEqual({ post: 'director' });
    expect(one.state.deadlines[item.id]).toMatchObject({ of: 'erasure', dueDate: '2026-03-23', unit: 'community' });
    one.until(day(40), { naps: true });
    const told = one.events.flatMap((event) =>
      event.type === 'rung.fired' && event.data.deadline === item.id ? event.data.told.map(({ person }) => person) : [],
    );
    expect(told).toEqual(['director', 'director', 'district-head']);
    expect(one.does('caseworker', 'erasure.answer', answer)).toBe('FORBIDDEN');
    expect(one.does('director', 'erasure.answer', answer)).toBe('ok');
    expect(one.state.items[item.id]).toBeUndefined();
    expect(one.state.deadlines[item.id]).toBeUndefined();
  });

  it('follows the case into another unit, and so does the review of an emergency access', () => {
    const handedOver = (one: Case) => {
      one.must('caseworker', 'case.offerTransfer', { reason, data: { unit: 'north', ...overridden } });
      one.must('north-director', 'case.acceptTransfer');
    };
    const merged = (one: Case) => {
      const { community, ...units } = twoUnits.units;
      one.org = { ...twoUnits, units: { ...units, community: { ...community!, above: 'north', closed: true } } };
      one.must('system', 'case.move', { data: { from: 'community', unit: 'north' } });
    };
    for (const leave of [handedOver, merged]) {
      const one = caseOfTwo();
      one.must('zhou', 'erasure.request');
      one.office = { auditors: [] };
      one.must('stranger', 'access.breakGlass', { reason, data: { minutes: 60 } });
      const before = Object.values(one.state.deadlines).filter(({ unit }) => unit === 'community');
      expect(before.map(({ of }) => of).sort()).toEqual(['erasure', 'escalation']);
      leave(one);
      for (const { id, dueAt } of before) expect(one.state.deadlines[id]).toMatchObject({ unit: 'north', dueAt });
      expect(Object.values(one.state.items).find(({ kind }) => kind === 'erasure')?.assignee).toEqual({
        post: 'north-director',
      });
      expect(one.does('director', 'erasure.answer', answer)).toBe('FORBIDDEN');
      expect(one.does('north-director', 'erasure.answer', answer)).toBe('ok');
    }
  });

  it('survives the end of the case, and its new beginning', () => {
    const one = Case.opened();
    one.must('zhou', 'erasure.request');
    one.must('secretary', 'case.close', { data: { outcome: 'died', followUp: false }, reason });
    one.must('secretary', 'case.reopen', { reason });
    expect(Object.values(one.state.items).filter(({ kind }) => kind === 'erasure')).toHaveLength(1);
    expect(Object.values(one.state.deadlines).filter(({ of }) => of === 'erasure')).toHaveLength(1);
    const { id } = one.state.erasure!;
    expect(
      one.does('secretary', 'deadline.requestExtension', { target: id, reason, data: { budget: '5 working days' } }),
    ).not.toBe('ok');
    one.must('director', 'erasure.answer', answer);
    expect(isLimited(one.state)).toBe(false);
    one.must('secretary', 'case.close', { data: { outcome: 'died', followUp: false }, reason });
    expect(isLimited(one.state)).toBe(true);
  });

  it('lets the law have its way with what is only stored, and nothing else; taken back it may go on', () => {
    const one = closed();
    one.must('zhou', 'erasure.request');
    one.must('director', 'erasure.answer', answer);
    expect(isLimited(one.state)).toBe(true);
    expect(one.does('caseworker', 'note.add', { data: { text: '记' } })).toBe('BLOCKED');
    expect(one.does('secretary', 'case.reopen', { reason })).toBe('BLOCKED');
    expect(one.does('zhou', 'complaint.make', { data: { text: '慢' } })).toBe('ok');
    expect(one.does('auditor', 'inspection.record', { data: { method: 'documents' } })).toBe('ok');
    expect(one.does('caseworker', 'erasure.withdraw')).toBe('FORBIDDEN');
    const heard = { onBehalfOf: 'beneficiary', data: { witness: '罗某' } };
    expect(one.does('caseworker', 'erasure.withdraw', heard)).toBe('EVIDENCE_MISSING');
    expect(one.does('zhou', 'erasure.withdraw')).toBe('ok');
    expect(one.does('secretary', 'case.reopen', { reason })).toBe('ok');
  });

  it('is refused with reasons, by somebody else than who recorded it, and may be made again', () => {
    const one = closed();
    one.must('director', 'erasure.request', { onBehalfOf: 'beneficiary', data: { witness: '罗某' } });
    const refused = { data: { decision: 'refused', text: '账目未了结' } };
    expect(one.does('director', 'erasure.answer', refused)).toBe('FORBIDDEN');
    expect(one.does('sub-district-head', 'erasure.answer', refused)).toBe('ok');
    expect(one.does('sub-district-head', 'erasure.answer', refused)).toBe('NOT_OPEN');
    expect(isLimited(one.state)).toBe(false);
    expect(one.does('zhou', 'erasure.request')).toBe('ok');
  });
});
