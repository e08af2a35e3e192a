import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import type { AdvanceRow } from '../../db/queries/book-registers.ts';
import { chart } from '../../engine/books/accounts.ts';
import { FULL } from '../book-sight.ts';
import type { LedgerLine, LedgerSight } from './accounts.ts';
import { bankReconciliation } from './bank-reconciliation.ts';
import { cutTable } from './cut.ts';
import { printable } from './font.ts';
import { type JournalEntry, journalTable } from './journal.ts';
import { detailedLedger, isBalanced, trialBalance } from './ledgers.ts';
import { periodWords, type Report } from './model.ts';
import { noticesOf } from './notices.ts';
import { reportPdf } from './pdf.ts';
import { advancesTable } from './registers.ts';
import { sourcesAndUses } from './sources.ts';

const november = { from: '2026-11', to: '2026-11' };
const heading = {
  unit: ['新安社区', 'community'],
  caseNo: '2026-000001',
  book: ['手工收入', 'earnings'],
  printedAt: '2026-11-22T03:00:00.000Z',
} as const;

function entries(count: number): JournalEntry[] {
  let balanceFen = 0;
  return Array.from({ length: count }, (_, n) => {
    balanceFen += 100;
    return {
      no: n + 1,
      month: '2026-11',
      occurredDate: '2026-11-03',
      sourceDoc: `SJ-${n + 1}`,
      text: '集市收入',
      direction: 'in',
      amountFen: 100,
      balanceFen,
      reverses: null,
    };
  });
}

const line = (month: string, account: string, side: 'debit' | 'credit', amountFen: number): LedgerLine => ({
  month,
  no: 1,
  occurredDate: `${month}-05`,
  sourceDoc: 'D',
  account,
  side,
  amountFen,
  text: '货款',
  reverses: null,
  item: null,
  quantity: null,
  priceFen: null,
  buyer: null,
  person: null,
});
const ledger: LedgerSight = {
  accounts: chart,
  openings: [
    { account: '1001', person: null, debitFen: 700, creditFen: 200 },
    { account: '2601', person: null, debitFen: 200, creditFen: 700 },
  ],
  lines: [
    line('2026-10', '1001', 'debit', 1_000),
    line('2026-10', '2601', 'credit', 1_000),
    line('2026-11', '2601', 'debit', 300),
    line('2026-11', '1001', 'credit', 300),
  ],
};

const textOf = async (report: Partial<Report>) => {
  const whole: Report = {
    report: 'x',
    title: ['现金日记账', 'Cash journal'],
    period: november,
    notices: [],
    facts: [],
    tables: [],
    notes: [],
    signatures: [['管账人', 'Accountant']],
    ...report,
  };
  const { text, totalPages } = await extractText(await getDocumentProxy(await reportPdf(whole, heading, 'zh')));
  return { pages: text.map((each) => each.replaceAll(/\s/g, '')), totalPages };
};

describe('journals', () => {
  it('begin with what was brought forward and end with the month and the year', () => {
    const october = { ...entries(1)[0]!, month: '2026-10', amountFen: 50, balanceFen: 150 };
    const own = entries(2).map((entry) => ({ ...entry, balanceFen: entry.balanceFen! + 150 }));
    const { rows } = journalTable(november, 100, [october, ...own]);
    expect(rows.map(({ kind, cells }) => [kind, cells['inFen'] ?? '', cells['balanceFen']])).toEqual([
      ['brought', '', 150],
      ['entry', 100, 250],
      ['entry', 100, 350],
      ['total', 200, 350],
      ['total', 250, 350],
    ]);
  });

  it('say 补记 and 红字冲销 where an entry is of an earlier month or red', () => {
    const red = { ...entries(1)[0]!, occurredDate: '2026-10-31', reverses: 'e', amountFen: -100 };
    expect(journalTable(november, 0, [red]).rows[1]!.cells['text']).toEqual([
      '【红字冲销】集市收入（补记）',
      '[reversal] 集市收入 (recorded later)',
    ]);
  });

  it('carry sums and balance over pages on paper', async () => {
    const { pages, totalPages } = await textOf({ tables: [journalTable(november, 0, entries(80))] });
    expect(totalPages).toBeGreaterThan(1);
    const over = /过次页([\d,.]+)/.exec(pages[0]!)?.[1];
    expect(over).toBeDefined();
    expect(pages[1]).toContain(`承前页${over}`);
    for (const [n, page] of pages.entries()) {
      expect(page).toContain('新安社区');
      expect(page).toContain('2026-000001');
      expect(page).toContain('摘要');
      expect(page).toContain(`第${n + 1}页共${totalPages}页`);
    }
    expect(pages.at(-1)).toContain('本年累计80.00');
    expect(pages.at(-1)).toContain('管账人');
  });
});

describe('the ledger', () => {
  it('balances, from what was there before the year on', () => {
    const table = trialBalance(ledger, november);
    expect(isBalanced(table)).toBe(true);
    expect(table.rows.find(({ cells }) => cells['account'] === '2601')!.cells).toMatchObject({
      openingCreditFen: 1_500,
      debitFen: 300,
      yearCreditFen: 1_000,
      closingCreditFen: 1_200,
    });
    const broken = { ...ledger, lines: ledger.lines.slice(1) };
    expect(isBalanced(trialBalance(broken, november))).toBe(false);
  });

  it('shows no sum from the first hidden voucher on, but what was before', () => {
    const blind = { ...ledger, hiddenFrom: '2026-11' };
    const [cash] = detailedLedger(blind, november, '1001');
    expect(cash!.rows.map(({ cells }) => cells['balanceFen'])).toEqual([1_500, null, null, null]);
    expect(isBalanced(trialBalance(blind, november))).toBeUndefined();
    expect(detailedLedger(blind, { from: '2026-10', to: '2026-10' }, '1001')[0]!.rows.at(-1)!.cells).toMatchObject({
      balanceFen: 1_500,
    });
  });

  it('comes out even: opening, sources, uses and what is left', () => {
    const { rows } = sourcesAndUses(ledger, november);
    const heads = rows.filter(({ kind }) => kind !== 'entry').map(({ cells }) => cells['amountFen'] as number);
    expect(heads).toEqual([1_500, 0, 300, 1_200]);
    expect(heads[0]! + heads[1]! - heads[2]!).toBe(heads[3]);
  });
});

