import { Case, org as one, program } from './case.fixture.ts';
import type { Org } from './world.ts';

const FROM = '2020-01-01T00:00:00.000Z';

/** Posts of the second community; each is held by the person of the same name. */
const north = {
  ...{ 'north-secretary': 'secretary', 'north-cash': 'cash-holder', 'north-accountant': 'accountant' },
  'north-director': 'director',
};

/** The organisation of the tests with a second community beside the first, under another sub-district of the same district. */
export const twoUnits: Org = {
  ...one,
  units: {
    ...one.units,
    north: { level: 'community', above: 'north-street', head: 'north-director' },
    'north-street': { level: 'sub-district', above: 'district', head: 'north-street-head' },
  },
  posts: {
    ...one.posts,
    ...Object.fromEntries(Object.entries(north).map(([post, kind]) => [post, { kind, unit: 'north' }])),
    'north-street-head': { kind: 'sub-district-head', unit: 'north-street' },
  },
  appointments: [
    ...one.appointments,
    ...[...Object.keys(north), 'north-street-head'].map((post) => ({ post, person: post, from: FROM })),
  ],
};

/** An approved case in the first community, in an organisation with two. */
export function caseOfTwo(): Case {
  const each = new Case(program);
  each.org = twoUnits;
  each.open();
  each.approve();
  return each;
}

/** Without anybody's consent, as a statute lets a public body. */
export const overridden = { consent: 'overridden', ground: '履行法定职责所必需' };
