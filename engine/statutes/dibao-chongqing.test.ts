import { describe, expect, it } from 'vitest';
import { Matter, NEVER, stage, statute } from './statute.fixture.ts';

/**
 * Minimum living allowance in Chongqing: 重庆市城乡居民最低生活保障条例 (2016) arts. 18–19. 30 days in all from complete papers;
 * appraisal by residents and public notice do not count; an upheld objection leads to a new investigation and a second notice
 * of 3 days; incomplete papers are answered with one full list. Check the text in force.
 */
const program = statute({
  id: 'dibao-chongqing',
  name: ['最低生活保障申请（重庆）', 'allowance application, Chongqing'],
  extend: NEVER,
  pauses: { appraisal: ['群众评议', 'appraisal by residents'], notice: ['公示', 'public notice'] },
  fields: { missing: { name: ['一次性告知的缺少材料', 'the one full list of missing papers'], kind: 'text' } },
  stages: [
    stage('handle', ['办理', 'handling'], {
      within: '30 days',
      from: 'papers',
      items: [
        {
          task: 'list',
          name: ['一次性告知', 'the one list of missing papers'],
          by: 'clerk',
          asks: ['missing'],
          optional: true,
        },
        { await: 'papers', name: ['材料齐全', 'the papers are complete'], within: '15 working days' },
        { task: 'investigate', name: ['入户调查', 'investigation'], by: 'clerk' },
        { task: 'decide', name: ['审批', 'decision'], by: 'clerk', when: { done: { investigate: 1 } } },
      ],
    }),
  ],
});
const pause = (kind: string) => ({ target: 'handle', data: { kind }, reason: '依条例第十八条、第十九条' });
const resume = (kind: string) => ({ target: 'handle', data: { kind } });

describe('allowance application in Chongqing', () => {
  it('30 days, appraisal and notice not counted, an upheld objection with a second notice of 3 days', () => {
    const one = new Matter(program, '2026-03-02');
    one.must('secretary', 'task.complete', { target: 'list', data: { fields: { missing: '残疾证、上年收入证明' } } });
    expect(one.on('2026-03-06', 'caseworker', 'await.occur', { target: 'papers' })).toBe('ok');
    expect(one.due('handle')).toBe('2026-04-07'); // 30 days end on Sunday 5 April, and 4 to 6 April are 清明

    expect(one.on('2026-03-10', 'secretary', 'task.complete', { target: 'investigate' })).toBe('ok');
    expect(one.on('2026-03-11', 'secretary', 'deadline.pause', pause('appraisal'))).toBe('ok');
    expect(one.on('2026-03-13', 'secretary', 'deadline.resume', resume('appraisal'))).toBe('ok');
    expect(one.due('handle')).toBe('2026-04-08'); // 3 days

    expect(one.on('2026-03-16', 'secretary', 'deadline.pause', pause('notice'))).toBe('ok');
    expect(one.on('2026-03-22', 'secretary', 'deadline.resume', resume('notice'))).toBe('ok');
    expect(one.due('handle')).toBe('2026-04-15'); // 7 days

    // an objection is upheld: investigated again, posted again for 3 days
    expect(one.on('2026-03-23', 'caseworker', 'task.reopen', { target: 'investigate', reason: '异议成立' })).toBe('ok');
    expect(one.on('2026-03-25', 'secretary', 'deadline.pause', pause('notice'))).toBe('ok');
    expect(one.on('2026-03-27', 'secretary', 'deadline.resume', resume('notice'))).toBe('ok');
    expect(one.due('handle')).toBe('2026-04-20'); // 3 days more: 18 April is a Saturday

    expect(one.explained('handle')).toEqual({
      'the start day is not counted': 1,
      day: 30,
      'paused (appraisal by residents), not counted': 3,
      'paused (public notice), not counted': 10,
      'a rest day (Sunday), the end moves on': 1,
      'the last day was a rest day, so it ends on this working day (Civil Code art. 203)': 1,
    });
    expect(one.on('2026-03-30', 'secretary', 'task.complete', { target: 'investigate' })).toBe('ok');
    expect(one.on('2026-04-20', 'secretary', 'task.complete', { target: 'decide' }, '23:59')).toBe('ok');
    expect(one.met().at(-1)).toBe('stage:handle.1 in time');
    expect(one.all('rung.fired').filter(({ tell }) => tell !== 'holder')).toEqual([]);
  });

  it('appraisal and notice at the same time count once, and the clock goes on when the later one ends', () => {
    const one = new Matter(program, '2026-03-02');
    one.must('caseworker', 'await.occur', { target: 'papers' });
    expect(one.due('handle')).toBe('2026-04-01');
    expect(one.on('2026-03-09', 'secretary', 'deadline.pause', pause('appraisal'))).toBe('ok');
    expect(one.on('2026-03-11', 'secretary', 'deadline.pause', pause('notice'))).toBe('ok');
    expect(one.on('2026-03-13', 'secretary', 'deadline.resume', resume('appraisal'))).toBe('ok');
    expect(one.clock('handle').pausedSince).toBeDefined();
    expect(one.on('2026-03-18', 'secretary', 'deadline.resume', resume('notice'))).toBe('ok');
    expect(one.due('handle')).toBe('2026-04-13'); // 9 to 18 March are 10 days; 11 April is a Saturday
  });

  it('stands still for nothing else: a second list of papers gives no time', () => {
    const one = new Matter(program, '2026-03-02');
    one.must('caseworker', 'await.occur', { target: 'papers' });
    expect(one.does('secretary', 'deadline.pause', pause('papers'))).toBe('INVALID_DATA');
    expect(one.last?.waysOut[0]?.[1]).toBe('Kinds of pause: appraisal, notice');
  });
});
