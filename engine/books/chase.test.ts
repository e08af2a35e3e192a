import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Case, day } from '../case.fixture.ts';
import { chase, keeperGone } from './chase.ts';
import { clockOfCount } from './chased.ts';
import type { Side } from './entry.ts';
import { keeperOf } from './keeper.ts';

const entry = { book: 'earnings', direction: 'in', channel: 'cash', amountFen: 300 };
const CLOCK = 'earnings.f.2';

/** A case whose books have 300 fen on both sides, kept by the holders of their posts; one more post that may keep money. */
function kept(): Case {
  const one = Case.opened();
  const posts = { ...one.org.posts, 'cash-2': { kind: 'cash-holder', unit: 'community' } };
  const next = { post: 'cash-2', person: 'luo', from: '2020-01-01T00:00:00.000Z' };
  one.org = { ...one.org, posts, appointments: [...one.org.appointments, next] };
  one.must('cash-holder', 'cash.record', { data: { ...entry, sourceDoc: 'S-1' } });
  const { amountFen, ...voucher } = entry;
  one.must('accountant', 'ledger.record', {
    data: { ...voucher, sourceDoc: 'S-1', lines: [{ text: 'x', amountFen }] },
  });
  return one;
}

const look = (one: Case) => {
  const mark = one.mark();
  one.must('system', 'books.chase');
  return one.since(mark);
};
const give = (one: Case, party: string) =>
  one.must('caseworker', 'party.change', { target: 'cashHolder', data: { party }, reason: '换人' });
const count = (one: Case, who: string, fen = 300) =>
  one.does(who, 'book.handOver', {
    data: { book: 'earnings', side: 'cash', channels: { cash: fen }, witness: '何某' },
  });
const clocks = (one: Case) => Object.keys(one.state.deadlines).filter((id) => id.includes('.f.'));

describe('a side of a book whose keeper has left', () => {
  it('gets its clock in the act that gives the role to another, for the role, and its ladder passes over who left', () => {
    const one = kept();
    const mark = one.mark();
    give(one, 'cash-2');
    expect(one.since(mark)).toEqual(['role.assigned cashHolder', 'book.frozen', `deadline.set ${CLOCK}`]);
    expect(one.events[mark + 1]!.data).toEqual({ book: 'earnings', side: 'cash', keeper: 'cash-holder', clock: CLOCK });
    expect(one.state.deadlines[CLOCK]).toMatchObject({
      ...{ of: 'discrepancy', answers: 'cashHolder', budget: '3 working days', ladder: 'linli:count' },
      ...{ start: one.now, dueDate: '2026-03-05', skips: ['cash-holder'] },
    });
    expect(one.state.books['earnings']!.chases).toEqual({ cash: CLOCK });
    expect(look(one)).toEqual([]);
  });

  it('is found when his office ends, told to who follows him the next morning, then to each level above', () => {
    const one = kept();
    one.appoint('cash-holder', 'luo');
    expect(look(one)).toEqual(['book.frozen', `deadline.set ${CLOCK}`]);
    expect(look(one)).toEqual([]);
    const mark = one.mark();
    one.until(day(20));
    expect(one.since(mark).filter((each) => each.includes('.f.'))).toEqual([
      `rung.fired ${CLOCK}.1/0 → luo`,
      `rung.fired ${CLOCK}.1/1 → luo`,
      `rung.fired ${CLOCK}.1/2 → director`,
      `accountability.opened ${CLOCK}`,
      `rung.fired ${CLOCK}.1/3 → sub-district-head`,
      `rung.fired ${CLOCK}.1/4 → district-head`,
    ]);
    expect(
      one.events.find(({ type, data }) => type === 'rung.fired' && 'deadline' in data && data.deadline === CLOCK),
    ).toMatchObject({ occurredAt: '2026-03-03T01:00:00.000Z' });
    const record = one.events.find(({ type }) => type === 'accountability.opened');
    expect(record?.data).toMatchObject({ post: 'cash-holder', holders: [{ person: 'luo' }] });
    const settled = one.mark();
    expect(count(one, 'luo')).toBe('ok');
    expect(one.since(settled)).toEqual([
      'book.handedOver',
      `deadline.met ${CLOCK}`,
      `accountability.settled ${CLOCK}.g1 done late`,
    ]);
    expect(one.state.books['earnings']).not.toHaveProperty('chases');
    expect(look(one)).toEqual([]);
  });

  it('with nobody in the post, or with who left as the head above, goes upward and never to him', () => {
    const one = kept();
    one.appoint('cash-holder');
    one.appoint('director', 'cash-holder');
    look(one);
    const mark = one.mark();
    one.until(day(20));
    const told = one.events
      .slice(mark)
      .flatMap(({ type, data }) =>
        type === 'rung.fired' && 'deadline' in data && data.deadline === CLOCK
          ? [(data as { told: { person?: string }[] }).told.map(({ person }) => person)]
          : [],
      );
    expect(told).toEqual([
      ['sub-district-head'],
      ['sub-district-head'],
      ['sub-district-head'],
      ['sub-district-head'],
      ['district-head'],
    ]);
  });

  it('needs no count any more when the role is his again, in whatever way', () => {
    const one = kept();
    give(one, 'cash-2');
    const mark = one.mark();
    give(one, 'cash-holder');
    expect(one.since(mark)).toEqual(['role.assigned cashHolder', 'book.unfrozen', `deadline.cancelled ${CLOCK}`]);
    one.appoint('cash-holder', 'luo');
    look(one);
    one.appoint('cash-holder', 'cash-holder');
    expect(look(one)).toEqual(['book.unfrozen', 'deadline.cancelled earnings.f.3']);
    expect([clocks(one), one.state.books['earnings']]).toEqual([[], expect.not.objectContaining({ chases: {} })]);
    expect(one.does('cash-holder', 'cash.record', { data: { ...entry, sourceDoc: 'S-2' } })).toBe('ok');
  });

  it('stays under one clock while one follower follows another, and runs on in a suspended or closed case', () => {
    const one = kept();
    one.must('caseworker', 'case.suspend', { reason: '住院' });
    one.appoint('cash-holder', 'luo');
    expect(look(one)).toEqual(['book.frozen', `deadline.set ${CLOCK}`]);
    one.appoint('cash-holder', 'he');
    expect(look(one)).toEqual([]);
    const mark = one.mark();
    one.until(day(1));
    expect(one.since(mark)).toEqual([`rung.fired ${CLOCK}.1/0 → he`]);
    one.must('caseworker', 'case.resume', { reason: '出院' });
    one.must('director', 'case.close', { data: { outcome: 'died' }, reason: '去世' });
    expect(clocks(one)).toEqual([CLOCK]);
    expect(count(one, 'he')).toBe('ok');
    expect(clocks(one)).toEqual([]);
  });

  it('counted with a difference, meets its clock all the same: the difference has a clock of its own', () => {
    const one = kept();
    give(one, 'cash-2');
    expect(count(one, 'luo', 250)).toBe('ok');
    expect(clocks(one)).toEqual([]);
    expect(Object.keys(one.state.books['earnings']!.discrepancies)).toHaveLength(1);
  });

  it('is none while somebody stands in, while nothing is left on it, or before anybody has kept it', () => {
    const one = kept();
    one.org = { ...one.org, deputies: [{ post: 'cash-holder', person: 'luo', from: '2026-01-01T00:00:00.000Z' }] };
    expect(look(one)).toEqual([]);
    one.must('cash-holder', 'entry.reverse', { target: 'earnings.c.cash.1', reason: '退货' });
    one.appoint('cash-holder', 'luo');
    expect(look(one)).toEqual([]);
    const fresh = Case.opened();
    fresh.appoint('cash-holder', 'luo');
    expect(look(fresh)).toEqual([]);
  });

  it('is looked for by the system alone', () => {
    expect(kept().does('caseworker', 'books.chase')).toBe('UNKNOWN_ACT');
  });
});

