import type { Level } from '../../engine/world.ts';
import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import { type TableFormat, writeTables } from '../sheets/write.ts';
import type { Target } from './targets.ts';

/** What columns of a list of the organisation can mean. A row may speak of a unit, a post in it, a person, and the appointment. */
export const orgTargets: readonly Target[] = [
  target(
    'unit.id',
    ['单位编号', 'Unit id'],
    ['编号，如 community-3', 'an id like community-3'],
    ['单位', '所属单位', 'unit'],
  ),
  target('unit.name', ['单位名称', 'Unit name'], ['新建单位时必填', 'for a new unit'], ['社区', '社区名称']),
  target('unit.nameEn', ['单位英文名', 'Unit name in English'], ['可不填', 'may be empty']),
  target(
    'unit.level',
    ['单位级别', 'Unit level'],
    ['区、街道、社区、网格；不填按上级推定', 'district, sub-district, community, grid; else one below the unit above'],
    ['级别', 'level'],
  ),
  target('unit.above', ['上级单位', 'Unit above'], ['上级的单位编号', 'its id'], ['上级', '上级单位编号', 'above']),
  target('post.id', ['岗位编号', 'Post id'], ['不填为“单位编号-岗位类别”', 'else unit id and kind'], ['岗位', 'post']),
  target(
    'post.kind',
    ['岗位类别', 'Post kind'],
    ['书记、主任、专职工作者、居民代表、居务监督委员会主任，或程序所用的类别', 'as programs call it, like secretary'],
    ['职务', '岗位类型', 'kind'],
  ),
  target('post.name', ['岗位名称', 'Post name'], ['可不填', 'may be empty']),
  target('post.heads', ['是否负责人', 'Heads the unit'], ['是 或 否', 'yes or no'], ['负责人']),
  target(
    'person.id',
    ['人员编号', 'Person id'],
    ['全系统唯一，如工号', 'unique everywhere, like a staff number'],
    ['工号', 'person'],
  ),
  target('person.name', ['姓名', 'Name'], ['新增人员时必填', 'for a new person'], ['人员姓名', 'name']),
  target(
    'from',
    ['任职起', 'In office from'],
    ['日期；不填为导入之时', 'a date; empty: the moment of the import'],
    ['任职日期', '任职时间', '起', 'from'],
  ),
];

function target(key: string, title: Text, hint: Text, also: readonly string[] = []): Target {
  return { key, title, hint, required: false, also };
}

/** Levels of units as lists call them. */
export const LEVELS: readonly (readonly [Level, readonly string[]])[] = [
  ['district', ['district', '区', '县', '区级', '区县']],
  ['sub-district', ['sub-district', '街道', '乡镇', '镇', '乡']],
  ['community', ['community', '社区', '居委会', '村', '行政村']],
  ['grid', ['grid', '网格']],
];

/** Kinds of posts as lists call them. Others are taken as they are. */
export const KINDS: Readonly<Record<string, { readonly kind: string; readonly name: Text }>> = Object.fromEntries(
  (
    [
      ['secretary', ['社区党支部书记', 'branch secretary'], ['书记', '党支部书记', '党委书记', '支部书记']],
      ['director', ['居民委员会主任', 'head of the residents’ committee'], ['主任', '居委会主任']],
      ['caseworker', ['社区专职工作者', 'caseworker'], ['专职工作者', '社工', '专职社工', '经办人']],
      ['residents-representative', ['居民代表', 'residents’ representative'], []],
      [
        'supervision-head',
        ['居务监督委员会主任', 'head of the supervision committee'],
        ['监督委员会主任', '监委会主任'],
      ],
      ['sub-district-head', ['街道办事处主任', 'sub-district head'], ['街道主任', '街道负责人']],
      ['district-head', ['区负责人', 'district head'], ['区长', '局长']],
    ] as const
  ).flatMap(([kind, name, also]) => [kind, name[0], ...also].map((word) => [word, { kind, name }])),
);

/** The empty list of the organisation, with an explanation of its columns. */
export function orgTemplate(format: TableFormat, language: Language): Promise<Uint8Array> {
  const zh = language === 'zh';
  return writeTables(format, [
    { name: zh ? '机构' : 'Organisation', columns: orgTargets.map(({ title }) => pick(title, language)), rows: [] },
    {
      name: zh ? '说明' : 'Notes',
      columns: zh ? ['列', '怎样填写'] : ['Column', 'How to fill it in'],
      rows: orgTargets.map(({ title, hint }) => [pick(title, language), pick(hint, language)]),
    },
  ]);
}
