import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../test/support/browser.ts';
import { fits, type NarrowScene, picture, setNarrow } from './narrow.fixture.ts';

// A market day in a real browser, as narrow as a small telephone: both keepers record it, and the day is closed.
let narrow: NarrowScene;
let path: string;
let books: string;

beforeAll(async () => {
  if (noBrowser) return;
  narrow = await setNarrow('book-forms');
  path = `/cases/${await narrow.scene.openApproved()}/books`;
  books = `${narrow.url}${path}`;
}, 180_000);
afterAll(() => narrow?.close(), 60_000);

describe.skipIf(noBrowser !== undefined)('a market day on small telephones', () => {
  it('is recorded by both sides, counted and closed, by forms alone', { timeout: 180_000 }, async () => {
    const { page: cash } = await narrow.signedIn('cashHolder', path);
    await fits(cash);
    await cash.click('text=登记收支（管钱）');
    await fits(cash);
    await cash.fill('#f-amount', '2590');
    await cash.fill('#f-sourceDoc', 'SJ-1');
    await cash.keyboard.press('Enter');
    await cash.waitForSelector('.book-done');
    const { page: ledger } = await narrow.signedIn('accountant', path);
    await ledger.click('text=登记收支（管账）');
    await ledger.fill('#f-sourceDoc', 'SJ-1');
    await ledger.fill('#f-line-0-item', '香包');
    await ledger.fill('#f-line-0-quantity', '100');
    await ledger.fill('#f-line-0-price', '25.9x');
    await fits(ledger);
    // sent by keyboard it is sent, not given more lines; what is wrong has the focus
    await ledger.keyboard.press('Enter');
    await ledger.waitForSelector('.summary');
    expect(await ledger.evaluate('document.activeElement.className')).toContain('summary');
    await fits(ledger);
    await ledger.fill('#f-line-0-price', '25.9');
    await ledger.keyboard.press('Enter');
    await ledger.waitForSelector('.book-done');
    expect(await ledger.textContent('.book-done')).toContain('两账相符');
    await cash.goto(books);
    await cash.click('text=清点现金');
    await cash.fill('#f-note-10000', '25');
    await cash.fill('#f-note-1000', '9');
    await fits(cash);
    await picture(cash, 'count');
    await cash.keyboard.press('Enter');
    await cash.waitForSelector('.book-done');
    expect(await cash.textContent('.book-done')).toContain('账实相符');
    await cash.click('a.button:has-text("日清")');
    await cash.keyboard.press('Tab');
    await cash.click('button[type=submit]:has-text("先看结果")');
    await cash.click('button[value=confirm]');
    await cash.waitForSelector('.book-done');
    expect(await cash.textContent('.book-done')).toContain('日清（手工收入）');
    await picture(cash, 'books');
    await fits(cash);
  });
});
