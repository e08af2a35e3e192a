import { describe, expect, it } from 'vitest';
import { defineProgram } from '../../sdk/define-program.ts';
import { tinyProgram } from '../../sdk/tiny-program.fixture.ts';
import { Case } from '../case.fixture.ts';
import { planOf } from '../explain.ts';

const project = defineProgram({
  ...tinyProgram,
  id: 'project',
  stages: [
    {
      ...tinyProgram.stages[0]!,
      items: [{ group: 'homes', name: ['各户', 'the households'], program: 'tiny', within: '30 days' }],
    },
  ],
  life: { ...tinyProgram.life, outcomes: { done: ['办完', 'done'] } },
});

function opened(): Case {
  const one = new Case(project);
  expect(one.open('caseworker', { data: { need: '没有水' }, parties: [{ role: 'household', name: '周某' }] })).toBe(
    'ok',
  );
  return one;
}
const counted = (one: Case, listed: number, ended: number) =>
  one.does('system', 'group.count', { target: 'homes', data: { listed, ended } });
const line = (one: Case) => planOf(one.state, project).stages[0]?.items[0];

describe('a group', () => {
  it('is done when as many as there are to be are listed and each of them has ended, and not before', () => {
    const one = opened();
    expect(line(one)).toMatchObject({ state: 'waiting', act: 'group.setSize', group: { listed: 0, ended: 0 } });
    expect(counted(one, 2, 2)).toBe('ok');
    expect(one.state.items['homes-1']?.group).toMatchObject({ listed: 2, ended: 2 });
    expect(one.does('caseworker', 'group.setSize', { target: 'homes', data: { size: 3 } })).toBe('ok');
    expect(line(one)?.reason).toEqual(['已完成 2/3，已列 2', '2 of 3 done, 2 listed']);
    expect(counted(one, 3, 2)).toBe('ok');
    expect(line(one)?.reason).toEqual(['已完成 2/3', '2 of 3 done']);
    expect(one.state.stage).toBe('help');
    expect(counted(one, 3, 3)).toBe('ok');
    expect(one.state.items['homes-1']).toBeUndefined();
    expect(one.events.at(-1)?.type).not.toBe('group.counted');
    expect(one.state.stages['help']?.state).toBe('done');
  });

  it('is done by what is said last: the size, where all have ended', () => {
    const one = opened();
    counted(one, 2, 2);
    one.must('caseworker', 'group.setSize', { target: 'homes-1', data: { size: 2 } });
    expect(one.state.stages['help']?.state).toBe('done');
  });

  it('keeps of what was said nothing but figures: they lie in clear', () => {
    const one = opened();
    const said = { target: 'homes', data: { size: 3 }, reason: '李某家也算' };
    one.must('caseworker', 'group.setSize', said);
    expect(one.state.items['homes-1']?.group).toEqual({ program: 'tiny', size: 3, listed: 0, ended: 0 });
  });

  it('tells nothing twice, and only a process of Linli counts', () => {
    const one = opened();
    expect(counted(one, 1, 0)).toBe('ok');
    const before = one.events.length;
    expect(counted(one, 1, 0)).toBe('ok');
    expect(one.events).toHaveLength(before);
    expect(one.does('caseworker', 'group.count', { target: 'homes', data: { listed: 9, ended: 9 } })).toBe(
      'UNKNOWN_ACT',
    );
  });

  it('refuses fewer than are listed, a size of nothing, and a group that is not open', () => {
    const one = opened();
    counted(one, 5, 1);
    const size = (n: number, target = 'homes') =>
      one.does('caseworker', 'group.setSize', { target, data: { size: n } });
    expect(size(4)).toBe('INVALID_DATA');
    expect(one.last?.errors?.[0]?.path).toBe('data.size');
    expect(size(0)).toBe('INVALID_DATA');
    expect(size(5, 'solved')).toBe('NOT_OPEN');
    expect(one.does('qiu', 'group.setSize', { target: 'homes', data: { size: 9 } })).toBe('FORBIDDEN');
  });

  it('keeps a state that does not grow with its members', () => {
    const [few, many] = [opened(), opened()];
    counted(few, 192, 10);
    counted(many, 25_000, 24_000);
    const bytes = (one: Case) => JSON.stringify(one.state).length;
    expect(bytes(many) - bytes(few)).toBeLessThan(10);
  });
});
