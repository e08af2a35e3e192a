import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { startBrowser } from '../../test/support/browser.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';
import { serveApp } from '../server.ts';

/** The pages in a real browser as narrow as a small telephone, over an application and a database of its own. */
export interface NarrowScene {
  readonly scene: Scene;
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  /** Where pictures and files of the test may lie. */
  readonly folder: string;
  /** A page of nobody. */
  visit(locale?: string): Promise<Page>;
  /** A page of somebody who signed in by keyboard and stands on a path; `errors` fills with what the browser complains of. */
  signedIn(login: Login, path: string, locale?: string): Promise<{ readonly page: Page; readonly errors: string[] }>;
  close(): Promise<void>;
}

/** Sets the scene; call it where there is a browser only (`noBrowser`). */
export async function setNarrow(name: string, programFolder?: string): Promise<NarrowScene> {
  const scene = await setScene({}, programFolder);
  const server = await serveApp(scene.app, { port: 0, host: '127.0.0.1' });
  const folder = makeTestFolder(name);
  const browser: Browser = await startBrowser(folder);
  const url = `http://127.0.0.1:${server.port}`;
  const visit: NarrowScene['visit'] = async (locale = 'zh-CN') => {
    const context = await browser.newContext({ locale, viewport: { width: 360, height: 740 } });
    return context.newPage();
  };
  return {
    ...{ scene, url, folder, visit },
    async signedIn(login, path, locale) {
      const page = await visit(locale);
      const errors: string[] = [];
      page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
      await page.goto(`${url}${path}`);
      await page.fill('#key', scene.keyOf(login));
      await Promise.all([page.waitForURL(`${url}${path}`), page.keyboard.press('Enter')]);
      return { page, errors };
    },
    async close() {
      await browser.close();
      await server.stop();
      await scene.close();
      removeTestFolder(folder);
    },
  };
}

/** Says that a page is not wider than its window. */
export async function fits(page: Page): Promise<void> {
  expect(await page.$eval('html', (html) => html.scrollWidth - html.clientWidth)).toBeLessThanOrEqual(0);
}

/** Keeps a picture of a page in the folder `LINLI_PNG` names; without it none is wanted. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['LINLI_PNG'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
