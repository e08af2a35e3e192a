import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Case, DAY_0, day, org, program } from './case.fixture.ts';
import { seenBy } from './deputies.ts';
import type { Told } from './event.ts';
import { rolesOn } from './rights.ts';
import { toldAbout } from './told.ts';
import type { Holding, Org } from './world.ts';

// Whom the ladder tells, and who may stand in for whom. Day 0 is a Monday, 09:00; each post is held by the person of its name.

const FROM = '2020-01-01T00:00:00.000Z';
const names = (told: readonly Told[]) =>
  told.map(
    ({ post, person, deputyFor }) => `${deputyFor ? `for ${deputyFor}: ` : ''}${person ?? `${post ?? 'nobody'}?`}`,
  );
const rungs = (one: Case, deadline: string) =>
  one.events.flatMap((event) =>
    event.type === 'rung.fired' && event.data.deadline === deadline ? [names(event.data.told).join(', ')] : [],
  );
const standIn = (one: Case, ...deputies: [post: string, person: string, from?: string, until?: string][]) => {
  one.org = {
    ...one.org,
    deputies: deputies.map(([post, person, from = FROM, until]) => ({
      post,
      person,
      from,
      ...(until ? { until } : {}),
    })),
  };
};

describe('a deputy', () => {
  it('is told beside the holder from the first instant to the last, and no longer', () => {
    const one = Case.opened();
    standIn(one, ['secretary', 'wang', '2026-03-10T01:00:00.000Z', '2026-03-11T01:00:00.000Z']);
    one.until(day(30), { naps: true });
    expect(rungs(one, 'meet-1').slice(0, 3)).toEqual([
      'secretary, qiu',
      'secretary, for secretary: wang, qiu',
      'director',
    ]);
  });

  it('of a head is told beside the head; of a vacant post, beside the next above', () => {
    const one = Case.opened();
    standIn(one, ['director', 'wang'], ['secretary', 'zhao']);
    one.until(day(7));
    one.appoint('secretary');
    one.until(day(8.5));
    one.appoint('director');
    one.until(day(10));
    expect(rungs(one, 'meet-1')).toEqual([
      'secretary, for secretary: zhao, qiu',
      'for secretary: zhao, director, for director: wang, qiu',
      'sub-district-head, for director: wang',
    ]);
  });

  it('does what the post may, in its name, and is named in the record of accountability', () => {
    const one = Case.opened();
    standIn(one, ['secretary', 'wang']);
    expect(one.does('wang', 'note.add', { data: { text: 'x' } })).toBe('ok');
    one.until(day(8.1));
    const record = one.events.find((event) => event.type === 'accountability.opened');
    expect(record?.data).toMatchObject({
      post: 'secretary',
      holders: [{ person: 'secretary' }, { person: 'wang', deputy: true }],
    });
  });

  it.each([
    ['a party of the case', 'qiu', 'secretary'],
    ['a person with another post of the case', 'cash-holder', 'secretary'],
    ['anybody, where the post keeps money', 'wang', 'accountant'],
  ])('is never %s', (_, person, post) => {
    const one = Case.opened();
    const before = [...rolesOn(one.state, { kind: 'person', id: person, logins: [] }, one.org, day(1)).keys()];
    standIn(one, [post, person]);
    const seen = seenBy(one.state, one.program, one.org, day(1));
    expect([...rolesOn(one.state, { kind: 'person', id: person, logins: [] }, seen, day(1)).keys()]).toEqual(before);
    one.until(day(30));
    expect(one.events.some((event) => JSON.stringify(event.data).includes('deputyFor'))).toBe(false);
  });

  it('neither does money acts nor answers a record, and no former deputy decides on it', () => {
    const one = Case.opened();
    standIn(one, ['secretary', 'wang'], ['director', 'wang']);
    expect(one.does('wang', 'payout.approve', { target: 'earnings' })).toBe('FORBIDDEN');
    one.until(day(8.1));
    const target = 'meet-1.g1';
    expect(one.does('wang', 'accountability.answer', { target, data: { text: 'x' } })).toBe('FORBIDDEN');
    standIn(one, ['director', 'wang', day(7)], ['secretary', 'wang', FROM, day(7)]);
    expect(one.does('wang', 'accountability.decide', { target, data: { outcome: 'excused' } })).toBe('ROLES_COLLIDE');
    standIn(one, ['director', 'secretary']);
    expect(one.does('secretary', 'accountability.decide', { target, data: { outcome: 'excused' } })).toBe('FORBIDDEN');
  });
});

it('who stands in for a post approves no extension of what it answers for', () => {
  const one = Case.opened();
  standIn(one, ['secretary', 'sub-district-head']);
  const target = 'speak';
  one.must('secretary', 'deadline.requestExtension', { target, data: { budget: '10 days' }, reason: 'x' });
  expect(one.does('sub-district-head', 'deadline.decideExtension', { target, data: { approve: true } })).toBe(
    'ROLES_COLLIDE',
  );
  expect(one.does('district-head', 'deadline.decideExtension', { target, data: { approve: true } })).toBe('ok');
});

describe('a nudge', () => {
  it('is sent at most twice a day by one person, and six times by all', () => {
    const one = Case.opened();
    const said = { target: 'meet' };
    const all = ['director', 'caseworker', 'sub-district-head', 'district-head'];
    expect(['director', 'director', 'director'].map((who) => one.does(who, 'deadline.nudge', said))).toEqual([
      'ok',
      'ok',
      'TOO_OFTEN',
    ]);
    expect(
      all.slice(1).flatMap((who) => [one.does(who, 'deadline.nudge', said), one.does(who, 'deadline.nudge', said)]),
    ).toEqual(['ok', 'ok', 'ok', 'ok', 'TOO_OFTEN', 'TOO_OFTEN']);
    one.until(day(1));
    expect(one.does('director', 'deadline.nudge', said)).toBe('ok');
  });
});

