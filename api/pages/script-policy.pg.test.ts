import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { noBrowser, startBrowser } from '../../test/support/browser.ts';
import { type Scene, setScene, signIn } from '../scene.fixture.ts';
import { type RunningServer, serveApp } from '../server.ts';

let scene: Scene;
let server: RunningServer;
let caseId: string;
let cookie: string;
beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  server = await serveApp(scene.app, { port: 0, host: '127.0.0.1' });
  cookie = await signIn(scene, 'director');
});
afterAll(async () => {
  await server?.stop();
  await scene?.close();
});

const get = (path: string) => scene.app.request(path, { headers: { cookie, accept: 'text/html' } });
const policyOf = (response: Response) =>
  new Map(
    (response.headers.get('content-security-policy') ?? '').split(';').map((part) => {
      const [name = '', ...sources] = part.trim().split(/\s+/);
      return [name, sources.join(' ')] as const;
    }),
  );

/** Pages with a script of our own. */
const SCRIPTED: Readonly<Record<string, string>> = {
  '/inbox': '/assets/inbox.js',
  '/tasks': '/assets/inbox.js',
  '/sign-in': '/assets/passkey.js',
};
/** Pages that may have one, and here have none: somebody signed in with a key. */
const UNUSED = ['/account'];

describe('the policy of the pages', () => {
  it('lets no script run on any page but the one with this answer’s own number', async () => {
    const known: Record<string, string> = { caseId, postId: 'community-1-secretary', post: 'community-1-secretary' };
    const paths = scene.app.routes
      .filter(({ method, path }) => method === 'GET' && !path.startsWith('/api/') && !path.includes('*'))
      .map(({ path }) => path.replace(/:(\w+)(\{[^}]*\})?\??/g, (_, name: string) => known[name] ?? 'nothing'));
    let pages = 0;
    for (const path of new Set(paths)) {
      const response = await get(path);
      if (!(response.headers.get('content-type') ?? '').includes('text/html')) continue;
      pages += 1;
      const policy = policyOf(response);
      const text = await response.text();
      expect([path, policy.get('default-src')]).toEqual([path, "'none'"]);
      expect([path, policy.get('base-uri'), policy.get('frame-ancestors')]).toEqual([path, "'none'", "'none'"]);
      expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:|data:/);
      const script = SCRIPTED[path];
      if (UNUSED.includes(path)) {
        expect(text).not.toContain('<script');
        continue;
      }
      if (script === undefined) {
        expect([path, policy.has('script-src'), text.includes('<script')]).toEqual([path, false, false]);
        continue;
      }
      const [, nonce = ''] = /^'nonce-([\w+/=-]{20,})'$/.exec(policy.get('script-src') ?? '') ?? [];
      expect(text.match(/<script[^>]*>/g)).toEqual([`<script src="${script}" nonce="${nonce}" defer="">`]);
      expect(policyOf(await get(path)).get('script-src')).not.toContain(nonce);
    }
    expect(pages).toBeGreaterThan(10);
  });
});

describe.skipIf(noBrowser)('in a browser', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'linli-policy-'));
    browser = await startBrowser(folder);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(path: string): Promise<{ page: Page; listens: Promise<unknown> }> {
    const context = await browser.newContext({ locale: 'zh-CN' });
    onTestFinished(() => context.close());
    const [name = '', value = ''] = cookie.split('=');
    const url = `http://127.0.0.1:${server.port}`;
    await context.addCookies([{ name, value, url }]);
    const page = await context.newPage();
    // what an attacker could have put on this server under another path
    await page.route('**/assets/other.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: 'window.ran = "other"' }),
    );
    const listens = page.waitForRequest('**/api/v1/stream', { timeout: 20_000 });
    await page.goto(`${url}${path}`);
    return { page, listens };
  }

  it('runs the script of the inbox, and neither one that stands in the page nor another file of this server', async () => {
    const { page, listens } = await open('/inbox');
    await listens;
    const injected = await page.evaluate(`(async () => {
      const own = document.querySelector('script');
      const scripts = [{ text: 'window.ran = "inline"' }, { src: '/assets/other.js' }, { src: '/assets/inbox.js?again' }];
      const results = [];
      for (const how of scripts) {
        const script = Object.assign(document.createElement('script'), how);
        results.push(await new Promise((done) => {
          script.onload = () => done('ran');
          script.onerror = () => done('refused');
          document.body.append(script);
          if (how.text) setTimeout(() => done(window.ran ?? 'refused'), 100);
        }));
      }
      const button = document.createElement('button');
      button.setAttribute('onclick', 'window.ran = "attribute"');
      document.body.append(button);
      button.click();
      results.push(window.ran ?? 'refused');
      // nor does the number stand where a style or a script could read it
      return [...results, own.getAttribute('nonce')];
    })()`);
    expect(injected).toEqual(['refused', 'refused', 'refused', 'refused', '']);
  });

  it('fills the page up with the next message when one is read elsewhere', async () => {
    await scene.sql`
      INSERT INTO messages (id, case_id, seq, n, kind, about, person, unit, level, text_zh, text_en, created_at)
      SELECT 'older-' || i, ${caseId}, 1, 1000 + i, 'rung', 'x', 'p-director', 'community-1', 'community', '说', 'told',
        timestamptz '2026-01-01' - i * interval '1 s' FROM generate_series(1, 60) i`;
    const { page, listens } = await open('/inbox?unread=true');
    await listens;
    const entries = page.locator('#messages li');
    expect(await entries.count()).toBe(50);
    const first = (await entries.first().getAttribute('id'))?.slice(2) ?? '';
    expect(first).not.toContain('older');
    const last = await entries.last().getAttribute('id');
    await page.locator('#messages li').nth(3).getByRole('button').focus();
    const at = await page.evaluate('document.activeElement.closest("li").id');
    // the page listens once its first counts are in
    await page.waitForTimeout(1_500);
    const read = await scene.ask('director', 'POST', `/inbox/${first}/acknowledge`);
    expect(read.status).toBe(200);
    await page.locator(`#m-${first}`).waitFor({ state: 'detached', timeout: 15_000 });
    expect(await entries.count()).toBe(50);
    expect(await entries.last().getAttribute('id')).not.toBe(last);
    expect(await page.evaluate('document.activeElement.closest("li")?.id')).toBe(at);
    expect(await page.locator('#news').isVisible()).toBe(false);
  });
});