describe('what is owed to helpers', () => {
  const row = (occurredDate: string, amountFen: number, cashOutFen: number) =>
    ({
      book: 'b',
      no: 1,
      occurredDate,
      amountFen,
      cashOutFen,
      ledgerOutFen: 0,
      helper: '罗某',
      text: '材料',
      sourceDoc: 'D',
      seq: 1,
    }) as AdvanceRow;
  it('stands in the column of its age', () => {
    const { rows } = advancesTable(
      [row('2026-11-01', 500, 200), row('2026-03-01', 900, 0), row('2025-01-01', 100, 0)],
      FULL,
      '2026-11-22',
    );
    expect(rows.at(-1)!.cells).toMatchObject({
      amountFen: 1_500,
      repaidFen: 200,
      days30Fen: 300,
      days90Fen: 0,
      days365Fen: 900,
      olderFen: 100,
    });
  });

  it('is told by the side a keeper may see', () => {
    const blind = { ...FULL, hidesBalance: (_: string, side: string) => side === 'cash' };
    expect(advancesTable([row('2026-11-01', 500, 200)], blind, '2026-11-22').rows[0]!.cells['repaidFen']).toBe(0);
  });
});

describe('the bank reconciliation', () => {
  const row = (side: 'bank' | 'book', direction: 'in' | 'out', amountFen: number | null) =>
    ({
      side,
      direction,
      amountFen,
      id: 'x',
      date: '2026-11-03',
      doc: 'D',
      text: null,
      counterparty: null,
      seq: 1,
    }) as const;
  const balances = { bankFen: 1_000, bookFen: 1_150, bankDay: '2026-11-20', lines: 3, matched: 1 };

  it('names what is apart when the adjusted balances differ', () => {
    const rows = [row('bank', 'in', 50), row('bank', 'out', 30), row('book', 'in', 200), row('book', 'out', 40)];
    expect(bankReconciliation(balances, rows).notes[0]![0]).toBe('调节后两边余额不等，相差 0.10 元，请立即核查。');
    expect(bankReconciliation({ ...balances, bankFen: 1_010 }, rows).notes[0]![0]).toBe('调节后两边余额相等。');
  });

  it('says nothing where a figure is not known', () => {
    const { notes } = bankReconciliation(balances, [row('book', 'in', null)]);
    expect(notes[0]![0]).toContain('不能判断');
  });
});

describe('what has to be known first', () => {
  const zh = (period: { from: string; to: string }, closed?: string) =>
    noticesOf(period, closed, []).map(([text]) => text);

  it.each([
    ['closed', november, '2026-11', []],
    ['closed with a later one', november, '2026-12', []],
    ['not closed', november, '2026-10', ['本月尚未结账，数字还可能变动。']],
    ['nothing was ever closed', november, undefined, ['本月尚未结账，数字还可能变动。']],
    ['a year half closed', { from: '2026-01', to: '2026-12' }, '2026-06', ['2026年7月起尚未结账，数字还可能变动。']],
    ['a year never closed', { from: '2026-01', to: '2026-12' }, '2025-12', ['2026年1月起尚未结账，数字还可能变动。']],
    ['a whole year', { from: '2026-01', to: '2026-12' }, '2026-12', []],
  ] as const)('is whether months are closed: %s', (_, period, closed, expected) => {
    expect(zh(period, closed)).toEqual(expected);
  });

  it('is that rows are left out', async () => {
    const cut = cutTable(advancesTable([], FULL, '2026-11-22'), 3, 2);
    const notices = noticesOf(november, '2026-11', [cut]);
    expect(notices[0]![0]).toContain('只有前 2 行');
    expect(cutTable({ key: 'x', columns: [], rows: [] }, 2, 2).cutAt).toBeUndefined();
    const { pages } = await textOf({ notices, tables: [cut] });
    expect(pages[0]).toContain('只有前2行');
  });
});

describe('words and signs', () => {
  it('names months', () => {
    expect(periodWords({ from: '2026-01', to: '2026-12' })[0]).toBe('2026年1月至12月');
    expect(periodWords({ from: '2025-11', to: '2026-02' })[0]).toBe('2025年11月至2026年2月');
  });

  it('lets no sign vanish that the font lacks', () => {
    const font = { hasGlyphForCodePoint: (code: number) => code < 0x1_0000 };
    expect(printable('𠮷某\u0007', font)).toBe('〔U+20BB7〕某 ');
  });

  it('prints red ink and rare names', async () => {
    const red = { ...entries(1)[0]!, text: '𠮷某', amountFen: -100, balanceFen: 0, reverses: 'e' };
    const { pages } = await textOf({ tables: [journalTable(november, 0, [red])] });
    expect(pages[0]).toContain('-1.00');
    expect(pages[0]).toContain('〔U+20BB7〕某');
  });
});
