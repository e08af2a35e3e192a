import { describe, expect, it, test } from 'vitest';
import { Case, day } from './case.fixture.ts';
import { DESTRUCTION_WAITS_DAYS, digestText } from './destruction.ts';
import { periodsOf } from './retention/periods.ts';
import type { Facts } from './world.ts';

const reason = '保存期限已满';
const nothingOpen = { accountability: 0, effects: 0 };
const facts = (over = true, more: Partial<NonNullable<Facts['retention']>> = {}): NonNullable<Facts['retention']> => ({
  kept: periodsOf(
    { held: { daily: { count: 3 } }, endedAt: over ? '2010-01-01T00:00:00.000Z' : '2024-01-01T00:00:00.000Z' },
    [],
    '2026-03-02',
  ),
  open: nothingOpen,
  auditors: [{ person: 'auditor', unit: 'district' }],
  ...more,
});
const counts = { events: 5, documents: 0, documentBytes: 0, bookEntries: 0, personRows: 2, messages: 1, runs: 1 };
const destroying = { counts, digest: 'a'.repeat(64), logged: 9 };

function closed(): Case {
  const one = Case.opened();
  one.must('secretary', 'case.close', { data: { outcome: 'died', followUp: false }, reason });
  one.retention = facts();
  return one;
}
const asked = (): Case => {
  const one = closed();
  one.must('caseworker', 'destruction.request', { reason });
  return one;
};
const approved = (): Case => {
  const one = asked();
  one.must('director', 'destruction.approve');
  return one;
};

