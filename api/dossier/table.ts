import { canonicalJson } from '../../sdk/canonical.ts';
import { guarded } from '../sheets/guard.ts';
import type { DossierFile } from './archive.ts';

/** A table of a dossier: the names of its columns and its rows. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A row by the names of its columns. */
export type TableRow = Readonly<Record<string, unknown>>;

/** A table as RFC 8785 JSON. */
export function tableJson(table: Table): string {
  return canonicalJson({ columns: table.columns, rows: table.rows });
}

/** The same as CSV for people (RFC 4180, UTF-8 with its mark, CRLF): texts in quotation marks, nothing runs as a formula. */
export function tableCsv({ columns, rows }: Table): string {
  return `\u{feff}${[columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/** A table's files: books have both forms, everything else JSON. */
export function tableFiles(name: string, table: Table): DossierFile[] {
  const json = { path: `${name}.json`, bytes: Buffer.from(tableJson(table)) };
  return name.startsWith('books/') ? [json, { path: `${name}.csv`, bytes: Buffer.from(tableCsv(table)) }] : [json];
}

/** The rows of a table as objects. */
export function rowsOf(table: Table | undefined): TableRow[] {
  return (table?.rows ?? []).map((row) => Object.fromEntries(table!.columns.map((name, n) => [name, row[n] ?? null])));
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return `"${guarded(text).replaceAll('"', '""')}"`;
}
