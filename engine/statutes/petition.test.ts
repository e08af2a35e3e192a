import { describe, expect, it } from 'vitest';
import { Matter, NEVER, stage, statute } from './statute.fixture.ts';

/**
 * Petitions: 信访工作条例 (2022), arts. 34–36 for the handling, review and re-review. Whether it is accepted is told within 15 days;
 * it is finished within 60 days of acceptance, extended once by at most 30 days with the approval of the unit's head, who has
 * the reason told; review (复查) and re-review (复核) take 30 days each, the time of a hearing in the re-review not counted.
 * Check the text in force.
 */
const petition = statute({
  id: 'petition',
  name: ['信访事项', 'petition'],
  extend: { cap: '30 days', times: 1, approves: 'unit' },
  pauses: {},
  stages: [
    stage('handle', ['办理', 'handling'], {
      within: '60 days',
      from: 'inform',
      items: [
        {
          task: 'inform',
          name: ['告知是否受理', 'told whether it is accepted'],
          by: 'clerk',
          within: '15 days',
          extend: NEVER,
        },
        { task: 'answer', name: ['答复意见书', 'written answer'], by: 'clerk' },
      ],
    }),
  ],
});

/** Review by the next level above, or re-review by the one above that: a case of its own with its own clock. */
const review = (id: string, hearing: boolean) =>
  statute({
    id,
    name: hearing ? ['信访复核', 're-review of a petition'] : ['信访复查', 'review of a petition'],
    extend: NEVER,
    pauses: hearing ? { hearing: ['听证', 'hearing'] } : {},
    stages: [
      stage('review', ['复查复核', 'review'], {
        within: '30 days',
        items: [{ task: 'opinion', name: ['复查复核意见', 'opinion'], by: 'clerk' }],
      }),
    ],
  });

const ask = (budget: string) => ({ target: 'handle', data: { budget }, reason: '情况复杂' });
const approve = { target: 'handle', data: { approve: true }, reason: '情况复杂，已告知延期理由' };

describe('a petition', () => {
  it('15 days to inform, then 60 days, extended once by 30 with the approval of the head of the unit', () => {
    const one = new Matter(petition, '2026-03-02');
    expect(one.due('inform')).toBe('2026-03-17');
    expect(one.on('2026-03-12', 'secretary', 'task.complete', { target: 'inform' })).toBe('ok');
    expect(one.due('handle')).toBe('2026-05-11'); // 60 days from 12 March
    expect(one.on('2026-04-20', 'secretary', 'deadline.requestExtension', ask('31 days'))).toBe('CAP_REACHED');
    expect(one.does('secretary', 'deadline.requestExtension', { ...ask('30 days'), reason: '' })).toBe(
      'REASON_MISSING',
    );
    expect(one.does('secretary', 'deadline.requestExtension', ask('30 days'))).toBe('ok');
    expect(one.all('deadline.extensionRequested')[0]?.told[0]?.person).toBe('director');
    expect(one.due('handle')).toBe('2026-05-11'); // asking moves nothing
    expect(one.does('secretary', 'deadline.decideExtension', approve)).toBe('FORBIDDEN');
    expect(one.does('director', 'deadline.decideExtension', approve)).toBe('ok');
    expect(one.due('handle')).toBe('2026-06-10'); // 90 days
    expect(one.clock('handle').granted).toEqual([
      { budget: '30 days', by: 'director', askedBy: 'secretary', on: '2026-04-20' },
    ]);
    expect(one.explained('handle')).toEqual({ 'the start day is not counted': 1, day: 60, 'day , extension': 30 });
    expect(one.does('secretary', 'deadline.requestExtension', ask('1 day'))).toBe('CAP_REACHED');
    expect(one.on('2026-06-10', 'secretary', 'task.complete', { target: 'answer' })).toBe('ok');
    expect(one.met()).toEqual(['inform-1 in time', 'stage:handle.1 in time']);
  });

  it('the time to inform is never extended, and a hearing gives the first level no time', () => {
    const one = new Matter(petition, '2026-03-02');
    expect(one.does('secretary', 'deadline.requestExtension', { ...ask('1 day'), target: 'inform' })).toBe(
      'CAP_REACHED',
    );
    one.must('secretary', 'task.complete', { target: 'inform' });
    expect(
      one.does('secretary', 'deadline.pause', { target: 'handle', data: { kind: 'hearing' }, reason: '听证' }),
    ).toBe('INVALID_DATA');
  });

  it('late, it climbs to the level above and is accounted for', () => {
    const one = new Matter(petition, '2026-03-02');
    one.must('secretary', 'task.complete', { target: 'inform' });
    one.until('2026-05-10T16:00:00.000Z');
    expect(one.due('handle')).toBe('2026-05-06'); // 60 days end on 1 May, a holiday to the 5th
    expect(one.all('rung.fired').map(({ tell }) => tell)).toEqual(['holder', 'holder', 'sub-district']);
    expect(one.all('accountability.opened')).toMatchObject([{ post: 'secretary', deadline: 'stage:handle.1' }]);
  });

  it('review and re-review have 30 days each; a hearing does not count in the re-review', () => {
    const first = new Matter(review('petition-review', false), '2026-06-12');
    expect(first.due('review')).toBe('2026-07-13'); // 12 July is a Sunday
    const again = new Matter(review('petition-re-review', true), '2026-07-14');
    expect(again.due('review')).toBe('2026-08-13');
    const hearing = { target: 'review', data: { kind: 'hearing' }, reason: '依申请举行听证' };
    expect(again.on('2026-07-20', 'secretary', 'deadline.pause', hearing)).toBe('ok');
    expect(again.on('2026-08-28', 'secretary', 'deadline.resume', { target: 'review' })).toBe('ok');
    expect(again.due('review')).toBe('2026-09-22'); // 40 days of hearing
    expect(again.all('rung.fired')).toEqual([]); // 13 August passed while it stood still
  });
});
