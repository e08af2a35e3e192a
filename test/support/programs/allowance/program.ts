import fule from '../../../../plugins/fule/program.ts';
import { defineProgram } from '../../../../sdk/index.ts';

const [earnings] = fule.books;

/** 福乐 in a place whose rule of the allowance is on file. For tests only. */
export default defineProgram({
  ...fule,
  id: 'allowance',
  // no other program is installed beside it
  approval: { votes: fule.approval!.votes, fixes: fule.approval!.fixes },
  fields: {
    ...fule.fields,
    householdSize: { name: ['家庭人数', 'size of the household'], kind: 'number' },
    allowanceFen: { name: ['每月低保金（分）', 'allowance a month, in fen'], kind: 'number' },
  },
  books: [
    {
      ...earnings!,
      allowance: {
        ...{ standardFen: 60_000, disregardFen: 20_000, counts: 'payouts' },
        ...{ household: 'householdSize', drawn: 'allowanceFen' },
        source: { name: ['某区低保实施细则', 'rules of a district'], date: '2026-07-01' },
      },
    },
  ],
});
