import { expect, test } from 'vitest';
import { otherwiseAgreeing } from './repair-record.ts';

const restore = {
  ...{ foundAt: '2026-11-23T01:00:00.000Z', why: 'a test', asOf: null, comparedAt: null, lost: 0, unsent: 0 },
  answered: [
    { caseId: 'c1', id: 'a', type: 'note.add', again: false },
    { caseId: 'c1', id: 'b', type: 'task.complete', again: false },
    { caseId: 'c2', id: 'c', type: 'note.add', again: true },
    { caseId: 'c3', id: 'd', type: 'note.add', again: false },
  ],
};

test('acts that were answered before a restore are listed by case, but those sent again since and those told of with their case', () => {
  expect([...otherwiseAgreeing(restore, new Set(['d']))]).toEqual([
    [
      'c1',
      [
        { id: 'a', type: 'note.add' },
        { id: 'b', type: 'task.complete' },
      ],
    ],
  ]);
  expect([...otherwiseAgreeing(undefined, new Set())]).toEqual([]);
});
