import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createImporter } from '../../activities/importer.ts';
import { storeUnavailable } from '../../door/failure.ts';
import { noBrowser, startBrowser } from '../../test/support/browser.ts';
import { type Scene, setScene } from '../scene.fixture.ts';
import { type RunningServer, serveApp } from '../server.ts';
import { writeTables } from '../sheets/write.ts';

const log = pino({ level: 'silent' });
let scene: Scene;
let server: RunningServer;
let browser: Browser;
let folder: string;
beforeAll(async () => {
  if (noBrowser) return;
  scene = await setScene();
  server = await serveApp(scene.app, { port: 0, host: '127.0.0.1' });
  folder = mkdtempSync(join(tmpdir(), 'linli-narrow-'));
  browser = await startBrowser(folder);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await scene?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function signedIn(locale: string): Promise<{ page: Page; url: string; errors: string[] }> {
  const context = await browser.newContext({ locale, viewport: { width: 360, height: 740 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  const url = `http://127.0.0.1:${server.port}`;
  await page.goto(`${url}/sign-in`);
  await page.locator('#key').fill(scene.keyOf('caseworker'));
  await page.keyboard.press('Enter');
  await page.waitForURL(`${url}/`);
  return { page, url, errors };
}
const isNarrow = async (page: Page): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth');

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
  await createImporter({ sql: scene.sql, door: { open }, log }).turn();
  return made.id;
}

describe.skipIf(noBrowser)('on a narrow screen, by keyboard alone', () => {
  it.each([
    ['zh-CN', '现在重试', '停止导入', '导入结束', '罗某'],
    ['en-GB', 'Try again now', 'Stop', 'The import is over', '张某'],
  ])('a list that waits is read and tried again (%s)', async (locale, retry, stop, over, name) => {
    const id = await waitingList(name);
    const { page, url, errors } = await signedIn(locale);
    for (const path of ['/imports', '/inbox', '/inbox?unread=true', '/tasks', `/imports/${id}`]) {
      await page.goto(`${url}${path}`);
      expect([path, await isNarrow(page)]).toEqual([path, 360]);
    }
    await page.screenshot({
      path: join(folder, `waits-${locale}.png`),
      fullPage: true,
    });
    expect(await page.getByRole('button', { name: stop }).isVisible()).toBe(true);
    for (let n = 0; n < 40; n++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.textContent.trim()')) === retry) break;
    }
    await Promise.all([page.waitForResponse(`**/imports/${id}/run`), page.keyboard.press('Enter')]);
    const importer = createImporter({ sql: scene.sql, door: scene.door, log });
    while (await importer.turn());
    await page.goto(`${url}/imports/${id}`);
    expect(await page.getByRole('status').first().textContent()).toContain(over);
    expect(errors).toEqual([]);
  });
});
