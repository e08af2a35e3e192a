import { expect, test } from 'vitest';
import { problemsOf } from '../../sdk/problems.ts';
import fule from './program.ts';

test('is sound, and frozen to its last word', () => {
  expect(problemsOf(fule)).toEqual([]);
  const stage = fule.stages[0] as { within: string };
  expect(() => {
    stage.within = '7 months';
  }).toThrow(TypeError);
  expect(Object.isFrozen(fule.ladders['promise']?.[0])).toBe(true);
});

test('has the reported four stages, each with a target, a deadline, a post that answers and a milestone with evidence', () => {
  expect(fule.stages.map(({ stage }) => stage)).toEqual(['speak', 'outside', 'wish', 'earn']);
  for (const { target, within, answers, items } of fule.stages) {
    expect([target[0], within]).not.toContain('');
    expect(fule.roles[answers]).toHaveProperty('post');
    const milestones = items.flatMap((item) => ('milestone' in item ? [item] : []));
    expect(milestones).toHaveLength(1);
    expect(milestones[0]?.needs.proof?.length).toBeGreaterThan(0);
  }
});

test('has the roles of the report, and keeps money apart from each other and from him', () => {
  expect(Object.keys(fule.roles).sort()).toEqual(
    ['secretary', 'companion', 'volunteers', 'cashHolder', 'accountant', 'beneficiary', 'guardian'].sort(),
  );
  const apart = (one: string, other: string): boolean =>
    fule.apart.some((set) => set.includes(one) && set.includes(other));
  for (const money of ['cashHolder', 'accountant']) {
    for (const other of ['cashHolder', 'accountant', 'secretary', 'beneficiary', 'guardian', 'companion']) {
      if (other !== money) expect(apart(money, other), `${money} and ${other}`).toBe(true);
    }
  }
});

test('is written in Chinese first: every text has Chinese characters, its English has none', () => {
  const texts = JSON.stringify(fule).match(/"name":\["[^"]+","[^"]+"\]/g) ?? [];
  expect(texts.length).toBeGreaterThan(25);
  for (const text of texts) {
    const [zh = '', en = ''] = JSON.parse(text.slice('"name":'.length)) as string[];
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).not.toMatch(/\p{Script=Han}/u);
  }
});
