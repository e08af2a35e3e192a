import { parse } from 'csv-parse/sync';
import { readSheets } from '../sheets/read.ts';
import { decode } from '../sheets/read-csv.ts';
import { type Sheet, SheetProblem, sheetLimits } from '../sheets/sheet.ts';
import { isZip } from '../sheets/zip.ts';
import { knownNames } from './columns.ts';

/** Lines a bank writes above the heading, at most: account, span, sums. */
const MOST_ABOVE = 60;
/** A longer line is no heading. */
const LONGEST_HEADING = 20_000;

/** The sheets of a statement's file, read from its heading on. Throws {@link SheetProblem}. */
export async function readStatementSheets(bytes: Uint8Array): Promise<readonly Sheet[]> {
  // kept as it came, unlike a list: names in an archive stand in it unpacked
  if (isZip(bytes) && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('vbaProject'))
    throw macros();
  // a file over the limit is refused before anything of it is looked at
  return readSheets(bytes.length > sheetLimits.fileBytes ? bytes : fromHeading(bytes));
}

function macros(): SheetProblem {
  return new SheetProblem(
    ['工作簿里有宏，不能作为材料保存。', 'The workbook holds macros and cannot be kept as a document.'],
    {
      waysOut: [['另存为不含宏的 XLSX 或 CSV', 'Save it as XLSX without macros, or as CSV']],
    },
  );
}

/**
 * A file without what banks write above its heading (whose account it is, from when to when, sums), so that it begins with
 * the names of the columns. A workbook, and a file in which no heading is found, stay as they are. Throws {@link SheetProblem}
 * where it is no text.
 */
export function fromHeading(bytes: Uint8Array): Uint8Array {
  if (isZip(bytes) || (bytes[0] === 0xd0 && bytes[1] === 0xcf)) return bytes;
  const text = decode(bytes).replace(/^\ufeff/, '');
  const lines = text.split(/\r?\n/);
  const heading = lines.slice(0, MOST_ABOVE).findIndex((line) => knownNames(cellsOf(line)) >= 3);
  if (heading < 0) return bytes;
  // banks end lines with a separator or a tab, which a heading has no name for
  const from = lines.slice(heading).map((line) => trimmed(line));
  return new TextEncoder().encode(from.filter((line) => !/^[-=—]{5,}/.test(line)).join('\n'));
}

/** A line whose cells end without blanks and tabs, and which does not end with empty cells. Takes time as the line is long. */
function trimmed(line: string): string {
  const cells = line.split(',').map((cell) => {
    let end = cell.length;
    while (end > 0 && (cell[end - 1] === ' ' || cell[end - 1] === '\t')) end -= 1;
    return cell.slice(0, end);
  });
  while (cells.at(-1) === '') cells.pop();
  return cells.join(',');
}

function cellsOf(line: string): string[] {
  if (line.length > LONGEST_HEADING) return [];
  try {
    const [cells = []] = parse(line, {
      relax_column_count: true,
      relax_quotes: true,
      delimiter: [',', '\t', ';'],
    }) as string[][];
    return cells;
  } catch (error) {
    if (error instanceof SheetProblem) throw error;
    return [];
  }
}
