import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineProgram } from '../sdk/define-program.ts';
import type { Item, Program } from '../sdk/program.ts';
import { Case, day, program } from './case.fixture.ts';
import { planOf } from './explain.ts';

// Votes and disclosures as items. Day 0 is Monday 2026-03-02, 09:00.

const { approval: _, consent: __, ...plain } = program;

/** A program of three stages: a draft, the vote on it, and its disclosure; who loses goes back to the draft. */
function decided(vote: Partial<Item> = {}, disclosure: object = {}): Program {
  const base = {
    target: ['办好', 'done'] as const,
    answers: 'secretary',
    within: '60 days',
    ladder: 'promise',
  } as const;
  return defineProgram({
    ...plain,
    duties: [],
    life: { extend: program.life.extend, outcomes: program.life.outcomes },
    stages: [
      {
        stage: 'draft',
        name: ['起草', 'draft'],
        ...base,
        items: [{ task: 'write', name: ['写', 'write'], by: 'secretary' }],
      },
      {
        stage: 'meeting',
        name: ['开会', 'meeting'],
        ...base,
        items: [
          {
            ...{ vote: 'ballot', name: ['居民代表', 'representatives'], body: 'representatives', by: 'secretary' },
            ...{ quorum: '2/3', passes: 'more than 1/2 of present', lost: 'draft' },
            ...vote,
          } as never,
        ],
      },
      {
        stage: 'posting',
        name: ['公示', 'posting'],
        ...base,
        items: [
          {
            ...{
              disclosure: 'announce',
              name: ['决议公示', 'the decision'],
              by: 'secretary',
              days: 5,
              within: '3 days',
            },
            objections: { by: 'accountant', within: '3 working days', upheld: 'draft' },
            ...disclosure,
          } as never,
        ],
      },
    ],
  });
}

const ballot = (present: number, yes: number, eligible = 30) => ({
  data: { body: 'representatives', eligible, present, for: yes, against: present - yes, abstain: 0 },
});

function opened(of: Program, written = true): Case {
  const one = new Case(of);
  one.open();
  if (written) one.must('secretary', 'task.complete', { target: 'write' });
  return one;
}

function posted(of: Program = decided()): Case {
  const one = opened(of);
  one.must('secretary', 'decision.record', ballot(24, 20));
  one.must('secretary', 'disclosure.post', { target: 'announce', data: { text: '拟为三户装电梯扶手', days: 5 } });
  return one;
}

const stages = (one: Case) =>
  Object.entries(one.state.stages).map(([key, { state, round }]) => `${key} ${state} ${round}`);

