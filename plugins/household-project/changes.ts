import type { Change } from '../../sdk/index.ts';

/** What each version changed for people, newest first. */
export const changes: readonly Change[] = [
  {
    version: '1.0.0',
    on: '2026-11-23',
    changed: [
      [
        '第一版：比选方案并写明不用的理由，一户一档，每天两次送水，资金两人分管，全部住户确认才算完成',
        'The first version: alternatives with the reasons why not, a file for each household, water twice a day, money kept by two, done when every household has confirmed',
      ],
    ],
  },
];
