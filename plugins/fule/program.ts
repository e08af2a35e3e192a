import { defineProgram } from '../../sdk/index.ts';

/**
 * 福乐: help in four stages for a young man in a wheelchair who had shut himself in. What was reported: the
 * people, the four stages, the two who keep the money. Spans and counts are our defaults; the approved plan fixes its own.
 */
export default defineProgram({
  id: 'fule',
  version: '1.2.0',
  name: ['福乐精准帮扶四部曲', 'Fule: help in four stages'],

  // A post answers for a promise, whoever holds it; a party only does. Volunteers may come later, a guardian not at all.
  roles: {
    secretary: { name: ['社区党支部书记', 'branch secretary'], post: 'secretary' },
    cashHolder: { name: ['管钱人', 'cash holder'], post: 'residents-representative' },
    accountant: { name: ['管账人', 'accountant'], post: 'supervision-head' },
    beneficiary: { name: ['本人', 'beneficiary'], party: 'one', answers: 'secretary' },
    guardian: { name: ['监护人', 'guardian'], party: 'one', optional: true, answers: 'secretary' },
    companion: { name: ['临时妈妈', 'companion'], party: 'one', answers: 'secretary' },
    volunteers: { name: ['志愿者', 'volunteers'], party: 'many', optional: true, answers: 'secretary' },
  },
  apart: [
    ['cashHolder', 'accountant', 'secretary', 'beneficiary', 'guardian'],
    ['cashHolder', 'accountant', 'companion'],
  ],

  fields: {
    needs: { name: ['困难与需要', 'needs'], kind: 'text', personal: true },
    mood: { name: ['精神状态', 'mood'], kind: 'choice', of: ['开朗', '平稳', '低落'], personal: true },
    wish: { name: ['第一个心愿', 'first wish'], kind: 'text', personal: true },
    diagnosis: { name: ['残疾与诊断', 'disability and diagnosis'], kind: 'text', personal: true, sensitive: 'health' },
    idNumber: {
      name: ['公民身份号码', 'resident identity number'],
      kind: 'text',
      personal: true,
      sensitive: 'idNumber',
    },
    telephone: { name: ['联系电话', 'telephone'], kind: 'text', personal: true, sensitive: 'telephone' },
    goods: { name: ['摆卖的手工品', 'handicraft on sale'], kind: 'text' },
  },
  intake: ['needs'],

  // He is asked first; then three bodies vote, here or in a deliberation of its own, and what they pass fixes target, deadline and
  // items of each stage.
  consent: { by: ['beneficiary', 'guardian'], before: 'approval' },
  approval: {
    votes: ['party-branch', 'two-committees', 'residents-representatives'],
    fixes: ['targets', 'deadlines', 'items'],
    child: { program: 'deliberation', states: 'matter', passes: ['adopted', 'carriedOut'] },
  },

  ladders: {
    promise: [
      { at: '-5 working days', tell: 'holder' },
      { at: 'due', tell: 'holder', account: true },
      { at: '+1 working day', tell: 'unit' },
      { at: '+3 working days', tell: 'sub-district' },
      { at: '+5 working days', tell: 'district' },
    ],
    gentle: [
      { at: 'due', tell: 'holder' },
      { at: '+2 working days', tell: 'unit', account: true },
    ],
  },

  stages: [
    {
      stage: 'speak',
      name: ['第一步：开口说话', 'Stage 1: speak'],
      target: ['愿意与陪伴人和志愿者交谈', 'talks with his companion and the volunteers of his own will'],
      answers: 'secretary',
      within: '6 months',
      ladder: 'promise',
      items: [
        { task: 'meet', name: ['初次见面', 'first meeting'], by: 'companion', within: '5 working days' },
        { task: 'craft', name: ['一起做手工', 'handicraft together'], by: 'volunteers', repeat: true },
        {
          milestone: 'speaks',
          name: ['他开口说话了', 'he speaks'],
          needs: { done: { visit: 4, craft: 2 }, proof: ['note', 'witness'] },
          agrees: 'secretary',
        },
      ],
    },
    {
      stage: 'outside',
      name: ['第二步：走出家门', 'Stage 2: leave the house'],
      target: ['在陪同下走出家门，参加社区活动', 'leaves the house in company and joins what the community does'],
      answers: 'secretary',
      within: '6 months',
      ladder: 'promise',
      items: [
        {
          task: 'outing',
          name: ['陪同外出', 'outing in company'],
          by: 'companion',
          repeat: true,
          proof: ['photo'],
        },
        {
          milestone: 'goesOut',
          name: ['他走出了家门', 'he leaves the house'],
          needs: { done: { outing: 2 }, proof: ['photo'] },
          agrees: 'secretary',
        },
      ],
    },
    {
      stage: 'wish',
      name: ['第三步：实现第一个心愿', 'Stage 3: fulfil the first wish'],
      target: ['实现他自己说出的第一个心愿', 'the first wish he has put into words is fulfilled'],
      answers: 'secretary',
      within: '6 months',
      ladder: 'promise',
      items: [
        {
          task: 'tell',
          name: ['说出心愿', 'say the wish'],
          by: 'companion',
          asks: ['wish'],
          within: '20 working days',
        },
        {
          task: 'fulfil',
          name: ['帮他实现心愿', 'help the wish come true'],
          by: 'volunteers',
          when: { filled: ['wish'] },
          proof: ['photo'],
        },
        {
          milestone: 'fulfilled',
          name: ['心愿实现了', 'the wish is fulfilled'],
          needs: { done: { fulfil: 1 }, filled: ['wish'], proof: ['photo'] },
          agrees: 'beneficiary', // he alone can say so
        },
      ],
    },
    {
      stage: 'earn',
      name: ['第四步：从心理真正站起来、自食其力', 'Stage 4: stand up in spirit and earn a living'],
      target: ['靠自己的手艺有收入', 'has an income from his own handicraft'],
      answers: 'secretary',
      within: '12 months',
      ladder: 'promise',
      items: [
        {
          task: 'market',
          name: ['出摊卖手工品', 'a day at the market'],
          by: 'volunteers',
          repeat: true,
          asks: ['goods'],
        },
        {
          milestone: 'earns',
          name: ['他自食其力', 'he earns his living'],
          needs: { done: { market: 3 }, proof: ['note', 'file'] },
          agrees: 'secretary',
        },
      ],
    },
  ],

  duties: [
    {
      duty: 'visit',
      name: ['陪伴走访', 'companion visit'],
      by: 'companion',
      every: '3 days',
      grace: '2 days',
      ladder: 'gentle',
      asks: ['mood'],
    },
    {
      duty: 'after',
      name: ['回访', 'follow-up visit'],
      by: 'secretary',
      every: '3 months',
      grace: '10 working days',
      ladder: 'gentle',
      during: 'follow-up',
    },
  ],

  // One holds the money, another keeps the accounts, a third approves, and he himself confirms what he was given.
  books: [
    {
      book: 'earnings',
      name: ['手工收入', 'earnings from handicraft'],
      keeps: 'held for beneficiary',
      profile: 'two-person',
      cash: 'cashHolder',
      ledger: 'accountant',
      approves: 'secretary',
      confirms: 'beneficiary',
      channels: ['cash', 'wechat'],
      match: '1 working day',
      ladder: 'promise',
      closes: 'monthly',
    },
  ],

  life: {
    extend: { cap: '6 months', times: 2, approves: 'sub-district' },
    followUp: '1 year',
    outcomes: {
      selfReliant: ['自食其力', 'self-reliant'],
      moved: ['迁出', 'moved away'],
      withdrew: ['本人退出', 'withdrew'],
      died: ['死亡', 'died'],
    },
  },
});
