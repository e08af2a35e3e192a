import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { silentLog as log } from '../test/support/quiet.ts';
import { createLoop } from './loop.ts';

test('turns never overlap, a poke shortens the wait, stop waits for the turn under way', async () => {
  let turns = 0;
  let open = 0;
  const loop = createLoop({
    name: 'test',
    everyMs: 60_000,
    log,
    body: async () => {
      open += 1;
      expect(open).toBe(1);
      await sleep(20);
      open -= 1;
      turns += 1;
      return false;
    },
  });
  loop.start();
  loop.poke();
  await sleep(80);
  expect(turns).toBe(2);
  loop.poke();
  await loop.stop();
  expect({ turns, open }).toEqual({ turns: 3, open: 0 });
  loop.poke();
  await sleep(30);
  expect(turns).toBe(3);
});

test('a failing turn is tried again', async () => {
  let turns = 0;
  const loop = createLoop({
    name: 'test',
    everyMs: 5,
    log,
    body: async () => Promise.reject(new Error(`turn ${++turns}`)),
  });
  loop.start();
  await sleep(200);
  await loop.stop();
  expect(turns).toBeGreaterThan(2);
});
