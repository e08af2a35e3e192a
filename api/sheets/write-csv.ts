import { guarded } from './guard.ts';

/** A row of cells: texts, numbers that stay numbers, and nothing. */
export type Line = readonly (string | number | null)[];

/** Rows as CSV (RFC 4180) that spreadsheets open as UTF-8; nothing in it runs as a formula, also not behind a sign taken for a separator. */
export function csvOf(rows: readonly Line[]): string {
  return `\u{feff}${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = guarded(value);
  return `"${safe.replaceAll('"', '""')}"`;
}
