import { createHash } from 'node:crypto';
import {
  type ImportRecord,
  type ImportRow,
  importCounts,
  importOf,
  listImportRows,
  startImport,
  storeCheck,
  storeImport,
} from '../../db/queries/imports.ts';
import { unitInReach } from '../../db/queries/organisation.ts';
import type { Program } from '../../sdk/program.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { type ApiProblem, notFound, problem } from '../errors.ts';
import { readSheet } from '../sheets/read.ts';
import { type Sheet, SheetProblem, sheetLimits } from '../sheets/sheet.ts';
import { checkCases } from './check.ts';
import { guessMapping, targetsOf } from './targets.ts';

/** A list of cases as somebody brings it. */
export interface CaseUpload {
  readonly id: string;
  readonly file: unknown;
  readonly program: string;
  readonly unit: string;
  readonly imported: boolean;
  /** Which sheet of a workbook; without it the first that holds anything. */
  readonly sheet?: string | undefined;
  /** What columns mean; those it leaves out are guessed. */
  readonly mapping?: Readonly<Record<string, string | null>> | undefined;
}

/**
 * Reads a list, checks every row and keeps both, under the id of the request: sent again it is there already. Throws the
 * problems 403, 413, 422.
 */
export async function bringCases(
  deps: AppDeps,
  caller: Caller,
  upload: CaseUpload,
): Promise<{ id: string; repeated: boolean }> {
  const { id, imported } = upload;
  const program = installed(deps, upload.program);
  const bytes = await bytesOf(upload.file);
  const said = JSON.stringify([program.id, upload.unit, imported, upload.sheet ?? null, upload.mapping ?? null]);
  const bodyHash = createHash('sha256').update(bytes).update('\0').update(said).digest('hex');
  const known = await importOf(deps.sql, id, caller.person);
  if (known) return repeated(known, bodyHash);
  if (!(await unitInReach(deps.sql, upload.unit, upload.unit))) throw noUnit(upload.unit);
  const sheet = await sheetOf(bytes, upload.sheet);
  const mapping = mappingOf(program, sheet.columns, upload.mapping);
  const rows = sheet.rows.map(({ row, cells, rounded }) => ({ sheet: '', row, cells, rounded: rounded ?? null }));
  if (rows.length === 0)
    throw problem('INVALID_DATA', ['名单里没有内容，只有列名。', 'The list has a heading and nothing below it.']);
  const checked = await checkCases(deps, actorOf(caller), { program, unit: upload.unit, imported, mapping, rows });
  const kept = await storeImport(
    deps.sql,
    {
      ...{ id, kind: 'cases' as const, person: caller.person, key: caller.key, program: program.id, unit: upload.unit },
      ...{ imported, bodyHash, columns: sheet.columns, mapping },
    },
    checked.map((row, n) => ({ ...row, cells: rows[n]?.cells ?? null, rounded: rows[n]?.rounded ?? null })),
  );
  if (kept) return { id, repeated: false };
  const there = await importOf(deps.sql, id, caller.person);
  if (!there) throw notFound();
  return repeated(there, bodyHash);
}

/** Checks a list anew with another meaning of its columns, or by what holds now. Throws the problems 403, 409, 422. */
export async function checkAgain(
  deps: AppDeps,
  caller: Caller,
  list: ImportRecord,
  wished: Readonly<Record<string, string | null>> | undefined,
): Promise<void> {
  if (list.kind !== 'cases' || list.status !== 'checked' || list.forgottenAt !== null) throw notWaiting();
  const program = installed(deps, list.program ?? '');
  const mapping = wished ? mappingOf(program, list.columns, wished) : list.mapping;
  const rows = await listImportRows(deps.sql, list.id, { limit: sheetLimits.rows });
  const { unit, imported } = list;
  const checked = await checkCases(deps, actorOf(caller), { program, unit: unit ?? '', imported, mapping, rows });
  if (!(await storeCheck(deps.sql, list.id, mapping, checked))) throw notWaiting();
}

/** Lets a list run with the rights the caller has then. A list that runs or has run already stays as it is. */
export async function runList(
  deps: AppDeps,
  caller: Caller,
  list: ImportRecord,
  { duplicates }: { readonly duplicates: boolean },
): Promise<void> {
  if (list.forgottenAt !== null) throw notWaiting();
  await startImport(deps.sql, list.id, { duplicates, key: caller.key });
}

/** A list of the caller's own. Throws the problem 404. */
export async function listToSee(deps: AppDeps, caller: Caller, id: string): Promise<ImportRecord> {
  const list = await importOf(deps.sql, id, caller.person);
  if (!list) throw notFound();
  return list;
}

/** A list with how many of its rows are in which state. */
export async function withCounts(deps: AppDeps, list: ImportRecord) {
  const counts = await importCounts(deps.sql, list.id);
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return { ...list, counts: { ...counts, total } };
}

