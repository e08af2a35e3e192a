import { expect, it } from 'vitest';
import { Case } from './case.fixture.ts';
import { decide } from './decide.ts';
import type { CaseEvent } from './event.ts';
import { evolve } from './evolve.ts';

const moved = (state: Case['state'], data: object): CaseEvent =>
  ({
    ...{ type: 'case.moved', data, seq: 99, occurredAt: state.at, recordedAt: state.at },
    actor: { kind: 'system', id: 'organisation' },
  }) as CaseEvent;

it('a case that moves keeps everything but its unit, and whom the move names for its roles', () => {
  const { state } = Case.opened();
  const there = evolve(state, moved(state, { unit: 'north', from: state.unit, why: 'organisation' }));
  expect(there).toEqual({ ...state, unit: 'north' });
  const assignments = { secretary: { post: 'north-secretary' } };
  const handed = evolve(state, moved(state, { unit: 'north', from: state.unit, why: 'transfer', assignments }));
  expect(handed).toEqual({ ...state, unit: 'north', assignments: { ...state.assignments, ...assignments } });
});

it('only the system moves a case, in any state of its life, and once', () => {
  const one = Case.opened();
  expect(one.does('secretary', 'case.move', { data: { unit: 'north', from: one.state.unit } })).toBe('UNKNOWN_ACT');
  const act = {
    ...{ id: 'm', type: 'case.move', data: { unit: 'north', from: one.state.unit } },
    actor: { kind: 'system', id: 'organisation', logins: [] },
  } as const;
  for (const status of ['proposed', 'open', 'suspended', 'followUp', 'closed'] as const) {
    expect(decide({ ...one.state, status }, act, one.world())).toMatchObject({
      events: [{ type: 'case.moved', data: { unit: 'north', from: one.state.unit, why: 'organisation' } }],
    });
  }
  expect(decide({ ...one.state, unit: 'north' }, act, one.world())).toMatchObject({ events: [] });
});
