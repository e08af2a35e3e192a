import type { Change } from '../../sdk/index.ts';

/** What each version changed for people, newest first. */
export const changes: readonly Change[] = [
  {
    version: '1.2.0',
    on: '2026-11-24',
    changed: [
      [
        '方案除三次表决外，也可以交一次“一征三议两公开”决定：决议公示无异议，方案随即批准',
        'Beside the three votes a plan can be decided by a deliberation: public without an objection that holds, it is approved',
      ],
    ],
  },
  {
    version: '1.1.0',
    on: '2026-11-23',
    changed: [
      [
        '残疾与诊断、公民身份号码、联系电话可以登记，只有说明用途的人才看得到原文',
        'Disability and diagnosis, identity number and telephone can be recorded; only who says what for reads them in clear',
      ],
    ],
  },
  {
    version: '1.0.0',
    on: '2026-11-20',
    changed: [
      [
        '第一版：四步帮扶，每步有目标、期限和负责的岗位，两人管钱管账，结案后回访一年',
        'The first version: help in four stages, each with a target, a deadline and a post that answers; two who keep the money; a year of follow-up',
      ],
    ],
  },
];
