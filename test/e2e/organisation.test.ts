import { join } from 'node:path';
import pino from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Keys, readKeys } from '../../bin/keys-file.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// The organisation as an administrator keeps it: a whole Linli with the loop that moves cases, and a real Chromium.
let dataDir: string;
let linli: LinliProcess;
let keys: Keys;
let browser: Browser;

beforeAll(async () => {
  if (noBrowser) return;
  await sweepTestFolders(pino({ level: 'silent' }));
  dataDir = makeTestFolder('organisation');
  browser = await startBrowser(dataDir);
  const data = join(dataDir, 'data');
  linli = await startLinli({ LINLI_DATA: data, LINLI_PORT: '8656' });
  const read = readKeys(data);
  if (!read) throw new Error('the first run has left no keys');
  keys = read;
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await endLinli(linli, dataDir);
}, 120_000);

const keyOf = (role: string, unit: string) =>
  keys.keys.find((each) => each.role === role && each.unit === unit)?.key ?? '';

async function signedIn(role: string, unit: string, width = 1200): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${linli.url}/`);
  await page.locator('#key').fill(keyOf(role, unit));
  await page.locator('#key').press('Enter');
  await page.waitForURL(`${linli.url}/`);
  return page;
}

/** Goes on by Tab until something has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let n = 0; n < 80; n += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

async function openCase(): Promise<void> {
  const opened = await fetch(`${linli.url}/api/v1/cases`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${keyOf('caseworker', 'community-1')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      ...{ program: 'fule', unit: 'community-1', data: { needs: '行动不便，不愿出门' } },
      parties: [
        { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
        { role: 'companion', name: '邱某' },
      ],
    }),
  });
  expect(opened.status).toBe(201);
}

describe.skipIf(noBrowser)('an administrator', () => {
  test('adds a community with posts, appoints, and splits it while the cases follow', async () => {
    const page = await signedIn('admin', 'district-1');
    const link = (name: string) => page.getByRole('link', { name, exact: true }).first();
    await page.goto(`${linli.url}/organisation?unit=subdistrict-1`);
    await link('增设下级单位').click();
    await page.getByLabel('名称', { exact: true }).fill('中心路社区');
    await page.getByLabel('层级').selectOption('community');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('已办理').waitFor();
    for (const [name, kind] of [
      ['居民委员会主任', 'director'],
      ['社区党支部书记', 'secretary'],
    ] as const) {
      await link('增设岗位').click();
      await page.getByLabel('名称', { exact: true }).fill(name);
      await page.getByLabel('岗位类别').fill(kind);
      if (kind === 'director') await page.getByLabel('任职人是单位负责人').check();
      await page.getByRole('button', { name: '增设' }).click();
    }
    expect(await page.locator('.org-posts > li').count()).toBe(2);
    // a person is added, and appointed on the form that follows
    await link('登记人员').click();
    await page.getByLabel('姓名').fill('邱某');
    await page.getByLabel('接着任命到').selectOption({ label: '居民委员会主任' });
    await page.getByRole('button', { name: '增设' }).click();
    await page.getByLabel('正文').fill('任职期间件件有着落');
    await page.getByRole('button', { name: '任命' }).click();
    await page.getByRole('status').getByText('已办理：任命').waitFor();
    expect(await page.locator('main .holder').first().innerText()).toMatch(/邱某.*责任书/);

    await openCase();
    await page.goto(`${linli.url}/organisation?unit=community-1`);
    await link('拆分单位').click();
    await page.getByLabel('名称', { exact: true }).fill('新安北社区');
    // a post left out is found before anything is done, and the focus is on why
    await page.getByLabel('负责人岗位').selectOption('community-1-director');
    await page.getByRole('button', { name: '先看影响' }).click();
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('alert');
    for (const post of ['director', 'secretary', 'residents-representative', 'supervision-head'])
      await page.locator(`[id="f-post:community-1-${post}"]`).selectOption('1');
    await page.getByRole('button', { name: '先看影响' }).click();
    await page.getByText('办理后不能撤回').waitFor();
    expect(await page.locator('main').innerText()).toContain('新安西路社区 → 新安北社区');
    await page.getByRole('button', { name: '确认拆分' }).click();
    // the page renews itself until the case has come
    await page.locator('.progress .chip.done').waitFor({ timeout: 20_000 });
    await link('新安北社区').click();
    expect(await page.locator('main').innerText()).toMatch(/王某 · 居民委员会主任[\s\S]*在办个案/);
    await page.context().close();
  });

  test('hands a post over by keyboard alone, on a narrow screen', async () => {
    const page = await signedIn('admin', 'district-1', 360);
    await page.goto(`${linli.url}/organisation/posts/community-2-secretary`);
    await tabTo(page, 'a[href$="/handover"]');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/handover$/);
    await tabTo(page, '#f-to');
    await page.keyboard.press('ArrowDown');
    const to = await page.evaluate<string>('document.activeElement.selectedOptions[0].textContent');
    await tabTo(page, '#f-reason');
    await page.keyboard.type('届满换届');
    await tabTo(page, '#f-seen');
    await page.keyboard.press('Space');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('已办理：交接').waitFor();
    expect(await page.locator('main .holder').first().innerText()).toContain(to.split(' · ')[0]);
    for (const path of ['/organisation', '/organisation/people', '/organisation/units/community-2/split']) {
      await page.goto(`${linli.url}${path}`);
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(360);
    }
    await page.context().close();
  });
});
