import type { Text } from '../../sdk/program.ts';
import {
  type AccountName,
  accountsIn,
  balanceAfter,
  balanceBefore,
  type LedgerLine,
  type LedgerSight,
  movementOf,
  sided,
  voucherName,
} from './accounts.ts';
import { broughtForward, summary } from './journal.ts';
import {
  type Column,
  dateColumn,
  moneyColumn,
  monthsOf,
  type Period,
  plusFen,
  type ReportTable,
  type Row,
  sumFen,
  textColumn,
} from './model.ts';

const money = (key: string, title: Text) => moneyColumn(key, title, 14);
const sums = [money('debitFen', ['借方', 'Debit']), money('creditFen', ['贷方', 'Credit'])];
const balance: readonly Column[] = [
  { key: 'side', title: ['方向', 'Side'], kind: 'side', width: 5 },
  money('balanceFen', ['余额', 'Balance']),
];

const detailColumns: readonly Column[] = [
  dateColumn,
  textColumn('voucher', ['凭证号', 'Voucher'], 12),
  textColumn('text', ['摘要', 'Summary'], 26),
  ...sums,
  ...balance,
];
const generalColumns: readonly Column[] = [
  { key: 'month', title: ['月份', 'Month'], kind: 'date', width: 10 },
  textColumn('text', ['摘要', 'Summary'], 22),
  ...sums,
  ...balance,
];

/** 明细账: every line of an account with its running balance, month by month; one table an account. */
export function detailedLedger(ledger: LedgerSight, period: Period, only: string | undefined): ReportTable[] {
  return accountsIn(ledger, only).map((account) => accountTable(ledger, period, account));
}

/** 总账: of each account what was brought forward, and debit, credit and balance of every month; one table an account. */
export function generalLedger(ledger: LedgerSight, period: Period, only: string | undefined): ReportTable[] {
  return accountsIn(ledger, only).map((account) => {
    const months = monthsOf(period).filter(
      (month, _, all) => all.length === 1 || ledger.lines.some((line) => line.month === month),
    );
    const rows = months.flatMap((month) => totals(ledger, account, month).map((row) => withMonth(row, month)));
    return {
      ...headOf(account),
      columns: generalColumns,
      rows: [opening(ledger, account, period), ...rows],
    };
  });
}

/** Lines of an account and its totals, for any set of lines that stands for one ledger. */
export function accountTable(ledger: LedgerSight, period: Period, account: AccountName): ReportTable {
  const rows: Row[] = [opening(ledger, account, period)];
  const months = monthsOf(period);
  for (const month of months) {
    const lines = ledger.lines.filter((line) => line.account === account.code && line.month === month);
    if (lines.length === 0 && months.length > 1) continue;
    let running = balanceBefore(ledger, account.code, month);
    if (ledger.hiddenFrom !== undefined && ledger.hiddenFrom <= month) running = null;
    for (const line of lines) {
      running = plusFen(running, line.side === 'debit' ? line.amountFen : -line.amountFen);
      rows.push(lineRow(line, running));
    }
    rows.push(...totals(ledger, account, month));
  }
  return {
    ...headOf(account),
    columns: detailColumns,
    rows,
    carried: { sums: ['debitFen', 'creditFen'], balance: ['side', 'balanceFen'], text: 'text' },
  };
}

function headOf({ code, name }: AccountName): Pick<ReportTable, 'key' | 'title'> {
  return { key: code, title: [`${code} ${name[0]}`, `${code} ${name[1]}`] };
}

function opening(ledger: LedgerSight, { code }: AccountName, period: Period): Row {
  return {
    kind: 'brought',
    cells: { text: broughtForward(period), ...sided(balanceBefore(ledger, code, period.from)) },
  };
}

