import { defineProgram } from '../../sdk/index.ts';

/**
 * 一征三议两公开: one canvass of opinions, three deliberations, two disclosures. Which bodies deliberate is not reported: the party branch,
 * the two committees and the residents' representatives by default, and each case may name others. Spans are our defaults.
 */
export default defineProgram({
  id: 'deliberation',
  version: '1.0.0',
  name: ['一征三议两公开', 'Deliberation: one canvass, three meetings, two disclosures'],

  // Who posts a decision does not judge what is objected to it.
  roles: {
    secretary: { name: ['社区党支部书记', 'branch secretary'], post: 'secretary' },
    supervisor: { name: ['居务监督委员会主任', 'head of the supervision committee'], post: 'supervision-head' },
  },
  apart: [['secretary', 'supervisor']],

  fields: {
    matter: { name: ['议题', 'matter'], kind: 'text' },
    firstBody: { name: ['一议机构', 'first body'], kind: 'text' },
    secondBody: { name: ['二议机构', 'second body'], kind: 'text' },
    thirdBody: { name: ['三议机构', 'third body'], kind: 'text' },
    opinions: { name: ['征求到的意见', 'opinions heard'], kind: 'text' },
    proposal: { name: ['提交表决的方案', 'proposal put to the vote'], kind: 'text' },
    result: { name: ['落实结果', 'what came of it'], kind: 'text' },
  },
  intake: ['matter'],

  ladders: {
    promise: [
      { at: '-2 working days', tell: 'holder' },
      { at: 'due', tell: 'holder', account: true },
      { at: '+1 working day', tell: 'unit' },
      { at: '+3 working days', tell: 'sub-district' },
      { at: '+5 working days', tell: 'district' },
    ],
  },

  stages: [
    {
      stage: 'canvass',
      name: ['一征：征求意见', 'Canvass of opinions'],
      target: ['党员和居民代表的意见都已征求', 'members and residents have been asked'],
      answers: 'secretary',
      within: '15 working days',
      ladder: 'promise',
      items: [
        { task: 'hear', name: ['听取意见', 'hear opinions'], by: 'secretary', repeat: true },
        {
          task: 'gather',
          name: ['汇总意见', 'gather the opinions'],
          by: 'secretary',
          when: { done: { hear: 1 } },
          asks: ['opinions'],
          proof: ['file'],
        },
      ],
    },
    {
      stage: 'draft',
      name: ['拟定或修订方案', 'Draft or revision'],
      target: ['方案已写明，可以表决', 'there is a proposal to vote on'],
      answers: 'secretary',
      within: '10 working days',
      ladder: 'promise',
      items: [{ task: 'write', name: ['写成方案', 'write the proposal'], by: 'secretary', asks: ['proposal'] }],
    },
    {
      stage: 'deliberate',
      name: ['三议：表决', 'Three deliberations'],
      target: ['三个机构依次通过', 'three bodies pass it, one after the other'],
      answers: 'secretary',
      within: '30 working days',
      ladder: 'promise',
      items: [
        {
          vote: 'first',
          name: ['党支部党员大会', 'meeting of the party branch'],
          body: 'party-branch',
          named: 'firstBody',
          by: 'secretary',
          quorum: 'more than 1/2',
          passes: 'more than 1/2 of eligible',
          proof: ['file'],
          lost: 'draft',
        },
        {
          vote: 'second',
          name: ['社区“两委”会', 'the two committees'],
          body: 'two-committees',
          named: 'secondBody',
          by: 'secretary',
          when: { done: { first: 1 } },
          quorum: 'more than 1/2',
          passes: 'more than 1/2 of present',
          proof: ['file'],
          lost: 'draft',
        },
        {
          vote: 'third',
          name: ['居民代表会议', "residents' representatives"],
          body: 'residents-representatives',
          named: 'thirdBody',
          by: 'secretary',
          when: { done: { second: 1 } },
          quorum: 'more than 1/2',
          passes: 'more than 1/2 of present',
          proof: ['file'],
          lost: 'draft',
        },
      ],
    },
    {
      stage: 'announce',
      name: ['一公开：公示决议', 'Disclosure of the decision'],
      target: ['决议已公示，没有成立的异议', 'the decision was public, and no objection holds'],
      answers: 'secretary',
      within: '30 days',
      ladder: 'promise',
      items: [
        {
          disclosure: 'decision',
          name: ['决议公示', 'the decision'],
          by: 'secretary',
          within: '3 working days',
          days: 7,
          objections: { by: 'supervisor', within: '5 working days', upheld: 'draft' },
        },
      ],
    },
    {
      stage: 'carryOut',
      name: ['落实', 'Carrying out'],
      target: ['决议已落实', 'what was decided is done'],
      answers: 'secretary',
      within: '3 months',
      ladder: 'promise',
      items: [
        {
          task: 'carry',
          name: ['落实决议', 'carry it out'],
          by: 'secretary',
          asks: ['result'],
          proof: ['file'],
        },
      ],
    },
    {
      stage: 'show',
      name: ['二公开：公示结果', 'Disclosure of the result'],
      target: ['结果已公示，没有成立的异议', 'the result was public, and no objection holds'],
      answers: 'secretary',
      within: '30 days',
      ladder: 'promise',
      items: [
        {
          disclosure: 'outcome',
          name: ['结果公示', 'the result'],
          by: 'secretary',
          within: '5 working days',
          days: 7,
          objections: { by: 'supervisor', within: '5 working days', upheld: 'carryOut' },
        },
      ],
    },
  ],
  duties: [],
  books: [],

  life: {
    extend: { cap: '3 months', times: 2, approves: 'sub-district' },
    outcomes: {
      carriedOut: ['已落实并公示结果', 'carried out, and its result made public'],
      adopted: ['决议已通过并公示，由其他个案落实', 'adopted and made public; another case carries it out'],
      rejected: ['未通过', 'rejected'],
      withdrawn: ['议题撤回', 'withdrawn'],
    },
    after: { adopted: 'announce', carriedOut: 'show' },
  },
});
