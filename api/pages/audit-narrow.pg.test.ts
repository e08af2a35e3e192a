import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../test/support/browser.ts';
import { pageAs } from '../scene.fixture.ts';
import { fits, type NarrowScene, picture, setNarrow } from './narrow.fixture.ts';

// An inspection in a real browser, as narrow as a small telephone: found, drawn, inspected, answered, accepted, posted.
let narrow: NarrowScene;
let caseId: string;

beforeAll(async () => {
  if (noBrowser) return;
  narrow = await setNarrow('audit');
  caseId = await narrow.scene.openApproved();
}, 180_000);
afterAll(() => narrow?.close(), 60_000);

describe.skipIf(noBrowser !== undefined)('an inspection on a small telephone', () => {
  it('goes from the search to the bulletin, by forms alone', { timeout: 180_000 }, async () => {
    const { page, errors } = await narrow.signedIn('auditor', '/');
    await Promise.all([page.waitForURL('**/audit'), page.click('text=审计')]);
    await fits(page);
    await picture(page, 'audit-search');
    await page.fill('#act', 'decision.record');
    await Promise.all([page.waitForURL('**act=decision.record**'), page.keyboard.press('Enter')]);
    expect(await page.locator('.found > li').count()).toBeGreaterThan(3);
    await fits(page);
    await Promise.all([
      page.waitForURL('**/audit/officials/p-secretary'),
      page.locator('.found a[href*=officials]').first().click(),
    ]);
    expect(await page.textContent('main')).toContain('decision.record');
    await fits(page);
    await Promise.all([page.waitForURL('**/audit/samples'), page.click('text=抽样督查')]);
    await page.fill('#size', '1');
    await Promise.all([page.waitForURL(/samples\/[0-9a-f-]{36}$/), page.keyboard.press('Enter')]);
    await fits(page);
    await picture(page, 'audit-sample');
    const sample = page.url();
    await Promise.all([page.waitForURL('**/findings?sample=*'), page.locator('.found a').first().click()]);
    await page.fill('#finding', '周某说没有人上门');
    await fits(page);
    await Promise.all([page.waitForURL('**/findings?sample=*'), page.click('button:has-text("登记")')]);
    expect(await page.textContent('.found')).toContain('整改中');

    const { page: other } = await narrow.signedIn('secretary', `/cases/${caseId}`);
    await Promise.all([other.waitForURL('**/findings'), other.click('text=督查问题')]);
    await fits(other);
    await other.fill('textarea', '已补上门');
    await Promise.all([other.waitForNavigation(), other.click('button:has-text("答复")')]);
    expect(await other.textContent('.found')).toContain('待核查');

    await page.reload();
    await picture(page, 'audit-finding');
    await Promise.all([page.waitForNavigation(), page.click('button:has-text("通过核查")')]);
    expect(await page.textContent('.found')).toContain('已整改');
    await page.goto(`${sample}/bulletin`);
    const text = await page.textContent('main');
    expect(text).toContain('〔当事人〕说没有人上门');
    expect(text).not.toContain('周某');
    await fits(page);
    await picture(page, 'audit-bulletin');
    await Promise.all([page.waitForURL(/published-bulletins\/[0-9a-f-]{36}$/), page.click('button:has-text("发布")')]);
    expect(await page.textContent('main')).toContain('〔当事人〕说没有人上门');
    expect(await page.textContent('main')).toContain('SHA-256');
    await fits(page);
    await page.goto(`${sample}/bulletin`);
    await page.fill('#reason', '漏列一项');
    await fits(page);
    await picture(page, 'audit-correction');
    await Promise.all([page.waitForURL(/published-bulletins\/[0-9a-f-]{36}$/), page.click('button:has-text("更正")')]);
    expect(await page.textContent('main')).toContain('漏列一项');
    await picture(page, 'audit-published');
    await Promise.all([
      page.waitForURL('**/audit/published-bulletins'),
      page.locator('nav.tabs a[href="/audit/published-bulletins"]').click(),
    ]);
    expect(await page.locator('.found > li').count()).toBe(2);
    await fits(page);
    await picture(page, 'audit-published-list');
    await Promise.all([
      page.waitForURL('**/audit/bulletins'),
      page.locator('nav.tabs a[href="/audit/bulletins"]').click(),
    ]);
    expect(await page.textContent('main')).toContain('本月都已督查');
    await fits(page);
    await Promise.all([page.waitForURL('**/audit/levels'), page.click('text=各级用时')]);
    await fits(page);
    expect(errors).toEqual([]);
  });

  it('is for auditors alone', async () => {
    for (const path of [
      '/audit',
      '/audit/samples',
      '/audit/bulletins',
      '/audit/published-bulletins',
      '/audit/levels',
      '/audit/officials/p-secretary',
    ])
      expect(await pageAs(narrow.scene, 'admin', path)).toContain('没有找到');
    expect(await pageAs(narrow.scene, 'caseworker', '/')).not.toContain('href="/audit"');
    expect(await pageAs(narrow.scene, 'stranger', `/cases/${caseId}/findings`)).not.toContain('没有人上门');
    expect(await pageAs(narrow.scene, 'auditor', '/audit?unit=nowhere')).toContain('没有找到');
    expect(await pageAs(narrow.scene, 'auditor', '/audit?cursor=x')).toContain('cursor 不是');
  });
});
