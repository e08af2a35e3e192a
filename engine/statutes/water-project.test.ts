import { describe, expect, it } from 'vitest';
import { loadPrograms } from '../../plugins/index.ts';
import { daysBetween } from '../time/civil.ts';
import { Matter, stage, statute } from './statute.fixture.ts';

/**
 * The water project of 192 households (石佛家属院, 2019), as five news reports tell it. Its spans are shown as reported and are no
 * budgets: nobody had promised 25 or 89 days, the reports count one span without its first day and the other with both ends.
 */
const reported = [
  { from: '2019-04-11', to: '2019-05-06', days: 25, how: '起算当日不计入', what: '停水到开工' },
  { from: '2019-04-11', to: '2019-07-08', days: 89, how: '首尾两日都计入', what: '停水到全部通水' },
] as const;

const program = statute({
  id: 'water-project',
  name: ['家属院一户一表改造', 'water retrofit of a compound'],
  extend: { cap: '2 months', times: 2, approves: 'district' },
  pauses: { forceMajeure: ['不可抗力', 'force majeure'] },
  stages: [
    stage('works', ['施工通水', 'works'], {
      within: '6 months', // a default of ours; the approved plan fixes the real one
      items: [{ task: 'connect', name: ['通水', 'connect'], by: 'clerk' }],
    }),
  ],
});

describe('reported spans', () => {
  it('stand in the record as they were reported, each with how it was counted', () => {
    const one = new Matter(program, '2026-03-02');
    for (const { from, to, days, how, what } of reported) {
      const text = `据报道：${what} ${from} 至 ${to}，${days} 天（${how}）`;
      expect(one.does('caseworker', 'note.add', { data: { text } })).toBe('ok');
    }
    expect(one.all('note.added').map(({ text }) => text)).toEqual([
      expect.stringContaining('25 天（起算当日不计入）'),
      expect.stringContaining('89 天（首尾两日都计入）'),
    ]);
    const [first, second] = reported;
    expect(daysBetween(first.from, first.to)).toBe(25);
    expect(daysBetween(second.from, second.to) + 1).toBe(89);
    expect(Object.values(one.state.deadlines).map(({ budget }) => budget)).toEqual(['6 months']);
  });

  it('are the budget of nothing in any installed program', async () => {
    const budgets =
      JSON.stringify((await loadPrograms()).all()).match(/"\d+ (working )?(day|week|month|year)s?"/g) ?? [];
    expect(budgets.length).toBeGreaterThan(10);
    expect(budgets.filter((budget) => /"(25|89) /.test(budget))).toEqual([]);
  });
});
