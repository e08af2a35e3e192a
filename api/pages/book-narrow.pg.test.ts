import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../../test/support/browser.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';
import { type RunningServer, serveApp } from '../server.ts';

// A market day in a real browser, as narrow as a small telephone: both keepers record it, and the day is closed.
let scene: Scene;
let browser: Browser;
let folder: string;
let server: RunningServer;
let books: string;

beforeAll(async () => {
  if (noBrowser) return;
  scene = await setScene();
  server = await serveApp(scene.app, { port: 0, host: '127.0.0.1' });
  books = `http://127.0.0.1:${server.port}/cases/${await scene.openApproved()}/books`;
  folder = makeTestFolder('book-forms');
  browser = await startBrowser(folder);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await scene?.close();
  if (folder) removeTestFolder(folder);
}, 60_000);

async function signedIn(login: Login): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await page.goto(books);
  await page.fill('#key', scene.keyOf(login));
  await page.keyboard.press('Enter');
  await page.waitForSelector('.book-ways');
  return page;
}

const fits = async (page: Page) =>
  expect(await page.$eval('html', (html) => html.scrollWidth - html.clientWidth)).toBeLessThanOrEqual(0);

describe.skipIf(noBrowser !== undefined)('a market day on small telephones', () => {
  it('is recorded by both sides, counted and closed, by forms alone', { timeout: 180_000 }, async () => {
    const cash = await signedIn('cashHolder');
    await fits(cash);
    await cash.click('text=登记收支（管钱）');
    await fits(cash);
    await cash.fill('#f-amount', '2590');
    await cash.fill('#f-sourceDoc', 'SJ-1');
    await cash.keyboard.press('Enter');
    await cash.waitForSelector('.book-done');
    const ledger = await signedIn('accountant');
    await ledger.click('text=登记收支（管账）');
    await ledger.fill('#f-sourceDoc', 'SJ-1');
    await ledger.fill('#f-line-0-item', '香包');
    await ledger.fill('#f-line-0-quantity', '100');
    await ledger.fill('#f-line-0-price', '25.9x');
    await fits(ledger);
    // sent by keyboard it is sent, not given more lines; what is wrong has the focus
    await ledger.keyboard.press('Enter');
    await ledger.waitForSelector('.summary');
    expect(await ledger.evaluate('document.activeElement.className')).toContain('summary');
    await fits(ledger);
    await ledger.fill('#f-line-0-price', '25.9');
    await ledger.keyboard.press('Enter');
    await ledger.waitForSelector('.book-done');
    expect(await ledger.textContent('.book-done')).toContain('两账相符');
    await cash.goto(books);
    await cash.click('text=清点现金');
    await cash.fill('#f-note-10000', '25');
    await cash.fill('#f-note-1000', '9');
    await fits(cash);
    if (process.env['LINLI_PNG']) await cash.screenshot({ path: process.env['LINLI_PNG'], fullPage: true });
    await cash.keyboard.press('Enter');
    await cash.waitForSelector('.book-done');
    expect(await cash.textContent('.book-done')).toContain('账实相符');
    await cash.click('a.button:has-text("日清")');
    await cash.keyboard.press('Tab');
    await cash.click('button[type=submit]:has-text("先看结果")');
    await cash.click('button[value=confirm]');
    await cash.waitForSelector('.book-done');
    expect(await cash.textContent('.book-done')).toContain('日清（手工收入）');
    if (process.env['LINLI_PNG'])
      await cash.screenshot({ path: process.env['LINLI_PNG'].replace('.png', '-2.png'), fullPage: true });
    await fits(cash);
  });
});