it('whoever comes and goes: after a look a side has a clock exactly while it waits for somebody to count it', () => {
  const who = fc.constantFrom('cash-holder', 'luo', 'he', undefined);
  const side = fc.constantFrom<Side>('cash', 'ledger');
  const step = fc.oneof(
    fc.record({ do: fc.constant('appoint' as const), post: fc.constantFrom('cash-holder', 'accountant'), who }),
    fc.record({ do: fc.constant('give' as const), to: fc.constantFrom('cash-2', 'cash-holder', 'he', 'luo') }),
    fc.record({ do: fc.constant('count' as const), side }),
    fc.record({ do: fc.constant('record' as const), n: fc.nat(9) }),
    fc.record({ do: fc.constant('later' as const), days: fc.integer({ min: 1, max: 9 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const one = kept();
      for (const each of steps) {
        const mark = one.mark();
        if (each.do === 'appoint') one.appoint(each.post, each.post === 'accountant' && each.who ? 'zhao' : each.who);
        if (each.do === 'give')
          one.does('caseworker', 'party.change', { target: 'cashHolder', data: { party: each.to }, reason: '换人' });
        if (each.do === 'record')
          for (const holder of ['cash-holder', 'luo', 'he'])
            one.does(holder, 'cash.record', { data: { ...entry, sourceDoc: `N-${each.n}` } });
        if (each.do === 'count')
          for (const holder of ['cash-holder', 'luo', 'he', 'accountant', 'zhao'])
            one.does(holder, 'book.handOver', {
              data: { book: 'earnings', side: each.side, channels: { cash: 300 }, witness: '何某' },
            });
        if (each.do === 'later') one.until(new Date(Date.parse(one.now) + each.days * 86_400_000).toISOString());
        const told = one.events.slice(mark).flatMap((event) => (event.type === 'rung.fired' ? [event.data] : []));
        for (const { deadline, told: to } of told)
          for (const { person } of to) expect(one.state.deadlines[deadline]?.skips ?? []).not.toContain(person);
        const before = one.state.books['earnings']!;
        look(one);
        const book = one.state.books['earnings']!;
        const def = one.program.books[0]!;
        for (const each of ['cash', 'ledger'] as const) {
          const gone = keeperGone(one.state, one.world(), def, each);
          const clock = clockOfCount(book, each);
          expect([gone !== undefined, each]).toEqual([clock !== undefined, each]);
          expect(keeperOf(book, each)).toBe(keeperOf(before, each));
          if (clock) expect(one.state.deadlines[clock]).toMatchObject({ skips: [gone] });
        }
        expect(clocks(one).length).toBe(Object.keys(book.chases ?? {}).length);
        const again = { state: one.state, world: one.world(), at: one.now, actor: 'x', events: [] };
        chase(again);
        expect(again.events).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
