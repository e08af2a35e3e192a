import { channelAccount } from '../../engine/books/accounts.ts';
import type { Text } from '../../sdk/program.ts';
import { accountsIn, balanceAfter, balanceBefore, isVoucher, type LedgerSight, movementOf } from './accounts.ts';
import {
  type Column,
  moneyColumn,
  type Period,
  plusFen,
  type ReportTable,
  type Row,
  sumFen,
  textColumn,
} from './model.ts';

/** The accounts money lies on. */
const MONEY: ReadonlySet<string> = new Set(Object.values(channelAccount));

const columns: readonly Column[] = [
  textColumn('text', ['项目', 'Item'], 40),
  textColumn('account', ['科目', 'Account'], 10),
  moneyColumn('amountFen', ['本期金额', 'Amount'], 20),
  moneyColumn('yearFen', ['本年累计', 'Year to date'], 20),
];

/**
 * 资金来源与运用: what was there, where money came from and what it was used for by account, and what is left by where it
 * lies. As every voucher balances, opening plus sources less uses is what is left. The end of a year moves no money: it is left out.
 */
export function sourcesAndUses({ lines, ...rest }: LedgerSight, period: Period): ReportTable {
  const ledger = { ...rest, lines: lines.filter(isVoucher) };
  const january = `${period.from.slice(0, 5)}01`;
  const accounts = accountsIn(ledger, undefined);
  const money = accounts.filter(({ code }) => MONEY.has(code));
  const others = accounts.filter(({ code }) => !MONEY.has(code));
  const span = (code: string, side: 'creditFen' | 'debitFen') => ({
    amountFen: movementOf(ledger, code, period.from, period.to)[side],
    yearFen: movementOf(ledger, code, january, period.to)[side],
  });
  const part = (title: Text, side: 'creditFen' | 'debitFen'): Row[] => {
    const lines = others
      .map(
        ({ code, name }): Row => ({
          kind: 'entry',
          cells: { text: indented(name), account: code, ...span(code, side) },
        }),
      )
      .filter(({ cells }) => cells['yearFen'] !== 0 || cells['amountFen'] !== 0);
    const sum = (key: string) => sumFen(lines.map(({ cells }) => cells[key] as number | null));
    return [{ kind: 'total', cells: { text: title, amountFen: sum('amountFen'), yearFen: sum('yearFen') } }, ...lines];
  };
  const left = (code: string) => balanceAfter(ledger, code, period.to);
  const before = (month: string) => sumFen(money.map(({ code }) => balanceBefore(ledger, code, month)));
  const closing = sumFen(money.map(({ code }) => left(code)));
  return {
    key: 'sources-and-uses',
    columns,
    rows: [
      {
        kind: 'brought',
        cells: { text: ['一、期初结存', '1. Opening'], amountFen: before(period.from), yearFen: before(january) },
      },
      ...part(['二、资金来源', '2. Sources'], 'creditFen'),
      ...part(['三、资金运用', '3. Uses'], 'debitFen'),
      { kind: 'total', cells: { text: ['四、期末结存', '4. Closing'], amountFen: closing, yearFen: closing } },
      ...money.map(
        ({ code, name }): Row => ({
          kind: 'entry',
          cells: { text: indented(name), account: code, amountFen: left(code), yearFen: plusFen(left(code), 0) },
        }),
      ),
    ],
  };
}

function indented([zh, en]: Text): Text {
  return [`　　${zh}`, `    ${en}`];
}
