import { join } from 'node:path';
import pino from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Cast, castOf } from '../../bin/demo/cast.ts';
import { type Drive, drive } from '../../bin/demo/drive.ts';
import { readKeys } from '../../bin/keys-file.ts';
import { wholeStory } from '../../plugins/fule/scenarios.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// The pages as people meet them: a whole Linli, a case told over HTTP up to its seventeenth day, a real Chromium.
let dataDir: string;
let linli: LinliProcess;
let cast: Cast;
let story: Drive;
let browser: Browser;
/** The key of somebody of another community. */
let stranger: string;

/** A phone of the small kind still in use. */
const NARROW = { width: 360, height: 740 };

beforeAll(async () => {
  if (noBrowser) return;
  await sweepTestFolders(pino({ level: 'silent' }));
  dataDir = makeTestFolder('pages');
  browser = await startBrowser(dataDir);
  const data = join(dataDir, 'data');
  linli = await startLinli({ LINLI_DATA: data, LINLI_PORT: '8570' });
  const read = readKeys(data);
  if (!read) throw new Error('the first run has left no keys');
  cast = castOf({ ...read, url: linli.url }, wholeStory.assignments);
  stranger = read.keys.find(({ role, unit }) => role === 'caseworker' && unit === 'community-2')?.key ?? '';
  const scenario = { ...wholeStory, acts: wholeStory.acts.filter(({ day }) => day < 17) };
  story = await drive({ url: linli.url, cast, scenario, lang: 'zh' });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await endLinli(linli, dataDir);
});

/** A browser of one person's own, and what it has had to complain about or asked of others. */
interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly errors: readonly string[];
  readonly hosts: ReadonlySet<string>;
  /** Opens a path of the server. */
  go(path: string): Promise<void>;
}

async function visit({ language = 'zh-CN', viewport = { width: 1200, height: 860 } } = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: language, viewport, timezoneId: 'Asia/Shanghai' });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('pageerror', (error) => void errors.push(error.message));
  context.on('request', (request) => void hosts.add(new URL(request.url()).host));
  const go = async (path: string): Promise<void> => void (await page.goto(`${linli.url}${path}`));
  return { context, page, errors, hosts, go };
}

/** The same, signed in on the page with the key of a part of the story. */
async function signedIn(part: string, how: Parameters<typeof visit>[0] = {}): Promise<Visit> {
  const made = await visit(how);
  await made.go('/');
  await made.page.locator('#key').fill(part === 'stranger' ? stranger : cast.keyOf(part));
  await made.page.locator('#key').press('Enter');
  await made.page.waitForURL(`${linli.url}/`);
  return made;
}

const casePath = (): string => `/cases/${story.case.id}`;

describe.skipIf(noBrowser)('signing in', () => {
  test('is done by keyboard alone, and leaves a cookie no script can read', async () => {
    const { page, context, errors, hosts, go } = await visit();
    await go('/');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    const focused = () => page.evaluate('document.activeElement.id');
    expect(await focused()).toBe('username');
    for (let tabs = 0; tabs < 8 && (await focused()) !== 'key'; tabs += 1) await page.keyboard.press('Tab');
    expect(await focused()).toBe('key');
    await page.keyboard.type(cast.keyOf('secretary'));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${linli.url}/`);
    const cookies = (await context.cookies()).filter(({ name }) => name === 'linli_session');
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Lax', path: '/' }]);
    expect(await page.evaluate('document.cookie')).not.toContain('linli_session');
    expect(cookies[0]?.value).not.toContain(cast.keyOf('secretary'));
    expect(errors).toEqual([]);
    expect([...hosts]).toEqual([new URL(linli.url).host]);
  });

  test('is refused to a wrong key, in words, and leaves no cookie', async () => {
    const { page, context, go } = await visit();
    await go(casePath());
    await page.locator('#key').fill('linli_wrong_key_0123456789');
    await page.keyboard.press('Enter');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('这个密钥无效');
    expect(await context.cookies()).toEqual([]);
    // the way back to what was asked for is kept for the right key
    await page.locator('#key').fill(cast.keyOf('secretary'));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${linli.url}${casePath()}`);
  });

  test('ends at sign-out, also for a page that is still open', async () => {
    const { page, context, go } = await signedIn('secretary');
    const session = await context.cookies();
    await page.getByRole('button', { name: '退出' }).click();
    await page.waitForURL(`${linli.url}/sign-in`);
    await go(casePath());
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await context.addCookies(session);
    await go('/');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });
});

