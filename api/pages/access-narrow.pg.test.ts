import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../test/support/browser.ts';
import { openingOf, pageAs } from '../scene.fixture.ts';
import { fits, type NarrowScene, picture, setNarrow } from './narrow.fixture.ts';

// What a head decides about who reads a case, in a real browser as narrow as a small telephone.
let narrow: NarrowScene;
let caseId: string;

beforeAll(async () => {
  if (noBrowser) return;
  narrow = await setNarrow('access');
  caseId = await narrow.scene.open({
    ...openingOf(),
    openedAt: undefined,
    parties: [
      { role: 'beneficiary', name: '张某', birthDate: `${new Date().getUTCFullYear() - 10}-01-01` },
      { role: 'guardian', name: '罗某', guardian: { kind: 'parent', from: '2020-01-01' } },
      { role: 'companion', name: '邱某' },
    ],
  });
}, 180_000);
afterAll(() => narrow?.close(), 60_000);

describe.skipIf(noBrowser !== undefined)('who may read a case', () => {
  it('is decided by its head: an approval for a minor, and the review of an emergency', {
    timeout: 120_000,
  }, async () => {
    const { scene } = narrow;
    const path = `/cases/${caseId}/accesses`;
    expect(await pageAs(scene, 'caseworker', `/cases/${caseId}`)).toContain('须经单位负责人批准');
    const broken = { type: 'access.breakGlass', reason: '家属来电求助', data: { minutes: 30 } };
    await scene.act('stranger', caseId, broken);

    const { page, errors } = await narrow.signedIn('director', `/cases/${caseId}`);
    await Promise.all([page.waitForURL(`**${path}`), page.click('text=谁看过')]);
    expect(await page.textContent('main')).toContain('现在没有有效的批准');
    await fits(page);
    await picture(page, 'access-decisions');
    await page.fill('input[name=person]', 'p-caseworker');
    await page.fill('input[name=days]', '31');
    await page.click('button:has-text("批准")');
    expect(await page.textContent('[role=alert]')).toContain('最长 30 天');
    expect(await page.inputValue('input[name=person]')).toBe('p-caseworker');
    await page.fill('input[name=person]', '');
    await page.fill('input[name=days]', '20');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await page.textContent('main')).toContain('责任岗位和本单位经办人 · 至');
    expect(await pageAs(scene, 'caseworker', `/cases/${caseId}`)).not.toContain('须经单位负责人批准');

    await page.selectOption('select[name=justified]', 'yes');
    await page.fill('textarea[name=text]', '属实，已联系家属');
    await Promise.all([page.waitForNavigation(), page.click('button:has-text("登记复核")')]);
    expect(await page.locator('select[name=justified]').count()).toBe(0);
    await fits(page);
    await picture(page, 'access-decided');
    expect(errors.filter((each) => !each.includes('422'))).toEqual([]);
  });

  it('is not offered to others, and a form without its token does nothing', async () => {
    const { scene } = narrow;
    await scene.act('stranger', caseId, { type: 'access.breakGlass', reason: '再次求助', data: { minutes: 30 } });
    const path = `/cases/${caseId}/accesses`;
    for (const login of ['caseworker', 'secretary', 'stranger'] as const)
      expect(await pageAs(scene, login, path)).not.toContain('name="justified"');
    const auditor = await pageAs(scene, 'auditor', path);
    expect(auditor).toContain('name="justified"');
    expect(auditor).not.toContain('批准查阅未成年人信息');
    const count = async () =>
      (await scene.sql`SELECT FROM events WHERE case_id = ${caseId} AND type LIKE 'access.%'`).count;
    const before = await count();
    const { page } = await narrow.signedIn('director', path);
    await page.$eval('form[action$=accesses] input[name=token]', (input) => input.setAttribute('value', 'x'));
    await page.selectOption('select[name=justified]', 'no');
    await page.fill('textarea[name=text]', '未见理由');
    await page.click('button:has-text("登记复核")');
    expect(await page.textContent('[role=alert]')).toContain('页面已过期');
    expect(await page.inputValue('textarea[name=text]')).toBe('未见理由');
    expect(await count()).toBe(before);
  });
});

describe.skipIf(noBrowser !== undefined)('a sensitive field', () => {
  it('is masked on the page of the case, and shown once it is said what for', { timeout: 60_000 }, async () => {
    const { scene } = narrow;
    const adult = await scene.open({
      data: { needs: '行动不便', telephone: '13800001234', diagnosis: '肢体残疾二级' },
    });
    const { page, errors } = await narrow.signedIn('secretary', `/cases/${adult}`);
    await page.click('summary:has-text("资料")');
    expect(await page.textContent('main')).toContain('138****1234');
    await fits(page);
    await picture(page, 'case-data');
    await page.click('a[aria-label="查看残疾与诊断"]');
    await page.waitForURL('**/fields/diagnosis');
    expect(await page.textContent('main')).not.toContain('肢体残疾二级');
    await fits(page);
    await picture(page, 'case-field');
    await page.selectOption('select[name=purpose]', { label: '就医照护' });
    await Promise.all([page.waitForNavigation(), page.click('button:has-text("查看")')]);
    expect(await page.textContent('[role=status]')).toContain('肢体残疾二级');
    await picture(page, 'case-field-shown');
    expect(errors).toEqual([]);
  });
});
