import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../test/support/browser.ts';
import { openVouchers } from '../books.fixture.ts';
import type { Login } from '../scene.fixture.ts';
import { fits, type NarrowScene, picture, setNarrow } from './narrow.fixture.ts';

// What is reviewed, approved, matched by hand and given out, in a real browser as narrow as a small telephone, by keyboard.
let narrow: NarrowScene;
let caseId: string;
let person: string;

beforeAll(async () => {
  if (noBrowser) return;
  narrow = await setNarrow('book-hands', join(import.meta.dirname, '../../test/support/programs'));
  const opened = await openVouchers(narrow.scene);
  caseId = opened.caseId;
  person = opened.persons[0]!;
}, 180_000);
afterAll(() => narrow?.close(), 60_000);

const known = new Map<Login, Awaited<ReturnType<NarrowScene['signedIn']>>>();
/** Somebody’s page, standing on a path of the case; he signs in once. */
async function at(login: Login, path: string): Promise<Page> {
  const to = `/cases/${caseId}/books${path}`;
  const before = known.get(login);
  if (before) {
    await before.page.goto(`${narrow.url}${to}`);
    return before.page;
  }
  const signedIn = await narrow.signedIn(login, to);
  known.set(login, signedIn);
  return signedIn.page;
}
/** Tabs to a control and says whether it was reached. */
async function tabTo(page: Page, id: string): Promise<void> {
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.id')) === id) return;
  }
  throw new Error(`${id} is not reached by keyboard`);
}
const act = (login: Login, type: string, data: object, more: object = {}) =>
  narrow.scene.act(login, caseId, { type, data, ...more });

