import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../sdk/time.ts';
import { Case, DAY_0, day } from './case.fixture.ts';
import { headsAbove, holderAt, postsOf } from './org.ts';
import { rolesOn } from './rights.ts';
import type { State } from './state.ts';
import { ownerOf, ownersBetween } from './succession.ts';
import { addMs } from './time/civil.ts';
import { toldAbout } from './told.ts';
import type { Holding, Org, Succession } from './world.ts';

const org = (successions: Succession[], appointments: Holding[] = []): Org => ({
  units: {},
  posts: {},
  appointments,
  successions,
});

describe('what a person was given by name', () => {
  const chain = org([
    { person: 'a', to: 'b', from: day(1) },
    { person: 'b', to: 'c', from: day(2) },
    { person: 'c', toPost: 'head', from: day(3) },
    { person: 'a', to: 'd', from: day(4) },
  ]);
  it.each<[string, string | undefined, number, object]>([
    ['is his before he leaves', undefined, 0.9, { person: 'a' }],
    ['is his successor’s from the very instant', undefined, 1, { person: 'b', since: day(1) }],
    ['and his successor’s successor’s', undefined, 2, { person: 'c', since: day(2) }],
    ['and in the end that of the head above', undefined, 3, { post: 'head' }],
    ['is his where he was given it after he had left', day(1.5), 3, { person: 'a', since: day(1.5) }],
    ['and goes over when he leaves again', day(1.5), 4, { person: 'd', since: day(4) }],
    ['given at the instant of leaving, it is what he was given afterwards', day(1), 3, { person: 'a', since: day(1) }],
  ])('%s', (_, since, at, owner) => {
    expect(ownerOf(chain, { person: 'a', ...(since ? { since } : {}) }, day(at))).toEqual(owner);
  });

  it('a post’s stays the post’s', () => {
    expect(ownerOf(chain, { post: 'p' }, day(9))).toEqual({ post: 'p' });
  });

  it('who answered for it over a span is told with dates', () => {
    const held = org(chain.successions as Succession[], [{ post: 'head', person: 'h', from: day(0) }]);
    expect(ownersBetween(held, { person: 'a' }, day(0.5), day(3.5))).toEqual([
      { person: 'a', from: day(0.5), until: day(1) },
      { person: 'b', from: day(1), until: day(2) },
      { person: 'c', from: day(2), until: day(3) },
      { person: 'h', from: day(3) },
    ]);
    expect(ownersBetween(held, { person: 'a' }, day(1.5), day(1.8))).toEqual([{ person: 'b', from: day(1.5) }]);
  });
});

