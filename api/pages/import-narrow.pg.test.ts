import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImporter } from '../../activities/importer.ts';
import { storeUnavailable } from '../../door/failure.ts';
import { noBrowser } from '../../test/support/browser.ts';
import type { Scene } from '../scene.fixture.ts';
import { writeTables } from '../sheets/write.ts';
import { fits, type NarrowScene, picture, setNarrow } from './narrow.fixture.ts';

const log = pino({ level: 'silent' });
let narrow: NarrowScene;
let scene: Scene;
beforeAll(async () => {
  if (noBrowser) return;
  narrow = await setNarrow('imports');
  ({ scene } = narrow);
}, 180_000);
afterAll(() => narrow?.close(), 60_000);

/** A list of the caseworker's that waits for a store that takes nothing. */
async function waitingList(name: string): Promise<string> {
  const columns = ['本人姓名', '临时妈妈姓名', '困难与需要'];
  const bytes = await writeTables('csv', [{ columns, rows: [[name, '邱某', '不愿出门']] }]);
  const form = new FormData();
  form.set('file', new File([new Uint8Array(bytes)], 'list.csv'));
  form.set('program', 'fule');
  form.set('unit', 'community-1');
  const made = (await (await scene.ask('caseworker', 'POST', '/imports', form)).json()) as { id: string };
  await scene.ask('caseworker', 'POST', `/imports/${made.id}/run`, {});
  const refusal = storeUnavailable();
  const open = async () => ({ status: 'refused', refusal }) as const;
  await createImporter({ sql: scene.worker, door: { open }, log }).turn();
  return made.id;
}

describe.skipIf(noBrowser)('on a narrow screen, by keyboard alone', () => {
  it.each([
    ['zh-CN', '现在重试', '停止导入', '导入结束', '罗某'],
    ['en-GB', 'Try again now', 'Stop', 'The import is over', '张某'],
  ])('a list that waits is read and tried again (%s)', async (locale, retry, stop, over, name) => {
    const id = await waitingList(name);
    const { url } = narrow;
    const { page, errors } = await narrow.signedIn('caseworker', '/imports', locale);
    for (const path of ['/imports', '/inbox', '/inbox?unread=true', '/tasks', `/imports/${id}`]) {
      await page.goto(`${url}${path}`);
      await fits(page);
    }
    await picture(page, `import-waits-${locale}`);
    expect(await page.getByRole('button', { name: stop }).isVisible()).toBe(true);
    for (let n = 0; n < 40; n++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.textContent.trim()')) === retry) break;
    }
    // the page it leads to has to be there before another is asked for
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    const importer = createImporter({ sql: scene.worker, door: scene.door, log });
    while (await importer.turn());
    await page.goto(`${url}/imports/${id}`);
    expect(await page.getByRole('status').first().textContent()).toContain(over);
    expect(errors).toEqual([]);
  });
});
