import { expect, test } from 'vitest';
import fule from '../../plugins/fule/program.ts';
import { problemsOf } from '../problems.ts';
import type { Book, Program } from '../program.ts';

const allowance = {
  ...{ standardFen: 60_000, counts: 'payouts' as const, household: 'size', drawn: 'drawn' },
  source: { name: ['细则', 'rules'] as const, date: '2026-07-01' },
};
const fields = {
  ...fule.fields,
  size: { name: ['人数', 'size'], kind: 'number' },
  drawn: { name: ['低保金', 'allowance'], kind: 'number' },
};
const withBook = (more: Partial<Book>) =>
  problemsOf({ ...fule, fields, books: [{ ...fule.books[0]!, ...more }] } as unknown as Program);

test.each<[string, Partial<Book>, string[]]>([
  ['nothing of it', {}, []],
  [
    'all of it',
    {
      ...{ allowance, gifts: { by: 'secretary', thanks: '10 days' }, advances: { within: '20 working days' } },
      archive: { within: '1 year', extend: { cap: '24 months', times: 2, approves: 'unit' } },
      statementWithin: '5 working days',
    },
    [],
  ],
  ['a role there is not', { gifts: { by: 'nobody' } }, ['books.earnings.gifts.by: unknown role "nobody"']],
  [
    'a time that is none',
    { advances: { within: 'soon' as '1 day' } },
    ['books.earnings.advances.within: "soon" is no budget; write it as "15 working days"'],
  ],
  [
    'an archive that waits longer than the law lets it',
    { archive: { within: '2 years' } },
    ["books.earnings.archive: with all its extensions it is later than three years after the year's end"],
  ],
  ['a ladder there is not', { gifts: { ladder: 'x' } }, ['books.earnings.gifts.ladder: unknown ladder "x"']],
  [
    'fields that are none, or hold no number',
    { allowance: { ...allowance, household: 'nothing', drawn: 'needs' } },
    [
      'books.earnings.allowance.household: unknown field "nothing"',
      'books.earnings.allowance.drawn: "needs" is no number field',
    ],
  ],
  [
    'the allowance of a project',
    { allowance, keeps: 'project funds' },
    ["books.earnings.allowance: only money held for a person is income of that person's household"],
  ],
])('a book with %s', (_, more, problems) => {
  expect(withBook(more)).toEqual(problems);
});

test('a day that is none is no day', () => {
  expect(withBook({ allowance: { ...allowance, source: { ...allowance.source, date: '2026-02-30' } } })).toHaveLength(
    1,
  );
});
