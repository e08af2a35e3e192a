import { defineProgram } from './define-program.ts';

/** The smallest program that holds together: one stage, one task, a milestone that counts it. For tests. */
export const tinyProgram = defineProgram({
  id: 'tiny',
  version: '1.0.0',
  name: ['小项目', 'tiny program'],
  roles: {
    secretary: { name: ['书记', 'secretary'], post: 'secretary' },
    household: { name: ['住户', 'household'], party: 'one', answers: 'secretary' },
  },
  apart: [['secretary', 'household']],
  fields: { need: { name: ['需要', 'need'], kind: 'text', personal: true } },
  intake: ['need'],
  ladders: {
    promise: [
      { at: 'due', tell: 'holder', account: true },
      { at: '+3 working days', tell: 'sub-district' },
    ],
  },
  stages: [
    {
      stage: 'help',
      name: ['帮助', 'help'],
      target: ['问题解决', 'the matter is solved'],
      answers: 'secretary',
      within: '15 working days',
      ladder: 'promise',
      items: [
        { task: 'visit', name: ['上门', 'visit'], by: 'secretary', within: '5 working days' },
        { milestone: 'solved', name: ['解决', 'solved'], needs: { done: { visit: 1 } }, agrees: 'household' },
      ],
    },
  ],
  duties: [],
  books: [],
  life: {
    extend: { cap: '30 days', times: 1, approves: 'sub-district' },
    outcomes: { solved: ['已解决', 'solved'] },
  },
});
