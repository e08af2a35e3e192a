import type { Manifest } from '../../api/dossier/manifest.ts';
import { type TableRow, tableCsv } from '../../api/dossier/table.ts';
import { type ChainEvent, isDestroyed } from './chain.ts';
import type { Contents } from './contents.ts';
import type { Findings } from './findings.ts';

/** Columns of entries and lines by the name that their event gives them. */
const ENTRY = {
  ...{ id: 'id', book: 'book', channel: 'channel', no: 'no', direction: 'direction', amount_fen: 'amountFen' },
  ...{ balance_fen: 'balanceFen', source_doc: 'sourceDoc', occurred_date: 'occurredDate', text: 'text' },
  ...{ payout: 'payout', reverses: 'reverses' },
};
const LINE = {
  ...{ text: 'text', account: 'account', side: 'side', amount_fen: 'amountFen', item: 'item' },
  ...{ buyer: 'buyer', price_fen: 'priceFen', party: 'party' },
};

type Said = Readonly<Record<string, unknown>>;

/** Checks the twin books: entries and lines against their events, their sums and numbers, and CSV against JSON. */
export function checkBooks(
  contents: Contents,
  manifest: Manifest,
  events: readonly ChainEvent[],
  findings: Findings,
): void {
  const find = (where: string, zh: string, en: string) => findings.find('books', where, zh, en);
  for (const path of contents.paths('books/')) {
    if (!path.endsWith('.csv')) continue;
    const table = contents.table(path.slice(0, -4), 'books');
    if (!table || !contents.bytes(path)?.equals(Buffer.from(tableCsv(table))))
      find(path, '与同名 JSON 不一致', 'it does not say what the JSON of its name says');
  }
  const cash = contents.rows('books/cash_entries', 'books');
  const vouchers = contents.rows('books/vouchers', 'books');
  const lines = contents.rows('books/voucher_lines', 'books');
  checkSums({ cash, vouchers, lines }, find);
  if (isDestroyed(events)) return; // no row is left
  if (manifest.redacted) {
    findings.leave(
      'books',
      '隐去版不附事件内容，分录不能与事件对照',
      'payloads are withheld: entries cannot be compared with events',
    );
    return;
  }
  compareEntries(cash, events, 'cash', find);
  compareEntries(vouchers, events, 'ledger', find);
  compareLines(lines, events, find);
}

type Find = (where: string, zh: string, en: string) => void;

function compareEntries(rows: readonly TableRow[], events: readonly ChainEvent[], side: string, find: Find): void {
  const bySeq = new Map(rows.map((row) => [row['seq'], row]));
  if (bySeq.size !== rows.length) find(side, '同一事件有两条分录', 'an event has two entries');
  let told = 0;
  for (const { seq, header, data } of events) {
    const red = header.type === `${side}.reversed`;
    if (!red && header.type !== `${side}.recorded`) continue;
    told += 1;
    const entry = Object(data['entry']) as Said;
    const row = bySeq.get(seq);
    if (!row) {
      find(`${side} ${String(entry['id'])}`, `缺少事件 ${seq} 的分录`, `the entry of event ${seq} is missing`);
      continue;
    }
    const by = entry['madeBy'] ?? header.actor.id;
    const wrong = [
      ...differing(row, entry, ENTRY),
      ...(row['recorded_by'] === by ? [] : ['recorded_by']),
      ...(row['recorded_at'] === header.recordedAt ? [] : ['recorded_at']),
      ...(red === (row['reverses'] !== null) ? [] : ['reverses']),
    ];
    for (const name of wrong)
      find(`${String(row['id'])}.${name}`, `与事件 ${seq} 不符`, `it is not what event ${seq} tells`);
  }
  if (told !== rows.length) find(side, '有分录不出自任何事件', 'there are entries that come from no event');
}

