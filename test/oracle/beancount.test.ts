import { beforeAll, describe, expect, it } from 'vitest';
import type { LedgerLine, LedgerSight } from '../../api/reports/accounts.ts';
import { journalsBeancount } from '../../api/reports/beancount-journals.ts';
import { ledgerBeancount } from '../../api/reports/beancount-ledger.ts';
import { accountPath, personPath } from '../../api/reports/beancount-words.ts';
import { withCarried } from '../../api/reports/carried.ts';
import type { JournalEntry } from '../../api/reports/journal.ts';
import { chart } from '../../engine/books/accounts.ts';
import { prepareBeancount, readBeancount } from './beancount.ts';
import type { Python } from './oracle.ts';

// The export beside the real beancount: what is hard to write down, and what a reader may not see.

let python: Python;
beforeAll(() => {
  python = prepareBeancount();
}, 400_000);

const heading = {
  unit: ['社区', 'community'],
  caseNo: '案-1',
  book: ['专款', 'funds'],
  printedAt: '2027-03-09T01:00:00.000Z',
} as const;
const period = { from: '2026-01', to: '2026-12' };

let no = 0;
const voucher = (
  month: string,
  amountFen: number,
  [debit, credit]: readonly [string, string],
  more: Partial<LedgerLine> = {},
): LedgerLine[] => {
  no += 1;
  const line = {
    ...{ month, no, occurredDate: `${month}-09`, sourceDoc: `D-${no}`, amountFen, text: '材料', reverses: null },
    ...{ item: null, quantity: null, priceFen: null, buyer: null, person: null },
    ...more,
  };
  const person = (account: string) => (account === '2601' ? line.person : null);
  return [
    { ...line, account: debit, side: 'debit', person: person(debit) },
    { ...line, account: credit, side: 'credit', person: person(credit) },
  ];
};
const sight = (lines: readonly LedgerLine[], more: Partial<LedgerSight> = {}): LedgerSight => ({
  ...{ accounts: chart, openings: [], lines },
  ...more,
});

