/** The files a new program begins with; `up` is the way to the sdk from its folder. What is to be rewritten says so. */

/** A household asks, somebody goes, the household says that it is done. */
export function programText(id: string, up: string): string {
  return `import { defineProgram } from '${up}/index.ts';

// 示例 / Example: a household asks for something, a volunteer goes there, the household says that it is done. Write your own words.
export default defineProgram({
  id: '${id}',
  version: '1.0.0',
  name: ['新项目（请改名）', 'A new program (give it a name)'],
  roles: {
    // a post answers for a promise, whoever holds it; a party is a person of the case, and only does
    director: { name: ['社区主任', 'director'], post: 'director' },
    household: { name: ['住户', 'household'], party: 'one', answers: 'director' },
    volunteer: { name: ['志愿者', 'volunteer'], party: 'one', answers: 'director' },
  },
  apart: [['household', 'volunteer']],
  fields: { needs: { name: ['困难与需要', 'needs'], kind: 'text', personal: true } },
  intake: ['needs'],
  ladders: {
    promise: [
      { at: '-1 working day', tell: 'holder' },
      { at: 'due', tell: 'holder', account: true },
      { at: '+2 working days', tell: 'unit' },
      { at: '+5 working days', tell: 'sub-district' },
    ],
  },
  stages: [
    {
      stage: 'help',
      name: ['上门帮助', 'help at home'],
      target: ['住户认可已解决', 'the household says that it is settled'],
      answers: 'director',
      within: '10 working days',
      ladder: 'promise',
      items: [
        { task: 'visit', name: ['上门', 'visit'], by: 'volunteer', within: '5 working days', proof: ['photo'] },
        { milestone: 'settled', name: ['已解决', 'settled'], needs: { done: { visit: 1 } }, agrees: 'household' },
      ],
    },
  ],
  duties: [],
  books: [],
  life: {
    extend: { cap: '10 working days', times: 1, approves: 'sub-district' },
    outcomes: { settled: ['已解决', 'settled'], withdrew: ['住户撤回', 'withdrew'] },
  },
});
`;
}

/** For officials, Chinese first. */
export function readmeText(id: string): string {
  return `# 新项目（请改名） \`${id}\`

**给谁看**：社区主任、经办人、督查人员。系统按 [\`program.ts\`](program.ts) 运行，每个个案锁定立案时的那一版；以后各版改了什么，见 [\`changes.ts\`](changes.ts)。

| 步       | 目标           | 怎样才算完成           | 谁认定   |
| -------- | -------------- | ---------------------- | -------- |
| 上门帮助 | 住户认可已解决 | 志愿者上门一次，有照片 | **住户** |

- **谁负责。** 由社区主任这个岗位负责，谁在岗谁负责。志愿者只做事，不被问责。
- **到期前 1 个工作日提醒；** 到期未办，写入问责记录，2 个工作日后报本社区，5 个工作日后报街道。

## In English

For directors, caseworkers and inspectors: [\`program.ts\`](program.ts) is what the system runs, and a case keeps the version it was opened with.

One stage: a volunteer goes there within five working days, and the household itself says that it is settled. The director's post answers for it, whoever holds it. A deadline reminds one working day before, writes an accountability record when it is missed, and climbs to the sub-district.
`;
}

/** One story that ends as it says. */
export function scenariosText(id: string, up: string): string {
  return `import type { Scenario } from '${up}/index.ts';

/** A volunteer goes there on the second day, and the household says that it is settled. */
export const settled: Scenario = {
  program: '${id}',
  name: ['上门一次就解决', 'Settled in one visit'],
  openedDaysAgo: 5,
  data: { needs: '灯坏了，够不着' },
  parties: [
    { role: 'household', name: '李某' },
    { role: 'volunteer', name: '志愿者' },
  ],
  assignments: { director: 'director' },
  ends: { status: 'closed', outcome: 'settled', counts: { visit: 1 } },
  acts: [
    {
      day: 1.1,
      as: 'caseworker',
      type: 'task.complete',
      target: 'visit',
      onBehalfOf: 'volunteer',
      evidence: ['photo'],
      says: ['志愿者上门', 'The volunteer goes there'],
    },
    {
      day: 1.2,
      as: 'caseworker',
      type: 'milestone.reach',
      target: 'settled',
      onBehalfOf: 'household',
      evidence: ['photo'],
      says: ['住户说解决了', 'The household says that it is settled'],
    },
    { day: 1.3, as: 'director', type: 'case.close', data: { outcome: 'settled' }, reason: '已解决' },
  ],
};

/** All stories of the program by name. */
export const scenarios: Readonly<Record<string, Scenario>> = { settled };
`;
}

/** What the first version is for. */
export function firstChange(up: string, on: string): string {
  return `import type { Change } from '${up}/index.ts';

/** What each version changed for people, newest first. */
export const changes: readonly Change[] = [
  { version: '1.0.0', on: '${on}', changed: [['第一版', 'The first version']] },
];
`;
}

/** Runs the contract suite. */
export function contractTest(up: string): string {
  return `import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contract } from '${up}/testing/index.ts';
import { changes } from './changes.ts';
import program from './program.ts';
import { scenarios } from './scenarios.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');

test.each(contract({ program, readme, scenarios, changes }))('$name', ({ problems }) => {
  expect(problems()).toEqual([]);
}, 60_000);
`;
}