describe('in a case', () => {
  it('the successor does, is asked and answers; who has left does nothing any more; the record names both', () => {
    const one = Case.opened();
    one.appoint('secretary', 'zhang');
    one.appoint('director', 'boss');
    one.must('caseworker', 'party.change', { target: 'secretary', data: { party: 'zhang' }, reason: 'x' });
    one.must('caseworker', 'task.assign', { target: 'meet', data: { to: 'boss' } });
    expect([one.state.assignments['secretary'], one.state.items['meet-1']?.assignee]).toEqual([
      { person: 'zhang', since: one.now },
      { person: 'boss', since: one.now },
    ]);
    const from = addMs(one.now, 1);
    one.org = {
      ...one.org,
      appointments: [...one.org.appointments, { post: 'cash-holder-2', person: 'next', from: DAY_0 }],
      successions: [
        { person: 'zhang', to: 'next', from },
        { person: 'boss', to: 'next', from },
      ],
    };
    one.until(day(21), { naps: true });
    const fired = one.events.filter((event) => event.type === 'rung.fired' && event.data.tell === 'holder');
    const told = new Set(
      fired.flatMap((event) => (event.type === 'rung.fired' ? event.data.told : [])).map((each) => each.person),
    );
    expect([told.has('next'), told.has('zhang')]).toEqual([true, false]);
    const record = one.events.find((event) => event.type === 'accountability.opened');
    expect(record?.type === 'accountability.opened' && record.data.holders).toEqual([
      expect.objectContaining({ person: 'zhang', until: from }),
      { person: 'next', from },
    ]);
    one.appoint('director');
    one.until(addMs(one.now, 1));
    const done = { target: 'meet', reason: 'x' };
    expect([one.does('boss', 'task.complete', done), one.does('zhang', 'task.complete', done)]).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
    ]);
    expect(one.does('next', 'task.complete', done)).toBe('ok');
  });

  it('what a party is given as such stays his when an office of his goes to another', () => {
    const one = Case.opened();
    one.must('caseworker', 'party.add', { data: { role: 'volunteers', party: { name: '张某', person: 'zhang' } } });
    one.must('caseworker', 'task.assign', { target: 'meet', data: { to: 'zhang' } });
    const from = addMs(one.now, 1);
    one.org = { ...one.org, successions: [{ person: 'zhang', to: 'next', from }] };
    one.until(from);
    const done = { target: 'meet', reason: 'x' };
    expect(one.does('next', 'task.complete', done)).toBe('FORBIDDEN');
    expect(one.does('zhang', 'task.complete', done)).toBe('ok');
  });

  it('nobody is given anything by name who has left', () => {
    const one = Case.opened();
    one.appoint('director');
    one.until(addMs(one.now, 1));
    expect(one.does('caseworker', 'task.assign', { target: 'meet', data: { to: 'director' } })).toBe('ok');
    expect(one.state.items['meet-1']?.assignee).toEqual({ post: 'director' });
    one.org = { ...one.org, posts: { ...one.org.posts, mayor: { kind: 'mayor', unit: 'district' } } };
    one.org = {
      ...one.org,
      appointments: [...one.org.appointments, { post: 'mayor', person: 'zhao', from: DAY_0, until: one.now }],
    };
    expect(one.does('caseworker', 'task.assign', { target: 'meet', data: { to: 'zhao' } })).toBe('UNKNOWN_ASSIGNMENT');
  });
});

// Any organisation at all, in which people come, go, hand over to each other or to nobody, hold several posts and come back.

const PEOPLE = ['p1', 'p2', 'p3', 'p4', 'p5'];
const LEVELS = ['district', 'sub-district', 'community', 'grid'] as const;