describe('who may ask, approve, refuse and stop it', () => {
  test.each([
    ['caseworker', 'ok', 'ALREADY_DONE'],
    ['director', 'ok', 'ALREADY_DONE'],
    ['sub-district-head', 'ok', 'ALREADY_DONE'],
    ['secretary', 'FORBIDDEN', 'FORBIDDEN'],
    ['auditor', 'FORBIDDEN', 'FORBIDDEN'],
    ['zhou', 'FORBIDDEN', 'FORBIDDEN'],
    ['qiu', 'FORBIDDEN', 'FORBIDDEN'],
  ])('%s asks: %s, and a second time: %s', (who, first, second) => {
    expect(closed().does(who, 'destruction.request', { reason })).toBe(first);
    expect(asked().does(who, 'destruction.request', { reason })).toBe(second);
  });

  test.each([
    ['caseworker', 'FORBIDDEN', 'FORBIDDEN', 'ok'],
    ['director', 'ok', 'ok', 'ok'],
    ['district-head', 'ok', 'ok', 'ok'],
    ['secretary', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
    ['auditor', 'FORBIDDEN', 'FORBIDDEN', 'ok'],
    ['zhou', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
  ])('%s approves: %s, refuses: %s, revokes: %s', (who, approves, refuses, revokes) => {
    expect(asked().does(who, 'destruction.approve')).toBe(approves);
    expect(asked().does(who, 'destruction.refuse', { reason })).toBe(refuses);
    expect(asked().does(who, 'destruction.revoke', { reason })).toBe(revokes);
    expect(approved().does(who, 'destruction.revoke', { reason })).toBe(revokes);
  });

  it('is decided by two persons, whatever posts one of them holds or stands in for', () => {
    const one = closed();
    one.must('director', 'destruction.request', { reason });
    expect(one.does('director', 'destruction.approve')).toBe('FORBIDDEN');
    // he comes to hold the post of the head above as well, and stands in for the one of the district
    one.appoint('sub-district-head', 'director');
    one.org = { ...one.org, deputies: [{ post: 'district-head', person: 'director', from: day(0) }] };
    expect(one.does('director', 'destruction.approve')).toBe('FORBIDDEN');
    expect(one.does('director', 'destruction.refuse', { reason })).toBe('FORBIDDEN');
    expect(one.does('district-head', 'destruction.approve')).toBe('ok');
  });

  it('is not approved by who fills a role of the case, as a person or by a post he also holds', () => {
    const one = asked();
    one.appoint('secretary', 'director');
    expect(one.does('director', 'destruction.approve')).toBe('FORBIDDEN');
    expect(one.does('sub-district-head', 'destruction.approve')).toBe('ok');
  });

  it('needs a reason to be asked for, refused and stopped', () => {
    expect(closed().does('caseworker', 'destruction.request')).toBe('REASON_MISSING');
    expect(asked().does('director', 'destruction.refuse')).toBe('REASON_MISSING');
    expect(asked().does('director', 'destruction.revoke')).toBe('REASON_MISSING');
  });

  it('is told to the head, to both, and to the auditors of the unit', () => {
    const one = approved();
    const last = one.events.at(-1)!;
    const told = last.type === 'destruction.approved' ? last.data.told.map(({ person }) => person) : [];
    expect(told.sort()).toEqual(['auditor', 'caseworker', 'director']);
  });
});

describe('when', () => {
  it('only of a case that has ended, with no period running, and nothing open', () => {
    const open = Case.opened();
    open.retention = facts();
    expect(open.does('director', 'destruction.request', { reason })).toBe('WRONG_STATUS');
    const runs = closed();
    runs.retention = facts(false);
    expect(runs.does('director', 'destruction.request', { reason })).toBe('BLOCKED');
    const late = asked();
    late.retention = facts(false); // the area has made a period longer meanwhile
    expect(late.does('director', 'destruction.approve')).toBe('BLOCKED');
    const accountable = closed();
    accountable.retention = facts(true, { open: { accountability: 1, effects: 0 } });
    expect(accountable.does('director', 'destruction.request', { reason })).toBe('BLOCKED');
  });

  it('never under a legal hold, with an open complaint, or a request to erase that waits', () => {
    const held = closed();
    held.must('director', 'hold.set', { reason, data: { ground: 'litigation' } });
    expect(held.does('sub-district-head', 'destruction.request', { reason })).toBe('BLOCKED');
    const complained = closed();
    complained.must('zhou', 'complaint.make', { data: { text: '办理太慢' } });
    expect(complained.does('director', 'destruction.request', { reason })).toBe('BLOCKED');
    const erasing = closed();
    erasing.must('zhou', 'erasure.request');
    expect(erasing.does('director', 'destruction.request', { reason })).toBe('BLOCKED');
  });

  it('a hold, or the case reopened, ends what was asked for or approved', () => {
    const held = approved();
    held.must('auditor', 'hold.set', { reason, data: { ground: 'inspection' } });
    expect(held.state.destruction).toBeUndefined();
    held.org = { ...held.org };
    const again = approved();
    again.must('secretary', 'case.reopen', { reason });
    expect(again.state.destruction).toBeUndefined();
  });

  it('a granted request to erase is said as the ground', () => {
    const one = closed();
    one.must('zhou', 'erasure.request');
    one.must('director', 'erasure.answer', { data: { decision: 'limited', text: '依法保存' } });
    one.must('caseworker', 'destruction.request', { reason });
    expect(one.state.destruction?.ground).toBe('erasure');
  });
});

describe('carrying it out', () => {
  const due = day(DESTRUCTION_WAITS_DAYS);
  it('comes after the wait, of what was approved and still may be, by Linli alone', () => {
    const one = approved();
    one.retention = facts(true, { destroying });
    expect(one.does('director', 'record.destroy')).toBe('UNKNOWN_ACT');
    expect(one.does('system', 'record.destroy')).toBe('BLOCKED');
    one.now = day(DESTRUCTION_WAITS_DAYS - 0.01);
    expect(one.does('system', 'record.destroy')).toBe('BLOCKED');
    one.now = due;
    one.retention = facts(false, { destroying });
    expect(one.does('system', 'record.destroy')).toBe('BLOCKED');
    one.retention = facts(true, { destroying });
    expect(one.does('system', 'record.destroy')).toBe('ok');
    expect(asked().does('system', 'record.destroy')).toBe('NOT_OPEN');
  });

  it('leaves which case it was, and nothing more happens to it', () => {
    const one = approved();
    one.retention = facts(true, { destroying });
    one.now = due;
    one.must('system', 'record.destroy');
    const text = JSON.stringify(one.state);
    expect(one.state).toMatchObject({ caseNo: '1', unit: 'community', status: 'closed', destroyed: { at: due } });
    for (const word of ['周某', '邱某', 'zhou', 'secretary', 'help']) expect(text).not.toContain(word);
    for (const type of ['case.reopen', 'hold.set', 'destruction.request'])
      expect(one.does('director', type, { reason, data: type === 'hold.set' ? { ground: 'other' } : {} })).toBe(
        'CASE_DESTROYED',
      );
    const last = one.events.at(-1)!;
    expect(last).toMatchObject({
      type: 'record.destroyed',
      data: { requested: { by: 'caseworker' }, approved: { by: 'director' }, rules: [{ class: 'daily', count: 3 }] },
    });
    expect(JSON.stringify(last.data)).not.toContain('周某');
  });
});

test('the digest covers every event and document in their order, however the documents come', () => {
  const events = [
    { seq: 1, hash: 'x' },
    { seq: 2, hash: 'y' },
  ];
  const [a, b] = [
    { id: 'a', sha256: '1' },
    { id: 'b', sha256: '2' },
  ];
  expect(digestText(events, [b, a])).toBe('1 x\n2 y\na 1\nb 2\n');
});
