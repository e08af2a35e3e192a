import { defineProgram } from '../../../../sdk/index.ts';

/**
 * A program whose books are kept with reviewed vouchers: the money of several households, and the funds of the project itself.
 * For tests only.
 */
export default defineProgram({
  id: 'vouchers',
  version: '1.0.0',
  name: ['共用资金', 'shared funds'],
  roles: {
    secretary: { name: ['书记', 'secretary'], post: 'secretary' },
    reviewer: { name: ['复核人', 'reviewer'], post: 'director' },
    cashHolder: { name: ['出纳', 'cash holder'], post: 'residents-representative' },
    accountant: { name: ['会计', 'accountant'], post: 'supervision-head' },
    archivist: { name: ['档案管理人', 'archive keeper'], post: 'caseworker' },
    households: { name: ['住户', 'households'], party: 'many', answers: 'secretary' },
  },
  apart: [['secretary', 'reviewer', 'cashHolder', 'accountant', 'archivist', 'households']],
  fields: { need: { name: ['需要', 'need'], kind: 'text', personal: true } },
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
      stage: 'work',
      name: ['实施', 'work'],
      target: ['资金用到实处', 'the funds are used'],
      answers: 'secretary',
      within: '90 working days',
      ladder: 'promise',
      items: [
        { task: 'visit', name: ['上门', 'visit'], by: 'secretary' },
        { milestone: 'done', name: ['完成', 'done'], needs: { done: { visit: 1 } }, agrees: 'secretary' },
      ],
    },
  ],
  duties: [],
  books: [
    {
      book: 'kept',
      name: ['代管资金', 'money kept'],
      keeps: 'held for beneficiary',
      profile: 'vouchers',
      cash: 'cashHolder',
      ledger: 'accountant',
      approves: 'secretary',
      confirms: 'households',
      reviews: 'reviewer',
      archives: 'archivist',
      channels: ['cash', 'bank'],
      match: '3 working days',
      ladder: 'promise',
      closes: 'monthly',
    },
    {
      book: 'funds',
      name: ['项目资金', 'project funds'],
      keeps: 'project funds',
      profile: 'vouchers',
      cash: 'cashHolder',
      ledger: 'accountant',
      approves: 'secretary',
      confirms: 'households',
      reviews: 'reviewer',
      channels: ['bank'],
      match: '3 working days',
      ladder: 'promise',
      closes: 'monthly',
    },
  ],
  life: {
    extend: { cap: '30 days', times: 1, approves: 'sub-district' },
    outcomes: { done: ['已完成', 'done'] },
  },
});
