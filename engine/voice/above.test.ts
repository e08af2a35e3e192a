import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Case, org } from '../case.fixture.ts';
import { unitsUp } from '../org.ts';
import type { Holding, Org } from '../world.ts';
import { involved, sealedFor } from './above.ts';
import { toldOfComplaint } from './complaint.ts';
import { toldOfEmergency } from './emergency.ts';

// Whoever holds or stands in for what: nobody is told of a word against himself, or against whom he answers to.

const FROM = '2020-01-01T00:00:00.000Z';
const POSTS = Object.keys(org.posts);
const anybody = fc.option(fc.constantFrom('boss', 'zhou', 'qiu', 'wang', ...POSTS), { nil: undefined });
const holdings = fc
  .tuple(...POSTS.map(() => anybody))
  .map((people) => people.flatMap((person, n): Holding[] => (person ? [{ post: POSTS[n]!, person, from: FROM }] : [])));
const anyOrg = fc.record({ appointments: holdings, deputies: holdings }).map((held): Org => ({ ...org, ...held }));
const about = fc.constantFrom('boss', 'qiu', 'companion', 'secretary', ...POSTS);
const levels = fc.integer({ min: 0, max: 4 });
const one = Case.opened();
const { state, now } = one;

const must = (holds: boolean, what: string) => {
  if (!holds) throw new Error(what);
};
/** The height of the highest unit one of these heads, from the case's own unit upwards; -1 where they head none. */
const highest = (of: Org, persons: readonly string[]) =>
  unitsUp(of, state.unit).findLastIndex((unit) =>
    [...of.appointments, ...(of.deputies ?? [])].some(
      ({ post, person }) => post === of.units[unit]?.head && persons.includes(person),
    ),
  );

describe('whoever holds what', () => {
  it('a complaint reaches somebody, never whom it is about, who stands in for him, or whose head he is', () => {
    fc.assert(
      fc.property(anyOrg, about, levels, (of, named, up) => {
        const sealed = sealedFor(state, of, [named], now);
        const told = toldOfComplaint(state, { org: of, now }, { about: named, sealed, levels: up });
        must(told.length > 0, 'nobody was told');
        const height = highest(of, sealed);
        for (const { post, person, deputyFor, unit } of told) {
          must(person === undefined || !sealed.includes(person), `${person} was told of himself`);
          const head = (post ?? deputyFor) !== undefined;
          must(!head || unitsUp(of, state.unit).indexOf(unit) > height, `${person} in ${unit} answers to ${named}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('an emergency reaches somebody, never whom it is about; anyone involved only where nobody is above them all', () => {
    fc.assert(
      fc.property(anyOrg, about, levels, (of, named, up) => {
        const sealed = sealedFor(state, of, [named], now);
        const told = toldOfEmergency(state, { org: of, now }, { about: [named], sealed, levels: up });
        must(told.length > 0, 'nobody was told');
        for (const { person } of told) must(person === undefined || !sealed.includes(person), `${person} was told`);
        const roles = involved(state, of, now);
        const some = told.some(({ person }) => person !== undefined && roles.includes(person));
        must(!some || told.some(({ unit }) => unit === 'district'), 'somebody involved, and not the highest unit');
        const heads = Object.values(of.units).flatMap(({ head }) => head ?? []);
        const open = heads.filter(
          (post) => !of.appointments.some((each) => each.post === post && sealed.includes(each.person)),
        );
        const there = [...of.appointments, ...(of.deputies ?? [])].some(
          ({ post, person }) => open.includes(post) && !sealed.includes(person),
        );
        must(!there || told.some(({ person }) => person !== undefined), 'a head could have been told, and nobody was');
      }),
      { numRuns: 300 },
    );
  });
});
