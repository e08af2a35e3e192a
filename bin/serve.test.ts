import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// Whoever looks after the process starts it again only once it has ended.
test.each(['api', 'worker'])(
  'linli %s that cannot reach its database says so and ends',
  async (part) => {
    const child = spawn(process.execPath, ['bin/run.mjs', part], {
      cwd: join(import.meta.dirname, '..'),
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, DATABASE_URL: 'postgres://linli@127.0.0.1:1/linli', TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const ended = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    clearTimeout(late);
    expect({ ended, said }).toEqual({ ended: 1, said: expect.stringContaining('ECONNREFUSED') });
  },
  90_000,
);