const anyUnits = fc.array(fc.record({ above: fc.nat(5), head: fc.boolean(), posts: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 5,
});
const anyMoves = fc.array(
  fc.record({ post: fc.nat(20), to: fc.option(fc.constantFrom(...PEOPLE)), at: fc.integer({ min: 1, max: 12 }) }),
  { maxLength: 25 },
);

interface Story {
  readonly org: Org;
  readonly moments: readonly Instant[];
}

/** The organisation after these moves, each as `Organisation.handOver` of the door makes it. */
function storyOf(shape: readonly { above: number; head: boolean; posts: number }[], moves: readonly Move[]): Story {
  const units: Record<string, Org['units'][string]> = {};
  const posts: Record<string, { kind: string; unit: string }> = {};
  for (const [n, { above, head, posts: many }] of shape.entries()) {
    const over = n === 0 ? undefined : `u${above % n}`;
    const depth = over === undefined ? 0 : Math.min(3, LEVELS.indexOf(units[over]!.level as 'district') + 1);
    units[`u${n}`] = {
      level: LEVELS[depth]!,
      ...(over === undefined ? {} : { above: over }),
      ...(head ? { head: `u${n}.0` } : {}),
    };
    for (let m = 0; m < many; m++) posts[`u${n}.${m}`] = { kind: 'any', unit: `u${n}` };
  }
  const ids = Object.keys(posts);
  const appointments: Holding[] = ids.map((post, n) => ({ post, person: PEOPLE[n % PEOPLE.length]!, from: DAY_0 }));
  const successions: Succession[] = [];
  const now = () => ({ units, posts, appointments, successions });
  for (const { post: n, to, at: when } of [...moves].sort((a, b) => a.at - b.at)) {
    const post = ids[n % ids.length]!;
    const at = day(when);
    const person = holderAt(now(), post, at);
    const running = appointments.findIndex((each) => each.post === post && each.until === undefined);
    if (person === to || (running >= 0 && appointments[running]!.from >= at)) continue;
    if (running >= 0) appointments[running] = { ...appointments[running]!, until: at };
    if (to !== null) appointments.push({ post, person: to, from: at });
    if (person === undefined) continue;
    const home = posts[post]!.unit;
    if (postsOf(now(), person, at).some((each) => posts[each]?.unit === home)) continue;
    const heir = to === null ? { toPost: headsAbove(now(), post)[0] ?? post } : { to };
    successions.push({ person, ...heir, from: at });
  }
  const moments = [...new Set(moves.flatMap(({ at }) => [addMs(day(at), -1), day(at), addMs(day(at), 1)]))];
  return { org: now(), moments: [DAY_0, ...moments].sort() };
}

type Move = { post: number; to: string | null; at: number };

describe('in whatever organisation, at every instant', () => {
  const base = Case.opened().state;
  const deadline = Object.values(base.deadlines).find(({ id }) => id === 'meet-1')!;

  it('everything open has exactly one owner, who is told and may act; what was by name never stays with who has left', () => {
    fc.assert(
      fc.property(anyUnits, anyMoves, fc.nat(20), fc.boolean(), fc.boolean(), (shape, moves, n, byName, given) => {
        const { org: of, moments } = storyOf(shape, moves);
        const post = Object.keys(of.posts)[n % Object.keys(of.posts).length]!;
        const holder = holderAt(of, post, DAY_0)!;
        const assignment = byName ? { person: holder } : { post };
        const item = { ...base.items['meet-1']!, assignee: { person: holder, since: DAY_0 } };
        const state: State = {
          ...base,
          unit: of.posts[post]!.unit,
          parties: {},
          assignments: { secretary: assignment },
          items: given ? { 'meet-1': item } : {},
        };
        for (const at of moments) {
          const owner = ownerOf(of, assignment, at);
          expect(Object.keys(owner).filter((key) => key !== 'since')).toHaveLength(1);
          if (owner.person !== undefined)
            expect(postsOf(of, owner.person, at), `${owner.person} at ${at}`).not.toEqual([]);
          const told = toldAbout(state, of, deadline, 'holder', at);
          expect(told.length).toBeGreaterThan(0);
          const people = told.flatMap(({ person }) => person ?? []);
          for (const person of people) expect(postsOf(of, person, at), `${person} told at ${at}`).not.toEqual([]);
          const held = owner.person ?? holderAt(of, owner.post!, at);
          if (held !== undefined) expect(people).toContain(held);
          const headed = headsAbove(of, owner.post ?? '').some((head) => holderAt(of, head, at) !== undefined);
          if (held === undefined && headed) expect(people).not.toEqual([]);
          const may = PEOPLE.filter((id) =>
            rolesOn(state, { kind: 'person', id, logins: [] }, of, at).has('secretary'),
          );
          expect(may).toEqual(held === undefined ? [] : [held]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('who had it over time leaves no gap and no overlap', () => {
    fc.assert(
      fc.property(anyUnits, anyMoves, fc.nat(20), (shape, moves, n) => {
        const { org: of } = storyOf(shape, moves);
        const post = Object.keys(of.posts)[n % Object.keys(of.posts).length]!;
        const holder = holderAt(of, post, DAY_0)!;
        const until = day(20);
        const named = ownersBetween(of, { person: holder }, DAY_0, until).filter(({ from }) => from < until);
        expect(named[0]).toMatchObject({ person: holder, from: DAY_0 });
        for (const [i, each] of named.slice(1).entries())
          expect((named[i]!.until ?? '9') <= each.from, `${named[i]!.person} until ${named[i]!.until}`).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
