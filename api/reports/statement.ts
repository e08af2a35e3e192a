import { ENTRUSTED } from '../../engine/books/accounts.ts';
import { amountInWords } from '../../engine/books/words.ts';
import type { Text } from '../../sdk/program.ts';
import { yuan } from '../timeline-text.ts';
import { balanceAfter, balanceBefore, type LedgerLine, type LedgerSight, movementOf, voucherName } from './accounts.ts';
import {
  type Column,
  dateColumn,
  moneyColumn,
  type Period,
  plusFen,
  type ReportFact,
  type ReportTable,
  type Row,
  textColumn,
} from './model.ts';

const columns: readonly Column[] = [
  dateColumn,
  textColumn('voucher', ['凭证号', 'Voucher'], 12),
  textColumn('text', ['事项', 'What for'], 34),
  moneyColumn('inFen', ['收入', 'In'], 12),
  moneyColumn('outFen', ['支出', 'Out'], 12),
  moneyColumn('balanceFen', ['结余', 'Balance'], 12),
];

/** 对账单 of a span: opening, every line in words and closing of what is held for somebody, as the accountant's vouchers say. */
export function statementTable(ledger: LedgerSight, period: Period): ReportTable {
  const held = (fen: number | null) => (fen === null ? null : -fen);
  const openingFen = held(balanceBefore(ledger, ENTRUSTED, period.from));
  let running = ledger.hiddenFrom !== undefined && ledger.hiddenFrom <= period.to ? null : openingFen;
  const rows: Row[] = [{ kind: 'brought', cells: { text: ['期初结余', 'Opening'], balanceFen: openingFen } }];
  for (const line of ledger.lines) {
    if (line.account !== ENTRUSTED || line.month < period.from || line.month > period.to) continue;
    running = plusFen(running, line.side === 'credit' ? line.amountFen : -line.amountFen);
    rows.push({
      kind: 'entry',
      cells: {
        date: line.occurredDate,
        voucher: voucherName(line),
        sourceDoc: line.sourceDoc,
        text: inWords(line),
        [line.side === 'credit' ? 'inFen' : 'outFen']: line.amountFen,
        balanceFen: running,
      },
    });
  }
  const moved = movementOf(ledger, ENTRUSTED, period.from, period.to);
  const closingFen = closingOf(ledger, period);
  rows.push({
    kind: 'total',
    cells: { text: ['合计', 'Total'], inFen: moved.creditFen, outFen: moved.debitFen, balanceFen: closingFen },
  });
  return {
    key: 'statement',
    columns,
    rows,
    carried: { sums: ['inFen', 'outFen'], balance: ['balanceFen'], text: 'text' },
  };
}

/** Opening and closing of a statement, the latter in words too. */
export function statementFacts(ledger: LedgerSight, period: Period): ReportFact[] {
  const opening = balanceBefore(ledger, ENTRUSTED, period.from);
  const closingFen = closingOf(ledger, period);
  const money = (key: string, title: Text, value: number | null): ReportFact => ({ key, title, value, kind: 'money' });
  return [
    money('openingFen', ['期初结余', 'Opening'], opening === null ? null : -opening),
    money('closingFen', ['期末结余', 'Closing'], closingFen),
    {
      key: 'closingInWords',
      title: ['期末结余（大写）', 'Closing in words'],
      value: closingFen === null ? null : `人民币${amountInWords(closingFen)}`,
      kind: 'text',
    },
  ];
}

function closingOf(ledger: LedgerSight, { to }: Period): number | null {
  const closing = balanceAfter(ledger, ENTRUSTED, to);
  return closing === null ? null : closing === 0 ? 0 : -closing;
}

/** A line as one would tell it: what was sold or paid, how many at what price, to whom, and the amount in words. */
function inWords(line: LedgerLine): Text {
  const { text, item, quantity, priceFen, buyer, side, amountFen, reverses } = line;
  const came = side === 'credit';
  const what = item && item !== text ? `${text}（${item}）` : text;
  const many = quantity !== null && priceFen !== null ? `，${quantity} × ${yuan(priceFen)} 元` : '';
  const zh = [
    reverses ? '红字冲销' : came ? '收入' : '支出',
    `：${what}${many}`,
    buyer ? `，${came ? '来自' : '付给'}${buyer}` : '',
    `，${amountInWords(amountFen)}`,
  ].join('');
  const at = quantity !== null && priceFen !== null ? `, ${quantity} at ${yuan(priceFen)} yuan` : '';
  const en = [
    reverses ? 'Reversed' : came ? 'In' : 'Out',
    `: ${item && item !== text ? `${text} (${item})` : text}${at}`,
    buyer ? `, ${came ? 'from' : 'to'} ${buyer}` : '',
    `, ${yuan(amountFen)} yuan`,
  ].join('');
  return [zh, en];
}
