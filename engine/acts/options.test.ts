import { expect, it } from 'vitest';
import { defineProgram } from '../../sdk/define-program.ts';
import { tinyProgram } from '../../sdk/tiny-program.fixture.ts';
import { Case } from '../case.fixture.ts';
import { planOf } from '../explain.ts';

const project = defineProgram({
  ...tinyProgram,
  id: 'project',
  stages: [
    { ...tinyProgram.stages[0]!, items: [{ choice: 'route', name: ['选定方案', 'the way chosen'], by: 'secretary' }] },
  ],
});

function opened(): Case {
  const one = new Case(project);
  one.open('caseworker', { data: { need: '没有水' }, parties: [{ role: 'household', name: '周某' }] });
  return one;
}
const say = (one: Case, type: string, data: object, reason?: string) =>
  one.does('secretary', type, { target: 'route', data, ...(reason ? { reason } : {}) });
const reason = '水压太低，费用太高';

it('one option is chosen when of every other it was said why not', () => {
  const one = opened();
  expect(say(one, 'option.add', { name: '厂区自备井加压', costFen: 90_000_000 })).toBe('ok');
  expect(say(one, 'option.choose', { option: '1' }, reason)).toBe('BLOCKED');
  expect(say(one, 'option.add', { name: '接市政管网' })).toBe('ok');
  expect(say(one, 'option.choose', { option: '2' }, '一公里内有 DN300 干管')).toBe('BLOCKED');
  expect(planOf(one.state, project).stages[0]?.items[0]?.reason[1]).toBe('2 options compared, 2 left');
  expect(say(one, 'option.reject', { option: '1' })).toBe('REASON_MISSING');
  expect(say(one, 'option.reject', { option: '1' }, reason)).toBe('ok');
  expect(say(one, 'option.reject', { option: '1' }, reason)).toBe('INVALID_DATA');
  expect(say(one, 'option.choose', { option: '1' }, reason)).toBe('INVALID_DATA');
  expect(say(one, 'option.choose', { option: '2' }, '费用低、水压足')).toBe('ok');
  expect(one.events.flatMap(({ type, data }) => (type === 'option.chosen' ? [data] : []))).toMatchObject([
    { key: 'route', option: '2', name: '接市政管网', reason: '费用低、水压足' },
  ]);
  expect(one.state.stages['help']?.state).toBe('done');
});

it('takes no more options than can be compared, and nobody without a part in it decides', () => {
  const one = opened();
  for (let n = 1; n <= 20; n++) expect(say(one, 'option.add', { name: `方案 ${n}` })).toBe('ok');
  expect(say(one, 'option.add', { name: '方案 21' })).toBe('INVALID_DATA');
  expect(one.does('zhou', 'option.reject', { target: 'route', data: { option: '1' }, reason })).toBe('FORBIDDEN');
  expect(one.does('secretary', 'option.reject', { target: 'solved', data: { option: '1' }, reason })).toBe('NOT_OPEN');
});
