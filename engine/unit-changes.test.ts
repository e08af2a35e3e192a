import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holderAt, homeOf, toldFor, unitsUp } from './org.ts';
import { rolesOn } from './rights.ts';
import type { Level, Org } from './world.ts';

const AT = '2026-03-02T01:00:00.000Z';
const FROM = '2020-01-01T00:00:00.000Z';

/** A case as far as this is about: its unit and who answers for its open deadline. */
interface Case {
  unit: string;
  readonly post: string;
}
type Unit = Org['units'][string];

/** An organisation under change, as the tables hold it: units, posts, and the cases on the list of the mover. */
class Town {
  units: Record<string, Unit> = { district: { level: 'district', head: 'district-head' } };
  posts: Record<string, Org['posts'][string]> = { 'district-head': { kind: 'head', unit: 'district' } };
  readonly appointments: Org['appointments'][number][] = [{ post: 'district-head', person: 'top', from: FROM }];
  readonly cases: Case[] = [];
  readonly waiting: { one: Case; from: string; into: string }[] = [];
  #n = 0;

  constructor() {
    for (const sub of ['s1', 's2']) {
      this.add(sub, 'sub-district', 'district');
      for (const n of [1, 2]) this.add(`${sub}c${n}`, 'community', sub);
    }
  }

  /** A unit with a head who holds office, a post that is vacant, and a case that each answers for. */
  add(id: string, level: Level, above: string): void {
    this.units[id] = { level, above, head: `${id}-head` };
    this.posts[`${id}-head`] = { kind: 'head', unit: id };
    this.posts[`${id}-vacant`] = { kind: 'worker', unit: id };
    this.appointments.push({ post: `${id}-head`, person: `p-${id}`, from: FROM });
    for (const post of [`${id}-head`, `${id}-vacant`]) this.cases.push({ unit: id, post });
  }

  get org(): Org {
    return { units: this.units, posts: this.posts, appointments: this.appointments };
  }

  open(level?: Level): string[] {
    return Object.keys(this.units).filter(
      (id) => !this.units[id]!.closed && (!level || this.units[id]!.level === level),
    );
  }

  merge(unit: string, into: string): boolean {
    const sameOrAbove = { grid: 0, community: 1, 'sub-district': 2, district: 3 };
    const [a, b] = [this.units[unit]!, this.units[into]!];
    if (unit === into || sameOrAbove[b.level] < sameOrAbove[a.level] || unitsUp(this.org, into).includes(unit))
      return false;
    for (const [id, each] of Object.entries(this.units))
      if (each.above === unit) this.units[id] = { ...each, above: into };
    this.takePosts(
      unit,
      into,
      Object.keys(this.posts).filter((id) => this.posts[id]!.unit === unit),
    );
    this.units[unit] = { level: a.level, above: into, closed: true };
    for (const one of this.cases) if (one.unit === unit) this.waiting.push({ one, from: unit, into });
    return true;
  }

  split(unit: string, take: number): boolean {
    const { level, above } = this.units[unit]!;
    if (above === undefined) return false;
    const posts = Object.keys(this.posts).filter((id) => this.posts[id]!.unit === unit);
    const going = posts.slice(0, take % (posts.length + 1));
    this.#n += 1;
    const id = `n${this.#n}`;
    this.units[id] = { level, above };
    this.takePosts(unit, id, going);
    for (const one of this.cases)
      if (one.unit === unit && going.includes(one.post)) this.waiting.push({ one, from: unit, into: id });
    return true;
  }

  takePosts(from: string, into: string, posts: readonly string[]): void {
    for (const id of posts) this.posts[id] = { ...this.posts[id]!, unit: into };
    const { head, ...rest } = this.units[from]!;
    if (head !== undefined && posts.includes(head)) this.units[from] = rest;
  }

  /** The mover takes one case along. */
  step(): void {
    const next = this.waiting.shift();
    if (next && next.one.unit === next.from) next.one.unit = homeOf(this.org, next.into);
    // what stayed behind in a closed unit is put on the list again
    for (const one of this.cases)
      if (this.units[one.unit]!.closed && !this.waiting.some((each) => each.one === one))
        this.waiting.push({ one, from: one.unit, into: one.unit });
  }
}

const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('merge' as const), a: fc.nat(99), b: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('split' as const), a: fc.nat(99), b: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('movePost' as const), a: fc.nat(99), b: fc.nat(99) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('step' as const), a: fc.nat(0), b: fc.nat(0) }) },
);

/** That every open deadline has somebody in office, at the unit of its post or above, and its case a head who may act. */
function nothingOwnerless(town: Town): void {
  const { org } = town;
  for (const { unit, post } of town.cases) {
    for (const tell of ['holder', 'unit', 'sub-district', 'district'] as const) {
      const told = toldFor(org, { post, tell, at: AT });
      expect(told.filter((each) => each.person !== undefined).length, `${tell} of ${post}`).toBeGreaterThan(0);
      expect(
        told.every((each) => !org.units[each.unit]?.closed),
        `${tell} of ${post} in an open unit`,
      ).toBe(true);
    }
    expect(org.units[homeOf(org, unit)]!.closed).toBeUndefined();
    const heads = unitsUp(org, unit).flatMap((each) => org.units[each]!.head ?? []);
    const person = holderAt(org, heads[0] ?? '', AT);
    expect(person).toBeDefined();
    const roles = rolesOn({ unit, parties: {}, assignments: {} }, { kind: 'person', id: person!, logins: [] }, org, AT);
    expect([...roles.keys()].some((role) => role.startsWith('head:'))).toBe(true);
  }
}

test('whatever units are merged and split, at every step every duty has somebody, and in the end no case is left behind', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const town = new Town();
      nothingOwnerless(town);
      for (const { do: what, a, b } of changes) {
        const open = town.open();
        const [one, other] = [open[a % open.length]!, open[b % open.length]!];
        if (what === 'merge') town.merge(one, other);
        else if (what === 'split') town.split(one, b);
        else if (what === 'movePost') {
          const posts = Object.keys(town.posts);
          const post = posts[a % posts.length]!;
          // the top unit keeps its head: above it there is nobody
          if (post !== 'district-head') town.takePosts(town.posts[post]!.unit, other, [post]);
          if (post !== 'district-head') town.posts[post] = { ...town.posts[post]!, unit: other };
        } else town.step();
        nothingOwnerless(town);
      }
      for (let n = 0; town.waiting.length > 0 && n < 1_000; n += 1) town.step();
      expect(town.waiting).toEqual([]);
      expect(town.cases.filter(({ unit }) => town.units[unit]!.closed)).toEqual([]);
      nothingOwnerless(town);
    }),
    { numRuns: 60 },
  );
});
