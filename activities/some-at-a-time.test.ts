import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { someAtATime } from './some-at-a-time.ts';

test('each once, in order, and never more at a time than allowed', async () => {
  const begun: number[] = [];
  let now = 0;
  let most = 0;
  await someAtATime(3, [0, 1, 2, 3, 4, 5, 6], async (n) => {
    begun.push(n);
    most = Math.max(most, ++now);
    await sleep(n % 2 === 0 ? 5 : 1);
    now -= 1;
  });
  expect([begun, most]).toEqual([[0, 1, 2, 3, 4, 5, 6], 3]);
});

test('an error is told, and nothing is nothing to do', async () => {
  await expect(
    someAtATime(2, [1, 2, 3], (n) => (n === 2 ? Promise.reject(new Error('two')) : sleep(1))),
  ).rejects.toThrow('two');
  await someAtATime(2, [], () => Promise.reject(new Error('never')));
});
