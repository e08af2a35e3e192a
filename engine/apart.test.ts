import { expect, test } from 'vitest';
import { personsOf } from './apart.ts';
import type { Org } from './world.ts';

const since = '2026-01-01T00:00:00.000Z';
const at = '2026-09-07T02:00:00.000Z';
const org: Org = {
  units: { u: { level: 'community' } },
  posts: { post: { kind: 'post', unit: 'u' }, vacant: { kind: 'post', unit: 'u' } },
  appointments: [{ post: 'post', person: 'holder', from: since }],
};
const party = (person?: string) => ({ id: 'p', role: 'role', since, ...(person ? { person } : {}) });

test.each([
  ['the holder of its post', { role: { post: 'post' } }, {}, ['holder']],
  ['who it is assigned to', { role: { person: 'named' } }, {}, ['named']],
  ['its parties with a login', {}, { p: party('party'), q: party() }, ['party']],
  ['post and parties together', { role: { post: 'post' } }, { p: party('party') }, ['holder', 'party']],
  ['parties of a vacant post', { role: { post: 'vacant' } }, { p: party('party') }, ['party']],
  ['assigned and parties together', { role: { person: 'named' } }, { p: party('party') }, ['named', 'party']],
  ['nobody twice', { role: { post: 'post' } }, { p: party('holder') }, ['holder']],
  ['nobody', {}, {}, []],
])('who fills a role: %s', (_, assignments, parties, persons) => {
  expect(personsOf({ assignments, parties }, 'role', org, at)).toEqual(persons);
});

test('who fills a role named like a prototype: nobody', () => {
  expect(personsOf({ assignments: {}, parties: {} }, 'constructor', org, at)).toEqual([]);
});
