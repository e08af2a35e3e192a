import { describe, expect, it } from 'vitest';
import { Matter, NEVER, stage, statute } from './statute.fixture.ts';

/**
 * Minimum living allowance in Zhejiang: 浙江省社会救助条例 (2020). The township investigates within 15 working days, public notice
 * lasts 7 days, the county decides within 5 working days, and a refusal gives its reasons in writing. Check the text in force.
 */
const program = statute({
  id: 'dibao-zhejiang',
  name: ['最低生活保障申请（浙江）', 'allowance application, Zhejiang'],
  extend: NEVER,
  pauses: { papers: ['补正材料', 'papers to be completed'] },
  fields: {
    amount: { name: ['保障金额', 'monthly amount'], kind: 'number' },
    refusal: { name: ['不予批准的书面理由', 'written reasons of a refusal'], kind: 'text' },
  },
  stages: [
    stage('investigate', ['乡镇调查核实', 'the township investigates'], {
      within: '15 working days',
      from: 'accept',
      items: [
        { await: 'accept', name: ['受理', 'the application is accepted'], within: '5 working days' },
        { task: 'visit', name: ['入户调查', 'home visit'], by: 'clerk' },
      ],
    }),
    stage('notice', ['公示', 'public notice'], {
      within: '7 days',
      items: [{ await: 'noticeEnds', name: ['公示期满', 'the notice has ended'] }],
    }),
    stage('decide', ['县级审批', 'the county decides'], {
      within: '5 working days',
      items: [
        { task: 'grant', name: ['批准', 'granted'], by: 'clerk', asks: ['amount'], optional: true },
        { task: 'refuse', name: ['不予批准', 'refused'], by: 'clerk', asks: ['refusal'], optional: true },
        {
          milestone: 'decided',
          name: ['作出决定', 'decided'],
          needs: { any: [{ done: { grant: 1 } }, { done: { refuse: 1 } }] },
          agrees: 'clerk',
        },
      ],
    }),
  ],
});

describe('allowance application in Zhejiang', () => {
  it('runs 15 working days from acceptance across Mid-Autumn and National Day, 7 days of notice, 5 working days', () => {
    const one = new Matter(program, '2026-09-16');
    expect(() => one.clock('investigate')).toThrow('no clock');
    expect(one.on('2026-09-18', 'caseworker', 'await.occur', { target: 'accept' })).toBe('ok');
    // 2026: off 25–27 September and 1–7 October, worked on Sunday 20 September and Saturday 10 October
    expect(one.due('investigate')).toBe('2026-10-15');
    expect(one.explained('investigate')).toMatchObject({ 'working day , make-up workday, National Day': 2 });
    expect(one.on('2026-10-15', 'secretary', 'task.complete', { target: 'visit' }, '23:59')).toBe('ok');
    expect(one.due('notice')).toBe('2026-10-22');
    expect(one.on('2026-10-22', 'caseworker', 'await.occur', { target: 'noticeEnds' })).toBe('ok');
    expect(one.due('decide')).toBe('2026-10-29');
    expect(one.on('2026-10-29', 'secretary', 'milestone.reach', { target: 'decided' })).toBe('BLOCKED');
    expect(one.does('secretary', 'task.complete', { target: 'refuse' })).toBe('INVALID_DATA'); // no reasons
    const refused = { target: 'refuse', data: { fields: { refusal: '家庭人均收入高于标准' } } };
    expect(one.does('secretary', 'task.complete', refused)).toBe('ok');
    expect(one.does('secretary', 'milestone.reach', { target: 'decided' })).toBe('ok');
    expect(one.met()).toEqual([
      'accept-1 in time',
      'stage:investigate.1 in time',
      'stage:notice.1 in time',
      'stage:decide.1 in time',
    ]);
    expect(one.all('accountability.opened')).toEqual([]);
  });

  it('a minute after 24:00 of the last day it is late; done before the first working minute nobody has to account for it', () => {
    const one = new Matter(program, '2026-09-18');
    one.must('caseworker', 'await.occur', { target: 'accept' });
    expect(one.on('2026-10-16', 'secretary', 'task.complete', { target: 'visit' }, '00:01')).toBe('ok');
    expect(one.met().at(-1)).toBe('stage:investigate.1 late');
    one.until('2026-10-19T00:00:00.000Z');
    expect(one.all('accountability.opened')).toEqual([]);
  });

  it('an application nobody accepts is noticed too, although its 15 days have not begun', () => {
    const one = new Matter(program, '2026-09-18');
    one.until('2026-10-31T00:00:00.000Z');
    expect(one.all('rung.fired').map(({ deadline, tell }) => `${deadline} ${tell}`)).toEqual([
      'accept-1 holder',
      'accept-1 holder',
      'accept-1 sub-district',
    ]);
    expect(one.all('accountability.opened')).toHaveLength(1);
  });

  it('is not extended', () => {
    const one = new Matter(program, '2026-09-18');
    one.must('caseworker', 'await.occur', { target: 'accept' });
    const more = { reason: '材料多', data: { budget: '1 working day' } };
    expect(one.does('director', 'stage.extend', more)).toBe('CAP_REACHED');
    expect(one.does('caseworker', 'deadline.requestExtension', { ...more, target: 'investigate' })).toBe('CAP_REACHED');
  });
});
