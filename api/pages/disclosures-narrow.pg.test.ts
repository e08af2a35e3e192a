import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../test/support/browser.ts';
import { decidedCase } from '../disclosures.fixture.ts';
import { fits, type NarrowScene, picture, setNarrow } from './narrow.fixture.ts';

describe.skipIf(noBrowser)('the public notices in a real browser', () => {
  let narrow: NarrowScene;
  beforeAll(async () => {
    narrow = await setNarrow('disclosures');
    const caseId = await decidedCase(narrow.scene);
    const text = `经三次会议通过：三个单元各装两道扶手。\n${'很长而没有标点的一行'.repeat(30)}\n${'x'.repeat(200)}`;
    await narrow.scene.act('secretary', caseId, {
      ...{ type: 'disclosure.post', target: 'decision', data: { text, days: 7 } },
    });
  }, 180_000);
  afterAll(async () => narrow?.close(), 60_000);

  it.each([
    [360, 'zh-CN', '公示', '提出异议'],
    [360, 'en-GB', 'Public notices', 'Object'],
    [1280, 'zh-CN', '公示', '提出异议'],
  ])('at %i px, in %s: from the sign-in to an objection, without signing in', async (width, locale, title, object) => {
    const page = await narrow.visit(locale);
    await page.setViewportSize({ width, height: 800 });
    const errors: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
    await page.goto(`${narrow.url}/sign-in`);
    await page.click('a[href="/public/disclosures"]');
    expect(await page.textContent('h1')).toBe(title);
    await fits(page);
    await picture(page, `disclosures-${width}-${locale}`);
    await page.click(`text="${object}"`);
    await fits(page);
    await page.fill('#text', '没有写明谁来管钱');
    await page.click('main form button');
    await page.waitForURL(/\?sent=objection-\d+$/);
    expect(await page.textContent('[role=status]')).toMatch(/objection-\d+/);
    await fits(page);
    await picture(page, `disclosure-${width}-${locale}`);
    expect(errors).toEqual([]);
  });
});
