import type { Sql } from '../../db/client.ts';
import { type BankBalances, bankBalances, type OutstandingRow, outstanding } from '../../db/queries/bank-statements.ts';
import { yuan } from '../../engine/books/checks.ts';
import type { Channel, Text } from '../../sdk/program.ts';
import type { BookSight } from '../book-sight.ts';
import type { Loaded, Wanted } from './load.ts';
import {
  type Column,
  dateColumn,
  moneyColumn,
  plusFen,
  type ReportTable,
  type Row,
  sumFen,
  textColumn,
} from './model.ts';

const columns: readonly Column[] = [
  dateColumn,
  textColumn('doc', ['凭证号／流水号', 'Document'], 16),
  textColumn('text', ['项目', 'Item'], 34),
  moneyColumn('amountFen', ['金额', 'Amount'], 15),
];

/** The reconciliation with what can be said about it. */
export interface BankReconciliation {
  readonly tables: readonly ReportTable[];
  readonly notes: readonly Text[];
}

/**
 * 银行存款余额调节表 on a day: the journal's balance with what only the bank has, the bank's with what only the journal has;
 * both are then equal, or the rest is named.
 */
export async function loadBankReconciliation(
  sql: Sql,
  { caseId, book }: Wanted,
  channel: Channel,
  day: string,
): Promise<Loaded<BankReconciliation>> {
  const which = { caseId, book, channel, day };
  const [balances, rows] = await Promise.all([bankBalances(sql, which), outstanding(sql, which)]);
  return (sight) => {
    const { bookSeq } = balances;
    const noBalance = bookSeq !== null && sight.hidesBalance(book, 'cash', { channel, seq: bookSeq });
    return bankReconciliation(
      { ...balances, bookFen: noBalance ? null : (balances.bookFen ?? 0) },
      rows.map((row) => masked(row, book, sight)),
    );
  };
}

/** A row with the figure taken out that its reader may not see yet. */
export type SeenRow = Omit<OutstandingRow, 'amountFen'> & { readonly amountFen: number | null };

function masked(row: OutstandingRow, book: string, sight: BookSight): SeenRow {
  const hidden = row.side === 'book' && sight.hides(book, 'cash', row.doc ?? '', row.seq);
  return hidden ? { ...row, amountFen: null, text: null } : row;
}

/** The two halves of the statement from what stands on one side only. */
export function bankReconciliation(
  { bankFen, bankDay, bookFen, lines, matched }: Omit<BankBalances, 'bookSeq'>,
  rows: readonly SeenRow[],
): BankReconciliation {
  if (lines === 0) {
    return {
      tables: [],
      notes: [['这一账户还没有导入银行流水。', 'No lines of the bank have been brought in for this account yet.']],
    };
  }
  const of = (side: 'bank' | 'book', direction: 'in' | 'out') =>
    rows.filter((row) => row.side === side && row.direction === direction);
  const book = half(
    'book',
    ['企业一方', 'The journal'],
    ['企业银行存款日记账余额', 'Balance of the journal'],
    bookFen,
    [
      [['加：银行已收、企业未收', 'Plus: received by the bank only'], of('bank', 'in'), 1],
      [['减：银行已付、企业未付', 'Less: paid by the bank only'], of('bank', 'out'), -1],
    ],
  );
  const bank = half('bank', ['银行一方', 'The bank'], ['银行对账单余额', 'Balance of the bank'], bankFen, [
    [['加：企业已收、银行未收', 'Plus: received in the journal only'], of('book', 'in'), 1],
    [['减：企业已付、银行未付', 'Less: paid in the journal only'], of('book', 'out'), -1],
  ]);
  const about: Text = [
    `银行流水截至 ${bankDay ?? ''}，共 ${lines} 笔，勾对 ${matched} 笔。`,
    `${lines} lines of the bank up to ${bankDay ?? ''}, ${matched} matches.`,
  ];
  return { tables: [book.table, bank.table], notes: [verdict(book.adjustedFen, bank.adjustedFen), about] };
}

function half(
  key: string,
  side: Text,
  title: Text,
  balanceFen: number | null,
  parts: readonly (readonly [title: Text, rows: readonly SeenRow[], sign: 1 | -1])[],
): { readonly table: ReportTable; readonly adjustedFen: number | null } {
  let adjustedFen = balanceFen;
  const body: Row[] = [{ kind: 'brought', cells: { text: title, amountFen: balanceFen } }];
  for (const [name, rows, sign] of parts) {
    const sum = sumFen(rows.map(({ amountFen }) => amountFen));
    adjustedFen = plusFen(adjustedFen, sum === null ? null : sign * sum);
    body.push({ kind: 'total', cells: { text: name, amountFen: sum } });
    body.push(
      ...rows.map(
        ({ date, doc, text, counterparty, amountFen }): Row => ({
          kind: 'entry',
          cells: { date, doc: doc ?? '', text: [text, counterparty].filter(Boolean).join('　'), amountFen },
        }),
      ),
    );
  }
  body.push({ kind: 'total', cells: { text: ['调节后余额', 'Adjusted balance'], amountFen: adjustedFen } });
  return { table: { key, title: side, columns, rows: body }, adjustedFen };
}

function verdict(bookFen: number | null, bankFen: number | null): Text {
  if (bookFen === null || bankFen === null) {
    return ['有余额未知，不能判断调节后是否相等。', 'A balance is not known, so nothing can be said about the two.'];
  }
  if (bookFen === bankFen) return ['调节后两边余额相等。', 'The adjusted balances are equal.'];
  const apart = yuan(bookFen - bankFen);
  return [
    `调节后两边余额不等，相差 ${apart} 元，请立即核查。`,
    `The adjusted balances differ by ${apart} yuan: look into it at once.`,
  ];
}
