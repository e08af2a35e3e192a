import { defineProgram } from '../../../../sdk/index.ts';

/**
 * A household project with the books of one: fees of 192 households, a subsidy and a helper's advances, in reviewed vouchers.
 * For tests only.
 */
export default defineProgram({
  id: 'water',
  version: '1.0.0',
  name: ['一户一表改造', 'water retrofit'],
  roles: {
    secretary: { name: ['审批人', 'approver'], post: 'secretary' },
    reviewer: { name: ['复核人', 'reviewer'], post: 'caseworker' },
    cashHolder: { name: ['出纳', 'cash holder'], post: 'residents-representative' },
    accountant: { name: ['会计', 'accountant'], post: 'supervision-head' },
    households: { name: ['住户', 'households'], party: 'many', optional: true, answers: 'secretary' },
  },
  apart: [['secretary', 'reviewer', 'cashHolder', 'accountant', 'households']],
  fields: { need: { name: ['原因', 'reason'], kind: 'text' } },
  intake: ['need'],
  ladders: {
    promise: [
      { at: 'due', tell: 'holder', account: true },
      { at: '+1 working day', tell: 'unit' },
      { at: '+3 working days', tell: 'sub-district' },
    ],
  },
  stages: [
    {
      stage: 'works',
      name: ['施工', 'works'],
      target: ['户户通水', 'water in every flat'],
      answers: 'secretary',
      within: '120 working days',
      ladder: 'promise',
      items: [
        { task: 'connect', name: ['接入市政管网', 'connect to the main'], by: 'secretary' },
        { milestone: 'done', name: ['通水', 'water'], needs: { done: { connect: 1 } }, agrees: 'secretary' },
      ],
    },
  ],
  duties: [],
  books: [
    {
      book: 'project',
      name: ['改造资金', 'project funds'],
      keeps: 'project funds',
      profile: 'vouchers',
      cash: 'cashHolder',
      ledger: 'accountant',
      approves: 'secretary',
      confirms: 'households',
      reviews: 'reviewer',
      channels: ['cash', 'bank'],
      match: '3 working days',
      ladder: 'promise',
      closes: 'monthly',
      advances: { within: '60 working days' },
    },
  ],
  life: {
    extend: { cap: '30 days', times: 1, approves: 'sub-district' },
    outcomes: { done: ['已完成', 'done'] },
  },
});
