import { join } from 'node:path';
import ICAL from 'ical.js';
import * as jsqr from 'jsqr';
import pino from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Keys, readKeys } from '../../bin/keys-file.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// Inbox, tasks, feeds and convenience cards as people meet them: a whole Linli and a real Chromium.
let dataDir: string;
let linli: LinliProcess;
let browser: Browser;
let keys: Keys;
let caseId: string;

// a package of before modules: what it exports lies one or two levels down
const [readCode] = [jsqr.default, (jsqr.default as { default?: unknown }).default].filter(
  (each) => typeof each === 'function',
) as [(data: Uint8ClampedArray, width: number, height: number) => { readonly data: string } | null];

const NARROW = { width: 360, height: 740 };
const POST = 'community-1-secretary';
const cardPath = `/public/posts/${POST}/card`;
const card = { showName: true, telephone: '0371-6893 1234', services: ['低保申请', '临时救助'], languages: ['普通话'] };

beforeAll(async () => {
  if (noBrowser) return;
  await sweepTestFolders(pino({ level: 'silent' }));
  dataDir = makeTestFolder('feeds');
  browser = await startBrowser(dataDir);
  const data = join(dataDir, 'data');
  linli = await startLinli({ LINLI_DATA: data, LINLI_PORT: '8576' });
  keys = readKeys(data)!;
  const opened = await ask('p-caseworker', 'POST', '/cases', {
    ...{ program: 'fule', unit: 'community-1', data: { needs: '不愿出门' } },
    openedAt: new Date(Date.now() - 20 * 86_400_000).toISOString(),
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
    assignments: {
      ...{ secretary: POST, cashHolder: 'community-1-residents-representative' },
      accountant: 'community-1-supervision-head',
    },
  });
  caseId = ((await opened.json()) as { id: string }).id;
  const consent = { type: 'consent.give', onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  expect((await ask('p-caseworker', 'POST', `/cases/${caseId}/acts`, consent)).status).toBe(200);
  for (const body of ['party-branch', 'two-committees', 'residents-representatives']) {
    const vote = { type: 'decision.record', data: { body, present: 9, for: 9, against: 0, abstain: 0, text: '同意' } };
    expect((await ask('p-secretary', 'POST', `/cases/${caseId}/acts`, vote)).status).toBe(200);
  }
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await endLinli(linli, dataDir);
});

const keyOf = (person: string): string => keys.keys.find((each) => each.person === person)?.key ?? '';

function ask(person: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${linli.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${keyOf(person)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const nudge = async (): Promise<void> => {
  const asked = { type: 'deadline.nudge', target: 'visit', reason: '请抓紧' };
  expect((await ask('p-director', 'POST', `/cases/${caseId}/acts`, asked)).status).toBe(200);
};

interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly errors: readonly string[];
  readonly hosts: ReadonlySet<string>;
  go(path: string): Promise<void>;
}

async function visit({
  viewport = { width: 1200, height: 860 },
  javaScriptEnabled = true,
  deviceScaleFactor = 1,
} = {}): Promise<Visit> {
  const context = await browser.newContext({
    locale: 'zh-CN',
    viewport,
    javaScriptEnabled,
    deviceScaleFactor,
    timezoneId: 'Asia/Shanghai',
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('pageerror', (error) => void errors.push(error.message));
  context.on('request', (request) => void hosts.add(new URL(request.url()).host));
  return { context, page, errors, hosts, go: async (path) => void (await page.goto(`${linli.url}${path}`)) };
}

async function signedIn(person: string, how: Parameters<typeof visit>[0] = {}): Promise<Visit> {
  const made = await visit(how);
  await made.go('/sign-in');
  await made.page.locator('#key').fill(keyOf(person));
  await made.page.locator('#key').press('Enter');
  await made.page.waitForURL(`${linli.url}/`);
  return made;
}

const unreadOn = async (page: Page): Promise<number> => Number(await page.locator('#unread').textContent());

describe.skipIf(noBrowser)('the inbox', () => {
  test('tells of what comes while the page is open, and stays quiet for who is not told', async () => {
    const { page, errors, hosts, go } = await signedIn('p-secretary');
    const other = await signedIn('p-cash-holder');
    await go('/inbox');
    await other.go('/inbox');
    const before = await unreadOn(page);
    expect(await page.locator('#news').isVisible()).toBe(false);
    // the page listens once its first counts are in
    await page.waitForTimeout(1_500);
    await nudge();
    await page.locator('#news').waitFor({ state: 'visible', timeout: 15_000 });
    expect(await unreadOn(page)).toBe(before + 1);
    expect(await other.page.locator('#news').isVisible()).toBe(false);
    await page.locator('#news').click();
    expect(await page.locator('.messages li').first().textContent()).toContain('催办');
    expect(errors).toEqual([]);
    expect([...hosts]).toEqual([new URL(linli.url).host]);
  });

  test('works without any script, by keyboard', async () => {
    const { page, go } = await signedIn('p-secretary', { javaScriptEnabled: false });
    await nudge();
    await go('/inbox?unread=true');
    const before = await unreadOn(page);
    await page.getByRole('button', { name: '知道了' }).first().focus();
    await page.keyboard.press('Enter');
    // the page goes back to the address it has, so only its content tells that it is the next one
    await expect.poll(() => unreadOn(page), { timeout: 10_000 }).toBe(before - 1);
    await page.getByRole('link', { name: '查看个案' }).first().click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('周某');
  });
});

describe.skipIf(noBrowser)('a calendar feed', () => {
  test('is made on its page and read by a calendar program', async () => {
    const { page, errors, go } = await signedIn('p-secretary');
    await go('/tasks');
    await page.getByRole('link', { name: '日历订阅' }).click();
    await page.getByRole('button', { name: '新建订阅' }).click();
    const address = (await page.locator('code').textContent()) ?? '';
    expect(address).toMatch(new RegExp(`^${linli.url}/calendar/`));
    const response = await fetch(address);
    const calendar = new ICAL.Component(ICAL.parse(await response.text()) as unknown as unknown[]);
    expect(calendar.getAllSubcomponents('vevent').length).toBeGreaterThan(5);
    await go('/feeds');
    expect(await page.locator('main').innerText()).toContain('最近读取');
    expect(await page.locator('main').innerText()).not.toContain(address);
    expect(errors).toEqual([]);
  });
});

describe.skipIf(noBrowser)('a convenience card', () => {
  test('is published on its page; its code leads there from the screen and from paper', async () => {
    const owner = await signedIn('p-secretary');
    await owner.go(`/posts/${POST}/card`);
    await owner.page.getByLabel('公布我的姓名').check();
    await owner.page.getByLabel('电话').fill(card.telephone);
    await owner.page.getByLabel('服务事项').fill(card.services.join('\n'));
    await owner.page.getByRole('button', { name: '公布' }).click();
    await owner.page.getByRole('link', { name: '打开公开页面' }).waitFor();

    // paper is finer than a screen
    const { page, errors, hosts, go } = await visit({ deviceScaleFactor: 4 });
    await go(cardPath);
    expect(await page.locator('main').innerText()).toContain('张某');
    expect(await decoded(page, '.code')).toBe(`${linli.url}${cardPath}`);
    expect(await page.locator('a.telephone').getAttribute('href')).toBe('tel:037168931234');

    await go(`${cardPath}?print=sheet`);
    expect(await page.locator('.business').count()).toBe(10);
    expect(await decoded(page, '.business >> nth=9 >> .code')).toBe(`${linli.url}${cardPath}`);
    expect(pagesOf(await page.pdf({ preferCSSPageSize: true }))).toEqual(['210 × 297']);
    await go(`${cardPath}?print=card`);
    expect(pagesOf(await page.pdf({ preferCSSPageSize: true }))).toEqual(['90 × 54']);
    expect(errors).toEqual([]);
    expect([...hosts]).toEqual([new URL(linli.url).host]);
  });
});

describe.skipIf(noBrowser)('on a phone', () => {
  test('none of these pages has to be scrolled sideways', async () => {
    await ask('p-secretary', 'PUT', `/posts/${POST}/card`, card);
    const { page, go } = await signedIn('p-secretary', { viewport: NARROW });
    const paths = ['/inbox', '/tasks', '/feeds', `/posts/${POST}/card`, cardPath, `${cardPath}?print=sheet`];
    for (const path of [...paths, `${cardPath}?print=card`]) {
      await go(path);
      expect(await page.evaluate('[document.documentElement.scrollWidth, innerWidth]'), path).toEqual([360, 360]);
    }
  });
});

/** What a telephone reads off this picture on the page. */
async function decoded(page: Page, picture: string): Promise<string | undefined> {
  const { data, width, height } = PNG.sync.read(await page.locator(picture).first().screenshot());
  return readCode(new Uint8ClampedArray(data), width, height)?.data;
}

/** The sizes of a PDF's pages in millimetres. */
function pagesOf(pdf: Buffer): string[] {
  const boxes = [...pdf.toString('latin1').matchAll(/\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]/g)];
  const mm = (points: string | undefined) => Math.round((Number(points) / 72) * 25.4);
  return boxes.map(([, width, height]) => `${mm(width)} × ${mm(height)}`);
}
