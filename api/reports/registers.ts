import type { Sql } from '../../db/client.ts';
import { type AdvanceRow, advances, type GiftRow, gifts } from '../../db/queries/book-registers.ts';
import { daysBetween, toDate } from '../../engine/time/civil.ts';
import type { Text } from '../../sdk/program.ts';
import type { BookSight } from '../book-sight.ts';
import { anonymousName } from '../register-text.ts';
import type { Loaded, Wanted } from './load.ts';
import {
  type Cell,
  type Column,
  dateColumn,
  moneyColumn,
  type ReportTable,
  type Row,
  sumFen,
  textColumn,
} from './model.ts';

/** A printed register holds at most so many lines. */
const MOST_ROWS = 10_000;

const money = (key: string, title: Text) => moneyColumn(key, title, 12);
const no: Column = { key: 'no', title: ['编号', 'No.'], kind: 'count', width: 5 };

/** Up to how many days, and how a column of them is called; the last has no end. */
const AGES: readonly (readonly [days: number, key: string, title: Text])[] = [
  [30, 'days30Fen', ['30 天以内', 'up to 30 days']],
  [90, 'days90Fen', ['31–90 天', '31–90 days']],
  [180, 'days180Fen', ['91–180 天', '91–180 days']],
  [365, 'days365Fen', ['181–365 天', '181–365 days']],
  [Number.POSITIVE_INFINITY, 'olderFen', ['一年以上', 'over a year']],
];

const ageColumns: readonly Column[] = [
  no,
  dateColumn,
  textColumn('helper', ['垫付人', 'Helper'], 10),
  textColumn('text', ['事由', 'What for'], 20),
  money('amountFen', ['垫付金额', 'Advanced']),
  money('repaidFen', ['已还', 'Repaid']),
  ...AGES.map(([, key, title]) => money(key, title)),
];

/** 垫付款账龄表: what is still owed to helpers on a day, by how long ago they paid it. */
export async function loadAdvances(sql: Sql, { caseId, book }: Wanted, today: string): Promise<Loaded<ReportTable>> {
  const rows = await advances(sql, caseId, { book, limit: MOST_ROWS, open: true });
  return (sight) => advancesTable(rows, sight, today);
}

/** The table of {@link loadAdvances}. What was repaid is told by the side the reader may see. */
export function advancesTable(rows: readonly AdvanceRow[], sight: BookSight, today: string): ReportTable {
  const lines = rows.map((row): Row => {
    const blind = sight.hidesBalance(row.book, 'cash');
    const repaidFen = blind ? row.ledgerOutFen : row.cashOutFen;
    const hidden = sight.hides(row.book, 'cash', row.sourceDoc, row.seq);
    const days = daysBetween(row.occurredDate, today);
    const age = AGES.find(([most]) => days <= most)!;
    const owed = hidden ? null : row.amountFen - repaidFen;
    return {
      kind: 'entry',
      cells: {
        no: row.no,
        date: row.occurredDate,
        helper: row.helper ?? '',
        text: row.text,
        amountFen: hidden ? null : row.amountFen,
        repaidFen,
        [age[1]]: owed,
      },
    };
  });
  return { key: 'advances', columns: ageColumns, rows: [...lines, total(ageColumns, lines, 'text')] };
}

const giftColumns: readonly Column[] = [
  no,
  dateColumn,
  textColumn('giver', ['捐赠人', 'Giver'], 14),
  textColumn('what', ['捐赠内容', 'What'], 20),
  money('cashFen', ['捐款', 'Money']),
  money('inKindFen', ['物资估价', 'In kind (estimate)']),
  textColumn('receivedBy', ['接收人', 'Received by'], 9),
  textColumn('purpose', ['指定用途', 'Purpose'], 12),
  textColumn('thanked', ['致谢', 'Thanked'], 10),
];

/** 捐赠登记簿: the gifts recorded in a span, in money and in kind; a correction stands in red beside what it corrects. */
export async function loadGifts(sql: Sql, { caseId, book, period }: Wanted): Promise<Loaded<ReportTable>> {
  const rows = await gifts(sql, caseId, { book, limit: MOST_ROWS });
  const inSpan = rows.filter(({ recordedAt }) => {
    const month = toDate(recordedAt).slice(0, 7);
    return period.from <= month && month <= period.to;
  });
  return (sight) => giftsTable(inSpan, sight);
}

/** The table of {@link loadGifts}. */
export function giftsTable(rows: readonly GiftRow[], sight: BookSight): ReportTable {
  const lines = rows.map((row): Row => {
    const hidden = row.sourceDoc !== null && sight.hides(row.book, 'cash', row.sourceDoc, row.seq);
    const value = hidden ? null : row.valueFen;
    return {
      kind: 'entry',
      cells: {
        no: row.no,
        date: row.occurredDate,
        giver: giverOf(row),
        what: whatOf(row),
        [row.kind === 'cash' ? 'cashFen' : 'inKindFen']: value,
        receivedBy: row.receivedBy ?? '',
        purpose: row.purpose ?? '',
        thanked: row.thankedDate ?? '',
      },
    };
  });
  return { key: 'gifts', columns: giftColumns, rows: [...lines, total(giftColumns, lines, 'what')] };
}

function giverOf({ reverses, giver, anonymousYear: year, anonymousN: n }: GiftRow): Cell {
  if (reverses) return [`更正 ${reverses}`, `corrects ${reverses}`];
  if (year !== null && n !== null) return anonymousName({ year, n });
  return giver ?? '';
}

function whatOf({ kind, item, quantity, unit, sourceDoc }: GiftRow): Cell {
  if (kind === 'cash') return [`捐款（单据 ${sourceDoc ?? ''}）`, `money (document ${sourceDoc ?? ''})`];
  return `${item ?? ''} ${quantity ?? ''}${unit ?? ''}`;
}

function total(columns: readonly Column[], lines: readonly Row[], label: string): Row {
  const figures = columns.filter(({ kind }) => kind === 'money').map(({ key }) => key);
  const sums = figures.map((key) => [
    key,
    sumFen(lines.map(({ cells }) => (cells[key] as number | null | undefined) ?? (cells[key] === null ? null : 0))),
  ]);
  return { kind: 'total', cells: { [label]: ['合计', 'Total'], ...Object.fromEntries(sums) } };
}
