import { expect, test } from 'vitest';
import { runBench } from '../../bench/bench.ts';

const n = 1_000;

// The bench itself looks at every rung of both databases and throws when one is missing or there twice.
test(`${n} deadlines at one instant: every inbox row is written, through the wheel and by the cases' timers alone`, async () => {
  const said: string[] = [];
  const lines = await runBench(
    { names: ['burst'], n, seconds: 1, rounds: 1, seed: 1, json: true },
    { print: () => {}, say: (text) => said.push(text) },
  ).catch((error: unknown) => {
    throw new Error(`${said.slice(-5).join('\n')}\n${String(error)}`);
  });
  expect(lines.map(({ name }) => name)).toEqual(['burst', 'burst.timers', 'burst.queue', 'burst.witnessed']);
  for (const { n: counted, ours, reference } of lines) {
    expect(counted).toBe(n);
    expect(ours).toBeGreaterThan(0);
    expect(reference).toBeGreaterThan(0);
  }
});
