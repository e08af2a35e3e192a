import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeOrganisation } from '../../door/organisation.ts';
import { noBrowser } from '../../test/support/browser.ts';
import { hashOf } from '../auth/tokens.ts';
import { openingOf, type Scene } from '../scene.fixture.ts';
import { type NarrowScene, setNarrow } from './narrow.fixture.ts';

// The page of one's own voice in a real browser, as narrow as a small telephone.
let narrow: NarrowScene;
let scene: Scene;
let host: string;
const key = `linli_test_${randomUUID()}`;

beforeAll(async () => {
  if (noBrowser) return;
  narrow = await setNarrow('voice');
  ({ scene, url: host } = narrow);
  await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, (organisation) =>
    organisation.addPerson({ id: 'p-zhou', name: '周某' }),
  );
  await scene.sql`INSERT INTO api_keys (id, hash, role, person, unit)
    VALUES (${randomUUID()}, ${hashOf(key)}, 'party', 'p-zhou', 'community-1')`;
}, 180_000);
afterAll(() => narrow?.close(), 60_000);

const overflow = (page: Page) => page.$eval('html', (html) => html.scrollWidth - html.clientWidth);

describe.skipIf(noBrowser !== undefined)('one’s own page on a small telephone', () => {
  it('fits, has large buttons, and is used by keyboard alone', { timeout: 60_000 }, async () => {
    const parties = [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01', person: 'p-zhou' },
      { role: 'companion', name: '邱某' },
    ];
    const caseId = await scene.open({ ...openingOf(), parties });
    const page = await narrow.visit();
    await page.goto(`${host}/cases/${caseId}/voice`);
    await page.fill('input[name=key]', key);
    await page.press('input[name=key]', 'Enter');
    await page.waitForSelector('.voice-buttons');
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const heights = await page.$$eval('.voice-buttons a', (all) =>
      all.map((each) => each.getBoundingClientRect().height),
    );
    expect(heights).toHaveLength(4);
    for (const height of heights) expect(height).toBeGreaterThanOrEqual(60);
    await page.focus('.voice-complain');
    await page.keyboard.press('Enter');
    await page.waitForSelector('textarea');
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.focus('textarea');
    await page.keyboard.type('说好的事没有办，'.repeat(20));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.voice-done');
    expect(await page.textContent('.voice-said')).toContain('说好的事没有办');
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    for (const saying of ['agree', 'refuse', 'emergency']) {
      await page.goto(`${host}/cases/${caseId}/voice/${saying}`);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    await page.context().close();
  });
});
