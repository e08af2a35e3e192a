import { expect, test } from 'vitest';
import { defineProgram, InvalidProgramError } from './define-program.ts';
import type { Program } from './program.ts';
import { tinyProgram } from './tiny-program.fixture.ts';

/** Each marked line must be a compile error. */
const rejectedByTheCompiler = () =>
  defineProgram({
    id: 'wrong',
    version: '1.0.0',
    name: ['错', 'wrong'],
    roles: {
      secretary: { name: ['书记', 'secretary'], post: 'secretary' },
      // @ts-expect-error no role of that name answers
      household: { name: ['住户', 'household'], party: 'one', answers: 'secretery' },
    },
    // @ts-expect-error no role of that name
    apart: [['secretary', 'houshold']],
    fields: { need: { name: ['需要', 'need'], kind: 'text' } },
    // @ts-expect-error no field of that name
    intake: ['needs'],
    // @ts-expect-error no role of that name consents
    consent: { by: ['guardian'], before: 'approval' },
    ladders: {
      promise: [
        // @ts-expect-error no such offset
        { at: '+3 fortnights', tell: 'unit' },
        // @ts-expect-error nobody of that kind to tell
        { at: 'due', tell: 'mayor' },
      ],
    },
    stages: [
      {
        stage: 'help',
        name: ['帮助', 'help'],
        // @ts-expect-error a text is told in both languages
        target: ['解决'],
        // @ts-expect-error no role of that name
        answers: 'secretery',
        // @ts-expect-error no such budget
        within: '15 workdays',
        // @ts-expect-error no ladder of that name
        ladder: 'promises',
        items: [
          // @ts-expect-error no role of that name does it
          { task: 'visit', name: ['上门', 'visit'], by: 'nobody' },
          // @ts-expect-error no field of that name is asked
          { task: 'ask', name: ['询问', 'ask'], by: 'secretary', asks: ['needs'] },
          // @ts-expect-error no item of that name is counted
          { milestone: 'a', name: ['甲', 'a'], needs: { done: { visits: 1 } }, agrees: 'household' },
          // @ts-expect-error no field of that name is filled
          { milestone: 'b', name: ['乙', 'b'], needs: { filled: ['needs'] }, agrees: 'household' },
          // @ts-expect-error no role of that name agrees
          { milestone: 'c', name: ['丙', 'c'], needs: { done: { visit: 1 } }, agrees: 'nobody' },
        ],
      },
    ],
    duties: [
      // @ts-expect-error an interval is whole days or longer
      { duty: 'call', name: ['电话', 'call'], by: 'secretary', every: '3 hours', grace: '1 day', ladder: 'promise' },
    ],
    books: [],
    life: {
      extend: { cap: '30 days', times: 1, approves: 'sub-district' },
      outcomes: { solved: ['已解决', 'solved'] },
    },
  });

test('a program is the literal itself, frozen to its last member', () => {
  expect(tinyProgram.id).toBe('tiny');
  expect(() => Object.assign(tinyProgram.stages[0]?.items[0] ?? {}, { by: 'household' })).toThrow(TypeError);
  expect(() => Object.assign(tinyProgram.roles, { other: {} })).toThrow(TypeError);
  expect(unfrozenIn(tinyProgram)).toEqual([]);
});

test('what the compiler rejects is refused at run time too', () => {
  expect(caught(rejectedByTheCompiler)).toBeInstanceOf(InvalidProgramError);
});

test('every problem is told at once', () => {
  const wrong: Program = {
    ...tinyProgram,
    intake: ['wish'],
    life: { ...tinyProgram.life, followUp: '-1 days' },
  };
  const thrown = caught(() => defineProgram(wrong));
  expect(thrown).toBeInstanceOf(InvalidProgramError);
  expect((thrown as InvalidProgramError).problems).toEqual([
    'intake: unknown field "wish"',
    'life.followUp: "-1 days" is no budget; write it as "15 working days"',
  ]);
  expect((thrown as InvalidProgramError).message).toContain('Program "tiny" cannot be used, 2 problem(s):\n  - intake');
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

function unfrozenIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(unfrozenIn)];
}
