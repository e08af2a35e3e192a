import type { Text } from '../../sdk/program.ts';

/** What stands in a cell: a text (in both languages where it is ours), fen or a count; null where the reader may not see it yet. */
export type Cell = string | number | Text | null;

/** How a column is read and set: `money` in fen, `side` is 借, 贷 or 平. */
export type ColumnKind = 'text' | 'date' | 'money' | 'count' | 'side';

/** A column. `width` is its share of the page beside the others'. */
export interface Column {
  readonly key: string;
  readonly title: Text;
  readonly kind: ColumnKind;
  readonly width: number;
}

/** A column of texts of our own or of people. */
export const textColumn = (key: string, title: Text, width: number): Column => ({ key, title, kind: 'text', width });

/** A column of amounts. */
export const moneyColumn = (key: string, title: Text, width: number): Column => ({ key, title, kind: 'money', width });

/** The day of the paper. */
export const dateColumn: Column = { key: 'date', title: ['日期', 'Date'], kind: 'date', width: 10 };

/** A line of a table: an entry, what was brought forward, or a sum. A cell that is absent stays empty. */
export interface Row {
  readonly kind: 'entry' | 'brought' | 'total';
  readonly cells: Readonly<Record<string, Cell>>;
}

/** Something said once above a table: an account, a balance in words. */
export interface ReportFact {
  readonly key: string;
  readonly title: Text;
  readonly value: Cell;
  readonly kind: ColumnKind;
}

/**
 * A table of a report. `carried`: columns whose running sums go over to the next page, and the balance beside them. `cutAt`: it
 * holds only so many rows of more.
 */
export interface ReportTable {
  readonly key: string;
  readonly title?: Text;
  readonly facts?: readonly ReportFact[];
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly cutAt?: number;
  readonly carried?: { readonly sums: readonly string[]; readonly balance: readonly string[]; readonly text: string };
}

/** The months a report is about, `YYYY-MM`; of one year, where it has sums of the year. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** A report before anybody decides how it is written down: JSON, CSV, XLSX or PDF say the same. */
export interface Report {
  readonly report: string;
  readonly title: Text;
  readonly period: Period;
  /** What one has to know before reading it: that a month is not closed, that rows are left out. Above everything, in every form. */
  readonly notices: readonly Text[];
  readonly facts: readonly ReportFact[];
  readonly tables: readonly ReportTable[];
  readonly notes: readonly Text[];
  /** Who signs it on paper. */
  readonly signatures: readonly Text[];
  /** What a reader's telephone finds in its square code. */
  readonly code?: string;
}

/** Where a report comes from, for its head. */
export interface Heading {
  readonly unit: Text;
  readonly caseNo: string;
  readonly book: Text;
  readonly printedAt: string;
}

/** The sum of amounts; null as soon as one of them may not be seen. */
export function sumFen(amounts: Iterable<number | null>): number | null {
  let sum = 0;
  for (const amount of amounts) {
    if (amount === null) return null;
    sum += amount;
  }
  return sum;
}

/** Two amounts together, under the same rule. */
export const plusFen = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

/** Under a report that leaves something out. */
export const hiddenNote: Text = [
  '“＊”处暂不显示：对方已登记、您尚未登记的单据，要等您登记后或期限过后才显示，其后的余额与合计也是如此。',
  'What is marked * is not shown yet: documents that the other side has recorded and you have not, and every balance and sum after them, until you have recorded them or their time is over.',
];

/** Whether a table has a cell that may not be seen yet. */
export function hides(tables: readonly ReportTable[]): boolean {
  return tables.some(({ rows, facts = [] }) =>
    [...rows.flatMap(({ cells }) => Object.values(cells)), ...facts.map(({ value }) => value)].includes(null),
  );
}

const MONTHS_EN = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The months of a report in words. */
export function periodWords({ from, to }: Period): Text {
  const [year, first, last] = [Number(from.slice(0, 4)), Number(from.slice(5)), Number(to.slice(5))];
  if (from.slice(0, 4) !== to.slice(0, 4))
    return [`${words(from)[0]}至${words(to)[0]}`, `${words(from)[1]} to ${words(to)[1]}`];
  if (first === last) return [`${year}年${first}月`, `${MONTHS_EN[first - 1]} ${year}`];
  return [`${year}年${first}月至${last}月`, `${MONTHS_EN[first - 1]} to ${MONTHS_EN[last - 1]} ${year}`];
}

function words(month: string): Text {
  return periodWords({ from: month, to: month });
}

/** The months from one to another, of one year. */
export function monthsOf({ from, to }: Period): string[] {
  const [first, last] = [Number(from.slice(5)), Number(to.slice(5))];
  return Array.from({ length: last - first + 1 }, (_, n) => `${from.slice(0, 5)}${String(first + n).padStart(2, '0')}`);
}
