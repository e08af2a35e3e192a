import { fonts } from './font.ts';
import { type Cell, type Column, plusFen, type ReportTable, type Row } from './model.ts';
import type { Sheet } from './pdf.ts';
import { plain, written } from './written.ts';

const SIZE = 9;
const PAD = 3;
const LINE = 0.5;

/** Draws a table from `from` down, over as many pages as it takes; its head stands on each. Gives back where it ends. */
export function drawTable(sheet: Sheet, table: ReportTable, from: number): number {
  const { doc, language, left, bottom, safe } = sheet;
  const widths = widthsOf(table.columns, sheet.width);
  let y = from;
  if (table.title) {
    // a title never stands alone at the foot of a page
    if (y + 70 > bottom) y = sheet.nextPage();
    doc
      .font(fonts.bold)
      .fontSize(11)
      .text(safe(plain(table.title, language)), left, y + 4, { width: sheet.width });
    y = doc.y + 4;
  }
  y = drawRow(sheet, table.columns, widths, headRow(table.columns), y, 'head');
  const running = carrier(table);
  for (const row of table.rows) {
    const height = heightOf(sheet, table.columns, widths, row);
    const room = running ? height + lineHeight() : height;
    if (y + room > bottom) {
      if (running) y = drawRow(sheet, table.columns, widths, running.row(['过次页', 'Carried over']), y, 'total');
      y = sheet.nextPage();
      y = drawRow(sheet, table.columns, widths, headRow(table.columns), y, 'head');
      if (running) y = drawRow(sheet, table.columns, widths, running.row(['承前页', 'Brought over']), y, 'brought');
    }
    y = drawRow(sheet, table.columns, widths, row, y, row.kind);
    running?.add(row);
  }
  return y + 8;
}

function widthsOf(columns: readonly Column[], width: number): number[] {
  const whole = columns.reduce((sum, column) => sum + column.width, 0);
  return columns.map((column) => (column.width / whole) * width);
}

function headRow(columns: readonly Column[]): Row {
  return { kind: 'total', cells: Object.fromEntries(columns.map(({ key, title }) => [key, title])) };
}

function lineHeight(): number {
  return SIZE * 1.45 + 2 * PAD;
}

/** What goes over a page: the sums of this month's lines so far and the last balance. */
function carrier({ carried }: ReportTable) {
  if (!carried) return undefined;
  let sums: Record<string, number | null> = {};
  let balance: Record<string, Cell> = {};
  return {
    add({ kind, cells }: Row) {
      balance = Object.fromEntries(carried.balance.map((key) => [key, cells[key] ?? balance[key] ?? null]));
      // after the sums of a month the next one begins anew
      if (kind === 'total') sums = {};
      if (kind !== 'entry') return;
      for (const key of carried.sums) {
        const cell = cells[key];
        if (cell !== undefined)
          sums = { ...sums, [key]: plusFen(sums[key] === undefined ? 0 : sums[key], cell as number | null) };
      }
    },
    row(text: readonly [string, string]): Row {
      return { kind: 'total', cells: { [carried.text]: text, ...sums, ...balance } };
    },
  };
}

function textOf({ language, safe }: Sheet, column: Column, row: Row): string {
  return safe(written(row.cells[column.key], column.kind, language));
}

function heightOf(sheet: Sheet, columns: readonly Column[], widths: readonly number[], row: Row): number {
  const { doc } = sheet;
  doc.font(row.kind === 'total' ? fonts.bold : fonts.regular).fontSize(SIZE);
  const heights = columns.map((column, n) => {
    const text = textOf(sheet, column, row);
    return text === '' ? 0 : doc.heightOfString(text, { width: widths[n]! - 2 * PAD });
  });
  return Math.max(lineHeight(), ...heights.map((height) => height + 2 * PAD));
}

function drawRow(
  sheet: Sheet,
  columns: readonly Column[],
  widths: readonly number[],
  row: Row,
  y: number,
  how: Row['kind'] | 'head',
): number {
  const { doc, left } = sheet;
  const height = heightOf(sheet, columns, widths, row);
  let x = left;
  columns.forEach((column, n) => {
    const width = widths[n]!;
    if (how !== 'entry') doc.rect(x, y, width, height).fill(how === 'head' ? '#e8ebef' : '#f6f7f9');
    doc.lineWidth(LINE).rect(x, y, width, height).stroke('#8a8f98');
    const text = textOf(sheet, column, row);
    if (text !== '') {
      const cell = row.cells[column.key];
      const red = column.kind === 'money' && typeof cell === 'number' && cell < 0;
      doc
        .font(how === 'entry' || how === 'brought' ? fonts.regular : fonts.bold)
        .fontSize(fitting(doc, text, column, width))
        .fillColor(red ? '#b00020' : '#000')
        .text(text, x + PAD, y + PAD, { width: width - 2 * PAD, align: alignOf(column, how) });
    }
    x += width;
  });
  doc.fillColor('#000');
  return y + height;
}

/** Figures stay on one line: set smaller where they are too wide. */
function fitting(doc: PDFKit.PDFDocument, text: string, { kind }: Column, width: number): number {
  if (kind !== 'money') return SIZE;
  const wanted = doc.fontSize(SIZE).widthOfString(text);
  return wanted <= width - 2 * PAD ? SIZE : Math.max(4, (SIZE * (width - 2 * PAD - 0.5)) / wanted);
}

function alignOf({ kind }: Column, how: Row['kind'] | 'head'): 'left' | 'center' | 'right' {
  if (how === 'head' || kind === 'side' || kind === 'count' || kind === 'date') return 'center';
  return kind === 'money' ? 'right' : 'left';
}
