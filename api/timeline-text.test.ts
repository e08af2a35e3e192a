import { expect, it } from 'vitest';
import fule from '../plugins/fule/program.ts';
import { readable, resultText } from './timeline-text.ts';
import { namesFor } from './views/names.ts';

const org = { posts: new Map(), people: new Map(), units: new Map() };
const things = new Map([
  ['earnings.m.6', ['单据 SJ-06 等待另一方记账', 'document SJ-06 waits for the other side'] as const],
]);
const names = namesFor(fule, undefined, org, 'zh', things);

it.each([
  [
    'stage.left',
    { stage: 'wish', round: 1, why: 'repeat', reason: '本人不愿' },
    '阶段重新进行：第三步：实现第一个心愿。原因：本人不愿',
    'Begun anew: Stage 3: fulfil the first wish. Reason: 本人不愿',
  ],
  [
    'stage.left',
    { stage: 'wish', round: 1, why: 'stepBack', to: 'outside' },
    '阶段退回：第三步：实现第一个心愿，回到“第二步：走出家门”',
    'Stepped back from: Stage 3: fulfil the first wish, back to "Stage 2: leave the house"',
  ],
  [
    'stage.left',
    { stage: 'wish', round: 1, why: 'repeat' },
    '阶段重新进行：第三步：实现第一个心愿',
    'Begun anew: Stage 3: fulfil the first wish',
  ],
  [
    'stage.done',
    { stage: 'wish', round: 1 },
    '完成阶段：第三步：实现第一个心愿',
    'Completed: Stage 3: fulfil the first wish',
  ],
  [
    'decision.recorded',
    {
      body: 'party-branch',
      present: 9,
      for: 8,
      against: 0,
      abstain: 1,
      passed: true,
      text: '同意',
      heldOn: '2026-11-20',
    },
    '党支部表决（2026-11-20 召开）：到会 9 人，赞成 8、反对 0、弃权 1，通过。同意',
    'Vote of the party branch on 2026-11-20: 9 present, 8 for, 0 against, 1 abstained: passed. 同意',
  ],
  [
    'case.closed',
    { outcome: 'selfReliant', text: '四步都走完了', followUpUntil: '2027-11-22T16:00:00.000Z' },
    '结案：自食其力，回访至 2027-11-22。四步都走完了',
    'Closed: self-reliant, followed up until 2027-11-22. 四步都走完了',
  ],
  [
    'accountability.decided',
    { id: 'a', outcome: '提醒', text: '已谈话' },
    '问责决定：提醒。已谈话',
    'Accountability decided: 提醒. 已谈话',
  ],
  [
    'deadline.met',
    { id: 'earnings.m.6', at: '2026-11-22T16:00:00.000Z', late: false },
    '按期完成：单据 SJ-06 等待另一方记账',
    'Met: document SJ-06 waits for the other side',
  ],
] as const)('%s %o reads %s', (type, data, zh, en) => {
  expect(readable({ type, data } as never, names)).toEqual([zh, en]);
});

it('tells how an accountability ended in both languages', () => {
  expect(resultText('done late')).toEqual(['逾期办结', 'done late']);
  expect(resultText('of a newer release')).toEqual(['of a newer release', 'of a newer release']);
});
