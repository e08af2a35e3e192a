import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from './act-kind.ts';
import { notApart } from './apart.ts';
import { actorOf, Case, day, program as everything, inShort } from './case.fixture.ts';
import { decide } from './decide.ts';
import type { CaseEvent } from './event.ts';
import { evolve } from './evolve.ts';
import { unitsUp } from './org.ts';
import { rolesOn } from './rights.ts';
import type { State } from './state.ts';
import { addMs } from './time/civil.ts';
import { caseOfTwo, overridden, twoUnits } from './two-units.fixture.ts';

const reason = '本人已迁到北社区';
const offer = { reason, data: { unit: 'north', ...overridden } };
const offered = (): Case => {
  const one = caseOfTwo();
  one.must('caseworker', 'case.offerTransfer', offer);
  return one;
};
const told = (one: Case, type: string) =>
  one.events.flatMap((event) =>
    event.type === type ? [(event.data as { told: { person?: string }[] }).told.map(({ person }) => person)] : [],
  );

describe('an offer to hand a case over', () => {
  it('changes nothing for the case until it is accepted, and tells the head of the other unit', () => {
    const one = caseOfTwo();
    const before = one.state;
    one.must('caseworker', 'case.offerTransfer', offer);
    const { offers, deadlines, serial: _, ...rest } = one.state;
    const { deadlines: had, serial: __, ...was } = before;
    expect(rest).toEqual(was);
    expect(deadlines).toMatchObject({ ...had, 'transfer:1': { of: 'transfer', unit: 'north', dueDate: '2026-03-09' } });
    expect(offers).toMatchObject({ 'transfer:1': { kind: 'transfer', unit: 'north', by: 'caseworker' } });
    expect(told(one, 'transfer.offered')).toEqual([['north-director']]);
    expect(one.does('secretary', 'task.complete', { target: 'meet' })).toBe('ok');
  });

  it('needs a reason, another unit that is there, posts of that unit, and one at a time', () => {
    const one = caseOfTwo();
    const data = offer.data;
    expect(one.does('caseworker', 'case.offerTransfer', { data })).toBe('REASON_MISSING');
    expect(one.does('caseworker', 'case.offerTransfer', { reason, data: { ...data, unit: 'south' } })).toBe(
      'UNKNOWN_UNIT',
    );
    expect(one.does('caseworker', 'case.offerTransfer', { reason, data: { ...data, unit: 'community' } })).toBe(
      'INVALID_DATA',
    );
    const named = (post: string) => ({ reason, data: { ...data, assignments: { secretary: post } } });
    expect(one.does('caseworker', 'case.offerTransfer', named('secretary'))).toBe('UNKNOWN_ASSIGNMENT');
    expect(one.does('caseworker', 'case.offerTransfer', named('qiu'))).toBe('UNKNOWN_ASSIGNMENT');
    expect(one.does('caseworker', 'case.offerTransfer', named('north-secretary'))).toBe('ok');
    expect(one.does('caseworker', 'case.offerTransfer', offer)).toBe('ALREADY_DONE');
    expect(one.does('qiu', 'case.offerTransfer', offer)).toBe('FORBIDDEN');
  });

  it('says whether the person agreed: himself, through somebody with proof, or on which legal ground without him', () => {
    const ask = (who: string, consent: object, said: object = {}) => {
      const one = caseOfTwo();
      const answer = one.does(who, 'case.offerTransfer', { reason, data: { unit: 'north', ...consent }, ...said });
      const event = one.events.findLast(({ type }) => type === 'transfer.offered');
      return answer === 'ok' ? (event!.data as { consent?: unknown }).consent : answer;
    };
    expect(ask('caseworker', {})).toBe('INVALID_DATA');
    expect(ask('caseworker', { consent: 'overridden' })).toBe('INVALID_DATA');
    expect(ask('caseworker', overridden)).toEqual({ kind: 'overridden', ground: overridden.ground });
    expect(ask('caseworker', { consent: 'given' })).toBe('EVIDENCE_MISSING');
    expect(ask('caseworker', { consent: 'given', witness: '邱某' }, { onBehalfOf: 'companion' })).toBe('INVALID_DATA');
    expect(ask('caseworker', { consent: 'given', witness: '邱某' })).toMatchObject({
      by: 'beneficiary',
      witness: '邱某',
    });
    expect(ask('caseworker', { consent: 'given' }, { evidence: ['file'] })).toMatchObject({ evidence: ['file'] });
    expect(ask('zhou', { consent: 'given' })).toEqual({ kind: 'given', by: 'beneficiary' });
    expect(ask('zhou', overridden)).toBe('INVALID_DATA');
    // of a child it is the guardian's word that counts
    const child = caseOfTwo();
    child.must('caseworker', 'party.change', {
      reason,
      target: 'beneficiary',
      data: { party: { name: '周某', person: 'zhou', birthDate: '2016-01-01' } },
    });
    const offerFor = (onBehalfOf: string) =>
      child.does('caseworker', 'case.offerTransfer', {
        ...{ reason, onBehalfOf, data: { unit: 'north', consent: 'given', witness: '罗某' } },
      });
    expect(offerFor('beneficiary')).toBe('INVALID_DATA');
    expect(offerFor('guardian')).toBe('INVALID_DATA');
    child.must('caseworker', 'party.add', { data: { role: 'guardian', party: { name: '周某某' } } });
    expect(offerFor('guardian')).toBe('ok');
  });

  it('is answered by the head or a caseworker of that unit alone, never by who offered it', () => {
    for (const who of [
      'secretary',
      'director',
      'sub-district-head',
      'district-head',
      'caseworker',
      'zhou',
      'stranger',
    ]) {
      expect([who, offered().does(who, 'case.acceptTransfer')]).toEqual([who, 'FORBIDDEN']);
      expect([who, offered().does(who, 'case.refuseTransfer', { reason })]).toEqual([who, 'FORBIDDEN']);
    }
    expect(offered().does('north-director', 'case.acceptTransfer')).toBe('ok');
    expect(offered().does('north-street-head', 'case.acceptTransfer')).toBe('ok');
    const one = offered();
    const login = { kind: 'person', id: 'wu', logins: [{ role: 'caseworker', unit: 'north' }] } as const;
    const act = { id: 'a', type: 'case.acceptTransfer', actor: login };
    expect(isRefusal(decide(one.state, act, one.world()))).toBe(false);
    const both = offered();
    both.appoint('north-director', 'caseworker');
    expect(both.does('caseworker', 'case.acceptTransfer')).toBe('ROLES_COLLIDE');
  });

  it('gives whom it asks no right on the case but to answer', () => {
    const one = offered();
    expect([...rolesOn(one.state, actorOf('north-director'), one.org, one.now).keys()]).toEqual([]);
    for (const type of ['note.add', 'complaint.make', 'case.suspend', 'case.revokeTransfer', 'case.offerTransfer'])
      expect(
        [
          type,
          one.does('north-director', type, { ...offer, data: { text: 'x', unit: 'community', ...overridden } }),
        ][1],
      ).not.toBe('ok');
  });

  it('falls to the head above when no head is in office there', () => {
    const one = offered();
    one.appoint('north-director');
    one.appoint('north-street-head');
    expect(one.does('district-head', 'case.acceptTransfer')).toBe('ok');
  });
});