describe('a handover in the very instant of a rung', () => {
  it.each([
    ['the next from that instant', '2026-03-10T01:00:00.000Z', 'next, qiu'],
    ['the former until a millisecond later', '2026-03-10T01:00:00.001Z', 'secretary, qiu'],
  ])('tells exactly one of the two: %s', (_, at, told) => {
    const one = Case.opened();
    one.org = {
      ...one.org,
      appointments: [
        ...one.org.appointments.map((each) => (each.post === 'secretary' ? { ...each, until: at } : each)),
        { post: 'secretary', person: 'next', from: at },
      ],
    };
    one.until(day(30), { naps: true });
    expect(rungs(one, 'meet-1')[1]).toBe(told);
  });
});

const POSTS = Object.keys(org.posts);
const person = fc.constantFrom(
  'secretary',
  'director',
  'sub-district-head',
  'district-head',
  'cash-holder',
  'qiu',
  'wang',
  'zhao',
);
const hour = fc.integer({ min: 0, max: 40 }).map((n) => day(n / 4));
const holding = fc.record({ post: fc.constantFrom(...POSTS), person, from: hour, until: hour });
const spans = fc.array(holding, { maxLength: 12 }).map((list): Holding[] => {
  const kept: Holding[] = [];
  for (const each of list) {
    if (each.from >= each.until) continue;
    if (kept.every((one) => one.post !== each.post || each.until <= one.from || each.from >= one.until!))
      kept.push(each);
  }
  return kept;
});
/** Any organisation at all: people in office for a while, deputies for a while, posts that stay vacant. */
const anyOrg = fc.record({ appointments: spans, deputies: spans }).map((parts): Org => ({ ...org, ...parts }));
const tell = fc.constantFrom('holder' as const, 'unit' as const, 'sub-district' as const, 'district' as const);

describe('whoever is in office', () => {
  const one = Case.opened();
  const deadline = Object.values(one.state.deadlines).find(({ id }) => id === 'meet-1')!;
  const inOffice = (of: Org, at: string) =>
    new Set(
      [...of.appointments, ...(of.deputies ?? [])].flatMap((each) =>
        each.from <= at && at < (each.until ?? '9') ? [each.person] : [],
      ),
    );

  it('somebody is always told who is in office or does the work, or the record says that nobody could be', () => {
    fc.assert(
      fc.property(
        anyOrg,
        tell,
        hour,
        fc.subarray(['secretary', 'director', 'wang', 'district-head']),
        (of, to, at, skips) => {
          const told = toldAbout(one.state, seenBy(one.state, program, of, at), { ...deadline, skips }, to, at);
          expect(told.length).toBeGreaterThan(0);
          for (const each of told) {
            expect(skips).not.toContain(each.person);
            if (each.person !== undefined && each.person !== 'qiu') expect(inOffice(of, at)).toContain(each.person);
          }
          const people = told.flatMap((each) => each.person ?? []);
          expect(new Set(people).size).toBe(people.length);
          if (people.length === 0) expect(told.map(({ unit }) => unit)).toContain('district');
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('a complaint never reaches whom it is about, nor who stands in for him', () => {
    fc.assert(
      fc.property(anyOrg, hour, fc.constantFrom(...POSTS, 'qiu', 'wang'), (of, at, about) => {
        const asked = Case.opened();
        asked.org = { ...of, appointments: [...of.appointments, { post: 'nurse', person: 'nurse', from: FROM }] };
        asked.until(at);
        if (asked.does('zhou', 'complaint.make', { data: { text: 'x', about } }) !== 'ok') return;
        const event = asked.events.findLast((each) => each.type === 'complaint.made');
        const seen = seenBy(asked.state, program, asked.org, asked.now);
        const meant = new Set([about]);
        for (const each of [...of.appointments, ...(seen.deputies ?? [])]) {
          if (each.post === about && each.until! > at) meant.add(each.person);
        }
        const told = event?.type === 'complaint.made' ? event.data.told : [];
        expect(told.length).toBeGreaterThan(0);
        expect(
          told.filter((each) => each.person !== undefined && meant.has(each.person) && each.deputyFor === undefined),
        ).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('no deputyship brings together what must be apart, or gives a party of the case a right', () => {
    fc.assert(
      fc.property(anyOrg, hour, person, (of, at, who) => {
        const actor = { kind: 'person' as const, id: who, logins: [] };
        const seen = seenBy(one.state, program, of, at);
        const alone = rolesOn(one.state, actor, { ...of, deputies: [] }, at);
        const roles = rolesOn(one.state, actor, seen, at);
        const gained = [...roles.keys()].filter((role) => !alone.has(role));
        const own = [...alone.keys()].filter((role) => Object.hasOwn(program.roles, role));
        if (gained.length > 0) expect(own).toEqual([]);
        expect(gained).not.toContain('cashHolder');
        expect(gained).not.toContain('accountant');
        for (const set of program.apart) {
          if (set.filter((role) => alone.has(role)).length <= 1) {
            expect(set.filter((role) => roles.has(role)).length).toBeLessThanOrEqual(1);
          }
        }
        const money = rolesOn(one.state, actor, seen, at, { asDeputy: false });
        expect([...money.keys()]).toEqual([...alone.keys()]);
      }),
      { numRuns: 1_000 },
    );
  });
});

it('day 0 is what the tables say', () => expect(day(0)).toBe(DAY_0));
