import { defineProgram } from '../../sdk/index.ts';

/**
 * One deadline an hour after the case was opened, with rungs an hour apart, at any hour, each told to one post: for bursts.
 * Cases opened back to the same instant come due at the same instant.
 */
export const burstProgram = defineProgram({
  id: 'burst',
  version: '1.0.0',
  name: ['同时到期', 'due at once'],
  roles: {
    secretary: { name: ['书记', 'secretary'], post: 'secretary' },
    household: { name: ['住户', 'household'], party: 'one', answers: 'secretary' },
  },
  apart: [],
  fields: { need: { name: ['需要', 'need'], kind: 'text', personal: true } },
  intake: ['need'],
  ladders: {
    hourly: [
      { at: 'due', tell: 'unit', hours: 'any' },
      { at: '+1 hour', tell: 'sub-district', hours: 'any', account: true },
    ],
  },
  stages: [
    {
      stage: 'help',
      name: ['帮助', 'help'],
      target: ['问题解决', 'the matter is solved'],
      answers: 'secretary',
      within: '60 minutes',
      ladder: 'hourly',
      items: [
        { task: 'look', name: ['查看', 'look'], by: 'secretary' },
        { milestone: 'solved', name: ['解决', 'solved'], needs: { done: { look: 1 } }, agrees: 'secretary' },
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

/** From the opening to the first rung. */
export const burstBudgetMs = 3_600_000;

/** As a package, for processes that are to take the cases of it. */
export default burstProgram;