describe('accepting', () => {
  it('moves the case with its clocks, fills its roles there, and leaves nobody of the old unit with a role', () => {
    const one = caseOfTwo();
    one.must('caseworker', 'task.assign', { target: 'meet', data: { to: 'director' } });
    one.must('caseworker', 'task.assign', { target: 'walk', data: { to: 'qiu' } });
    one.must('caseworker', 'case.offerTransfer', offer);
    const before = one.state;
    one.until(day(1));
    const mark = one.mark();
    one.must('north-director', 'case.acceptTransfer');
    expect(one.since(mark)).toEqual([
      'transfer.accepted transfer:1',
      'deadline.met transfer:1',
      'item.assigned meet-1',
      'case.moved',
    ]);
    const { state } = one;
    expect(state.unit).toBe('north');
    expect(state.offers).toEqual({});
    const { 'transfer:1': _, ...clocks } = before.deadlines;
    expect(state.deadlines).toEqual(clocks);
    expect(state.assignments).toEqual({
      secretary: { post: 'north-secretary' },
      cashHolder: { post: 'north-cash' },
      accountant: { post: 'north-accountant' },
    });
    expect(state.items['meet-1']?.assignee).toBeUndefined();
    expect(state.items['walk-1']?.assignee).toMatchObject({ person: 'qiu' });
    for (const who of ['secretary', 'cash-holder', 'accountant', 'director', 'sub-district-head', 'caseworker'])
      expect([who, [...rolesOn(state, actorOf(who), one.org, one.now).keys()]]).toEqual([who, []]);
    expect([...rolesOn(state, actorOf('qiu'), one.org, one.now).keys()]).toContain('companion');
    expect(told(one, 'transfer.accepted')).toEqual([['secretary', 'north-director']]);
    expect(one.does('secretary', 'task.complete', { target: 'meet' })).toBe('FORBIDDEN');
    expect(one.does('north-secretary', 'task.complete', { target: 'meet' })).toBe('ok');
  });

  it('goes to the posts that are named, keeps roles apart, and waits for the books', () => {
    const one = offered();
    const accept = (assignments: object) =>
      one.does('north-director', 'case.acceptTransfer', { data: { assignments } });
    expect(accept({ secretary: 'secretary' })).toBe('UNKNOWN_ASSIGNMENT');
    expect(accept({ secretary: 'nobody' })).toBe('UNKNOWN_ASSIGNMENT');
    expect(accept({ cashHolder: 'north-accountant' })).toBe('ROLES_COLLIDE');
    const entry = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: '1', amountFen: 100 };
    one.must('cash-holder', 'cash.record', { data: entry, evidence: ['photo'] });
    expect(accept({})).toBe('BLOCKED');
    const { amountFen, ...sheet } = entry;
    one.must('accountant', 'ledger.record', {
      data: { ...sheet, lines: [{ text: 'x', amountFen }] },
      evidence: ['photo'],
    });
    expect(accept({ secretary: 'district-head' })).toBe('ok');
    expect(one.state.assignments['secretary']).toEqual({ post: 'district-head' });
    // the money is another's to keep now: he counts it before he writes anything
    const next = { data: { ...entry, sourceDoc: '2' }, evidence: ['photo'] };
    expect(one.does('cash-holder', 'cash.record', next)).toBe('FORBIDDEN');
    expect(one.does('north-cash', 'cash.record', next)).toBe('BOOK_FROZEN');
    one.must('north-cash', 'book.handOver', {
      data: { book: 'earnings', side: 'cash', channels: { cash: 100 }, witness: '邱某' },
    });
    expect(one.does('north-cash', 'cash.record', next)).toBe('ok');
  });

  it('leaves work with whoever has to do with the case there too', () => {
    for (const to of ['district-head', 'north-secretary']) {
      const one = caseOfTwo();
      one.must('caseworker', 'task.assign', { target: 'meet', data: { to } });
      one.must('caseworker', 'case.offerTransfer', offer);
      one.must('north-director', 'case.acceptTransfer');
      expect(one.state.items['meet-1']?.assignee).toEqual({ post: to });
    }
  });

  it('leaves no vote of the old bodies in a case that is not approved', () => {
    const one = new Case(everything);
    one.org = twoUnits;
    one.open();
    one.must('zhou', 'consent.give');
    const vote = (body: string) => ({ data: { body, present: 3, for: 2, against: 1, abstain: 0 } });
    one.must('secretary', 'decision.record', vote('branch'));
    one.must('caseworker', 'case.offerTransfer', offer);
    one.must('north-director', 'case.acceptTransfer');
    one.must('north-secretary', 'decision.record', vote('residents'));
    expect(one.state.status).toBe('proposed');
    one.must('north-secretary', 'decision.record', vote('branch'));
    expect(one.state.status).toBe('open');
  });

  it('leaves the records of the old posts, and the complaints told there, with the heads above these', () => {
    const one = caseOfTwo();
    one.must('zhou', 'complaint.make', { data: { text: '无人上门' } });
    const complaint = Object.keys(one.state.complaints ?? {})[0] ?? '';
    one.until(day(8));
    const target = one.events
      .flatMap((event) =>
        event.type === 'accountability.opened' && event.data.post === 'secretary' ? [event.data.id] : [],
      )
      .at(-1)!;
    one.must('caseworker', 'case.offerTransfer', offer);
    one.must('north-director', 'case.acceptTransfer');
    const decision = { target, data: { outcome: 'noted' } };
    for (const who of ['north-director', 'north-street-head', 'secretary', 'stranger'])
      expect([who, one.does(who, 'accountability.decide', decision)]).toEqual([who, 'FORBIDDEN']);
    expect(one.does('director', 'accountability.decide', decision)).toBe('ok');
    one.must('secretary', 'accountability.appeal', { target, data: { text: 'x' } });
    expect(one.does('director', 'accountability.decide', decision)).toBe('ROLES_COLLIDE');
    expect(one.does('sub-district-head', 'accountability.decide', decision)).toBe('ok');

    const answer = { target: complaint, data: { text: '已处理' } };
    expect(one.does('north-street-head', 'complaint.answer', answer)).toBe('NOT_OPEN');
    expect(one.does('director', 'complaint.answer', answer)).toBe('FORBIDDEN');
    expect(one.does('sub-district-head', 'complaint.answer', answer)).toBe('ok');
  });

  it('tells the rungs of the new unit from then on', () => {
    const one = offered();
    one.must('north-director', 'case.acceptTransfer');
    one.until(day(9));
    const rungs = one.events.flatMap((event) =>
      event.type === 'rung.fired' && event.data.deadline === 'meet-1'
        ? [event.data.told.map(({ person }) => person).join()]
        : [],
    );
    expect(rungs).toEqual(['north-secretary,qiu', 'north-secretary,qiu', 'north-director']);
  });
});

