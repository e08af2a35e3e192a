import type { Text } from '../../sdk/program.ts';
import type { ReportTable } from './model.ts';

/** A spreadsheet or a printed register holds at most so many rows. */
export const MOST_ROWS = 10_000;

/** What stands with rows that are not all there are. */
export function cutNotice(most: number): Text {
  return [
    `行数过多，这里只有前 ${most} 行，合计也只是这些行的。`,
    `There are more rows: these are the first ${most}, and so are the sums.`,
  ];
}

/** A table whose rows are the first `most` of at least `count`: it says so where some are left out. */
export function cutTable(table: ReportTable, count: number, most: number): ReportTable {
  return count > most ? { ...table, cutAt: most } : table;
}

/** The first `most` of lists that were fetched one row over, and the names of those that go on. */
export function firstOf<T extends Readonly<Record<string, readonly unknown[]>>>(
  most: number,
  lists: T,
): T & { readonly cut: string[] } {
  const first = Object.fromEntries(Object.entries(lists).map(([name, rows]) => [name, rows.slice(0, most)]));
  return { ...(first as unknown as T), cut: Object.keys(lists).filter((name) => lists[name]!.length > most) };
}
