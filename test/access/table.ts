import { readFileSync } from 'node:fs';

/** A table of expected answers: the columns, and the cells of a row by what it is about. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** Reads a table beside this file: first columns say what a row is about, joined by ` | `; the others are the cells. Lines that begin with # say something. */
export function readTable(name: string, about: number): Table {
  const lines = readFileSync(new URL(name, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const [head = [], ...rows] = lines;
  const found = new Map(rows.map((cells) => [cells.slice(0, about).join(' | '), cells.slice(about)]));
  if (found.size !== rows.length) throw new Error(`${name} has a row twice`);
  return { columns: head.slice(about), rows: found };
}

/** A row as it stands in the table. */
export function written(about: readonly string[], cells: readonly string[]): string {
  return [...about, ...cells].join(',');
}

/** A text in which `{thing}` stands for what it is called there; what is not known stays. */
export function filled(text: string, things: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => things[name] ?? all);
}
