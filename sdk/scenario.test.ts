import { expect, test } from 'vitest';
import { idMadeBy } from './scenario.ts';

test.each([
  [
    'cash.record',
    [
      { type: 'document.opened', data: {} },
      { type: 'cash.recorded', data: { entry: { id: 'c1' } } },
    ],
    'c1',
  ],
  ['payout.request', [{ type: 'payout.requested', data: { id: 'p1' } }], 'p1'],
  ['task.add', [{ type: 'item.opened', data: { item: { id: 'paint-1' } } }], 'paint-1'],
  ['note.add', [{ type: 'note.added', data: { text: 'x' } }], undefined],
  ['note.add', [], undefined],
])('%s made what its own event names', (type, events, id) => {
  expect(idMadeBy(type, events)).toBe(id);
});