describe('the ledger', () => {
  it('names accounts so that every program takes them', () => {
    expect(accountPath({ code: '1009', name: ['其他货币资金', 'other monetary funds (WeChat)'] })).toBe(
      'Assets:1009-Other-Monetary-Funds-WeChat',
    );
    expect(personPath('Liabilities:2601', 'households-2')).toBe('Liabilities:2601:P-households-2');
    expect(personPath('Liabilities:2601', '户 1')).toBe('Liabilities:2601:P--u6237--u20-1');
  });

  it('carries brought-forward balances, red ink, late papers, odd texts and the end of a year', () => {
    const openings = [
      { account: '1001', person: null, debitFen: 50_001, creditFen: 1 },
      { account: '4901', person: null, debitFen: 0, creditFen: 50_000 },
    ];
    const lines = [
      ...voucher('2026-01', 1, ['1001', '4901'], { text: '他说 "好" \\ 换行\n再一行; #tag' }),
      ...voucher('2026-02', 9_999_999_999_999, ['1002', '4401'], { occurredDate: '2026-01-30' }),
      ...voucher('2026-03', 700, ['5201', '1001']),
      ...voucher('2026-03', -700, ['5201', '1001'], { reverses: 'funds.v.2026-03.3' }),
    ];
    const carried = [
      { period: '2025-12', account: '4901', fen: 50_000 },
      { period: '2025-12', account: '3102', fen: -50_000 },
      { period: '2026-12', account: '4901', fen: 1 },
      { period: '2026-12', account: '4401', fen: 9_999_999_999_999 },
      { period: '2026-12', account: '3102', fen: -10_000_000_000_000 },
    ];
    const text = ledgerBeancount(withCarried(sight(lines, { openings }), carried, period.from), period, heading);
    const read = readBeancount(python, text);
    expect(read.errors).toEqual([]);
    expect(read.transactions).toBe(1 + 4 + 1);
    expect(read.balances).toEqual({
      'Assets:1001-Cash-On-Hand': 50_001,
      'Assets:1002-Bank-Deposits': 9_999_999_999_999,
      'Equity:3102-Restricted-Net-Assets': -10_000_000_050_000,
    });
    expect(text).toContain('2026-02-01 * "材料"');
    expect(text).toContain('occurred: "2026-01-30"');
    expect(text).toMatch(/#red\n.*\n.*\n.*\n {2}reverses: "funds\.v\.2026-03\.3"\n {2}Expenses:5201-\S+ {2}-7\.00 CNY/);
  });

  it('keeps what is held for several persons apart, and asserts the control account over all of them', () => {
    const lines = [
      ...voucher('2026-01', 600, ['1001', '2601'], { person: 'households-1' }),
      ...voucher('2026-01', 400, ['1001', '2601'], { person: 'households-2' }),
    ];
    const text = ledgerBeancount(sight(lines), period, heading);
    const read = readBeancount(python, text);
    expect(read.errors).toEqual([]);
    expect(read.balances).toEqual({
      'Assets:1001-Cash-On-Hand': 1000,
      'Liabilities:2601-Entrusted-Liabilities:P-households-1': -600,
      'Liabilities:2601-Entrusted-Liabilities:P-households-2': -400,
    });
    expect(text).toContain('2026-02-01 balance Liabilities:2601-Entrusted-Liabilities  -10.00 ~');
    const wrong = text.replace(
      'Liabilities:2601-Entrusted-Liabilities  -10.00 ~',
      'Liabilities:2601-Entrusted-Liabilities  -10.01 ~',
    );
    expect(readBeancount(python, wrong).errors).toHaveLength(1);
  });

  it('asserts nothing from the first month on of which something is hidden, and opens with nothing where that lies before', () => {
    const lines = [...voucher('2026-01', 5, ['1001', '4901']), ...voucher('2026-02', 7, ['1001', '4901'])];
    const some = ledgerBeancount(sight(lines, { hiddenFrom: '2026-02' }), period, heading);
    expect(some).toContain('2026-02-01 balance');
    expect(some).not.toContain('2026-03-01 balance');
    expect(readBeancount(python, some)).toMatchObject({ errors: [], transactions: 2 });
    const openings = [
      { account: '1001', person: null, debitFen: 123_456, creditFen: 0 },
      { account: '4901', person: null, debitFen: 0, creditFen: 123_456 },
    ];
    const none = ledgerBeancount(sight(lines, { openings, hiddenFrom: '' }), period, heading);
    expect(none).not.toMatch(/1234\.56|1234\.61| balance /);
    expect(readBeancount(python, none)).toMatchObject({ errors: [], transactions: 2 });
  });

  it('of a book without a movement is read as well', () => {
    const text = ledgerBeancount(sight([]), period, heading);
    expect(readBeancount(python, text)).toMatchObject({ errors: [], transactions: 0 });
  });
});

describe('the journals', () => {
  const entry = (n: number, month: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
    ...{ no: n, month, occurredDate: `${month}-09`, sourceDoc: `D-${n}`, text: null, direction: 'in' },
    ...{ amountFen: 100, balanceFen: 0, reverses: null },
    ...more,
  });
  const cash = { channel: 'cash', account: chart[0]! } as const;

  it('balance by channel, and leave out what is hidden with every balance after it', () => {
    const entries = [
      entry(1, '2026-01'),
      entry(2, '2026-01', { amountFen: -100, reverses: 'funds.c.cash.1' }),
      entry(3, '2026-02', { amountFen: null, balanceFen: null }),
      entry(4, '2026-03', { direction: 'out', amountFen: 30, balanceFen: null }),
    ];
    const text = journalsBeancount([{ ...cash, openingFen: 5_000, entries }], period, heading);
    const read = readBeancount(python, text);
    expect(read).toMatchObject({ errors: [], transactions: 4, assertions: 1 });
    expect(text).toContain('2026-02-01 balance Assets:1001-Cash-On-Hand  50.00 ~');
    expect(read.balances['Equity:Journal-Payments']).toBe(30);
  });

  it('have no opening where that may not be seen', () => {
    const text = journalsBeancount([{ ...cash, openingFen: null, entries: [entry(1, '2026-01')] }], period, heading);
    expect(readBeancount(python, text)).toMatchObject({ errors: [], transactions: 1, assertions: 0 });
  });
});

it('fails where there is no Python, and says what is needed', () =>
  expect(() => prepareBeancount(['no-such-python'])).toThrow(/No Python was found.*needs Python 3.8/));
