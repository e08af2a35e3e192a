import {
  type CheckedRow,
  type ImportRecord,
  type ImportRow,
  importOf,
  listsKept,
  mostLists,
  type NewImport,
  storeImport,
} from '../../db/queries/imports.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { type ApiProblem, notFound, problem } from '../errors.ts';
import { ReaderBusy } from '../sheets/reader.ts';
import { type Sheet, SheetProblem, sheetLimits } from '../sheets/sheet.ts';
import { guessMapping, type Target } from './targets.ts';

/** A file that is no table, as a problem. */
export function noTable({ detail, waysOut, tooLarge }: SheetProblem): ApiProblem {
  return problem(tooLarge ? 'BODY_TOO_LARGE' : 'INVALID_DATA', detail, waysOut, [
    { path: 'file', message: `!${detail[0].replaceAll('|', '¦')}|${detail[1].replaceAll('|', '¦')}` },
  ]);
}

/** The sheets of an upload, read apart from the server. Throws the problems 413, 422, 503. */
export async function sheetsOf(
  { sheets }: AppDeps,
  { person }: Caller,
  bytes: Uint8Array,
  as: 'list' | 'statement' = 'list',
): Promise<readonly Sheet[]> {
  return sheets.read(bytes, { as, person }).catch((error: unknown) => {
    if (error instanceof ReaderBusy) throw tooManyFiles();
    throw error instanceof SheetProblem ? noTable(error) : error;
  });
}

function tooManyFiles(): ApiProblem {
  return problem(
    'BUSY',
    ['现在有太多文件在读取。', 'Too many files are being read right now.'],
    [['过一会儿用同一个幂等键再上传，不会重复', 'Bring it again in a while under the same key: nothing happens twice']],
  );
}

/** Throws the problem 409 where a person has as many lists that are not emptied as there may be, before the file is read. */
export async function roomFor({ sql }: AppDeps, { person }: Caller): Promise<void> {
  if ((await listsKept(sql, person)) >= mostLists) throw tooManyLists();
}

function tooManyLists(): ApiProblem {
  return problem(
    'LIMIT_REACHED',
    [`您已有 ${mostLists} 份尚未清空的名单。`, `You have ${mostLists} lists that are not emptied.`],
    [['先清空不再需要的名单（POST /imports/{id}/forget）', 'Empty lists no longer needed (POST /imports/{id}/forget)']],
  );
}

/** Keeps a list with its checked rows, or answers the one that is there already under that id. Throws the problems 404, 409, 422. */
export async function kept(
  { sql }: AppDeps,
  made: NewImport,
  checked: readonly CheckedRow[],
  rows: readonly Pick<ImportRow, 'cells' | 'rounded'>[],
): Promise<{ id: string; repeated: boolean }> {
  const filled = checked.map((row, n) => ({
    ...row,
    cells: rows[n]?.cells ?? null,
    rounded: rows[n]?.rounded ?? null,
  }));
  const came = await storeImport(sql, made, filled);
  if (came === 'full') throw tooManyLists();
  if (came === 'kept') return { id: made.id, repeated: false };
  const there = await importOf(sql, made.id, made.person);
  if (!there) throw notFound();
  return repeated(there, made.bodyHash);
}

/** Throws the problem 422 where no column means anything: the first row is hardly a heading then, and may be about a person. */
export function mustMeanSomething(mapping: Readonly<Record<string, string | null>>): void {
  if (Object.values(mapping).some((target) => target !== null)) return;
  throw problem(
    'INVALID_DATA',
    ['第一行没有认得出的列名。', 'The first row names no column that is understood.'],
    [
      [
        '按模板写列名，或在 mapping 里写明各列的含义',
        'Name the columns as in the template, or say in "mapping" what they mean',
      ],
    ],
    [{ path: 'file', message: '!没有认得出的列名|no column is understood' }],
  );
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

/** What columns mean: as wished, the others as guessed. Throws the problem 422. */
export function mappingOf(
  targets: readonly Target[],
  columns: readonly string[],
  wished: Readonly<Record<string, string | null>> = {},
): Record<string, string | null> {
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

/** A list that is there already under the id of a request; throws 422 when it is another one. */
export function repeated(there: ImportRecord, bodyHash: string): { id: string; repeated: boolean } {
  if (there.bodyHash === bodyHash) return { id: there.id, repeated: true };
  throw problem(
    'IDEMPOTENCY_KEY_REUSED',
    ['这个幂等键已用于另一份名单。', 'This key was used for another list.'],
    [['换一个幂等键。', 'Use another key.']],
  );
}