/** A list with its counts. */
export type CountedImport = Awaited<ReturnType<typeof withCounts>>;

/** Rows of which something is wrong, or that look like another. */
export function rowsToMend(deps: AppDeps, id: string, limit: number): Promise<ImportRow[]> {
  return listImportRows(deps.sql, id, { states: ['refused', 'failed', 'duplicate', 'skipped'], limit });
}

/** The first sheet of a file, or the one of that name. Throws the problems 413, 422. */
async function sheetOf(bytes: Uint8Array, name: string | undefined): Promise<Sheet> {
  return readSheet(bytes, name).catch((error: unknown) => {
    throw error instanceof SheetProblem ? unreadable(error) : error;
  });
}

/** A file that is no table, as a problem. */
export function unreadable({ detail, waysOut, tooLarge }: SheetProblem): ApiProblem {
  return problem(tooLarge ? 'BODY_TOO_LARGE' : 'INVALID_DATA', detail, waysOut, [
    { path: 'file', message: `!${detail[0].replaceAll('|', '¦')}|${detail[1].replaceAll('|', '¦')}` },
  ]);
}

/** The bytes of a form's file. Throws the problems 413, 422. */
export async function bytesOf(file: unknown): Promise<Uint8Array> {
  if (!(file instanceof File) || file.size === 0)
    throw problem(
      'INVALID_DATA',
      ['表单里应当有一个名为 file 的文件。', 'The form should hold one file, called "file".'],
      [['选择 CSV 或 XLSX 文件', 'Choose a CSV or XLSX file']],
      [{ path: 'file', message: '!缺少文件|the file is missing or empty' }],
    );
  if (file.size > sheetLimits.fileBytes)
    throw problem('BODY_TOO_LARGE', ['文件不超过 8 MiB。', 'The file may have at most 8 MiB.']);
  return new Uint8Array(await file.arrayBuffer());
}

function mappingOf(
  program: Program,
  columns: readonly string[],
  wished: Readonly<Record<string, string | null>> = {},
): Record<string, string | null> {
  const targets = targetsOf(program);
  const known = new Set(targets.map(({ key }) => key));
  const guess = guessMapping(columns, targets);
  const mapping = Object.fromEntries(
    columns.map((column) => [
      column,
      Object.hasOwn(wished, column) ? (wished[column] ?? null) : (guess[column] ?? null),
    ]),
  );
  const errors: { path: string; message: string }[] = [];
  for (const [column, target] of Object.entries(wished)) {
    const path = `mapping.${column}`;
    if (!columns.includes(column)) errors.push({ path, message: '!文件里没有这一列|the file has no such column' });
    else if (target !== null && !known.has(target)) errors.push({ path, message: '!没有这个含义|means nothing here' });
    else if (target !== null && Object.values(wished).filter((each) => each === target).length > 1)
      errors.push({ path, message: '!另一列也是这个含义|another column means the same' });
  }
  if (errors.length > 0)
    throw problem(
      'INVALID_DATA',
      ['列的含义填写有误。', 'What the columns mean is not right.'],
      [[`可用的含义：${[...known].join('、')}`, `Columns can mean: ${[...known].join(', ')}`]],
      errors,
    );
  // what was wished for wins over a guess for another column
  for (const column of columns)
    if (!Object.hasOwn(wished, column) && mapping[column] !== null && Object.values(wished).includes(mapping[column]!))
      mapping[column] = null;
  return mapping;
}

/** The installed program of that id. Throws the problem 422. */
export function installed(deps: AppDeps, id: string): Program {
  const program = deps.programs.byId(id);
  if (!program)
    throw problem(
      'UNKNOWN_PROGRAM',
      [`没有安装“${id}”。`, `No program "${id}" is installed.`],
      [['用 GET /programs 查看已安装的项目', 'See GET /programs.']],
      [{ path: 'program', message: '!没有这个项目|no such program' }],
    );
  return program;
}

function noUnit(id: string): ApiProblem {
  return problem(
    'UNKNOWN_UNIT',
    [`没有单位“${id}”。`, `There is no unit "${id}".`],
    [['单位列表见 GET /api/v1/units', 'GET /api/v1/units lists the units']],
    [{ path: 'unit', message: '!没有这个单位|no such unit' }],
  );
}

function notWaiting(): ApiProblem {
  return problem(
    'WRONG_STATUS',
    ['这份名单已经开始导入，或已清空。', 'The list runs or has run already, or was emptied.'],
    [['把没有导入的行做成新文件重新上传', 'Bring the rows that are left as a new file']],
  );
}

function repeated(there: ImportRecord, bodyHash: string): { id: string; repeated: boolean } {
  if (there.bodyHash === bodyHash) return { id: there.id, repeated: true };
  throw problem(
    'IDEMPOTENCY_KEY_REUSED',
    ['这个幂等键已用于另一份名单。', 'This key was used for another list.'],
    [['换一个幂等键。', 'Use another key.']],
  );
}
