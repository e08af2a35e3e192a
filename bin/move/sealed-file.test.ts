import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { writeSealed } from './sealed-file.ts';

const passphrase = '桂花开了三次以后再说';

test('what was opened is removed also when the process is told to end', { timeout: 120_000 }, async () => {
  const folder = makeTestFolder('opened');
  try {
    const file = join(folder, 'case.linli');
    await writeSealed(
      file,
      (async function* () {
        yield Buffer.from('内容');
      })(),
      passphrase,
    );
    const module = fileURLToPath(new URL('sealed-file.ts', import.meta.url));
    const waits = `const { withOpened } = await import(process.argv[1]);
      await withOpened(process.argv[2], process.argv[3], async () => {
        console.log('opened');
        await new Promise((done) => setTimeout(done, 60_000));
      });`;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', waits, module, file, passphrase],
        { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await once(child.stdout, 'data');
      expect(opened(folder)).toHaveLength(1);
      const ended = once(child, 'exit');
      child.kill(signal);
      expect((await ended)[1]).toBe(signal);
      expect(opened(folder)).toEqual([]);
    }
  } finally {
    removeTestFolder(folder);
  }
});

const opened = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('linli-case-'));
