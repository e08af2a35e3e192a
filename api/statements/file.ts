import { parse } from 'csv-parse/sync';
import { decode } from '../sheets/read-csv.ts';
import { SheetProblem } from '../sheets/sheet.ts';
import { isZip } from '../sheets/zip.ts';
import { knownNames } from './columns.ts';

/** Lines a bank writes above the heading, at most: account, span, sums. */
const MOST_ABOVE = 60;

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
  const from = lines.slice(heading).map((line) => line.replace(/[\t ]+(?=,|$)/g, '').replace(/,+$/, ''));
  return new TextEncoder().encode(from.filter((line) => !/^[-=—]{5,}/.test(line)).join('\n'));
}

function cellsOf(line: string): string[] {
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
