import { expect, test } from 'vitest';
import { type ActSaid, compareActs, compareWoken } from './compare-acts.ts';

const by = { actorKind: 'person', actorId: 'p-1', actorPost: 'x', recordedAt: '2026-11-23T01:00:00.000Z' };
const act: ActSaid = {
  ...{ id: 'a', type: 'note.add', status: 'recorded', seq: 2, firstSeq: 1, foundAgain: false },
  ...{ ...by, occurredAt: '2026-11-20T00:00:00.000Z' },
};
const events = [
  { ...by, seq: 1, type: 'note.added', actId: 'a', occurredAt: '2026-11-20T00:00:00.000Z' },
  { ...by, seq: 2, type: 'item.skipped', actId: 'a', occurredAt: '2026-11-22T00:00:00.000Z' },
];
const faults = (change: Partial<ActSaid>) =>
  compareActs([{ ...act, ...change }], events).map((fault) => ('name' in fault ? fault.name : fault.why));

test('one that was found again in histories may be called by its event, and have the time of its last', () => {
  const last = events[1]!.occurredAt;
  expect(faults({})).toEqual([]);
  expect(faults({ foundAgain: true, type: 'note.added', occurredAt: last })).toEqual([]);
  expect(faults({ foundAgain: true, occurredAt: '2026-11-21T00:00:00.000Z' })).toEqual(['time']);
  expect(faults({ occurredAt: last })).toEqual(['time']);
  expect(faults({ type: 'note.added' })).toEqual(['type']);
});

test('a type that a later release knows is not judged, one that makes other events is not its', () => {
  expect(faults({ type: 'note.strike' })).toEqual(['type unknown']);
  expect(faults({ foundAgain: true, type: 'note.strike' })).toEqual(['type unknown']);
  expect(faults({ foundAgain: true, type: 'party.added' })).toEqual(['type unknown']);
  expect(faults({ type: 'party.add' })).toEqual(['type']);
  // which of two that make the same event, the signal tells
  expect(faults({ type: 'task.skip' })).toEqual([]);
});

test('an act is of the type under which it woke its workflow, as far as one is named', () => {
  const another = (woken: [string, string][], change: Partial<ActSaid> = {}) =>
    compareWoken(woken, [{ ...act, ...change }]).length;
  expect(another([])).toBe(0);
  expect(another([['b', 'task.skip']])).toBe(0);
  expect(another([['a', 'note.add']])).toBe(0);
  expect(another([['a', 'task.skip']])).toBe(1);
  expect(another([['a', 'task.skip']], { foundAgain: true })).toBe(1);
  expect(another([['a', 'note.add']], { foundAgain: true, type: 'note.added' })).toBe(0);
  expect(
    another([
      ['a', 'task.skip'],
      ['a', 'note.add'],
    ]),
  ).toBe(0);
});
