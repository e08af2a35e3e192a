import { expect, it } from 'vitest';
import { Case } from '../case.fixture.ts';

function changed(party: object, more: object = {}) {
  const one = Case.opened();
  const first = { name: '周某', birthDate: '2000-01-01' };
  one.must('caseworker', 'party.change', { target: 'beneficiary', data: { party: first }, reason: '补录' });
  one.must('caseworker', 'party.change', { target: 'beneficiary', data: { party, ...more }, reason: '更正' });
  const event = one.events.findLast(({ type }) => type === 'party.changed');
  expect(event?.data).toMatchObject({ party: one.state.parties['beneficiary'] });
  const { since: _, ...rest } = one.state.parties['beneficiary']!;
  return rest;
}

const place = { id: 'beneficiary', role: 'beneficiary' };

it('a change of a party keeps what it does not say, and the event says all of it', () => {
  expect(changed({ name: '周某某' })).toEqual({ ...place, person: 'zhou', name: '周某某', birthDate: '2000-01-01' });
});

it('somebody else, by person or because it is said, keeps nothing of who was there', () => {
  expect(changed({ name: '罗某', person: 'luo' })).toEqual({ ...place, name: '罗某', person: 'luo' });
  expect(changed({ name: '罗某' }, { replaces: true })).toEqual({ ...place, name: '罗某' });
});
