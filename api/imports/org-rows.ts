import type { ImportRow, RowProblem } from '../../db/queries/imports.ts';
import type { OrgRow } from '../../door/organisation-import.ts';
import { startOfDay } from '../../engine/time/civil.ts';
import type { Sheet } from '../sheets/sheet.ts';
import { KINDS, LEVELS } from './org-targets.ts';
import { readDate, readYesNo } from './values.ts';

/** What sheets are about where their columns do not say it: 编号 in the sheet 岗位 is 岗位编号. */
const SUBJECTS = ['单位', '岗位', '人员'];
const GENERIC = new Set(['编号', '名称', '类别', '级别', '英文名', '姓名']);

const ID = /^[\p{L}\p{N}_.:/@-]{1,200}$/u;

/** Columns that say too little are called after what their sheet is about. */
export function withSubjects(sheet: Sheet): Sheet {
  const subject = SUBJECTS.find((each) => sheet.name?.includes(each));
  const called = (column: string) =>
    subject === undefined || !GENERIC.has(column) || (subject === '人员' && column === '姓名')
      ? column
      : `${subject}${column}`;
  return {
    ...sheet,
    columns: sheet.columns.map(called),
    rows: sheet.rows.map((row) => ({
      ...row,
      cells: Object.fromEntries(Object.entries(row.cells).map(([column, text]) => [called(column), text])),
    })),
  };
}

/** The column that means that part. */
export function columnOf(part: string, mapping: Readonly<Record<string, string | null>>): string | null {
  return Object.keys(mapping).find((column) => mapping[column] === part) ?? null;
}

/** What a row says, by what its columns mean. */
export function orgRowOf(
  { sheet, row, cells, rounded }: Pick<ImportRow, 'sheet' | 'row' | 'cells' | 'rounded'>,
  mapping: Readonly<Record<string, string | null>>,
): { readonly request?: OrgRow; readonly problems: readonly RowProblem[] } {
  const problems: RowProblem[] = [];
  const wrong = (part: string, zh: string, en: string) =>
    problems.push({ column: columnOf(part, mapping), code: 'INVALID_DATA', zh, en });
  const said = new Map<string, string>();
  for (const [column, text] of Object.entries(cells ?? {})) {
    const part = mapping[column];
    if (!part) continue;
    said.set(part, text);
    if (rounded?.includes(column))
      wrong(
        part,
        '这一格的数字已被表格软件改过，请设为文本后重填',
        'a spreadsheet has rounded this number: format the column as text',
      );
  }
  const idOf = (part: string): string | undefined => {
    const text = said.get(part)?.normalize('NFKC');
    if (text !== undefined && !ID.test(text)) wrong(part, '不是有效的编号', 'is not a valid id');
    return text;
  };
  const unitId = idOf('unit.id');
  const levelText = said.get('unit.level');
  const level = LEVELS.find(([, words]) => words.includes(levelText ?? ''))?.[0];
  if (levelText !== undefined && level === undefined)
    wrong('unit.level', '级别只能是：区、街道、社区、网格', 'one of district, sub-district, community, grid');
  const kindText = said.get('post.kind');
  const kind = kindText === undefined ? undefined : (KINDS[kindText]?.kind ?? kindText);
  if (kind !== undefined && !ID.test(kind)) wrong('post.kind', '不是有效的类别', 'is not a valid kind');
  const postId = idOf('post.id') ?? (unitId !== undefined && kind !== undefined ? `${unitId}-${kind}` : undefined);
  const postName = said.get('post.name');
  const newName = KINDS[kindText ?? '']?.name;
  const headsText = said.get('post.heads');
  const heads = headsText === undefined ? false : readYesNo(headsText);
  if (typeof heads === 'string') wrong('post.heads', '只能是 是 或 否', 'yes or no');
  const personId = idOf('person.id');
  const personName = said.get('person.name');
  if (personName !== undefined && personId === undefined)
    wrong('person.id', '有姓名的行要写人员编号', 'a row with a name needs the id of the person');
  const fromText = said.get('from');
  const day = fromText === undefined ? undefined : readDate(fromText);
  if (day !== undefined && !/^\d{4}-\d\d-\d\d$/.test(day))
    wrong('from', '应当是日期，如 2026-09-18', 'should be a date like 2026-09-18');
  if (unitId === undefined && ['unit.name', 'unit.level', 'unit.above'].some((part) => said.has(part)))
    wrong('unit.id', '要写单位编号', 'the unit needs an id');
  if (postId === undefined && (kind !== undefined || said.has('post.name')))
    wrong('post.id', '要写岗位编号，或单位编号和岗位类别', 'a post needs an id, or a unit and a kind');
  if (unitId === undefined && postId === undefined && personId === undefined && problems.length === 0)
    wrong('unit.id', '这一行没有写单位、岗位或人员', 'the row speaks of no unit, post or person');
  if (problems.length > 0) return { problems };
  const unitName = said.get('unit.name');
  const nameEn = said.get('unit.nameEn');
  const above = said.get('unit.above');
  const request: OrgRow = {
    ...{ sheet, row },
    ...(unitId === undefined
      ? {}
      : {
          unit: {
            id: unitId,
            ...(unitName === undefined ? {} : { name: unitName }),
            ...(nameEn === undefined ? {} : { nameEn }),
            ...(level === undefined ? {} : { level }),
            ...(above === undefined ? {} : { above }),
          },
        }),
    ...(postId === undefined
      ? {}
      : {
          post: {
            id: postId,
            ...(kind === undefined ? {} : { kind }),
            ...(unitId === undefined ? {} : { unit: unitId }),
            ...(postName === undefined ? {} : { name: postName }),
            ...(newName === undefined ? {} : { newName }),
            ...(heads === true ? { heads } : {}),
          },
        }),
    ...(personId === undefined
      ? {}
      : { person: { id: personId, ...(personName === undefined ? {} : { name: personName }) } }),
    ...(day === undefined ? {} : { from: startOfDay(day) }),
  };
  return { request, problems };
}
