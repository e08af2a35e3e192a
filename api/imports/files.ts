import type { ImportRecord } from '../../db/queries/imports.ts';
import { listPosts } from '../../db/queries/organisation.ts';
import type { Program } from '../../sdk/program.ts';
import type { AppDeps } from '../deps.ts';
import { type Language, pick } from '../language.ts';
import { sheetLimits } from '../sheets/sheet.ts';
import { type Table, type TableFormat, writeTables } from '../sheets/write.ts';
import { rowsLeft } from './lists.ts';
import { targetsOf } from './targets.ts';

/**
 * The empty list of a program's cases: columns that are understood by their names, and in a workbook a sheet that explains
 * them and one with the posts of a unit. Examples are left out: they would be imported.
 */
export async function templateOf(
  deps: AppDeps,
  program: Program,
  {
    format,
    language,
    unit,
  }: { readonly format: TableFormat; readonly language: Language; readonly unit?: string | undefined },
): Promise<Uint8Array> {
  const zh = language === 'zh';
  const targets = targetsOf(program).filter(({ rare }) => !rare);
  const list: Table = {
    name: zh ? '名单' : 'List',
    columns: targets.map(({ title }) => pick(title, language)),
    rows: [],
  };
  const notes: Table = {
    name: zh ? '说明' : 'Notes',
    columns: zh ? ['列', '怎样填写', '必填'] : ['Column', 'How to fill it in', 'Needed'],
    rows: targets.map(({ title, hint, required }) => [
      pick(title, language),
      pick(hint, language),
      required ? (zh ? '是' : 'yes') : '',
    ]),
  };
  if (format === 'csv' || unit === undefined) return writeTables(format, [list, notes]);
  const posts = await listPosts(deps.sql, { limit: 200, after: undefined }, { unit });
  const people: Table = {
    name: zh ? '岗位' : 'Posts',
    columns: zh ? ['岗位编号', '名称', '类别'] : ['Post', 'Name', 'Kind'],
    rows: posts.map(({ id, nameZh, nameEn, kind }) => [id, zh ? nameZh : nameEn, kind]),
  };
  return writeTables(format, [list, notes, people]);
}

/** The rows that were not opened, in the columns they came in, with the reasons: to be mended and brought again. */
export async function errorFileOf(
  deps: AppDeps,
  list: ImportRecord,
  { format, language }: { readonly format: TableFormat; readonly language: Language },
): Promise<Uint8Array> {
  const zh = language === 'zh';
  const rows = await rowsLeft(deps, list, sheetLimits.rows);
  const sheets = rows.some(({ sheet }) => sheet !== '');
  return writeTables(format, [
    {
      name: zh ? '未导入' : 'Not imported',
      columns: [
        ...list.columns,
        ...(sheets ? [zh ? '工作表' : 'Sheet'] : []),
        zh ? '原行号' : 'Row',
        zh ? '原因' : 'Why',
      ],
      rows: rows.map(({ sheet, row, cells, problems }) => [
        ...list.columns.map((column) => (cells && Object.hasOwn(cells, column) ? cells[column] : '') ?? ''),
        ...(sheets ? [sheet] : []),
        row,
        (problems ?? [])
          .map(({ column, ...text }) => `${column === null ? '' : `${column}${zh ? '：' : ': '}`}${text[language]}`)
          .join(zh ? '；' : '; '),
      ]),
    },
  ]);
}
