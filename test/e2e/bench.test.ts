import { expect, test } from 'vitest';
import { runBench } from '../../bench/bench.ts';

test('the bench measures everything in one run and prints figures', async () => {
  const printed: string[] = [];
  const lines = await runBench(
    { names: ['start', 'act', 'hot', 'books'], seconds: 0.4, rounds: 1, seed: 1, json: true },
    { print: (text) => printed.push(text), say: () => {} },
  );
  expect(printed.map((each) => JSON.parse(each))).toEqual(lines);
  const names = lines.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['start', 'act', 'act.p50', 'act.witnessed', 'act.activity', 'hot']));
  expect(names).toEqual(expect.arrayContaining(['books.1', 'books.1.database', 'books.200', 'books.200.database']));
  for (const { ours, n } of lines) {
    expect(ours).toBeGreaterThanOrEqual(0);
    expect(n).toBeGreaterThan(0);
  }
});
