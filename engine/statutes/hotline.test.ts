import { describe, expect, it } from 'vitest';
import { planOf } from '../explain.ts';
import { Matter, NEVER, stage, statute } from './statute.fixture.ts';

/**
 * A hotline ticket after 北京市接诉即办工作条例 (2021): the deadline stands on the ticket; whoever receives it first answers for it until
 * somebody else has accepted it (首接负责); a legal extension states its reason; late, the partial result is given with reasons;
 * the caller is called back. The regulation leaves the hours to the kind of matter: 24 hours for the first contact and 7 days
 * are chosen here. Check the text in force.
 */
const program = statute({
  id: 'hotline',
  name: ['热线工单', 'hotline ticket'],
  extend: { cap: '7 days', times: 1, approves: 'unit' },
  pauses: {},
  fields: {
    result: { name: ['办理结果（含未办结部分及理由）', 'result, with what is left and why'], kind: 'text' },
    solved: { name: ['是否解决', 'solved'], kind: 'yesNo' },
  },
  stages: [
    stage('ticket', ['工单', 'ticket'], {
      within: '7 days',
      items: [
        { task: 'contact', name: ['联系诉求人', 'contact the caller'], by: 'clerk', within: '24 hours', extend: NEVER },
        { task: 'settle', name: ['办理', 'handle'], by: 'clerk', asks: ['result'], when: { done: { contact: 1 } } },
        {
          task: 'callBack',
          name: ['回访', 'call back'],
          by: 'clerk',
          within: '1 working day',
          asks: ['solved'],
          when: { done: { settle: 1 } },
        },
      ],
    }),
  ],
});

describe('a hotline ticket', () => {
  it('shows its deadline, counts hours exactly through the night and the weekend, and days from the ticket', () => {
    const one = new Matter(program, '2026-10-16'); // a Friday
    expect(one.due('contact')).toBe('2026-10-17T01:00:00.000Z');
    expect(one.due('ticket')).toBe('2026-10-23');
    expect(planOf(one.state, program).stages[0]?.dueAt).toBe('2026-10-23T16:00:00.000Z');
    expect(one.on('2026-10-17', 'secretary', 'task.complete', { target: 'contact' }, '08:59')).toBe('ok');
    const settled = { target: 'settle', data: { fields: { result: '已修复' } } };
    expect(one.on('2026-10-23', 'secretary', 'task.complete', settled)).toBe('ok');
    expect(one.due('callBack')).toBe('2026-10-26');
    const called = { target: 'callBack', data: { fields: { solved: true } } };
    expect(one.does('secretary', 'task.complete', called)).toBe('ok');
    expect(one.met()).toEqual(['contact-1 in time', 'callBack-1 in time', 'stage:ticket.1 in time']);
  });

  it('is extended only with a reason; late, it needs the partial result and somebody accounts for it', () => {
    const one = new Matter(program, '2026-10-16');
    one.must('secretary', 'task.complete', { target: 'contact' });
    const more = { data: { budget: '3 days' } };
    expect(one.on('2026-10-20', 'director', 'stage.extend', more)).toBe('REASON_MISSING');
    expect(one.does('director', 'stage.extend', { ...more, reason: '需产权单位配合' })).toBe('ok');
    expect(one.due('ticket')).toBe('2026-10-26');
    one.until('2026-10-28T02:00:00.000Z');
    expect(one.all('accountability.opened')).toMatchObject([{ deadline: 'stage:ticket.1', post: 'secretary' }]);
    expect(one.does('secretary', 'task.complete', { target: 'settle' })).toBe('INVALID_DATA');
    const partial = { target: 'settle', data: { fields: { result: '已停水检修，更换管道待产权单位批复' } } };
    expect(one.does('secretary', 'task.complete', partial)).toBe('ok');
  });
});