describe('a vote', () => {
  it.each<[string, ReturnType<typeof ballot>, string[]]>([
    [
      'passes by more than half of those present',
      ballot(20, 11),
      ['draft done 1', 'meeting done 1', 'posting current 1'],
    ],
    ['is lost with half', ballot(20, 10), ['draft current 2', 'meeting future 1', 'posting future 0']],
    ['decides nothing without a quorum', ballot(19, 19), ['draft done 1', 'meeting current 1', 'posting future 0']],
  ])('%s', (_name, said, expected) => {
    const one = opened(decided());
    one.must('secretary', 'decision.record', said);
    expect(stages(one)).toEqual(expected);
  });

  it('is not skipped with its stage, nor is what has to be made public', () => {
    const one = opened(decided());
    const skip = () => one.does('secretary', 'stage.skip', { reason: '来不及开会' });
    expect(skip()).toBe('BLOCKED');
    one.must('secretary', 'decision.record', ballot(24, 20));
    expect(skip()).toBe('BLOCKED');
    expect(stages(one)).toEqual(['draft done 1', 'meeting done 1', 'posting current 1']);
  });

  it('begins anew after the revision, and an earlier one counts no more', () => {
    const one = opened(decided());
    one.must('secretary', 'decision.record', ballot(20, 5));
    expect(one.does('secretary', 'decision.record', ballot(20, 20))).toBe('NOT_OPEN');
    one.must('secretary', 'task.complete', { target: 'write' });
    one.must('secretary', 'decision.record', ballot(20, 20));
    expect(stages(one)).toEqual(['draft done 2', 'meeting done 2', 'posting current 1']);
  });

  it.each<[string, string, object, string]>([
    ['companion without a right', 'qiu', ballot(20, 20), 'FORBIDDEN'],
    [
      'no number entitled',
      'secretary',
      { data: { body: 'representatives', present: 3, for: 3, against: 0, abstain: 0 } },
      'INVALID_DATA',
    ],
    ['more present than entitled', 'secretary', ballot(31, 20), 'INVALID_DATA'],
    ['an unknown body', 'secretary', { data: { ...ballot(20, 20).data, body: 'somebody' } }, 'INVALID_DATA'],
  ])('is refused: %s', (_name, who, said, code) => {
    expect(opened(decided()).does(who, 'decision.record', said)).toBe(code);
  });

  it('asks for its minutes where the program does', () => {
    const one = opened(decided({ proof: ['file'] } as never));
    expect(one.does('secretary', 'decision.record', ballot(24, 20))).toBe('EVIDENCE_MISSING');
    one.must('secretary', 'decision.record', { ...ballot(24, 20), evidence: ['file'] });
  });

  it('is that of the body the case names', () => {
    const one = opened(decided({ named: 'wish' } as never), false);
    one.must('caseworker', 'data.correct', { data: { fields: { wish: '业主委员会' } }, reason: '本案由业委会表决' });
    one.must('secretary', 'task.complete', { target: 'write' });
    expect(one.state.items['ballot-1']?.name).toEqual(['业主委员会', '业主委员会']);
    one.must('secretary', 'decision.record', { data: { ...ballot(24, 20).data, body: '业主委员会' } });
    expect(one.events.find(({ type }) => type === 'decision.recorded')?.data).toMatchObject({
      ...{ body: 'representatives', name: ['业主委员会', '业主委员会'], passed: true, item: 'ballot-1' },
    });
  });

  it('passes exactly as its rule says, for every number of votes', () => {
    const rules = [
      ['1/2', 'more than 1/2 of eligible', (y: number, p: number, e: number) => p * 2 >= e && y * 2 > e],
      ['2/3', '2/3 of present', (y: number, p: number, e: number) => p * 3 >= 2 * e && y * 3 >= 2 * p],
      ['more than 1/2', 'more than 1/2 of cast', (y: number, p: number, e: number) => p * 2 > e && y * 2 > p],
    ] as const;
    const count = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...rules), count, count, count, ([quorum, passes, holds], a, b, c) => {
        const [yes, present, eligible] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        const one = opened(decided({ quorum, passes, lost: undefined } as never));
        one.must('secretary', 'decision.record', ballot(present, yes, eligible));
        expect(one.state.stage === 'posting').toBe(holds(yes, present, eligible));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a disclosure', () => {
  it('is done by itself when its period is over', () => {
    const one = posted();
    expect(planOf(one.state, one.program).stages[2]?.items[0]).toMatchObject({
      ...{ state: 'waiting', reason: ['公示至 2026-03-09', 'public until 2026-03-09'] },
    });
    const mark = one.mark();
    one.until(day(10));
    expect(one.since(mark)).toEqual([
      'disclosure.ended announce-1',
      'disclosure.cleared announce-1',
      'stage.done posting',
      'deadline.met stage:posting.1',
    ]);
    expect(one.state.disclosures).toEqual({});
  });

  it('leads to the same whether woken in time or late', () => {
    const [napping, sleeping] = [posted(), posted()];
    napping.until(day(30), { naps: true });
    sleeping.until(day(30));
    expect(napping.events.map(({ type, occurredAt }) => [type, occurredAt])).toEqual(
      sleeping.events.map(({ type, occurredAt }) => [type, occurredAt]),
    );
  });

  it('waits for an objection that is undecided when its period is over', () => {
    const one = posted();
    one.must('system', 'objection.raise', { target: 'announce', data: { text: '名单不公平', contact: '王某' } });
    one.until(day(10));
    expect(one.state.stage).toBe('posting');
    expect(planOf(one.state, one.program).other.map(({ id, act }) => `${id} ${act}`)).toEqual([
      'objection-1 objection.decide',
    ]);
    const decision = { target: 'objection-1', data: { outcome: 'dismissed', text: '名单按评议结果' } };
    one.must('accountant', 'objection.decide', decision);
    expect(one.state.stage).toBeUndefined();
    expect(one.state.objections).toEqual({});
    expect(one.does('accountant', 'objection.decide', decision)).toBe('NOT_OPEN');
  });

  it('sends the case back when an objection is upheld, and all votes begin anew', () => {
    const one = posted();
    for (const text of ['不公平', '也不公平']) one.must('caseworker', 'objection.raise', { data: { text } });
    one.must('accountant', 'objection.decide', {
      target: 'objection-1',
      data: { outcome: 'upheld', text: '确有遗漏' },
    });
    expect(stages(one)).toEqual(['draft current 2', 'meeting future 1', 'posting future 1']);
    expect(one.state).toMatchObject({ disclosures: {}, objections: {} });
    expect(Object.keys(one.state.deadlines)).toEqual(['stage:draft.2']);
    expect(Object.keys(one.state.items)).toEqual(['write-2']);
  });

  it('comes down and is posted anew where the program names no way back', () => {
    const one = posted(decided({}, { objections: { by: 'accountant', within: '3 working days' } }));
    for (const text of ['写错了', '也请改']) one.must('zhou', 'objection.raise', { data: { text } });
    one.must('accountant', 'objection.decide', { target: 'objection-1', data: { outcome: 'upheld', text: '写错了' } });
    expect(Object.keys(one.state.items).sort()).toEqual(['announce-2', 'objection-2']);
    one.must('secretary', 'disclosure.post', { data: { text: '更正', days: 5 } });
    one.until(day(20));
    expect(one.state.stage).toBe('posting');
    one.must('accountant', 'objection.decide', {
      target: 'objection-2',
      data: { outcome: 'dismissed', text: '已更正' },
    });
    expect(one.state.stage).toBeUndefined();
  });

  it('is taken down with a reason, and then has to be public for its whole time again', () => {
    const one = posted();
    one.until(day(3));
    expect(one.does('secretary', 'disclosure.takeDown', { target: 'announce' })).toBe('REASON_MISSING');
    one.must('secretary', 'disclosure.takeDown', { target: 'announce', reason: '写错了户数' });
    expect(one.does('zhou', 'objection.raise', { target: 'announce', data: { text: '不对' } })).toBe('NOT_OPEN');
    one.until(day(9));
    expect(one.state.stage).toBe('posting');
    one.must('secretary', 'disclosure.post', { target: 'announce', data: { text: '更正后的决议', days: 5 } });
    one.until(day(13));
    expect(one.state.stage).toBe('posting');
    one.until(day(16));
    expect(one.state.stage).toBeUndefined();
  });

  it('can be taken down while the case is suspended, and is posted again when that goes on', () => {
    const one = posted();
    one.must('secretary', 'case.suspend', { reason: '停办' });
    one.must('director', 'disclosure.takeDown', { reason: '写了不该写的' });
    expect(one.state.disclosures).toEqual({});
    one.must('secretary', 'case.resume');
    one.must('secretary', 'disclosure.post', { data: { text: '改好的决议', days: 5 } });
    one.until(day(10));
    expect(one.state.stage).toBeUndefined();
  });

  it.each<[string, string, string, object, string]>([
    ['too short', 'secretary', 'disclosure.post', { data: { text: '公示', days: 4 } }, 'INVALID_DATA'],
    [
      'an identity number',
      'secretary',
      'disclosure.post',
      { data: { text: '周某 11010519491231002X', days: 5 } },
      'INVALID_DATA',
    ],
    [
      'one in full width and with blanks',
      'secretary',
      'disclosure.post',
      { data: { text: '１１０１０５ 19491231 002X', days: 5 } },
      'INVALID_DATA',
    ],
    [
      'a mobile telephone',
      'secretary',
      'disclosure.post',
      { data: { text: '请拨 138 0013 8000', days: 5 } },
      'INVALID_DATA',
    ],
    ['a telephone', 'secretary', 'disclosure.post', { data: { text: '请拨 0371-6888 8888', days: 5 } }, 'INVALID_DATA'],
    [
      'dates and sums are none',
      'secretary',
      'disclosure.post',
      { data: { text: '2026-03-02至2026-03-09，1380.00元，30户', days: 5 } },
      'ok',
    ],
    ['by a party', 'qiu', 'disclosure.post', { data: { text: '公示', days: 5 } }, 'FORBIDDEN'],
    ['an objection before it', 'zhou', 'objection.raise', { data: { text: '不对' } }, 'NOT_OPEN'],
    ['taken down before it', 'secretary', 'disclosure.takeDown', { reason: '错' }, 'NOT_OPEN'],
  ])('posting: %s', (_name, who, type, said, code) => {
    const one = opened(decided());
    one.must('secretary', 'decision.record', ballot(24, 20));
    expect(one.does(who, type, said)).toBe(code);
  });

  it('is decided on neither by who posted it nor by who objected', () => {
    const one = posted();
    one.must('caseworker', 'disclosure.takeDown', { reason: '改字' });
    one.must('director', 'disclosure.post', { data: { text: '决议', days: 5 } });
    one.must('accountant', 'objection.raise', { data: { text: '不对' } });
    const decision = { target: 'objection-1', data: { outcome: 'dismissed', text: '无误' } };
    expect(one.does('secretary', 'objection.decide', decision)).toBe('FORBIDDEN');
    expect(one.does('director', 'objection.decide', decision)).toBe('ROLES_COLLIDE');
    expect(one.does('accountant', 'objection.decide', decision)).toBe('ROLES_COLLIDE');
    one.must('sub-district-head', 'objection.decide', decision);
  });

  it('has a clock and a ladder for its posting and for each objection', () => {
    const one = opened(decided());
    one.must('secretary', 'decision.record', ballot(24, 20));
    expect(one.state.deadlines['announce-1']).toMatchObject({ of: 'item', budget: '3 days' });
    one.must('secretary', 'disclosure.post', { data: { text: '决议', days: 5 } });
    expect(one.state.deadlines['announce-1']).toBeUndefined();
    one.must('system', 'objection.raise', { data: { text: '不对' } });
    expect(one.state.deadlines['objection-1']).toMatchObject({ of: 'objection', answers: 'accountant' });
    const mark = one.mark();
    one.until(day(6));
    expect(one.since(mark)).toContain('rung.fired objection-1.1/1 → accountant');
  });

  it('lets two hundred objections wait and no more', () => {
    const one = posted();
    for (let n = 0; n < 200; n++) one.must('system', 'objection.raise', { data: { text: `第 ${n} 件` } });
    expect(one.does('system', 'objection.raise', { data: { text: '再一件' } })).toBe('CAP_REACHED');
  });

  it('ends with the case', () => {
    const one = posted();
    one.must('system', 'objection.raise', { data: { text: '不对' } });
    one.must('secretary', 'case.close', { data: { outcome: 'died' } });
    expect(one.state).toMatchObject({ disclosures: {}, objections: {}, items: {}, deadlines: {} });
  });
});
