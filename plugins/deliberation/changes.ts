import type { Change } from '../../sdk/index.ts';

/** What each version changed for people, newest first. */
export const changes: readonly Change[] = [
  {
    version: '1.0.0',
    on: '2026-11-24',
    changed: [
      [
        '第一版：一次征求意见，三次表决，决议和结果各公示至少七天，任何人可以提异议',
        'The first version: one canvass, three votes, decision and result public for seven days each, open to objections by anybody',
      ],
    ],
  },
];