describe('an offer that is not accepted', () => {
  it('is refused with a reason: the case stays, the side that offered is told', () => {
    const one = offered();
    expect(one.does('north-director', 'case.refuseTransfer')).toBe('REASON_MISSING');
    one.must('north-director', 'case.refuseTransfer', { reason: '本人户籍不在我社区' });
    expect([one.state.unit, one.state.offers, one.state.deadlines['transfer:1']]).toEqual(['community', {}, undefined]);
    expect(told(one, 'transfer.refused')).toEqual([['secretary']]);
    expect(one.does('north-director', 'case.acceptTransfer')).toBe('FORBIDDEN');
    expect(one.does('caseworker', 'case.offerTransfer', offer)).toBe('ok');
    expect(Object.keys(one.state.offers ?? {})).toEqual(['transfer:2']);
  });

  it('follows a unit into the one it was merged into meanwhile', () => {
    const into = (successor: string) => {
      const one = offered();
      const { north, ...units } = twoUnits.units;
      const old = { ...north!, above: successor, closed: true as const };
      one.org = { ...twoUnits, units: { ...units, north: old, south: { ...north!, head: 'north-director' } } };
      return one;
    };
    const one = into('south');
    const here = { ...one.org.posts, 'north-director': { kind: 'director', unit: 'south' } };
    const posts = Object.entries(here).map(([id, post]) => [
      id,
      post.unit === 'north' ? { ...post, unit: 'south' } : post,
    ]);
    one.org = { ...one.org, posts: Object.fromEntries(posts) };
    expect(one.does('caseworker', 'case.refer', { data: { unit: 'north', text: 'x', ...overridden } })).toBe(
      'UNKNOWN_UNIT',
    );
    one.must('north-director', 'case.acceptTransfer');
    expect(one.state.unit).toBe('south');
    // merged into the case's own unit there is nothing left to accept
    const own = into('community');
    expect(own.does('director', 'case.acceptTransfer')).toBe('NOT_OPEN');
    expect(own.does('caseworker', 'case.revokeTransfer')).toBe('ok');
  });

  it('is taken back by the side that offered', () => {
    const one = offered();
    expect(one.does('north-director', 'case.revokeTransfer')).toBe('FORBIDDEN');
    one.must('secretary', 'case.revokeTransfer');
    expect(told(one, 'transfer.revoked')).toEqual([['north-director']]);
    expect(one.does('secretary', 'case.revokeTransfer')).toBe('NOT_OPEN');
  });

  it('goes up a ladder of its own on both sides, suspended or not, and lapses when that has run out', () => {
    for (const suspended of [false, true]) {
      const one = offered();
      if (suspended) one.must('caseworker', 'case.suspend', { reason });
      expect(
        one.does('caseworker', 'deadline.pause', { target: 'transfer:1', reason, data: { kind: 'illness' } }),
      ).toBe(suspended ? 'WRONG_STATUS' : 'BLOCKED');
      one.until(day(40));
      const ladder = one.events.flatMap((event) =>
        event.type === 'rung.fired' && event.data.deadline === 'transfer:1'
          ? [
              `${event.recordedAt === one.now ? event.data.plannedAt.slice(0, 10) : ''} ${event.data.told.map(({ person }) => person).join()}`,
            ]
          : event.type === 'transfer.lapsed'
            ? [inShort(event)]
            : [],
      );
      expect(ladder).toEqual([
        '2026-03-05 north-director',
        '2026-03-10 north-director,secretary',
        '2026-03-12 north-street-head,sub-district-head',
        '2026-03-17 district-head',
        'transfer.lapsed transfer:1',
      ]);
      expect(told(one, 'transfer.lapsed')).toEqual([['secretary', 'north-director']]);
      expect([one.state.unit, one.state.offers]).toEqual(['community', {}]);
    }
  });

  it('ends with the consent it was made with, not where law does without', () => {
    const left = (data: object) => {
      const one = caseOfTwo();
      one.must('zhou', 'case.offerTransfer', { reason, data: { unit: 'north', consent: 'given' } });
      one.must('secretary', 'case.refer', { data: { unit: 'north', program: 'survey', text: 'x', ...data } });
      one.must('zhou', 'consent.withdraw');
      expect(Object.keys(one.state.deadlines).filter((id) => /^(transfer|referral):/.test(id))).toEqual(
        Object.keys(one.state.offers ?? {}),
      );
      return Object.keys(one.state.offers ?? {});
    };
    expect(left({ consent: 'given', witness: '邱某' })).toEqual([]);
    expect(left(overridden)).toEqual(['referral:1']);
  });

  it('ends when the two units become one', () => {
    const one = offered();
    one.must('secretary', 'case.refer', { data: { unit: 'north', program: 'survey', text: 'x', ...overridden } });
    const { community, ...units } = twoUnits.units;
    const closed = { ...community!, above: 'north', closed: true as const };
    one.org = { ...twoUnits, units: { ...units, community: closed } };
    one.must('system', 'case.move', { data: { from: 'community', unit: 'north' } });
    expect([one.state.unit, Object.keys(one.state.offers ?? {})]).toEqual(['north', ['referral:1']]);
    expect(one.state.deadlines['transfer:1']).toBeUndefined();
  });

  it('ends with the case', () => {
    const one = offered();
    one.must('caseworker', 'case.close', { data: { outcome: 'died', followUp: false }, reason });
    expect(one.state.offers).toEqual({});
    expect(one.state.deadlines).toEqual({});
    expect(one.events.map(({ type }) => type)).toContain('transfer.revoked');
  });
});

