import type { RowProblem } from '../../db/queries/imports.ts';
import type { OpenCaseRequest } from '../../door/outcome.ts';
import { startOfDay } from '../../engine/time/civil.ts';
import type { Program } from '../../sdk/program.ts';
import { inputErrors } from '../issues.ts';
import { CaseRequest } from '../schemas/case.ts';
import type { SheetRow } from '../sheets/sheet.ts';
import { readDate, readNumber, readYesNo } from './values.ts';

/** An opening as a row asks for it, without who asks. */
export type RowRequest = Omit<OpenCaseRequest, 'actId' | 'actor'>;

/** What a row came to. */
export interface RowOpening {
  readonly request?: RowRequest;
  /** What is left of a row with mistakes: decided on as well, so that all of them are named at once. */
  readonly rest?: RowRequest;
  readonly problems: readonly RowProblem[];
  /** The column that a path of the request comes from. */
  readonly columnOf: (path: string) => string | null;
}

/** What all rows of a list have in common. */
export interface ListOf {
  readonly program: Program;
  readonly unit: string;
  /** The cases began on paper. */
  readonly imported: boolean;
  readonly mapping: Readonly<Record<string, string | null>>;
  /** Units by what cells call them. */
  readonly units: ReadonlyMap<string, string>;
}

/** Several names in one cell. */
const BETWEEN_NAMES = /[、,，;；\n]+/;

/** The opening a row asks for, checked like a body of `POST /cases`; what is wrong is said by column. */
export function openingOf(
  { program, unit, imported, mapping, units }: ListOf,
  { cells, rounded = [] }: SheetRow,
): RowOpening {
  const from = new Map<string, string>();
  const draft = {
    unit,
    data: {} as Record<string, unknown>,
    assignments: {} as Record<string, string>,
    rest: {} as Record<string, unknown>,
  };
  const parties = new Map<
    string,
    { role: string; names: string[]; more: Record<string, string>; columns: Record<string, string> }
  >();
  for (const [column, target] of Object.entries(mapping)) {
    const text = Object.hasOwn(cells, column) ? cells[column] : undefined;
    if (target === null || text === undefined) continue;
    const [kind = '', key = '', part = ''] = target.split('.');
    if (kind === 'data') {
      from.set(`data.${key}`, column);
      draft.data[key] = cellValue(program, key, text);
    } else if (kind === 'role') {
      from.set(`assignments.${key}`, column);
      draft.assignments[key] = text.normalize('NFKC');
    } else if (kind === 'party') {
      const def = program.roles[key];
      const party = parties.get(key) ?? { role: key, names: [], more: {}, columns: {} };
      parties.set(key, party);
      party.columns[part] = column;
      if (part !== 'name') party.more[part] = part === 'birthDate' ? readDate(text) : text;
      else
        party.names =
          def && 'party' in def && def.party === 'many'
            ? text
                .split(BETWEEN_NAMES)
                .map((one) => one.trim())
                .filter(Boolean)
            : [text];
    } else {
      from.set(target, column);
      if (target === 'unit') draft.unit = units.get(text) ?? text;
      else if (target === 'openedAt') draft.rest['openedAt'] = instantOf(readDate(text));
      else draft.rest[target] = text;
    }
  }
  const people = [...parties.values()].flatMap(({ role, names, more, columns }) =>
    (names.length > 0 ? names : [undefined]).map((name, n) => ({
      role,
      ...(name === undefined ? {} : { name }),
      ...(n === 0 ? more : {}),
      columns,
    })),
  );
  for (const [n, { columns }] of people.entries()) {
    for (const [part, column] of Object.entries(columns)) from.set(`parties.${n}.${part}`, column);
    from.set(`parties.${n}.role`, columns['name'] ?? Object.values(columns)[0] ?? '');
  }
  const columnOf = (path: string) => columnFor(path.replace(/\[(\d+)\]/g, '.$1'), from, mapping);
  const body = {
    ...{ program: program.id, unit: draft.unit, data: draft.data, assignments: draft.assignments, ...draft.rest },
    parties: people.map(({ columns: _, ...party }) => party),
    ...(imported ? { imported } : {}),
  };
  const parsed = CaseRequest.safeParse(body);
  const problems: RowProblem[] = rounded.flatMap((column) => (mapping[column] ? [roundedProblem(column)] : []));
  if (!parsed.success) {
    const english = inputErrors(parsed.error.issues, 'en');
    for (const [n, { path, message }] of inputErrors(parsed.error.issues, 'zh').entries())
      problems.push({ column: columnOf(path), code: 'INVALID_DATA', zh: message, en: english[n]?.message ?? message });
  }
  if (!parsed.success) {
    const rest = CaseRequest.safeParse(without(body, parsed.error.issues));
    return { problems, columnOf, ...(rest.success ? { rest: plainRequest(rest.data) } : {}) };
  }
  if (problems.length > 0) return { problems, columnOf, rest: plainRequest(parsed.data) };
  return { request: plainRequest(parsed.data), problems, columnOf };
}

function plainRequest(body: unknown): RowRequest {
  return JSON.parse(JSON.stringify(body)) as RowRequest;
}

/** A body without the values that are wrong. */
function without(body: object, issues: readonly { readonly path: readonly PropertyKey[] }[]): unknown {
  const copy = JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
  for (const { path } of issues) {
    let at: unknown = copy;
    for (const part of path.slice(0, -1)) at = Object(at)[part];
    const last = path.at(-1);
    if (last !== undefined) delete Object(at)[last];
  }
  return copy;
}

/** The column of a path, or of the nearest place above it; of what is missing: the column that would mean it. */
function columnFor(path: string, from: ReadonlyMap<string, string>, mapping: ListOf['mapping']): string | null {
  for (let at = path; at !== ''; at = at.includes('.') ? at.slice(0, at.lastIndexOf('.')) : '') {
    const column = from.get(at);
    if (column !== undefined) return column;
  }
  const target = path.replace(/^assignments\./, 'role.');
  return Object.keys(mapping).find((column) => mapping[column] === target) ?? null;
}

function cellValue({ fields }: Program, key: string, text: string): unknown {
  switch (fields[key]?.kind) {
    case 'number':
      return readNumber(text);
    case 'date':
      return readDate(text);
    case 'yesNo':
      return readYesNo(text);
    default:
      return text;
  }
}

/** The beginning of a day; what is no day stays as it is, and is refused in words. */
function instantOf(date: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(date) ? startOfDay(date) : date;
}

function roundedProblem(column: string): RowProblem {
  return {
    column,
    code: 'INVALID_DATA',
    zh: '这一格按数字保存，超过 15 位的部分已被表格软件改成 0；请把该列设为文本后重新填写',
    en: 'kept as a number, of which the spreadsheet has made every digit after the 15th a zero: format the column as text and fill it in again',
  };
}
