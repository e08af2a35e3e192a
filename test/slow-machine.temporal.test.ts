import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { SlowOrders } from './support/slow-worker.ts';
import { realTemporal } from './support/temporal.ts';

const script = fileURLToPath(new URL('./support/slow-worker.ts', import.meta.url));

/** Turns of a loop this machine does in that time, roughly. */
function turnsIn(ms: number): number {
  const turns = 50_000_000;
  const begunMs = performance.now();
  let sum = 0;
  for (let n = 0; n < turns; n++) sum = (sum + n) % 1_000_003;
  return Math.ceil((turns * ms) / Math.max(1, performance.now() - begunMs)) + (sum % 2);
}

// Without `UNHURRIED` it is broken off each time it is tried, and sooner or later Node ends the process.
test('workflow code that gets no processor for many seconds comes to its end', async () => {
  const orders: SlowOrders = { ...realTemporal(), turns: turnsIn(12_000) };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, JSON.stringify(orders)]);
  expect(stdout).toBe('done');
}, 400_000);
