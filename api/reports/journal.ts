import type { Channel, Text } from '../../sdk/program.ts';
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

/** An entry of the cash or bank journal; null where the reader may not see the figure yet. */
export interface JournalEntry {
  readonly no: number;
  /** Month of recording. */
  readonly month: string;
  readonly occurredDate: string;
  readonly sourceDoc: string;
  readonly text: string | null;
  readonly direction: 'in' | 'out';
  /** Negative in red ink. */
  readonly amountFen: number | null;
  readonly balanceFen: number | null;
  readonly reverses: string | null;
}

/** The name of the journal of a channel. */
export const journalTitles: Readonly<Record<Channel, Text>> = {
  cash: ['现金日记账', 'Cash journal'],
  bank: ['银行存款日记账', 'Bank journal'],
  wechat: ['其他货币资金（微信）日记账', 'WeChat journal'],
};

const columns: readonly Column[] = [
  dateColumn,
  { key: 'no', title: ['序号', 'No.'], kind: 'count', width: 5 },
  textColumn('sourceDoc', ['凭证号', 'Document'], 13),
  textColumn('text', ['摘要', 'Summary'], 26),
  moneyColumn('inFen', ['收入（借方）', 'In (debit)'], 14),
  moneyColumn('outFen', ['支出（贷方）', 'Out (credit)'], 14),
  moneyColumn('balanceFen', ['余额', 'Balance'], 14),
];

/**
 * The journal of a channel: what was brought forward, every entry in the order of record, and for each month 本月合计 and
 * 本年累计. `entries` begin with January of the year; `openingFen` is the balance before them.
 */
export function journalTable(period: Period, openingFen: number | null, entries: readonly JournalEntry[]): ReportTable {
  const year = entries.filter(({ month }) => month <= period.to);
  const before = year.filter(({ month }) => month < period.from);
  let balance = plusFen(openingFen, plusFen(moved(before, 'in'), negative(moved(before, 'out'))));
  const rows: Row[] = [{ kind: 'brought', cells: { text: broughtForward(period), balanceFen: balance } }];
  const months = monthsOf(period);
  for (const month of months) {
    const own = year.filter((entry) => entry.month === month);
    if (own.length === 0 && months.length > 1) continue;
    rows.push(...own.map(entryRow));
    balance = own.length > 0 ? (own.at(-1)?.balanceFen ?? null) : balance;
    const until = year.filter((entry) => entry.month <= month);
    rows.push(sums(['本月合计', 'Month'], own, balance), sums(['本年累计', 'Year to date'], until, balance));
  }
  return {
    key: 'journal',
    columns,
    rows,
    carried: { sums: ['inFen', 'outFen'], balance: ['balanceFen'], text: 'text' },
  };
}

/** What stands in the first line: the balance of the month or the year before. */
export function broughtForward({ from }: Period): Text {
  return from.endsWith('-01') ? ['上年结转', 'Brought forward from last year'] : ['上月结余', 'Brought forward'];
}

/** The summary of an entry with what its reader has to know: red ink, and that it belongs to an earlier month. */
export function summary(entry: {
  readonly text: string | null;
  readonly reverses: string | null;
  readonly occurredDate: string;
  readonly month: string;
}): Text {
  const red = entry.reverses !== null;
  const late = entry.occurredDate.slice(0, 7) < entry.month;
  const text = entry.text ?? '';
  const zh = [red ? '【红字冲销】' : '', text, late ? '（补记）' : ''].join('');
  const en = [red ? '[reversal] ' : '', text, late ? ' (recorded later)' : ''].join('');
  return [zh, en];
}

function entryRow(entry: JournalEntry): Row {
  const { direction, amountFen, balanceFen, no, sourceDoc, occurredDate } = entry;
  return {
    kind: 'entry',
    cells: {
      date: occurredDate,
      no,
      sourceDoc,
      text: summary(entry),
      [direction === 'in' ? 'inFen' : 'outFen']: amountFen,
      balanceFen,
    },
  };
}

function sums(text: Text, entries: readonly JournalEntry[], balanceFen: number | null): Row {
  return {
    kind: 'total',
    cells: { text, inFen: moved(entries, 'in'), outFen: moved(entries, 'out'), balanceFen },
  };
}

/** What came in or went out; unknown as soon as one entry is, for by its sum the rest could be counted. */
function moved(entries: readonly JournalEntry[], direction: 'in' | 'out'): number | null {
  return sumFen(entries.map((entry) => (entry.direction === direction ? entry.amountFen : 0)));
}

function negative(fen: number | null): number | null {
  return fen === null ? null : -fen;
}
