import type { Text } from '../../sdk/program.ts';
import type { BookEntryView } from '../schemas/books.ts';
import { voucherName } from './accounts.ts';
import {
  type Cell,
  type Column,
  dateColumn,
  hiddenNote,
  hides,
  moneyColumn,
  type Period,
  type Report,
  type ReportTable,
  type Row,
  textColumn,
} from './model.ts';

/** What the lists under `/books` show, as reports: what a caller may not see is taken out of them already. */
interface ListMade {
  readonly key: string;
  readonly title: Text;
  readonly period: Period;
  readonly tables: readonly ReportTable[];
}

const money = (key: string, title: Text) => moneyColumn(key, title, 13);

function made({ key, title, period, tables }: ListMade): Report {
  const notes = hides(tables) ? [hiddenNote] : [];
  return { report: key, title, period, notices: [], facts: [], tables, notes, signatures: [] };
}

const entryColumns: readonly Column[] = [
  dateColumn,
  textColumn('channel', ['渠道', 'Channel'], 7),
  { key: 'no', title: ['序号', 'No.'], kind: 'count', width: 5 },
  textColumn('sourceDoc', ['凭证号', 'Document'], 14),
  textColumn('text', ['摘要', 'Summary'], 26),
  money('inFen', ['收入', 'In']),
  money('outFen', ['支出', 'Out']),
  money('balanceFen', ['余额', 'Balance']),
];

/** Entries of the journal in the order of record. */
export function entriesReport(entries: readonly BookEntryView[], period: Period): Report {
  const rows: Row[] = entries.map((e) => ({
    kind: 'entry',
    cells: {
      date: e.occurredDate,
      channel: channelName(e.channel),
      no: e.no,
      sourceDoc: e.sourceDoc,
      text: e.text ?? '',
      [e.direction === 'in' ? 'inFen' : 'outFen']: e.amountFen,
      balanceFen: e.balanceFen,
    },
  }));
  const tables = [{ key: 'entries', columns: entryColumns, rows }];
  return made({ key: 'cash', title: ['收付流水', 'Journal entries'], period, tables });
}

const voucherColumns: readonly Column[] = [
  dateColumn,
  textColumn('voucher', ['凭证号', 'Voucher'], 13),
  textColumn('sourceDoc', ['原始凭证', 'Document'], 13),
  textColumn('text', ['摘要', 'Summary'], 26),
  textColumn('account', ['科目', 'Account'], 8),
  money('debitFen', ['借方', 'Debit']),
  money('creditFen', ['贷方', 'Credit']),
];

/** 记账凭证: the vouchers with their lines, as the accountant posted them. */
export function vouchersReport(entries: readonly BookEntryView[], period: Period): Report {
  const rows: Row[] = entries.flatMap((e): Row[] => {
    const head = { date: e.occurredDate, voucher: voucherName({ month: e.month, no: e.no }), sourceDoc: e.sourceDoc };
    if (e.hidden) return [{ kind: 'entry', cells: { ...head, text: null, debitFen: null, creditFen: null } }];
    return (e.lines ?? []).map((line, n) => ({
      kind: 'entry',
      cells: {
        ...(n === 0 ? head : {}),
        text: line.text,
        account: line.account,
        [line.side === 'debit' ? 'debitFen' : 'creditFen']: line.amountFen,
      },
    }));
  });
  const tables = [{ key: 'vouchers', columns: voucherColumns, rows }];
  return made({ key: 'accounts', title: ['记账凭证', 'Vouchers'], period, tables });
}

interface BalanceView {
  readonly name: string;
  readonly channels: readonly {
    readonly channel: string;
    readonly cashFen: number | null;
    readonly ledgerFen: number | null;
  }[];
  readonly cashFen: number | null;
  readonly ledgerFen: number | null;
}

/** Balances of both sides of every book, by channel. */
export function balancesReport(books: readonly BalanceView[], period: Period): Report {
  const columns = [
    textColumn('name', ['账簿', 'Book'], 30),
    textColumn('channel', ['渠道', 'Channel'], 14),
    money('cashFen', ['管钱人账面', 'Cash holder']),
    money('ledgerFen', ['管账人账面', 'Accountant']),
  ];
  const rows = books.flatMap((book): Row[] => [
    ...book.channels.map(
      ({ channel, cashFen, ledgerFen }): Row => ({
        kind: 'entry',
        cells: { name: book.name, channel: channelName(channel), cashFen, ledgerFen },
      }),
    ),
    {
      kind: 'total',
      cells: { name: book.name, channel: ['合计', 'Total'], cashFen: book.cashFen, ledgerFen: book.ledgerFen },
    },
  ]);
  const tables = [{ key: 'balances', columns, rows }];
  return made({ key: 'books', title: ['账簿余额表', 'Balances of the books'], period, tables });
}

interface ComparedView {
  readonly book: string;
  readonly differences: readonly {
    readonly sourceDoc: string;
    readonly why: string;
    readonly cashFen: number | null;
    readonly ledgerFen: number | null;
    readonly hidden: boolean;
    readonly discrepancy: string | null;
  }[];
}

/** Why two books differ, in words. */
export const whyWords: Readonly<Record<string, Text>> = {
  missing: ['一方未记', 'on one side only'],
  amount: ['金额不同', 'different amounts'],
  direction: ['收支方向不同', 'different directions'],
  channel: ['渠道不同', 'different channels'],
  count: ['盘点不符', 'a count differs'],
  balance: ['月末余额不同', 'the sides end a month differently'],
};

/** Where both books differ now. */
export function differencesReport(compared: readonly ComparedView[], period: Period): Report {
  const columns = [
    textColumn('book', ['账簿', 'Book'], 14),
    textColumn('sourceDoc', ['凭证号', 'Document'], 18),
    textColumn('why', ['差异', 'Difference'], 16),
    money('cashFen', ['管钱人账面', 'Cash holder']),
    money('ledgerFen', ['管账人账面', 'Accountant']),
    textColumn('discrepancy', ['差异编号', 'Discrepancy'], 14),
  ];
  const rows = compared.flatMap(({ book, differences }) =>
    differences.map((one): Row => {
      // a side that has recorded nothing is an empty cell, one that may not be seen is marked
      const figure = (key: string, fen: number | null): Record<string, Cell> =>
        fen === null && !one.hidden ? {} : { [key]: fen };
      return {
        kind: 'entry',
        cells: {
          book,
          sourceDoc: one.sourceDoc,
          why: whyWords[one.why] ?? one.why,
          ...figure('cashFen', one.cashFen),
          ...figure('ledgerFen', one.ledgerFen),
          discrepancy: one.discrepancy ?? '',
        },
      };
    }),
  );
  const tables = [{ key: 'differences', columns, rows }];
  return made({ key: 'reconciliations', title: ['两账核对表', 'Comparison of both books'], period, tables });
}

/** A channel in words. */
export function channelName(channel: string): Text {
  return CHANNELS[channel] ?? [channel, channel];
}

const CHANNELS: Readonly<Record<string, Text>> = {
  cash: ['现金', 'cash'],
  bank: ['银行', 'bank'],
  wechat: ['微信', 'WeChat'],
};
