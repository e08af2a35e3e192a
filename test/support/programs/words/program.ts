import { defineProgram } from '../../../../sdk/index.ts';

/**
 * A program with what 福乐 has not: something awaited from outside, a choice, a group, a milestone without conditions, several stages that can be
 * repeated and skipped. For tests only: so that words can be said in every act there is.
 */
export default defineProgram({
  id: 'words',
  version: '1.0.0',
  name: ['话语', 'words'],
  roles: {
    secretary: { name: ['书记', 'secretary'], post: 'secretary' },
    neighbour: { name: ['邻居', 'neighbour'], party: 'many', answers: 'secretary' },
  },
  apart: [['secretary', 'neighbour']],
  fields: { need: { name: ['需要', 'need'], kind: 'text', personal: true } },
  intake: ['need'],
  approval: { votes: ['two-committees'], fixes: ['targets'] },
  ladders: {
    promise: [
      { at: 'due', tell: 'holder' },
      { at: '+1 working day', tell: 'unit' },
      { at: '+3 working days', tell: 'sub-district' },
    ],
  },
  stages: [
    {
      stage: 'first',
      name: ['阶段', 'stage'],
      target: ['办好', 'done'],
      answers: 'secretary',
      within: '90 working days',
      ladder: 'promise',
      items: [
        { choice: 'firstWay', name: ['选定办法', 'the way chosen'], by: 'secretary', optional: true },
        { group: 'firstHomes', name: ['各户', 'the households'], program: 'vouchers', optional: true },
        { await: 'firstPaper', name: ['证明到了', 'the paper has come'] },
        { milestone: 'firstDone', name: ['办好了', 'it is done'], needs: { filled: ['need'] }, agrees: 'secretary' },
      ],
    },
    {
      stage: 'second',
      name: ['阶段', 'stage'],
      target: ['办好', 'done'],
      answers: 'secretary',
      within: '90 working days',
      ladder: 'promise',
      items: [
        { await: 'secondPaper', name: ['证明到了', 'the paper has come'] },
        { milestone: 'secondDone', name: ['办好了', 'it is done'], needs: { filled: ['need'] }, agrees: 'secretary' },
      ],
    },
    {
      stage: 'third',
      name: ['阶段', 'stage'],
      target: ['办好', 'done'],
      answers: 'secretary',
      within: '90 working days',
      ladder: 'promise',
      items: [
        { await: 'thirdPaper', name: ['证明到了', 'the paper has come'] },
        { milestone: 'thirdDone', name: ['办好了', 'it is done'], needs: { filled: ['need'] }, agrees: 'secretary' },
      ],
    },
  ],
  duties: [],
  books: [],
  life: {
    extend: { cap: '30 days', times: 1, approves: 'sub-district' },
    outcomes: { done: ['已完成', 'done'] },
  },
});
