import type { Text } from '../../sdk/program.ts';

/** A table as people fill it in: the first row that is not empty names the columns, the others are rows of it. */
export interface Sheet {
  /** The name of the sheet in a workbook; a CSV file has none. */
  readonly name?: string;
  readonly columns: readonly string[];
  /** Rows that hold anything, in order. `row` is the number a spreadsheet shows beside it, the heading included. */
  readonly rows: readonly SheetRow[];
}

/** A row by column; empty cells are left out. Everything is text: dates as `YYYY-MM-DD`, ids digit for digit. */
export interface SheetRow {
  readonly row: number;
  readonly cells: Readonly<Record<string, string>>;
  /** Columns whose number has more digits than a spreadsheet keeps: what is there is rounded. */
  readonly rounded?: readonly string[];
}

/** How much a file may hold. Beyond it a list is split. */
export const sheetLimits = {
  fileBytes: 8 * 1024 * 1024,
  /** All that is packed in a workbook, unpacked. */
  unpackedBytes: 64 * 1024 * 1024,
  packedFiles: 200,
  rows: 5_000,
  columns: 200,
  cellCharacters: 20_000,
  /** All texts of a workbook together: a text that many cells share counts for each. */
  characters: 16 * 1024 * 1024,
} as const;

/** A file that is no table we can read: what and why, in both languages. */
export class SheetProblem extends Error {
  readonly detail: Text;
  readonly waysOut: readonly Text[];
  /** The file is larger than a limit. */
  readonly tooLarge: boolean;

  constructor(
    detail: Text,
    { waysOut = [], tooLarge = false }: { waysOut?: readonly Text[]; tooLarge?: boolean } = {},
  ) {
    super(detail[1]);
    this.detail = detail;
    this.waysOut = waysOut;
    this.tooLarge = tooLarge;
  }
}

/** What a cell of a file came to: its text, and whether a spreadsheet has rounded it. */
export interface Cell {
  readonly text: string;
  readonly rounded?: boolean;
}

/**
 * A grid of cells as a sheet; `grid[0]` is row 1. Blank rows are passed over, columns without a heading too where they hold
 * nothing. Throws {@link SheetProblem}: no heading, a heading twice, cells under no heading, more than the limits.
 */
export function sheetOf(grid: readonly (readonly Cell[])[], name?: string): Sheet {
  const head = grid.findIndex((cells) => cells.some(({ text }) => text.trim() !== ''));
  if (head < 0) {
    throw new SheetProblem(['表格是空的。', 'The sheet is empty.'], {
      waysOut: [
        ['第一行写列名，从第二行起每行一条', 'Put the names of the columns in the first row, one entry a row below'],
      ],
    });
  }
  const columns = (grid[head] ?? []).map(({ text }) => text.normalize('NFC').replace(/\s+/g, ' ').trim());
  while (columns.at(-1) === '') columns.pop();
  if (columns.length > sheetLimits.columns) throw tooMany('columns', columns.length);
  const twice = columns.find((column, n) => column !== '' && columns.indexOf(column) !== n);
  if (twice !== undefined) {
    throw new SheetProblem([`列名“${twice}”出现了两次。`, `Two columns are called "${twice}".`], {
      waysOut: [['给其中一列改名', 'Call one of them otherwise']],
    });
  }
  const rows: SheetRow[] = [];
  for (let n = head + 1; n < grid.length; n++) {
    const row = rowOf(grid[n] ?? [], columns, n + 1);
    if (row) rows.push(row);
    if (rows.length > sheetLimits.rows) throw tooMany('rows', grid.length - head - 1);
  }
  return { ...(name === undefined ? {} : { name }), columns: columns.filter((column) => column !== ''), rows };
}

function rowOf(cells: readonly Cell[], columns: readonly string[], row: number): SheetRow | undefined {
  const found: [string, string][] = [];
  const rounded: string[] = [];
  for (const [n, cell] of cells.entries()) {
    const text = cell.text.trim();
    if (text === '') continue;
    const column = columns[n];
    if (column === undefined || column === '') {
      throw new SheetProblem(
        [
          `第 ${row} 行第 ${n + 1} 格有内容，但那一列没有列名。`,
          `Row ${row} has something in column ${n + 1}, which has no heading.`,
        ],
        { waysOut: [['补上列名，或清空那一列', 'Name the column, or empty it']] },
      );
    }
    if (text.length > sheetLimits.cellCharacters) {
      throw new SheetProblem(
        [
          `第 ${row} 行“${column}”超过 ${sheetLimits.cellCharacters} 个字。`,
          `Row ${row}, "${column}" has more than ${sheetLimits.cellCharacters} characters.`,
        ],
        { tooLarge: true },
      );
    }
    found.push([column, text]);
    if (cell.rounded) rounded.push(column);
  }
  if (found.length === 0) return undefined;
  return { row, cells: Object.fromEntries(found), ...(rounded.length > 0 ? { rounded } : {}) };
}

/** One of the sheets of a file: of that name, else the first. Throws {@link SheetProblem}. */
export function sheetCalled(sheets: readonly Sheet[], name?: string): Sheet {
  const found = name === undefined ? sheets[0] : sheets.find((sheet) => sheet.name === name);
  if (found) return found;
  const names = sheets.map((sheet) => sheet.name ?? '').join('、');
  throw new SheetProblem([`没有工作表“${name}”。有：${names}`, `There is no sheet "${name}". There are: ${names}`]);
}

/** More rows or columns than the limits. */
export function tooMany(what: 'rows' | 'columns', n: number): SheetProblem {
  const most = sheetLimits[what];
  return new SheetProblem(
    what === 'rows'
      ? [`表格有 ${n} 行，最多 ${most} 行。`, `The sheet has ${n} rows; ${most} is the most.`]
      : [`表格有 ${n} 列，最多 ${most} 列。`, `The sheet has ${n} columns; ${most} is the most.`],
    {
      waysOut: [
        ['分成几个文件，并删去多余的空行空列', 'Split it into several files and delete empty rows and columns'],
      ],
      tooLarge: true,
    },
  );
}
