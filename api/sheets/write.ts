import writeWorkbook from 'write-excel-file/node';
import { guarded } from './guard.ts';
import { csvOf, type Line } from './write-csv.ts';

/** A table to be written: texts stay texts (ids keep their digits), numbers are numbers, nothing runs as a formula. */
export interface Table {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly rows: readonly Line[];
}

/** In which form a table is wanted. */
export type TableFormat = 'csv' | 'xlsx';

/** The media types of the forms a table is written in. */
export const tableTypes: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Writes tables in a form: all of them as sheets of one workbook, or the first as CSV. */
export async function writeTables(format: TableFormat, tables: readonly [Table, ...Table[]]): Promise<Uint8Array> {
  if (format === 'xlsx') return writeXlsx(tables);
  return new TextEncoder().encode(csvOf([tables[0].columns, ...tables[0].rows]));
}

/** Cells formatted as text: a spreadsheet keeps all digits of what is typed into them later, too. */
const AS_TEXT = '@';

/** Tables as the sheets of one workbook. */
export async function writeXlsx(tables: readonly Table[]): Promise<Uint8Array> {
  const sheets = tables.map(({ name, columns, rows }, n) => ({
    sheet: sheetName(name ?? `Sheet${n + 1}`),
    data: [
      columns.map((column) => ({
        value: xmlText(guarded(column)),
        type: String,
        format: AS_TEXT,
        fontWeight: 'bold' as const,
      })),
      ...rows.map((row) => columns.map((_, i) => xlsxCell(row[i] ?? null))),
    ],
    columns: columns.map((column) => ({ width: Math.min(40, Math.max(10, column.length * 2 + 2)) })),
    stickyRowsCount: 1,
  }));
  return new Uint8Array(await writeWorkbook(sheets).toBuffer());
}

function xlsxCell(value: string | number | null) {
  if (value === null || value === '') return null;
  if (typeof value === 'number') return { value, type: Number };
  return { value: xmlText(guarded(value)), type: String, format: AS_TEXT };
}

/** What XML cannot hold is left out, and what would be read as another text is escaped as workbooks escape signs. */
export function xmlText(text: string): string {
  const plain = text
    .replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, '')
    .replace(/\p{Surrogate}/gu, '')
    .slice(0, 32_767)
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    // the library leaves it out
    .replaceAll('\ufffd', '_xFFFD_');
  // the library looks texts up in a plain object, which has these already
  return plain in Object.prototype ? `${escaped(plain)}${plain.slice(1)}` : plain;
}

/** The first sign of a text as `_xHHHH_`. */
function escaped(text: string): string {
  return `_x${text.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}

/** Excel takes 31 characters without `[]:*?/\`. */
export function sheetName(name: string): string {
  return name.replace(/[[\]:*?/\\]/g, ' ').slice(0, 31) || 'Sheet';
}
