import type { Change } from '../../sdk/index.ts';

/** What each version changed for people, newest first. */
export const changes: readonly Change[] = [
  {
    version: '1.0.0',
    on: '2026-11-23',
    changed: [
      [
        '第一版：一户一档，告知、同意、缴费或垫付、接通、住户确认，每一步有期限和负责的岗位',
        'The first version: a file for each household: told, agreed, paid or advanced, connected, confirmed; each with a deadline and a post that answers',
      ],
    ],
  },
];
