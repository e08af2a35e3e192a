import fule from '../../../../plugins/fule/program.ts';
import { defineProgram } from '../../../../sdk/index.ts';

const [earnings] = fule.books;

/** 福乐 with two posts more, so that every role in the field's words has a holder of its own: who reviews vouchers, and who approves money. For tests only. */
export default defineProgram({
  ...fule,
  id: 'matrix',
  // no other program is installed beside it
  approval: { votes: fule.approval!.votes, fixes: fule.approval!.fixes },
  roles: {
    ...fule.roles,
    reviewer: { name: ['复核人', 'reviewer'], post: 'reviewer' },
    approver: { name: ['审批人', 'approver'], post: 'approver' },
  },
  apart: [...(fule.apart ?? []), ['cashHolder', 'accountant', 'reviewer', 'approver', 'beneficiary', 'guardian']],
  books: [
    {
      ...earnings!,
      profile: 'vouchers',
      reviews: 'reviewer',
      approves: 'approver',
      channels: ['cash', 'bank'],
      match: '3 working days',
    },
  ],
});
