import { describe, expect, it } from 'vitest';
import { defineProgram } from '../sdk/define-program.ts';
import { Case, program } from './case.fixture.ts';
import { planOf } from './explain.ts';

// A plan approved by a child case in the stead of the votes. Day 0 is Monday 2026-03-02, 09:00.

const child = { program: 'deliberation', states: 'matter', passes: ['adopted'] };
const withChild = defineProgram({ ...program, approval: { ...program.approval!, child } });

function proposed(consented = true): Case {
  const one = new Case(withChild);
  one.open();
  if (consented) one.must('zhou', 'consent.give');
  return one;
}

function begun(): Case {
  const one = proposed();
  one.must('secretary', 'plan.deliberate', { data: { text: '为周某定方案' } });
  return one;
}

const answer = (outcome: string | null) => ({ target: 'approval-1', data: { result: { caseId: 'child-1', outcome } } });
const vote = (body: string) => ({ data: { body, present: 3, for: 2, against: 1, abstain: 0 } });

describe('a plan that a child case decides on', () => {
  it('is asked of the program named, which is given the words of the act and nothing of the case', () => {
    expect(begun().events.find(({ type }) => type === 'effect.asked')?.data).toMatchObject({
      ...{ kind: 'child', item: 'approval-1', program: 'deliberation' },
      child: {
        unit: 'community',
        text: '为周某定方案',
        shared: { fields: [], parties: [], data: { matter: '为周某定方案' } },
      },
    });
  });

  it.each<[string | null, string, string | undefined]>([
    ['adopted', 'open', 'speak'],
    ['rejected', 'proposed', undefined],
    [null, 'proposed', undefined],
  ])('closed as %s leaves it %s', (outcome, status, stage) => {
    const one = begun();
    one.must('system', 'effect.answer', answer(outcome));
    expect([one.state.status, one.state.stage]).toEqual([status, stage]);
    expect(Object.values(one.state.items).some(({ kind }) => kind === 'child')).toBe(false);
  });

  it('can be begun again when it came to nothing, or could not be opened', () => {
    const one = begun();
    expect(one.does('secretary', 'plan.deliberate', { data: { text: '再来' } })).toBe('ALREADY_DONE');
    one.must('system', 'effect.answer', { target: 'approval-1', data: { failed: 'the program is not installed' } });
    one.must('secretary', 'plan.deliberate', { data: { text: '再来' } });
    one.must('system', 'effect.answer', {
      target: 'approval-2',
      data: { result: { caseId: 'c', outcome: 'rejected' } },
    });
    one.must('secretary', 'plan.deliberate', { data: { text: '三来' } });
    expect(one.state.items['approval-3']).toMatchObject({ kind: 'child' });
  });

  it('is approved as well by the votes themselves', () => {
    const one = proposed();
    for (const body of ['branch', 'residents']) one.must('secretary', 'decision.record', vote(body));
    expect(one.state.status).toBe('open');
    expect(one.does('secretary', 'plan.deliberate', { data: { text: '修订' } })).toBe('ok');
  });

  it('asks for consent first, and is not approved once that is gone', () => {
    expect(proposed(false).does('secretary', 'plan.deliberate', { data: { text: '方案' } })).toBe('CONSENT_MISSING');
    const one = begun();
    one.must('zhou', 'consent.withdraw', { reason: '不想要了' });
    one.must('system', 'effect.answer', answer('adopted'));
    expect(one.state.approvedAt).toBeUndefined();
    expect(one.state.votes).toEqual({});
  });

  it('answered while the case is suspended, it is approved when that goes on', () => {
    const one = begun();
    one.must('secretary', 'case.suspend', { reason: '住院' });
    one.must('system', 'effect.answer', answer('adopted'));
    expect(one.state.status).toBe('suspended');
    one.must('secretary', 'case.resume');
    expect([one.state.status, one.state.stage]).toEqual(['open', 'speak']);
  });

  it('decides on a revision as the votes would', () => {
    const one = begun();
    one.must('system', 'effect.answer', answer('adopted'));
    const revision = { data: { targets: { speak: '慢慢来' } }, reason: '放慢' };
    expect(one.does('secretary', 'plan.revise', revision)).toBe('BLOCKED');
    one.must('secretary', 'plan.deliberate', { data: { text: '放慢' } });
    one.must('system', 'effect.answer', {
      target: 'approval-2',
      data: { result: { caseId: 'c', outcome: 'adopted' } },
    });
    one.must('secretary', 'plan.revise', revision);
  });

  it('is told in the plan', () => {
    const line = (one: Case) => {
      const found = planOf(one.state, one.program).before.find(({ key }) => key === 'approval');
      return `${found?.state} ${found?.act}`;
    };
    expect(line(proposed(false))).toBe('blocked plan.deliberate');
    expect(line(proposed())).toBe('may plan.deliberate');
    expect(line(begun())).toBe('waiting plan.deliberate');
  });

  it('is refused where the program names no child case', () => {
    const one = new Case(program);
    one.open();
    one.must('zhou', 'consent.give');
    expect(one.does('secretary', 'plan.deliberate', { data: { text: '方案' } })).toBe('BLOCKED');
  });
});
