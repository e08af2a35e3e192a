import { defineProgram } from '../../sdk/index.ts';

/**
 * One household of a project in its building: told, agreed, paid for, connected, confirmed. A member of the group of a
 * household project; its money lies in the project's books. What was reported: 192 households of 石佛家属院, 1,500 yuan each,
 * several thousand yuan advanced for those who could not be reached. Spans are our defaults.
 */
export default defineProgram({
  id: 'household-works',
  version: '1.0.0',
  name: ['入户工程（一户一档）', 'works in one household'],
  roles: {
    director: { name: ['社区主任', 'director'], post: 'director' },
    household: { name: ['住户', 'household'], party: 'one', answers: 'director' },
  },
  apart: [['director', 'household']],
  fields: {
    place: { name: ['楼号门牌', 'building and door'], kind: 'text', personal: true },
    priority: {
      name: ['优先照顾', 'looked after first'],
      kind: 'choice',
      of: ['无', '老人', '有小孩', '行动不便', '高层无电梯'],
      personal: true,
    },
    paid: { name: ['缴费方式', 'how it is paid'], kind: 'choice', of: ['已缴', '垫付'] },
    receipt: { name: ['收据号', 'number of the receipt'], kind: 'text' },
  },
  intake: ['place', 'priority'],
  ladders: {
    promise: [
      { at: '-2 working days', tell: 'holder' },
      { at: 'due', tell: 'holder', account: true },
      { at: '+2 working days', tell: 'unit' },
      { at: '+5 working days', tell: 'sub-district' },
    ],
  },
  stages: [
    {
      stage: 'agree',
      name: ['告知与同意', 'told and agreed'],
      target: ['住户知道方案并同意', 'the household knows the plan and agrees'],
      answers: 'director',
      within: '15 working days',
      ladder: 'promise',
      items: [
        { task: 'informed', name: ['已告知', 'informed'], by: 'director', within: '5 working days' },
        {
          milestone: 'agreed',
          name: ['已同意', 'agreed'],
          needs: { done: { informed: 1 } },
          agrees: 'household',
        },
      ],
    },
    {
      stage: 'pay',
      name: ['缴费', 'paid'],
      target: ['费用已缴，或有人垫付', 'the fee is paid, or somebody advances it'],
      answers: 'director',
      within: '15 working days',
      ladder: 'promise',
      items: [{ task: 'fee', name: ['缴费或垫付', 'fee paid or advanced'], by: 'director', asks: ['paid', 'receipt'] }],
    },
    {
      stage: 'connect',
      name: ['接通', 'connected'],
      target: ['户内接通，住户确认', 'connected, and the household confirms it'],
      answers: 'director',
      within: '60 working days',
      ladder: 'promise',
      items: [
        { task: 'connected', name: ['已接通', 'connected'], by: 'director' },
        {
          milestone: 'confirmed',
          name: ['住户确认', 'confirmed by the household'],
          needs: { done: { connected: 1 } },
          agrees: 'household',
        },
      ],
    },
  ],
  duties: [],
  books: [],
  life: {
    extend: { cap: '30 working days', times: 2, approves: 'sub-district' },
    after: { confirmed: 'connect' },
    outcomes: {
      confirmed: ['已确认', 'confirmed'],
      declined: ['住户不参加', 'takes no part'],
      gone: ['已搬走或房屋不存在', 'moved away, or no such flat'],
    },
  },
});
