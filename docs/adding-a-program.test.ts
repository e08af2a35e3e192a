import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPrograms } from '../plugins/index.ts';

const guide = await readFile(new URL('adding-a-program.md', import.meta.url), 'utf8');
const [whole = '', duties = ''] = [...guide.matchAll(/```ts\n([\s\S]+?)```/g)].map(([, source]) => source);

async function load(source: string) {
  const folder = await mkdtemp(join(tmpdir(), 'linli-guide-'));
  try {
    await mkdir(join(folder, 'tap-repair'));
    const sdk = new URL('../sdk/index.ts', import.meta.url).href;
    await writeFile(join(folder, 'tap-repair', 'program.ts'), source.replace('../../sdk/index.ts', sdk));
    return (await loadPrograms({ folder })).byId('tap-repair');
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the program in the guide is found and sound as it stands there', async () => {
  expect((await load(whole))?.stages).toHaveLength(1);
});

test('so is every form of duty the guide shows', async () => {
  expect((await load(whole.replace('  duties: [],\n', duties)))?.duties).toHaveLength(7);
});