describe('a referral', () => {
  const refer = {
    data: {
      ...{ unit: 'north', program: 'survey', text: '请协助核实住房情况', within: '10 working days' },
      ...{ share: { fields: ['needs'], parties: ['beneficiary'] }, data: { address: '北街 1 号' }, ...overridden },
    },
  };

  it('asks for what is named and nothing else, and the case stays', () => {
    const one = caseOfTwo();
    expect(one.does('secretary', 'case.refer', { data: { ...refer.data, share: { fields: ['wish'] } } })).toBe(
      'INVALID_DATA',
    );
    one.must('secretary', 'case.refer', refer);
    expect(one.does('secretary', 'case.refer', { data: { ...refer.data, program: 'everything' } })).toBe(
      'INVALID_DATA',
    );
    expect(one.state.unit).toBe('community');
    const mark = one.mark();
    one.must('north-director', 'case.acceptTransfer', { data: { assignments: { secretary: 'north-secretary' } } });
    expect(one.since(mark)).toEqual([
      'transfer.accepted referral:1',
      'deadline.met referral:1',
      'effect.asked referral:1',
      'deadline.set referral:1.answer',
    ]);
    expect(one.events.find(({ type }) => type === 'effect.asked')?.data).toEqual({
      ...{ id: 'referral:1', kind: 'child', item: 'referral:1', program: 'survey' },
      child: {
        ...{ unit: 'north', text: '请协助核实住房情况', assignments: { secretary: 'north-secretary' } },
        shared: { fields: ['needs'], parties: ['beneficiary'], data: { address: '北街 1 号' } },
      },
    });
    expect(one.state.unit).toBe('community');
    expect(one.does('secretary', 'case.revokeTransfer')).toBe('NOT_OPEN');
  });

  it('is worked on by posts of that unit alone, whoever names them', () => {
    const one = caseOfTwo();
    const named = (post: string) => ({ data: { ...refer.data, assignments: { surveyor: post } } });
    expect(one.does('secretary', 'case.refer', named('secretary'))).toBe('UNKNOWN_ASSIGNMENT');
    expect(one.does('secretary', 'case.refer', named('qiu'))).toBe('UNKNOWN_ASSIGNMENT');
    one.must('secretary', 'case.refer', named('north-secretary'));
    const accept = (post: string) =>
      one.does('north-director', 'case.acceptTransfer', { data: { assignments: { surveyor: post } } });
    expect(accept('secretary')).toBe('UNKNOWN_ASSIGNMENT');
    expect(accept('north-cash')).toBe('ok');
  });

  it('brings its answer back as an event, or the matter when it failed', () => {
    const end = (data: object) => {
      const one = caseOfTwo();
      one.must('secretary', 'case.refer', refer);
      one.must('north-director', 'case.acceptTransfer');
      one.must('system', 'effect.answer', { target: 'referral:1', data });
      expect([one.state.offers, one.state.deadlines['referral:1.answer']]).toEqual([{}, undefined]);
      expect(told(one, 'referral.answered')).toEqual([['secretary']]);
      return one.events.findLast(({ type }) => type === 'referral.answered')?.data;
    };
    expect(end({ result: { caseId: 'child', outcome: 'done', text: '已核实' } })).toMatchObject({
      ...{ id: 'referral:1', unit: 'north', case: 'child', outcome: 'done', text: '已核实' },
    });
    expect(end({ failed: 'UNKNOWN_PROGRAM' })).toMatchObject({ id: 'referral:1', failed: 'UNKNOWN_PROGRAM' });
  });

  it('can wait beside an offer: then the answer has to say which', () => {
    const one = offered();
    one.must('secretary', 'case.refer', refer);
    expect(one.does('north-director', 'case.acceptTransfer')).toBe('INVALID_DATA');
    expect(one.does('north-director', 'case.refuseTransfer', { target: 'referral:1', reason })).toBe('ok');
    expect(one.does('north-director', 'case.acceptTransfer')).toBe('ok');
  });
});

