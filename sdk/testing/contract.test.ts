import { describe, expect, test } from 'vitest';
import type { Program } from '../program.ts';
import { tinyProgram } from '../tiny-program.fixture.ts';
import { contract, contractProblems } from './index.ts';
import { realNames } from './names.ts';

const readme = '# 小项目\n给谁看 谁负责 帮助\n\n## In English\n';
const changes = [{ version: '1.0.0', on: '2026-11-23', changed: [['第一版', 'the first'] as const] }];
const [help] = tinyProgram.stages;
const story = {
  program: 'tiny',
  name: ['只立案', 'only opened'] as const,
  openedDaysAgo: 1,
  data: { need: '灯坏了' },
  parties: [{ role: 'household', name: '李某' }],
  assignments: {},
  acts: [],
  ends: { status: 'open' as const },
};
const sound = { program: tinyProgram, readme, changes, scenarios: { story } };

function wrong(more: object, of: Partial<Program> = {}): string[] {
  return contractProblems({ ...sound, program: { ...tinyProgram, ...of }, ...more });
}

test('the smallest program with all beside it holds to the contract', () => {
  expect(contractProblems(sound)).toEqual([]);
});

test('a program without its form is told what is wrong with that alone', () => {
  expect(contract({ program: { id: 'x' } }).map(({ name }) => name)).toEqual([
    'its form is sound, and all it names is there',
  ]);
});

describe('every clause finds what is wrong', () => {
  test.each<[string, string[], RegExp]>([
    ['a README is missing', wrong({ readme: undefined }), /^README.md: is missing/],
    [
      'a README that names no stage',
      wrong({ readme: readme.replace('帮助', '') }),
      /^README.md: does not name the stage/,
    ],
    ['a section is missing', wrong({ readme: readme.replace('谁负责', '') }), /says nothing under "谁负责"/],
    ['no story', wrong({ scenarios: {} }), /^scenarios.ts: exports no/],
    [
      'a story without an end',
      wrong({ scenarios: { a: { ...story, ends: undefined } } }),
      /^scenarios.a.ends: does not say/,
    ],
    [
      'a story that ends otherwise',
      wrong({ scenarios: { a: { ...story, ends: { status: 'closed' } } } }),
      /it is open, not closed/,
    ],
    [
      'a story with a refused act',
      wrong({ scenarios: { a: { ...story, acts: [{ day: 0.5, as: 'caseworker', type: 'case.fly' }] } } }),
      /case.fly is refused: UNKNOWN_ACT/,
    ],
    ['a version not told', wrong({}, { version: '1.1.0' }), /says nothing of version 1.1.0/],
    [
      'a version told in one language',
      wrong({ changes: [{ ...changes[0], changed: [['第一版', '']] }] }),
      /in Chinese and English/,
    ],
    [
      'another meaning under the same version',
      wrong({ kept: [{ ...tinyProgram, intake: ['x'] }] }),
      /released with another content/,
    ],
    ['a text that is not Chinese', wrong({}, { name: ['tiny', 'Tiny'] }), /is not Chinese/],
    [
      'an item longer than its stage',
      wrong(
        {},
        {
          stages: [
            { ...help!, within: '2 days', items: help!.items.map((item) => ({ ...item, within: '5 days' as const })) },
          ],
        },
      ),
      /ends for certain only after its stage/,
    ],
  ])('%s', (_, problems, told) => {
    expect(problems).toContainEqual(expect.stringMatching(told));
  });
});

test.each([
  ['王某', []],
  ['李小红', ['李小红']],
  ['王大爷', []],
  ['志愿者服务队', []],
  ['高家村', []],
])('as the name of a party %s', (name, found) => {
  expect(realNames({ parties: [{ name }] })).toEqual(found);
});
