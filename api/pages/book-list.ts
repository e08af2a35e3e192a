import { parse } from 'csv-parse/sync';
import type { Text } from '../../sdk/program.ts';
import { fenOf } from './book-field.ts';

/** A household's payment in a list that was pasted or brought as CSV. */
export interface ListedRow {
  /** Its line in the list. */
  readonly line: number;
  readonly payer: string;
  readonly amountFen: number;
  readonly receipt: string;
}

/** A line that cannot be read, and why. */
interface ListProblem {
  readonly line: number;
  readonly why: Text;
}

/** One act takes so many. */
export const MOST_ROWS = 200;

/** Lines that are looked at, blank ones too. */
const MOST_LINES = 2_000;

type Column = 'payer' | 'amount' | 'receipt';

/** How lists call their columns; without a heading they stand in this order. */
const NAMES: Readonly<Record<Column, RegExp>> = {
  payer: /^(户号|户主|住户|户|编号|缴费户|payer|household)$/i,
  amount: /^(金额|缴费金额|金额元|amount|yuan)$/i,
  receipt: /^(收据|收据号|收据编号|票号|receipt)$/i,
};
const ORDER: readonly Column[] = ['payer', 'amount', 'receipt'];

/**
 * Reads a list of households: household, amount in yuan and number of the receipt in each line, with or without a heading;
 * separated as spreadsheets paste them (tabs), as CSV (commas, semicolons; quoted where a cell holds one) or by blanks.
 */
export function readList(text: string): {
  readonly rows: readonly ListedRow[];
  readonly problems: readonly ListProblem[];
} {
  const lines = cellsOf(text);
  const heading = lines[0] && headingOf(lines[0].cells);
  const columns = heading ?? ORDER;
  const rows: ListedRow[] = [];
  const problems: ListProblem[] = [];
  const seen = new Map<string, number>();
  for (const { line, cells } of heading ? lines.slice(1) : lines) {
    const cell = (column: Column) => cells[columns.indexOf(column)]?.trim() ?? '';
    const [payer, amount, receipt] = [cell('payer'), cell('amount'), cell('receipt')];
    const amountFen = fenOf(amount);
    const before = seen.get(receipt);
    const why = whyNot({ payer, amountFen, receipt, before });
    if (why) problems.push({ line, why });
    else if (amountFen !== undefined) rows.push({ line, payer, amountFen, receipt });
    if (receipt !== '') seen.set(receipt, line);
  }
  if (rows.length > MOST_ROWS)
    problems.push({
      line: rows[MOST_ROWS]?.line ?? MOST_ROWS,
      why: [`一次最多 ${MOST_ROWS} 户，其余另行登记`, `${MOST_ROWS} households at most; record the others apart`],
    });
  return { rows, problems };
}

function whyNot({
  payer,
  amountFen,
  receipt,
  before,
}: {
  readonly payer: string;
  readonly amountFen: number | undefined;
  readonly receipt: string;
  readonly before: number | undefined;
}): Text | undefined {
  if (payer === '') return ['缺少户号', 'the household is missing'];
  if (amountFen === undefined || amountFen <= 0)
    return ['金额应写成元，如 120.50', 'the amount should be yuan, like 120.50'];
  if (receipt === '') return ['缺少收据号', 'the number of the receipt is missing'];
  return before === undefined
    ? undefined
    : [`收据号 ${receipt} 与第 ${before} 行重复`, `receipt ${receipt} stands in line ${before} already`];
}

function headingOf(cells: readonly string[]): readonly (Column | undefined)[] | undefined {
  const plain = cells.map((cell) => cell.normalize('NFKC').replace(/[\s*()（）元]/g, ''));
  const columns = plain.map((cell) => ORDER.find((column) => NAMES[column].test(cell)));
  return ORDER.every((column) => columns.includes(column)) ? columns : undefined;
}

/** The cells of each line that is not blank, with the line's number. */
function cellsOf(text: string): readonly { readonly line: number; readonly cells: readonly string[] }[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/, MOST_LINES);
  const filled = lines.flatMap((said, n) => (said.trim() === '' ? [] : [{ said, line: n + 1 }]));
  // a heading, and one row more than one act takes, to tell that there are too many
  return filled.slice(0, MOST_ROWS + 2).map(({ said, line }) => ({ line, cells: split(said) }));
}

function split(line: string): readonly string[] {
  if (line.includes('\t')) return line.split('\t').map(unquoted);
  const delimiter = [',', ';'].find((each) => line.includes(each));
  if (delimiter !== undefined) {
    try {
      const [cells = []] = parse(line, { delimiter, relax_column_count: true, trim: true }) as string[][];
      return cells;
    } catch {
      return line.split(delimiter);
    }
  }
  return line.trim().split(/[，；]|\s+/);
}

function unquoted(cell: string): string {
  return cell.trim().replace(/^"(.*)"$/, '$1');
}
