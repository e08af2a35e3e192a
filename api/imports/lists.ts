import { createHash } from 'node:crypto';
import {
  type ImportRecord,
  type ImportRow,
  importCounts,
  importOf,
  listImportRows,
  type RowState,
  retryImport,
  startImport,
  storeCheck,
} from '../../db/queries/imports.ts';
import { unitInReach } from '../../db/queries/organisation.ts';
import type { Program } from '../../sdk/program.ts';
import { actorOf, type Caller, may } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { ApiProblem, notFound, problem } from '../errors.ts';
import { type Sheet, SheetProblem, sheetCalled, sheetLimits } from '../sheets/sheet.ts';
import { checkCases } from './check.ts';
import { orgTargets } from './org-targets.ts';
import { administratorsOnly, checkOrganisation } from './organisation.ts';
import { targetsOf } from './targets.ts';
import { bytesOf, kept, mappingOf, mustMeanSomething, noTable, repeated, roomFor, sheetsOf } from './upload.ts';

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
 * problems 403, 409, 413, 422, 503.
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
  await roomFor(deps, caller);
  await mayOpenIn(deps, caller, program, upload.unit);
  const sheet = await sheetOf(deps, caller, bytes, upload.sheet);
  const mapping = mappingOf(targetsOf(program), sheet.columns, upload.mapping);
  mustMeanSomething(mapping);
  const rows = sheet.rows.map(({ row, cells, rounded }) => ({ sheet: '', row, cells, rounded: rounded ?? null }));
  if (rows.length === 0)
    throw problem('INVALID_DATA', ['名单里没有内容，只有列名。', 'The list has a heading and nothing below it.']);
  const checked = await checkCases(deps, actorOf(caller), { program, unit: upload.unit, imported, mapping, rows });
  const made = {
    ...{ id, kind: 'cases' as const, person: caller.person, key: caller.key, program: program.id, unit: upload.unit },
    ...{ imported, bodyHash, columns: sheet.columns, mapping },
  };
  return kept(deps, made, checked, rows);
}

/** Checks a list anew with another meaning of its columns, or by what holds now. Throws the problems 403, 409, 422. */
export async function checkAgain(
  deps: AppDeps,
  caller: Caller,
  list: ImportRecord,
  wished: Readonly<Record<string, string | null>> | undefined,
): Promise<void> {
  if (list.status !== 'checked' || list.forgottenAt !== null) throw notWaiting();
  const rows = await listImportRows(deps.sql, list.id, { limit: sheetLimits.rows });
  if (list.kind === 'organisation') mustAdminister(caller, list);
  const targets = list.kind === 'cases' ? targetsOf(installed(deps, list.program ?? '')) : orgTargets;
  const mapping = wished ? mappingOf(targets, list.columns, wished) : list.mapping;
  const checked = await (list.kind === 'cases'
    ? checkCases(deps, actorOf(caller), {
        ...{ program: installed(deps, list.program ?? ''), unit: list.unit ?? '' },
        ...{ imported: list.imported, mapping, rows },
      })
    : checkOrganisation(deps, { unit: list.unit ?? caller.unit, by: caller.person }, mapping, rows));
  if (!(await storeCheck(deps.sql, list.id, mapping, checked))) throw notWaiting();
}

/**
 * Lets a list run with the rights the caller has then. One that runs but waits is tried at once; else one that runs or has run
 * already stays as it is. Of the organisation
 * all is recorded or nothing, so none of its rows may be refused. Throws the problems 403, 409.
 */
export async function runList(
  deps: AppDeps,
  caller: Caller,
  list: ImportRecord,
  { duplicates }: { readonly duplicates: boolean },
): Promise<void> {
  if (list.forgottenAt !== null) throw notWaiting();
  if (list.status === 'running') return retryImport(deps.sql, list.id);
  if (list.kind === 'organisation') {
    mustAdminister(caller, list);
    const { refused, failed } = await importCounts(deps.sql, list.id);
    // what could not be recorded has to be mended; one that only waited too long, or lost its key, holds good
    if (failed > 0) throw notWaiting();
    if (refused > 0) throw notSound(refused);
  }
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

/** Rows of which something is wrong, or that look like another. What the organisation has already is not wrong. */
export function rowsToMend(deps: AppDeps, { id, kind }: ImportRecord, limit: number): Promise<ImportRow[]> {
  return listImportRows(deps.sql, id, { states: statesToMend(kind), limit });
}

/** The rows to be brought again: those to mend, and what a run that was cancelled or stopped has left. */
export function rowsLeft(deps: AppDeps, { id, kind, status }: ImportRecord, limit: number): Promise<ImportRow[]> {
  const states = statesToMend(kind);
  if (status === 'cancelled' || status === 'stopped') states.push('ready');
  return listImportRows(deps.sql, id, { states, limit });
}

function statesToMend(kind: ImportRecord['kind']): RowState[] {
  const states: RowState[] = ['refused', 'failed'];
  if (kind === 'cases') states.push('duplicate', 'skipped');
  return states;
}

/** An opening that holds nothing tells whether the caller may open cases there at all, before the file is read. */
async function mayOpenIn(deps: AppDeps, caller: Caller, { id }: Program, unit: string): Promise<void> {
  const nothing = { program: id, unit, parties: [], data: {}, assignments: {} };
  const [refusal] = await deps.door.checkOpenings([{ ...nothing, actId: 'dry-run', actor: actorOf(caller) }]);
  if (refusal?.code === 'FORBIDDEN') throw new ApiProblem(refusal);
}

/** The organisation's lists are checked and run by the right they were brought with: over that unit and all below it. */
function mustAdminister(caller: Caller, { unit }: ImportRecord): void {
  if (!may(caller, 'organisation') || caller.unit !== unit) throw administratorsOnly();
}

/** The first sheet of a file, or the one of that name. Throws the problems 413, 422, 503. */
async function sheetOf(deps: AppDeps, caller: Caller, bytes: Uint8Array, name: string | undefined): Promise<Sheet> {
  const sheets = await sheetsOf(deps, caller, bytes);
  try {
    return sheetCalled(sheets, name);
  } catch (error) {
    throw error instanceof SheetProblem ? noTable(error) : error;
  }
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

function notSound(n: number): ApiProblem {
  return problem(
    'BLOCKED',
    [
      `有 ${n} 行有误；机构要么全部导入，要么都不导入。`,
      `${n} rows are not right; the organisation is imported as a whole or not at all.`,
    ],
    [['按错误文件改正后重新上传', 'Mend them by the file of errors and bring the list again']],
  );
}

function notWaiting(): ApiProblem {
  return problem(
    'WRONG_STATUS',
    ['这份名单已经开始导入，或已清空。', 'The list runs or has run already, or was emptied.'],
    [['把没有导入的行做成新文件重新上传', 'Bring the rows that are left as a new file']],
  );
}
