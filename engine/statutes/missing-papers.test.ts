import { describe, expect, it } from 'vitest';
import { Matter, NEVER, stage, statute } from './statute.fixture.ts';

/**
 * The one list of missing papers: 行政许可法 (2019) art. 32 (4), art. 42 and art. 82, and alike 重庆市城乡居民最低生活保障条例 (2016). All that is missing
 * is told at once or within five days; without that the application counts as accepted on the day it was received. Periods
 * are counted in working days (art. 82); the decision takes 20 (art. 42). Check the text in force.
 */
const program = statute({
  id: 'missing-papers',
  name: ['一次性告知', 'one list of missing papers'],
  extend: { cap: '10 working days', times: 1, approves: 'unit' },
  pauses: {},
  fields: { missing: { name: ['需要补正的全部内容', 'everything that is missing'], kind: 'text' } },
  stages: [
    stage('decide', ['审查决定', 'examination and decision'], {
      within: '20 working days',
      from: 'accept',
      items: [
        {
          task: 'check',
          name: ['材料审查', 'check of the papers'],
          by: 'clerk',
          within: '5 working days',
          extend: NEVER,
        },
        {
          task: 'list',
          name: ['一次性告知书', 'the one list'],
          by: 'clerk',
          asks: ['missing'],
          optional: true,
          when: { done: { check: 1 } },
        },
        { await: 'accept', name: ['受理', 'accepted'], within: '15 working days' },
        { task: 'decision', name: ['决定', 'decision'], by: 'clerk', when: { done: { accept: 1 } } },
      ],
    }),
  ],
});

describe('the one list of missing papers', () => {
  it('is told within five working days; the time to decide begins when the papers are complete', () => {
    const one = new Matter(program, '2026-04-29');
    expect(one.due('check')).toBe('2026-05-09'); // 1 to 5 May off, Saturday 9 May worked: 30, 6, 7, 8, 9
    expect(one.on('2026-05-09', 'secretary', 'task.complete', { target: 'check' })).toBe('ok');
    const list = { target: 'list', data: { fields: { missing: '户口簿、残疾证' } } };
    expect(one.does('secretary', 'task.complete', { target: 'list' })).toBe('INVALID_DATA'); // an empty list is none
    expect(one.does('secretary', 'task.complete', list)).toBe('ok');
    expect(one.does('secretary', 'task.complete', list)).toBe('NOT_OPEN'); // one list, no second
    expect(one.does('director', 'stage.extend', { data: { budget: '1 day' }, reason: 'x' })).toBe('BLOCKED'); // no clock yet
    expect(one.on('2026-05-18', 'caseworker', 'await.occur', { target: 'accept' })).toBe('ok');
    expect(one.due('decide')).toBe('2026-06-15');
  });

  it('untold, the application counts as accepted when it was received: the clock runs from that day', () => {
    const one = new Matter(program, '2026-04-29');
    const received = { target: 'accept', occurredAt: '2026-04-29T01:00:00.000Z' };
    expect(one.on('2026-05-11', 'caseworker', 'await.occur', received)).toBe('REASON_MISSING');
    expect(one.does('caseworker', 'await.occur', { ...received, reason: '逾期未告知，视为受理' })).toBe('ok');
    expect(one.clock('decide').start).toBe('2026-04-29T01:00:00.000Z');
    expect(one.due('decide')).toBe('2026-05-29');
    expect(one.all('accountability.opened')).toMatchObject([{ deadline: 'check-1' }]);
  });
});