function compareLines(rows: readonly TableRow[], events: readonly ChainEvent[], find: Find): void {
  const keyOf = (voucher: unknown, line: unknown) => `${String(voucher)} line ${String(line)}`;
  const byKey = new Map(rows.map((row) => [keyOf(row['voucher'], row['line']), row]));
  let told = 0;
  for (const { seq, header, data } of events) {
    if (header.type !== 'ledger.recorded' && header.type !== 'ledger.reversed') continue;
    const { id, lines } = Object(data['entry']) as Said;
    for (const [n, line] of (Array.isArray(lines) ? (lines as Said[]) : []).entries()) {
      told += 1;
      const key = keyOf(id, n + 1);
      const row = byKey.get(key);
      if (!row) find(key, `缺少事件 ${seq} 的分录行`, `the line of event ${seq} is missing`);
      else
        for (const name of differing(row, line, LINE))
          find(`${key}.${name}`, `与事件 ${seq} 不符`, `it is not what event ${seq} tells`);
    }
  }
  if (told !== rows.length || byKey.size !== rows.length)
    find('voucher_lines', '有分录行不出自任何事件', 'there are lines that come from no event');
}

/** Columns that say something else than the event; what either leaves out is null. */
function differing(row: TableRow, said: Said, names: Readonly<Record<string, string>>): string[] {
  return Object.entries(names).flatMap(([column, name]) =>
    (row[column] ?? null) === (said[name] ?? null) ? [] : [column],
  );
}

interface BookRows {
  readonly cash: readonly TableRow[];
  readonly vouchers: readonly TableRow[];
  readonly lines: readonly TableRow[];
}

/** Numbers without gap, running balances, balanced vouchers: from the tables alone, so also of a redacted dossier. */
function checkSums({ cash, vouchers, lines }: BookRows, find: Find): void {
  const sum = new Map<string, number>();
  const moved = (row: TableRow, side: string, least: number) => {
    const key = JSON.stringify([side, row['book'], row['channel']]);
    const after = (sum.get(key) ?? 0) + Number(row['amount_fen']) * (row['direction'] === 'in' ? 1 : -1);
    sum.set(key, after);
    if (row['balance_fen'] !== after || after < least)
      find(String(row['id']), '余额不是前面各笔之和', 'its balance is not the sum of the entries so far');
  };
  const numbered = (rows: readonly TableRow[], by: string) => {
    const last = new Map<string, number>();
    for (const row of rows) {
      const key = JSON.stringify([row['book'], row[by]]);
      const no = (last.get(key) ?? 0) + 1;
      if (row['no'] !== no) find(String(row['id']), '编号不连续', 'its number leaves a gap');
      last.set(key, no);
    }
  };
  const cashInOrder = [...cash].sort((a, b) => Number(a['no']) - Number(b['no']));
  const inOrder = [...vouchers].sort((a, b) => compare(a['period'], b['period']) || Number(a['no']) - Number(b['no']));
  numbered(cashInOrder, 'channel');
  numbered(inOrder, 'period');
  for (const row of cashInOrder) moved(row, 'cash', 0);
  for (const row of inOrder) moved(row, 'ledger', Number.NEGATIVE_INFINITY);
  const sides = new Map<unknown, { n: number; debit: number; credit: number }>();
  for (const line of lines) {
    const at = sides.get(line['voucher']) ?? { n: 0, debit: 0, credit: 0 };
    at.n += 1;
    at[line['side'] === 'debit' ? 'debit' : 'credit'] += Number(line['amount_fen']);
    sides.set(line['voucher'], at);
  }
  for (const { id, total_fen, line_count } of vouchers) {
    const { n, debit, credit } = sides.get(id) ?? { n: 0, debit: 0, credit: 0 };
    if (debit !== credit || debit !== total_fen || n !== line_count)
      find(String(id), '借贷不平或行数不符', 'its lines do not balance, or are not as many as it says');
  }
}

function compare(a: unknown, b: unknown): number {
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
