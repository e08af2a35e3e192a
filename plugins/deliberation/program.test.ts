import { expect, test } from 'vitest';
import { problemsOf } from '../../sdk/problems.ts';
import deliberation from './program.ts';

test('is sound', () => {
  expect(problemsOf(deliberation)).toEqual([]);
});

test('has one canvass, three votes by different bodies with quorum and minutes, and two disclosures', () => {
  const items = deliberation.stages.flatMap((stage) => stage.items);
  const votes = items.flatMap((item) => ('vote' in item ? [item] : []));
  expect(new Set(votes.map(({ body }) => body)).size).toBe(3);
  for (const vote of votes)
    expect(vote).toMatchObject({ lost: 'draft', proof: ['file'], quorum: expect.anything(), named: expect.anything() });
  const public_ = items.flatMap((item) => ('disclosure' in item ? [item] : []));
  expect(public_.map(({ objections }) => objections.upheld)).toEqual(['draft', 'carryOut']);
});

test('is written in Chinese first: every text has Chinese characters, its English has none', () => {
  const texts = JSON.stringify(deliberation).match(/"name":\["[^"]+","[^"]+"\]/g) ?? [];
  expect(texts.length).toBeGreaterThan(15);
  for (const text of texts) {
    const [zh = '', en = ''] = JSON.parse(text.slice('"name":'.length)) as string[];
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).not.toMatch(/\p{Script=Han}/u);
  }
});
