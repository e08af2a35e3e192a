import writeWorkbook from 'write-excel-file/node';
import type { Language } from '../language.ts';
import { guarded } from '../sheets/guard.ts';
import { sheetName, xmlText } from '../sheets/write.ts';
import { sheetCell } from './csv.ts';
import { type Heading, periodWords, type Report, type ReportTable } from './model.ts';
import { plain, written } from './written.ts';

/** Two decimals with thousands' commas; red ink is red. */
const MONEY = '#,##0.00;[Red]-#,##0.00';

/** A report as a workbook: a sheet a table, with the head a printed page has, money as numbers in yuan. */
export async function reportXlsx(report: Report, heading: Heading, language: Language): Promise<Uint8Array> {
  const names = new Set<string>();
  const sheets = report.tables.map((table, n) => ({
    sheet: unique(sheetName(plain(table.title ?? report.title, language)), n, names),
    data: [...headOf(report, table, heading, language), ...bodyOf(table, language), ...footOf(report, table, language)],
    columns: table.columns.map(({ kind, width }) => ({ width: kind === 'money' ? 16 : Math.max(8, width * 1.3) })),
  }));
  return new Uint8Array(await writeWorkbook(sheets).toBuffer());
}

function headOf(report: Report, table: ReportTable, { unit, caseNo, book }: Heading, language: Language) {
  const whole = table.columns.length;
  const about = [plain(unit, language), caseNo, plain(book, language)].join('　');
  const facts = [...report.facts, ...(table.facts ?? [])].map(
    ({ title, value, kind }) => `${plain(title, language)}：${written(value, kind, language)}`,
  );
  return [
    [
      {
        ...text(plain(report.title, language)),
        fontWeight: 'bold' as const,
        fontSize: 16,
        align: 'center' as const,
        span: whole,
      },
    ],
    [{ ...text([about, plain(periodWords(report.period), language)].join('　')), span: whole }],
    ...report.notices.map((notice) => [
      { ...text(plain(notice, language)), fontWeight: 'bold' as const, align: 'center' as const, span: whole },
    ]),
    ...(table.title ? [[{ ...text(plain(table.title, language)), fontWeight: 'bold' as const, span: whole }]] : []),
    ...facts.map((fact) => [{ ...text(fact), span: whole }]),
  ];
}

function bodyOf({ columns, rows }: ReportTable, language: Language) {
  return [
    columns.map(({ title }) => ({
      ...text(plain(title, language)),
      fontWeight: 'bold' as const,
      align: 'center' as const,
      borderStyle: 'thin' as const,
    })),
    ...rows.map(({ kind, cells }) =>
      columns.map((column) => {
        const value = sheetCell(cells[column.key], column.kind, language);
        const style = {
          borderStyle: 'thin' as const,
          ...(kind === 'total' ? { fontWeight: 'bold' as const } : {}),
          ...(column.kind === 'money' ? { align: 'right' as const } : {}),
        };
        if (typeof value === 'number')
          return { value, type: Number, ...style, ...(column.kind === 'money' ? { format: MONEY } : {}) };
        return value === null || value === '' ? style : { ...text(value), ...style, wrap: true };
      }),
    ),
  ];
}

function footOf(report: Report, { columns }: ReportTable, language: Language) {
  const span = columns.length;
  const signed = report.signatures.map((each) => `${plain(each, language)}：`).join('　　　　');
  return [...report.notes.map((note) => plain(note, language)), ...(signed ? [signed] : [])].map((line) => [
    { ...text(line), span },
  ]);
}

function text(value: string) {
  return { value: xmlText(guarded(value)), type: String, format: '@' };
}

function unique(name: string, n: number, names: Set<string>): string {
  const free = names.has(name) ? `${name.slice(0, 26)} (${n + 1})` : name;
  names.add(free);
  return free;
}
