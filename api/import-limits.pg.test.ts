import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scene, setScene } from './scene.fixture.ts';
import { createSheetReader } from './sheets/reader.ts';

const reader = createSheetReader({ timeMs: 40 });
let scene: Scene;
beforeAll(async () => {
  scene = await setScene({ sheets: reader });
});
afterAll(async () => {
  await reader.close();
  await scene?.close();
});

test('a file that takes too long is refused in words, with ways out, and nothing is kept', async () => {
  const heading = Array.from({ length: 200 }, (_, n) => `列${n}`).join(',');
  const bytes = new TextEncoder().encode(`${heading}\n${`${'甲,'.repeat(199)}甲\n`.repeat(5_000)}`);
  for (const [login, path, more] of [
    ['caseworker', '/imports', { program: 'fule', unit: 'community-1' }],
    ['admin', '/organisation/imports', {}],
  ] as const) {
    const form = new FormData();
    form.set('file', new File([bytes], 'list.csv'));
    for (const [name, value] of Object.entries(more)) form.set(name, value);
    const response = await scene.ask(login, 'POST', path, form, { 'accept-language': 'zh-CN' });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: 'INVALID_DATA',
      detail: expect.stringContaining('还没有读完'),
      waysOut: [expect.stringContaining('CSV')],
      errors: [{ path: 'file' }],
    });
  }
  expect(await scene.sql`SELECT FROM imports`).toHaveLength(0);
});
