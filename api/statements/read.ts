import { type BankLine, bankLineKey } from '../../engine/books/bank-events.ts';
import { movementFen } from '../../engine/books/entry.ts';
import type { Text } from '../../sdk/program.ts';
import type { Sheet, SheetRow } from '../sheets/sheet.ts';
import type { Columns } from './columns.ts';
import { readDay, readFen, readSide } from './values.ts';

/** A line as an act takes it, with the row of the file it stands in. */
export interface ReadLine extends Omit<BankLine, 'no'> {
  readonly row: number;
}

/** A row that cannot be read, and why. */
export interface RowProblem {
  readonly row: number;
  readonly why: Text;
}

/** What a file holds: its lines in the order they happened, or what is wrong with it. */
export interface ReadStatement {
  readonly lines: readonly ReadLine[];
  /** Rows that are no movement: sums, moves between purses. */
  readonly passed: number;
  readonly problems: readonly RowProblem[];
}

type Found = Omit<ReadLine, 'nth'>;

/** Reads the lines of a statement by its columns. Banks list the newest first or last: both come out in the order they happened. */
export function readStatement({ rows }: Sheet, columns: Columns): ReadStatement {
  const found: Found[] = [];
  const problems: RowProblem[] = [];
  let passed = 0;
  for (const row of rows) {
    const line = lineOf(row, columns);
    if (line === undefined) passed += 1;
    else if ('why' in line) problems.push(line);
    else found.push(line);
  }
  const lines = counted(inOrder(found));
  return { lines, passed, problems: [...problems, ...gaps(lines)] };
}

function lineOf({ row, cells }: SheetRow, columns: Columns): Found | RowProblem | undefined {
  const cell = (column: string | undefined) => (column === undefined ? undefined : cells[column]?.trim());
  const date = readDay(cell(columns.date));
  const money = movedBy(cell, columns);
  if (date === undefined) {
    // below the last line banks write sums and remarks
    return money === undefined ||
      (cell(columns.date) ?? '') === '' ||
      /合计|总计|小计|sum|total/i.test(cell(columns.date) ?? '')
      ? undefined
      : { row, why: ['日期读不出来', 'the date cannot be read'] };
  }
  if (money === undefined) return undefined;
  if (money === '?') return { row, why: ['金额或收支方向读不出来', 'amount or direction cannot be read'] };
  const balanceFen = readFen(cell(columns.balance));
  if (balanceFen === '?') return { row, why: ['余额读不出来', 'the balance cannot be read'] };
  const told = (value: string | undefined, most: number) => {
    const text = (value ?? '').replace(/\s+/g, ' ').trim().slice(0, most);
    return text === '' || text === '/' ? undefined : text;
  };
  const counterparty = told(cell(columns.counterparty), 200);
  const text = told(cell(columns.text), 500);
  const reference = told(cell(columns.reference), 100);
  return {
    row,
    date,
    direction: money > 0 ? 'in' : 'out',
    amountFen: Math.abs(money),
    ...(balanceFen !== undefined ? { balanceFen } : {}),
    ...(counterparty !== undefined ? { counterparty } : {}),
    ...(text !== undefined ? { text } : {}),
    ...(reference !== undefined ? { reference } : {}),
  };
}

/** What came in (positive) or went out (negative); undefined where nothing moved. */
function movedBy(cell: (column: string | undefined) => string | undefined, columns: Columns): number | undefined | '?' {
  if (columns.in !== undefined && columns.out !== undefined) {
    const [came, went] = [readFen(cell(columns.in)), readFen(cell(columns.out))];
    if (came === '?' || went === '?') return '?';
    // a debit that banks write with a minus went out all the same
    const moved = (came ?? 0) - Math.abs(went ?? 0);
    return moved === 0 ? undefined : moved;
  }
  const amount = readFen(cell(columns.amount));
  if (amount === undefined || amount === 0) return undefined;
  if (amount === '?') return '?';
  if (columns.side === undefined) return amount;
  const side = readSide(cell(columns.side));
  if (side === undefined) return cell(columns.side) === '/' || (cell(columns.side) ?? '') === '' ? undefined : '?';
  return side === 'in' ? Math.abs(amount) : -Math.abs(amount);
}

/** The lines from first to last, turned round where the file begins with the newest. */
function inOrder(lines: readonly Found[]): readonly Found[] {
  const [first, last] = [lines[0], lines.at(-1)];
  const turned = [...lines].reverse();
  const falling =
    first && last && (first.date > last.date || (first.date === last.date && follows(turned) && !follows(lines)));
  return [...(falling ? turned : lines)].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

function follows(lines: readonly Omit<Found, 'row'>[]): boolean {
  return lines.every((line, i) => fitsAfter(lines[i - 1], line));
}

function fitsAfter(before: Omit<Found, 'row'> | undefined, line: Omit<Found, 'row'>): boolean {
  if (before?.balanceFen === undefined || line.balanceFen === undefined) return true;
  return before.balanceFen + movementFen(line) === line.balanceFen;
}

/** The first place where the balances do not follow one another: a line is missing, or one was changed. */
function gaps(lines: readonly ReadLine[]): RowProblem[] {
  const at = lines.findIndex((line, i) => !fitsAfter(lines[i - 1], line));
  const line = at < 0 ? undefined : lines[at];
  return line
    ? [
        {
          row: line.row,
          why: [
            '余额与上一笔接不上，可能缺了流水',
            'the balance does not follow the line before it: one may be missing',
          ],
        },
      ]
    : [];
}

function counted(lines: readonly Found[]): ReadLine[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const { row: _, ...said } = line;
    const key = bankLineKey(said);
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return { ...line, nth };
  });
}
