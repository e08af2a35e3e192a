import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../test/support/browser.ts';
import type { Login } from '../scene.fixture.ts';
import { fits, type NarrowScene, picture, setNarrow } from './narrow.fixture.ts';

// Follows the links of the pages, as somebody on a small telephone would, until every page there is was seen once.
let narrow: NarrowScene;
let caseId: string;
/** Every page there is, by the pattern of its address. */
let patterns: readonly string[];

beforeAll(async () => {
  if (noBrowser) return;
  narrow = await setNarrow('walk');
  caseId = await narrow.scene.openApproved();
  const money = { book: 'earnings', channel: 'cash', direction: 'in', sourceDoc: '收-1', amountFen: 700, text: '笔筒' };
  await narrow.scene.act('cashHolder', caseId, { type: 'cash.record', data: money });
  const form = await narrow.scene.ask('caseworker', 'POST', '/calendar-feeds', { language: 'zh' });
  expect(form.status).toBeLessThan(500);
  const all = narrow.scene.app.routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
  patterns = [...new Set(all)].filter((path) => !NO_PAGE.test(path));
}, 180_000);
afterAll(() => narrow?.close(), 60_000);

/** What is read by programs, and what only leads elsewhere. */
const NO_PAGE =
  /^\/(api|assets|calendar|codec)\b|^\/(healthz|readyz|metrics|openapi\.json|language)$|\/assets\/|^\/\*$|^\*$/;

/** Pages about something the walk does not make; the test named here stands on each of them, in a browser unless `api/auth` has it. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '/account/again': 'account-narrow.pg.test.ts',
  '/audit/published-bulletins/:bulletinId': 'audit-narrow.pg.test.ts',
  '/audit/samples/:sampleId': 'audit-narrow.pg.test.ts',
  '/audit/samples/:sampleId/bulletin': 'audit-narrow.pg.test.ts',
  '/cases/:caseId/fields/:field': 'access-narrow.pg.test.ts',
  '/channels/:id': 'channels.pg.test.ts',
  '/imports/:id': 'import-narrow.pg.test.ts',
  '/public/disclosures/:disclosureId': 'disclosures-narrow.pg.test.ts',
  '/public/posts/:postId/card': 'test/e2e/feeds.test.ts',
  '/sign-in/second': 'api/auth/sign-in-people.pg.test.ts',
  '/sign-in/sso/back': 'api/auth/single-sign-on.pg.test.ts',
  '/welcome/:token': 'api/auth/sign-in-people.pg.test.ts',
};

/** Where each begins: what no link leads to, or only one that is not always there. */
const BEGINNINGS: Readonly<Partial<Record<Login, readonly string[]>>> = {
  admin: ['/', '/docs', '/docs/errors', '/retention', '/sign-in', '/organisation?unit=community-1'],
  security: ['/', '/sign-ins'],
  director: ['/', '/workload'],
  caseworker: ['/', '/feeds', '/channels', '/imports', '/emergency-access'],
  secretary: ['/', '/inbox', '/tasks', '/transfers'],
  cashHolder: ['/'],
  accountant: ['/'],
  auditor: ['/', '/audit', '/audit/bulletins', '/audit/levels', '/audit/samples', '/audit/published-bulletins'],
};

/** What makes one page another than the next of its pattern: which form it is. */
function keyOf(path: string): string | undefined {
  for (const pattern of patterns) {
    const body = pattern
      .replace(/\/:(\w+)\?/g, '(?:/(?<$1>[^/]+))?')
      .replace(/:(\w+)\{([^}]+)\}/g, '(?<$1>$2)')
      .replace(/:(\w+)/g, '(?<$1>[^/]+)');
    const found = new RegExp(`^${body}$`).exec(path);
    if (!found) continue;
    const { of, what, saying } = found.groups ?? {};
    const kind = of !== undefined && /^[a-z]+$/.test(of) ? of : undefined;
    return [pattern, kind, what, saying].filter((each) => each !== undefined).join(' ');
  }
  return undefined;
}

const seen = new Map<string, string>();

async function walk(login: Login): Promise<string[]> {
  const { page, errors } = await narrow.signedIn(login, '/');
  const wrong: string[] = [];
  const readsCases = login !== 'admin' && login !== 'security';
  const waiting = [...(BEGINNINGS[login] ?? []), ...(readsCases ? [`/cases/${caseId}`] : [])];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const key = keyOf(path.replace(/[?#].*$/, ''));
    // a page is looked at once; the case and its books once by each who sees others of its forms
    const mine = key !== undefined && /^\/cases\/:caseId(\/books)?( |$)/.test(key) ? `${login} ${key}` : key;
    if (key === undefined || mine === undefined || seen.has(mine)) continue;
    seen.set(mine, path);
    seen.set(key, path);
    wrong.push(...(await look(page, path)).map((what) => `${login} ${path}: ${what}`));
    waiting.push(...(await linksOn(page)));
  }
  await page.context().close();
  return [...wrong, ...errors];
}

async function look(page: Page, path: string): Promise<string[]> {
  const answer = await page.goto(`${narrow.url}${path}`);
  await picture(page, `walk${path.replace(/[^\w-]+/g, '_')}`);
  const status = answer?.status();
  const wide = await fits(page).then(
    () => [],
    (error: Error) => [`wider than 360 px: ${error.message.split('\n')[0]}`],
  );
  return [...(status === 200 ? [] : [`answers ${status}`]), ...wide];
}

const linksOn = (page: Page): Promise<string[]> =>
  page.$$eval('a[href^="/"]:not([download])', (links) => [
    ...new Set(links.map((link) => link.getAttribute('href') ?? '')),
  ]);

describe.skipIf(noBrowser !== undefined)('a walk over all pages on a small telephone', () => {
  it('finds each page whole, without an error and no wider than the window', { timeout: 560_000 }, async () => {
    const wrong: string[] = [];
    for (const login of Object.keys(BEGINNINGS) as Login[]) wrong.push(...(await walk(login)));
    expect(wrong).toEqual([]);
    const visited = new Set([...seen.keys()].map((key) => key.split(' ')[0]));
    const missed = patterns.filter((pattern) => !visited.has(pattern) && !Object.hasOwn(ELSEWHERE, pattern));
    expect(patterns.length).toBeGreaterThan(30);
    expect(missed).toEqual([]);
    expect(Object.keys(ELSEWHERE).filter((pattern) => !patterns.includes(pattern))).toEqual([]);
  });
});