function totals(ledger: LedgerSight, { code }: AccountName, month: string): Row[] {
  const closing = sided(balanceAfter(ledger, code, month));
  const january = `${month.slice(0, 5)}01`;
  return [
    {
      kind: 'total',
      cells: { text: ['本月合计', 'Month'], ...movementOf(ledger, code, month, month), ...closing },
    },
    {
      kind: 'total',
      cells: { text: ['本年累计', 'Year to date'], ...movementOf(ledger, code, january, month), ...closing },
    },
  ];
}

function lineRow(line: LedgerLine, balanceFen: number | null): Row {
  return {
    kind: 'entry',
    cells: {
      date: line.occurredDate,
      voucher: voucherName(line),
      sourceDoc: line.sourceDoc,
      text: summary(line),
      [line.side === 'debit' ? 'debitFen' : 'creditFen']: line.amountFen,
      ...sided(balanceFen),
    },
  };
}

function withMonth(row: Row, month: string): Row {
  return { ...row, cells: { month, ...row.cells } };
}

const balanceColumns: readonly Column[] = [
  textColumn('account', ['科目编码', 'Account'], 8),
  textColumn('name', ['科目名称', 'Name'], 18),
  money('openingDebitFen', ['期初余额（借）', 'Opening Dr']),
  money('openingCreditFen', ['期初余额（贷）', 'Opening Cr']),
  money('debitFen', ['本期发生（借）', 'Debit']),
  money('creditFen', ['本期发生（贷）', 'Credit']),
  money('yearDebitFen', ['本年累计（借）', 'Year Dr']),
  money('yearCreditFen', ['本年累计（贷）', 'Year Cr']),
  money('closingDebitFen', ['期末余额（借）', 'Closing Dr']),
  money('closingCreditFen', ['期末余额（贷）', 'Closing Cr']),
];

/** 科目余额表: opening, movement, year to date and closing of every account; debit and credit of each are equal in sum. */
export function trialBalance(ledger: LedgerSight, period: Period): ReportTable {
  const january = `${period.from.slice(0, 5)}01`;
  const rows: Row[] = accountsIn(ledger, undefined).map(({ code, name }) => {
    const movement = movementOf(ledger, code, period.from, period.to);
    const year = movementOf(ledger, code, january, period.to);
    const opening = halves(balanceBefore(ledger, code, period.from));
    const closing = halves(balanceAfter(ledger, code, period.to));
    return {
      kind: 'entry',
      cells: {
        account: code,
        name,
        openingDebitFen: opening.debitFen,
        openingCreditFen: opening.creditFen,
        ...movement,
        yearDebitFen: year.debitFen,
        yearCreditFen: year.creditFen,
        closingDebitFen: closing.debitFen,
        closingCreditFen: closing.creditFen,
      },
    };
  });
  const figures = balanceColumns.filter(({ kind }) => kind === 'money').map(({ key }) => key);
  const total = Object.fromEntries(
    figures.map((key) => [key, sumFen(rows.map(({ cells }) => cells[key] as number | null))]),
  );
  return {
    key: 'trial-balance',
    columns: balanceColumns,
    rows: [...rows, { kind: 'total', cells: { name: ['合计', 'Total'], ...total } }],
  };
}

/** Whether debit equals credit in every pair of columns of a trial balance; undefined where a sum may not be seen. */
export function isBalanced({ rows }: ReportTable): boolean | undefined {
  const total = rows.at(-1)?.cells ?? {};
  const pairs = [
    ['openingDebitFen', 'openingCreditFen'],
    ['debitFen', 'creditFen'],
    ['yearDebitFen', 'yearCreditFen'],
    ['closingDebitFen', 'closingCreditFen'],
  ] as const;
  if (pairs.flat().some((key) => total[key] === null)) return undefined;
  return pairs.every(([debit, credit]) => total[debit] === total[credit]);
}

function halves(balanceFen: number | null) {
  if (balanceFen === null) return { debitFen: null, creditFen: null };
  return { debitFen: Math.max(0, balanceFen), creditFen: Math.max(0, -balanceFen) };
}