describe('a level above', () => {
  const question = { data: { to: 'sub-district', text: '轮椅坡道经费不足，请协调' } };

  it('is asked, and answers: both directions are recorded, the unit stays responsible', () => {
    const one = caseOfTwo();
    expect(one.does('director', 'case.return', { data: { text: 'x' } })).toBe('FORBIDDEN');
    expect(one.does('sub-district-head', 'case.return', { data: { text: 'x' } })).toBe('NOT_OPEN');
    one.must('secretary', 'case.escalate', question);
    expect(one.state.items['linli:question-1']).toMatchObject({
      kind: 'escalation',
      assignee: { post: 'sub-district-head' },
    });
    expect(one.does('secretary', 'case.escalate', question)).toBe('ALREADY_DONE');
    expect(one.does('secretary', 'case.escalate', { data: { ...question.data, to: 'district' } })).toBe('ok');
    expect(one.does('director', 'case.return', { data: { text: 'x' } })).toBe('FORBIDDEN');
    expect(one.does('secretary', 'task.complete', { target: 'linli:question' })).toBe('NOT_OPEN');
    one.must('sub-district-head', 'case.return', { data: { text: '已安排' } });
    one.must('district-head', 'case.return', { data: { text: '已阅' } });
    one.must('secretary', 'case.escalate', question);
    expect(one.state.unit).toBe('community');
    expect(
      one.events.flatMap(({ type, data }) =>
        type.startsWith('escalation.') ? [`${type} ${(data as { id: string }).id}`] : [],
      ),
    ).toEqual([
      'escalation.made linli:question-1',
      'escalation.made linli:question-2',
      'escalation.returned linli:question-1',
      'escalation.returned linli:question-2',
      'escalation.made linli:question-3',
    ]);
  });

  it('that does not answer has a ladder and a record of accountability of its own', () => {
    const one = caseOfTwo();
    one.must('secretary', 'case.escalate', question);
    one.until(day(30));
    const about = one.events.flatMap((event) =>
      event.type === 'rung.fired' && event.data.deadline === 'linli:question-1'
        ? [event.data.told.map(({ person }) => person).join()]
        : event.type === 'accountability.opened' && event.data.deadline === 'linli:question-1'
          ? [event.data.post]
          : [],
    );
    expect(about).toEqual(['sub-district-head', 'sub-district-head', 'sub-district-head', 'district-head']);
  });

  it('is asked no more when the case goes under another', () => {
    const one = caseOfTwo();
    one.must('secretary', 'case.escalate', question);
    one.must('secretary', 'case.escalate', { data: { ...question.data, to: 'district' } });
    one.must('caseworker', 'case.offerTransfer', offer);
    one.must('north-director', 'case.acceptTransfer');
    expect(Object.keys(one.state.items).filter((id) => id.startsWith('linli:'))).toEqual(['linli:question-2']);
    expect(one.does('secretary', 'case.escalate', question)).toBe('FORBIDDEN');
    expect(one.does('north-secretary', 'case.escalate', question)).toBe('ok');
  });
});

