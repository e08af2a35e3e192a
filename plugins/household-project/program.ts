import { defineProgram } from '../../sdk/index.ts';

/**
 * A project in every household of a compound: a way is chosen among alternatives, the households decide and pay, works go on
 * while water is brought twice a day, and it ends when each household has confirmed. What was reported: 石佛家属院, water cut
 * on 11 April 2019, 192 of 192 households on 8 July; deliveries 10:00–11:30 and 16:00–18:00; fees, a subsidy, advances. Budgets
 * are our defaults.
 */
export default defineProgram({
  id: 'household-project',
  version: '1.0.0',
  name: ['住户改造项目', 'household project'],
  roles: {
    responsible: { name: ['项目责任人', 'responsible for the project'], post: 'director' },
    approver: { name: ['审批人', 'approver'], post: 'secretary' },
    reviewer: { name: ['复核人', 'reviewer'], post: 'caseworker' },
    cashHolder: { name: ['出纳', 'cash holder'], post: 'residents-representative' },
    accountant: { name: ['会计', 'accountant'], post: 'supervision-head' },
    households: { name: ['住户', 'households'], party: 'many', optional: true, answers: 'responsible' },
  },
  apart: [
    ['approver', 'reviewer', 'cashHolder', 'accountant', 'households'],
    ['responsible', 'cashHolder', 'accountant'],
  ],
  fields: {
    problem: { name: ['问题', 'problem'], kind: 'text' },
    households: { name: ['涉及户数', 'households concerned'], kind: 'number' },
    feeFen: { name: ['每户缴费（分）', 'fee of a household, in fen'], kind: 'number' },
    since: { name: ['停用之日', 'without it since'], kind: 'date' },
    firstService: { name: ['首户恢复时间', 'first household served on'], kind: 'date' },
  },
  intake: ['problem', 'households'],
  ladders: {
    promise: [
      { at: '-5 working days', tell: 'holder' },
      { at: 'due', tell: 'holder', account: true },
      { at: '+1 working day', tell: 'unit' },
      { at: '+3 working days', tell: 'sub-district' },
      { at: '+5 working days', tell: 'district' },
    ],
    service: [
      { at: 'due', tell: 'holder', hours: 'any' },
      { at: '+2 hours', tell: 'unit', hours: 'any', account: true },
    ],
  },
  stages: [
    {
      stage: 'prepare',
      name: ['选定方案', 'the way is chosen'],
      target: ['比较各方案，选定一个', 'alternatives are compared and one is chosen'],
      answers: 'responsible',
      within: '40 working days',
      ladder: 'promise',
      items: [
        { choice: 'route', name: ['比选方案', 'alternatives'], by: 'responsible' },
        {
          task: 'meeting',
          name: ['住户会：原因、方案、出资意愿', 'meeting of the households: reasons, options, willingness to pay'],
          by: 'responsible',
          proof: ['file'],
        },
        { await: 'subsidy', name: ['财政补助批复', 'subsidy granted'], optional: true },
      ],
    },
    {
      stage: 'works',
      name: ['施工入户', 'works'],
      target: ['户户接通并由住户确认', 'every household is connected and has confirmed it'],
      answers: 'responsible',
      within: '120 working days',
      ladder: 'promise',
      items: [
        { task: 'main', name: ['主管网施工', 'works at the main'], by: 'responsible', proof: ['photo'] },
        { group: 'homes', name: ['各户', 'the households'], program: 'household-works' },
      ],
    },
    {
      stage: 'settle',
      name: ['结清', 'settled'],
      target: ['账目结清，垫付归还', 'the books are settled and advances are repaid'],
      answers: 'responsible',
      within: '40 working days',
      ladder: 'promise',
      items: [
        {
          milestone: 'settled',
          name: ['账目结清', 'books settled'],
          needs: { proof: ['file'] },
          agrees: 'approver',
        },
      ],
    },
  ],
  duties: [
    {
      duty: 'water',
      name: ['送水到院（行动不便的送上楼）', 'water brought, upstairs for those who cannot come'],
      by: 'responsible',
      every: '1 day',
      at: ['10:00-11:30', '16:00-18:00'],
      grace: '30 minutes',
      ladder: 'service',
      during: 'works',
    },
    {
      duty: 'review',
      name: ['早会：查看卡住的住户', 'morning review of households that are stuck'],
      by: 'responsible',
      every: '1 day',
      at: ['08:00'],
      grace: '2 hours',
      ladder: 'service',
      during: 'works',
    },
  ],
  books: [
    {
      book: 'project',
      name: ['项目资金', 'project funds'],
      keeps: 'project funds',
      profile: 'vouchers',
      cash: 'cashHolder',
      ledger: 'accountant',
      approves: 'approver',
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
    extend: { cap: '60 working days', times: 2, approves: 'sub-district' },
    followUp: '6 months',
    after: { done: 'settle' },
    outcomes: { done: ['全部住户确认', 'every household has confirmed'], stopped: ['项目停止', 'stopped'] },
  },
});
