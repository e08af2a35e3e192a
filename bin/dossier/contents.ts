import { rowsOf, type Table, type TableRow } from '../../api/dossier/table.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { Archive } from './archive.ts';
import type { Findings, Rule } from './findings.ts';

/** The files of a dossier, read by their paths; what cannot be read is a finding. */
export class Contents {
  readonly #archive: Archive;
  readonly #findings: Findings;
  readonly #tables = new Map<string, Table | undefined>();

  constructor(archive: Archive, findings: Findings) {
    this.#archive = archive;
    this.#findings = findings;
  }

  /** Paths that begin so, in their order. */
  paths(prefix: string): string[] {
    return this.#archive.entries.flatMap(({ path }) => (path.startsWith(prefix) ? [path] : []));
  }

  /** A file's bytes. */
  bytes(path: string): Buffer | undefined {
    return this.#archive.read(path);
  }

  /** A JSON file, which has to be canonical. */
  json(path: string, rule: Rule): unknown {
    const bytes = this.bytes(path);
    if (!bytes) {
      this.#findings.find(rule, path, '缺少这个文件', 'the file is missing');
      return undefined;
    }
    return canonicalIn(bytes.toString('utf8'), bytes, () =>
      this.#findings.find(rule, path, '不是规范形式的 JSON（RFC 8785）', 'it is no canonical JSON (RFC 8785)'),
    );
  }

  /** A table by its name; undefined where the dossier has none, or it is none. */
  table(name: string, rule: Rule): Table | undefined {
    if (this.#tables.has(name)) return this.#tables.get(name);
    const table = this.#readTable(`${name}.json`, rule);
    this.#tables.set(name, table);
    return table;
  }

  /** The rows of a table as objects; none where there is no table. */
  rows(name: string, rule: Rule): TableRow[] {
    return rowsOf(this.table(name, rule));
  }

  #readTable(path: string, rule: Rule): Table | undefined {
    if (!this.#archive.entries.some((entry) => entry.path === path)) return undefined;
    const table = this.json(path, rule) as Table | undefined;
    if (table === undefined) return undefined;
    const { columns, rows } = Object(table) as Partial<Table>;
    const whole =
      Array.isArray(columns) &&
      Array.isArray(rows) &&
      Object.keys(table).length === 2 &&
      columns.every((column) => typeof column === 'string') &&
      new Set(columns).size === columns.length &&
      rows.every((row) => Array.isArray(row) && row.length === columns.length);
    if (whole) return table;
    this.#findings.find(rule, path, '不是一张表', 'it is no table');
    return undefined;
  }
}

/** What a text says as JSON, where it is the canonical text of it and its bytes are that text; otherwise undefined, and told. */
export function canonicalIn(text: string, bytes: Uint8Array | undefined, onWrong: () => void): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (canonicalJson(value) === text && (!bytes || Buffer.byteLength(text) === bytes.length)) return value;
  } catch {
    // told below
  }
  onWrong();
  return undefined;
}