describe('whatever units ask each other', { timeout: 120_000 }, () => {
  const people = [
    ...['caseworker', 'secretary', 'director', 'sub-district-head', 'district-head', 'zhou', 'stranger'],
    ...['north-director', 'north-secretary', 'north-street-head'],
  ];
  const step = fc.record({
    who: fc.constantFrom(...people),
    hours: fc.integer({ min: 0, max: 60 }),
    act: fc.constantFrom(
      ['case.offerTransfer', { unit: 'north', ...overridden }],
      ['case.offerTransfer', { unit: 'community', ...overridden }],
      ['case.offerTransfer', { unit: 'sub-district', ...overridden }],
      ['case.acceptTransfer', {}],
      ['case.acceptTransfer', { assignments: { secretary: 'district-head' } }],
      ['case.refuseTransfer', {}],
      ['case.revokeTransfer', {}],
      ['case.refer', { unit: 'north', program: 'survey', text: 'x', ...overridden }],
      ['case.escalate', { to: 'sub-district', text: 'x' }],
      ['case.escalate', { to: 'district', text: 'x' }],
      ['case.return', { text: 'x' }],
      ['case.suspend', {}],
      ['case.resume', {}],
      ['case.close', { outcome: 'died' }],
      ['case.reopen', {}],
    ) as fc.Arbitrary<[string, object]>,
  });

  it('exactly one unit is responsible at every instant, its own posts answer, and only acceptance moves it', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const one = caseOfTwo();
        for (const {
          who,
          hours,
          act: [type, data],
        } of steps) {
          one.until(addMs(one.now, hours * 3_600_000));
          one.does(who, type, { data, reason: 'because' });
        }
        let state: State | undefined;
        const waiting = new Map<string, string>();
        for (const event of one.events) {
          const before = state;
          state = evolve(state, JSON.parse(JSON.stringify(event)) as CaseEvent);
          if (event.type === 'transfer.offered') waiting.set(event.data.id, event.data.unit);
          if (event.type === 'case.moved') {
            const accepted = one.events.find(
              ({ type, actId, seq }) => type === 'transfer.accepted' && actId === event.actId && seq < event.seq,
            );
            if (!accepted || event.data.from !== before?.unit || ![...waiting.values()].includes(event.data.unit))
              throw new Error(`moved without acceptance: ${inShort(event)}`);
          } else if (before && before.unit !== state.unit) throw new Error(`${event.type} changed the unit`);
          const up = unitsUp(twoUnits, state.unit);
          for (const { post } of Object.values(state.assignments))
            if (post && !up.includes(twoUnits.posts[post]?.unit ?? ''))
              throw new Error(`${post} answers from elsewhere`);
          if (!state.assignments['secretary']?.post) throw new Error('nobody answers');
          if (notApart(one.program, state, twoUnits, event.recordedAt)) throw new Error('roles collide');
        }
        if (JSON.stringify(state) !== JSON.stringify(one.state)) throw new Error('the record leads elsewhere');
        for (const { id, accepted } of Object.values(one.state.offers ?? {}))
          if (!accepted && !one.state.deadlines[id]) throw new Error(`${id} waits without a clock`);
      }),
      { numRuns: 150 },
    );
  });
});
