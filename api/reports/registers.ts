import type { Sql } from '../../db/client.ts';
import { type AdvanceRow, advancesOn, type GiftRow, gifts } from '../../db/queries/book-registers.ts';
import { addMonths, daysBetween, startOfDay } from '../../engine/time/civil.ts';
import type { Text } from '../../sdk/program.ts';
import type { BookSight } from '../book-sight.ts';
import { anonymousName } from '../register-text.ts';
import { AGES, ageOf } from './ages.ts';
import { cutTable, MOST_ROWS } from './cut.ts';
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

const money = (key: string, title: Text) => moneyColumn(key, title, 12);
const no: Column = { key: 'no', title: ['编号', 'No.'], kind: 'count', width: 5 };

const ageColumns: readonly Column[] = [
  no,
  dateColumn,
  textColumn('helper', ['垫付人', 'Helper'], 10),
  textColumn('text', ['事由', 'What for'], 20),
  money('amountFen', ['垫付金额', 'Advanced']),
  money('repaidFen', ['已还', 'Repaid']),
  ...AGES.map(({ key, title }) => money(key, title)),
];

/** 垫付款账龄表: what was still owed to helpers when a day was over, by how long ago they had paid it. */
export async function loadAdvances(
  sql: Sql,
  { caseId, book }: Wanted,
  day: string,
  most = MOST_ROWS,
): Promise<Loaded<ReportTable>> {
  const rows = await advancesOn(sql, caseId, { book, day, limit: most + 1 });
  return (sight) => cutTable(advancesTable(rows.slice(0, most), sight, day), rows.length, most);
}

/** The table of {@link loadAdvances}. What was repaid is told by the side the reader may see. */
export function advancesTable(rows: readonly AdvanceRow[], sight: BookSight, today: string): ReportTable {
  const lines = rows.map((row): Row => {
    const blind = sight.hidesBalance(row.book, 'cash');
    const repaidFen = blind ? row.ledgerOutFen : row.cashOutFen;
    const hidden = sight.hides(row.book, 'cash', row.sourceDoc, row.seq);
    const { key } = ageOf(daysBetween(row.occurredDate, today));
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
        [key]: owed,
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
export async function loadGifts(
  sql: Sql,
  { caseId, book, period }: Wanted,
  most = MOST_ROWS,
): Promise<Loaded<ReportTable>> {
  const recorded = { from: startOfDay(`${period.from}-01`), before: startOfDay(addMonths(`${period.to}-01`, 1)) };
  const rows = await gifts(sql, caseId, { book, recorded, limit: most + 1 });
  return (sight) => cutTable(giftsTable(rows.slice(0, most), sight), rows.length, most);
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
