import { parse } from 'csv-parse/sync';
import { unguarded } from './guard.ts';
import { type Cell, type Sheet, SheetProblem, sheetLimits, sheetOf, tooMany } from './sheet.ts';

/** What separates cells: whichever the first line has most of. Excel's “Unicode text” has tabs. */
const DELIMITERS = [',', '\t', ';'] as const;

/**
 * Reads CSV: UTF-8, or UTF-16 by its mark, else GB 18030 as Excel writes it in China (of which GBK and GB 2312 are parts);
 * comma, tab or semicolon. Throws {@link SheetProblem} when it is neither, or its quotes do not match.
 */
export function readCsv(bytes: Uint8Array): Sheet {
  const text = decode(bytes);
  if (OTHER.test(text)) {
    throw new SheetProblem(['这是网页或 PDF，不是表格。', 'This is a page or a PDF, and no table.'], {
      waysOut: [['在表格软件里另存为 CSV 或 XLSX', 'Save it anew as CSV or XLSX in a spreadsheet']],
    });
  }
  const grid: (readonly Cell[])[] = [];
  let filled = 0;
  try {
    parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: 512 * 1024,
      // kept here, so that a file is given up at the first row or column too many
      on_record: (record: string[]) => {
        const width = record.findLastIndex((cell) => cell.trim() !== '') + 1;
        if (width > sheetLimits.columns) throw tooMany('columns', width);
        if (width > 0) filled += 1;
        if (filled > sheetLimits.rows + 1 || grid.length > MOST_LINES) throw tooMany('rows', grid.length);
        grid.push(width === 0 ? BLANK : record.slice(0, width).map((cell): Cell => ({ text: unguarded(cell) })));
        return null;
      },
    });
  } catch (error) {
    if (error instanceof SheetProblem) throw error;
    const { code, lines } = error as { code?: string; lines?: number };
    if (code === 'CSV_MAX_RECORD_SIZE') throw rowTooLong(lines);
    throw new SheetProblem(
      [`第 ${lines ?? '?'} 行附近引号不成对，读不下去。`, `The quotes do not match near line ${lines ?? '?'}.`],
      { waysOut: [['在表格软件里另存为 CSV 或 XLSX', 'Save it anew as CSV or XLSX in a spreadsheet']] },
    );
  }
  return sheetOf(grid);
}

/** How texts begin that are no table, whatever programs call them: statements of banks are kept as they came, and these might act. */
const OTHER = /^[\s\p{Cf}]*(?:<[a-z!?/%]|%PDF-)/iu;

const BLANK: readonly Cell[] = [];

/** Rows of a file, blank ones too: spreadsheets write those that were formatted once. */
const MOST_LINES = 200_000;

function rowTooLong(line: number | undefined): SheetProblem {
  return new SheetProblem(
    [
      `第 ${line ?? '?'} 行附近有一行太长，或引号不成对。`,
      `A row near line ${line ?? '?'} is too long, or its quotes do not match.`,
    ],
    {
      waysOut: [['在表格软件里另存为 CSV 或 XLSX', 'Save it anew as CSV or XLSX in a spreadsheet']],
      tooLarge: true,
    },
  );
}

/** The text of a file, by its mark or by what can be read without a fault. */
export function decode(bytes: Uint8Array): string {
  const marked = markOf(bytes);
  const found = read(bytes, marked ?? 'utf-8') ?? (marked ? undefined : read(bytes, 'gb18030'));
  if (found === undefined || found.includes('\0')) {
    throw new SheetProblem(['读不出文字：既不是 UTF-8，也不是 GB 18030。', 'It is no text in UTF-8 or GB 18030.'], {
      waysOut: [['另存为“CSV UTF-8”或 XLSX', 'Save it as “CSV UTF-8” or XLSX']],
    });
  }
  return found;
}

function markOf([a, b]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : undefined;
}

function read(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Counted outside quotes, in the first line that is not blank. */
function delimiterOf(text: string): string {
  const counts = new Map<string, number>();
  let quoted = false;
  let seen = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === '\n' && seen) break;
    if (character.trim() !== '') seen = true;
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const most = Math.max(...DELIMITERS.map((each) => counts.get(each) ?? 0));
  return DELIMITERS.find((each) => (counts.get(each) ?? 0) === most) ?? ',';
}