describe.skipIf(noBrowser !== undefined)('the forms of the books on small telephones', () => {
  it('show a reviewer the whole voucher, and let him choose by keyboard', { timeout: 240_000 }, async () => {
    const movement = { book: 'kept', direction: 'in', channel: 'cash', sourceDoc: 'S-1' };
    await act('cashHolder', 'cash.record', { ...movement, amountFen: 123_456_789_012 });
    const lines = [{ text: '手工香包、笔筒和挂件一批，集市三天', amountFen: 123_456_789_012, party: person }];
    await act('accountant', 'ledger.record', { ...movement, lines });
    const page = await at('director', '');
    await page.click('a:has-text("复核凭证")');
    await page.waitForSelector('.voucher-lines');
    await fits(page);
    expect(await page.textContent('.about-facts')).toContain('人民币壹拾贰亿');
    await picture(page, 'review');
    await tabTo(page, 'f-approve');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, 'f-text');
    await page.locator('button[type=submit]:has-text("提交复核")').press('Enter');
    await page.waitForSelector('.book-done');
    await fits(page);
  });

  it('show an approver what is left, and give out a code once', { timeout: 240_000 }, async () => {
    const asked = { book: 'kept', channel: 'cash', amountFen: 50_000, text: '生活费', party: person, witness: '罗某' };
    await act('accountant', 'payout.request', asked, { onBehalfOf: person });
    const page = await at('secretary', '');
    await page.click('a:has-text("批准支付")');
    await page.waitForSelector('.book-about');
    await fits(page);
    await picture(page, 'approve');
    const { page: english } = await narrow.signedIn('secretary', page.url().slice(narrow.url.length), 'en-GB');
    await fits(english);
    expect(await english.textContent('.about-facts')).toContain('Balance after this payout');
    await picture(english, 'approve-en');
    await page.locator('button[type=submit]:has-text("批准")').press('Enter');
    await page.waitForSelector('.book-done');
    await page.click('a:has-text("发放确认码")');
    await page.waitForSelector('#f-way');
    await fits(page);
    await page.locator('main button[type=submit]').press('Enter');
    await page.waitForSelector('.slip-code');
    await fits(page);
    expect(await page.textContent('.slip-code')).toMatch(/^\d{4} \d{4}$/);
    await picture(page, 'code');
  });

  it('lay both sides beside one another, and say of a list what is wrong line by line', {
    timeout: 240_000,
  }, async () => {
    const bank = { book: 'funds', direction: 'in', channel: 'bank' };
    await act('cashHolder', 'cash.record', { ...bank, sourceDoc: 'BANK-2026-000000000007', amountFen: 100_000 });
    for (const [sourceDoc, amountFen] of [
      ['R-1', 60_000],
      ['R-2', 40_000],
    ] as const) {
      const lines = [{ text: '补助', amountFen, account: '4401' }];
      await act('accountant', 'ledger.record', { ...bank, sourceDoc, lines });
      const reviewer = await at('director', '?book=funds');
      await reviewer.click('a:has-text("复核凭证")');
      await reviewer.selectOption('#f-approve', 'yes');
      await reviewer.locator('main button[type=submit]').press('Enter');
      await reviewer.waitForSelector('.book-done');
    }
    const page = await at('secretary', '/funds/match');
    await fits(page);
    await page.click('a:has-text("选这一组")');
    await page.waitForSelector('input:checked');
    expect(await page.locator('input:checked').count()).toBe(3);
    await fits(page);
    await picture(page, 'match');
    await page.locator('main button[type=submit]').first().press('Enter');
    await page.waitForSelector('button[value=confirm]');
    await fits(page);
    await page.locator('button[value=confirm]').press('Enter');
    await page.waitForSelector('.book-done');
    const cash = await at('cashHolder', '/funds/cash-list');
    await fits(cash);
    await cash.fill('#f-amount', '200');
    await cash.fill('#f-sourceDoc', 'HZ-1');
    await cash.fill('#f-list', 'A-101\t120.50\tSJ-1\nA-102\t79.5O\tSJ-2\nA-103\t1');
    await cash.locator('main button[type=submit]').first().press('Enter');
    await cash.waitForSelector('.summary');
    expect(await cash.evaluate('document.activeElement.className')).toContain('summary');
    expect(await cash.textContent('#e-list')).toMatch(/第 2 行[\s\S]*第 3 行/);
    expect(await cash.inputValue('#f-list')).toContain('A-102\t79.5O');
    await fits(cash);
    await picture(cash, 'list');
    await cash.fill('#f-list', 'A-101\t120.50\tSJ-1\nA-102\t79.50\tSJ-2');
    await cash.locator('main button[type=submit]').first().press('Enter');
    await cash.waitForSelector('button[value=confirm]');
    await cash.locator('button[value=confirm]').press('Enter');
    await cash.waitForSelector('.book-done');
  });

  it('read a statement of the bank, show it, and bring it in', { timeout: 240_000 }, async () => {
    const page = await at('accountant', '/funds/statement/bank');
    await fits(page);
    const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const text = `哪一天,收入,支出,余额,摘要\n${day},1000.00,,1000.00,财政补助（二〇二六年第三季度）`;
    const file = { name: 'bank.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
    await page.setInputFiles('#f-file', file);
    await page.locator('main button[type=submit]').first().press('Enter');
    await page.waitForSelector('#f-column-date');
    expect(await page.textContent('.summary')).toContain('认不出日期列');
    await fits(page);
    await picture(page, 'statement-columns');
    await page.selectOption('#f-column-date', '哪一天');
    await page.locator('main button[type=submit]').first().press('Enter');
    await page.waitForSelector('button[value=confirm]');
    await fits(page);
    await picture(page, 'statement');
    await page.locator('button[value=confirm]').press('Enter');
    await page.waitForSelector('[role=status]');
    expect(await page.textContent('[role=status]')).toContain('新增 1 笔');
    await page.click('a:has-text("勾对银行流水")');
    await page.waitForSelector('#f-how');
    await fits(page);
    await picture(page, 'statement-match');
    const errors = [...known.values()].flatMap((each) => each.errors);
    expect(errors.filter((text) => !/status of (409|422)/.test(text))).toEqual([]);
  });
});