describe.skipIf(noBrowser)('a secretary', () => {
  test('sees today’s cases, and goes by keyboard to the one that is open', async () => {
    const { page, errors, hosts } = await signedIn('secretary');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('今日个案');
    const entry = page.locator(`a[href="${casePath()}"]`);
    expect(await entry.textContent()).toContain('周某');
    expect(await entry.textContent()).toContain(story.case.caseNo);

    await page.keyboard.press('Tab');
    expect(await focused(page)).toMatchObject({ text: '跳到正文', seen: true, outlined: true });
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toMatchObject({ href: casePath(), seen: true, outlined: true });
    await page.keyboard.press('Enter');
    await page.waitForURL(`${linli.url}${casePath()}`);
    expect(errors).toEqual([]);
    expect([...hosts]).toEqual([new URL(linli.url).host]);
  });

  test('reaches every control of a page by Tab, and sees where he is', async () => {
    const { page, go } = await signedIn('secretary');
    await go(casePath());
    const wanted = await page.locator('a[href]:visible, button:visible, summary:visible').count();
    const met: Focus[] = [];
    for (let n = 0; n < wanted; n++) {
      await page.keyboard.press('Tab');
      met.push(await focused(page));
    }
    expect(new Set(met.map(({ place }) => place)).size).toBe(wanted);
    expect(met.filter(({ seen, outlined }) => !seen || !outlined)).toEqual([]);
  });

  test('reads the case with its plan and timeline in Chinese', async () => {
    const { page, errors, go } = await signedIn('secretary');
    await go(casePath());
    expect(await page.title()).toBe('周某 · 邻里');
    expect(await page.locator('.steps li').count()).toBe(4);
    const plan = await page.locator('section[aria-labelledby=plan]').innerText();
    expect(plan).toContain('开口说话');
    expect(plan).toMatch(/要办|等待/);
    const timeline = await page.locator('.timeline').innerText();
    for (const words of ['超期提醒社区负责人', '阶段退回', '现金日记账']) expect(timeline).toContain(words);
    // from the newest to the first, page by page
    const earlier = page.getByRole('link', { name: '更早的经过' });
    for (let pages = 0; pages < 10 && (await earlier.count()) > 0; pages++) await earlier.click();
    const first = await page.locator('.timeline').innerText();
    for (const words of ['立案：', '方案批准', '漏办：']) expect(first).toContain(words);
    expect(errors).toEqual([]);
  });

  test('reads it in English after one click', async () => {
    const { page, errors, go } = await signedIn('secretary');
    await go(casePath());
    await page.getByRole('link', { name: 'English' }).click();
    await page.locator('html[lang=en]').waitFor();
    const main = await page.locator('main').innerText();
    for (const words of [
      'Overdue, told the head of the sub-district',
      'Stepped back from: Stage 3',
      'Back to the cases',
    ])
      expect(main).toContain(words);
    expect(main).not.toMatch(/stage:? stage/i);
    await go('/');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Today’s cases');
    expect(errors).toEqual([]);
  });
});

describe.skipIf(noBrowser)('on a phone', () => {
  test.each(['zh-CN', 'en-GB'])('no page has to be scrolled sideways (%s)', async (language) => {
    const { page, hosts, go } = await signedIn('secretary', { language, viewport: NARROW });
    for (const path of ['/', casePath(), '/docs', '/docs/errors', '/cases/nothing', '/sign-in']) {
      await go(path);
      // everything that can be unfolded is unfolded
      await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
      expect(widths, path).toEqual([NARROW.width, NARROW.width]);
    }
    expect([...hosts]).toEqual([new URL(linli.url).host]);
  });
});

describe.skipIf(noBrowser)('somebody of another community', () => {
  test('is not shown that the case is there', async () => {
    const { page, go } = await signedIn('stranger');
    expect(await page.locator(`a[href="${casePath()}"]`).count()).toBe(0);
    await go(casePath());
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('没有找到这一页');
  });
});

interface Focus {
  readonly text: string;
  readonly href: string | null;
  readonly place: number;
  /** It lies within the window and has a size. */
  readonly seen: boolean;
  readonly outlined: boolean;
}

/** What has the keyboard's focus, and whether one can tell. */
function focused(page: Page): Promise<Focus> {
  return page.evaluate<Focus>(`(() => {
    const element = document.activeElement ?? document.body;
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      text: (element.textContent ?? '').trim(),
      href: element.getAttribute('href'),
      place: [...document.querySelectorAll('*')].indexOf(element),
      seen: width > 0 && height > 0 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight,
      outlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0,
    };
  })()`);
}
