import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPrograms } from '../plugins/index.ts';

test('the program in the guide is found and sound as it stands there', async () => {
  const guide = await readFile(new URL('adding-a-program.md', import.meta.url), 'utf8');
  const [, source = ''] = /```ts\n([\s\S]+?)```/.exec(guide) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'linli-guide-'));
  try {
    await mkdir(join(folder, 'tap-repair'));
    const sdk = new URL('../sdk/index.ts', import.meta.url).href;
    await writeFile(join(folder, 'tap-repair', 'program.ts'), source.replace('../../sdk/index.ts', sdk));
    const programs = await loadPrograms({ folder });
    expect(programs.byId('tap-repair')?.stages).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
