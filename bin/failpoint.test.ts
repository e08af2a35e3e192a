import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { parseFailpoint } from './failpoint.ts';

test.each([
  ['act-committed', { name: 'act-committed', nth: 1 }],
  ['advance-committed:12', { name: 'advance-committed', nth: 12 }],
  ['act-committed:0', undefined],
  ['somewhere', undefined],
])('%s', (text, expected) => {
  expect(parseFailpoint(text)).toEqual(expected);
});

test('the process ends at the n-th call, and only at its own place', () => {
  const file = new URL('./failpoint.ts', import.meta.url).href;
  const { signal, stdout } = spawnSync(
    process.execPath,
    [
      ...['--import', 'tsx', '--input-type=module', '-e'],
      `import { writeSync } from 'node:fs';
      import { crashAt } from ${JSON.stringify(file)};
      const point = { name: 'act-committed', nth: 3 };
      const [other, own] = [crashAt('advance-committed', point), crashAt('act-committed', point)];
      for (let n = 1; n <= 5; n++) { other(); writeSync(1, String(n)); own(); }`,
    ],
    { encoding: 'utf8' },
  );
  expect({ signal, stdout }).toEqual({ signal: 'SIGKILL', stdout: '123' });
});
