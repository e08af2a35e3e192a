import type { Language } from '../language.ts';
import { plainYuan } from '../sheets/plain-yuan.ts';
import { csvOf, type Line } from '../sheets/write-csv.ts';
import type { Cell, ColumnKind, Report, ReportTable } from './model.ts';
import { HIDDEN, plain } from './written.ts';

/** A report for a spreadsheet: what has to be known first, then its tables one below the other, money as numbers in yuan. */
export function reportCsv(report: Report, language: Language): string {
  const several = report.tables.length > 1;
  const notices = report.notices.map((notice) => [plain(notice, language)]);
  return csvOf([
    ...notices,
    ...(notices.length > 0 ? [[]] : []),
    ...report.tables.flatMap((table, n) => [
      ...(n > 0 ? [[]] : []),
      ...(several && table.title ? [[plain(table.title, language)]] : []),
      ...tableLines(table, language),
    ]),
  ]);
}

function tableLines({ columns, rows }: ReportTable, language: Language): Line[] {
  return [
    columns.map(({ title }) => plain(title, language)),
    ...rows.map(({ cells }) => columns.map(({ key, kind }) => sheetCell(cells[key], kind, language))),
  ];
}

/** A cell of a spreadsheet: yuan as a number that it can add up. */
export function sheetCell(cell: Cell | undefined, kind: ColumnKind, language: Language): string | number | null {
  if (cell === undefined) return null;
  if (cell === null) return HIDDEN;
  if (typeof cell === 'number') return kind === 'money' ? plainYuan(cell) : cell;
  return plain(cell, language);
}
