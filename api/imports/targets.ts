import { headRole } from '../../engine/person-about.ts';
import type { Program, Text } from '../../sdk/program.ts';

/** What a column of a list of cases can mean. */
export interface Target {
  /** `caseNo`, `openedAt`, `unit`, `data.<field>`, `party.<role>.name|birthDate|person`, `role.<role>`. */
  readonly key: string;
  /** What the column is called in the template. */
  readonly title: Text;
  readonly hint: Text;
  readonly required: boolean;
  /** Left out of the template: whoever needs it adds the column. */
  readonly rare?: true;
  /** Other things people call it. */
  readonly also?: readonly string[];
}

const DATE: Text = ['日期，如 2026-11-22', 'a date like 2026-11-22'];
const KINDS: Readonly<Record<string, Text>> = {
  text: ['文字', 'text'],
  number: ['整数', 'a whole number'],
  date: DATE,
  yesNo: ['是 或 否', 'yes or no'],
};

/** What columns can mean in a list of a program's cases: people first, then what intake asks, then what is optional. */
export function targetsOf(program: Program): readonly Target[] {
  const head = headRole(program);
  const targets: Target[] = [
    {
      key: 'caseNo',
      title: ['案号', 'Case no.'],
      hint: ['不填由系统编号', 'made where it is empty'],
      required: false,
      also: ['编号', 'caseno'],
    },
  ];
  for (const [role, def] of Object.entries(program.roles)) {
    if (!('party' in def)) continue;
    const [zh, en] = def.name;
    const required = !def.optional;
    const many: Text =
      def.party === 'many' ? ['可写多人，用顿号分开', 'several, separated by commas'] : ['姓名', 'name'];
    targets.push(
      {
        key: `party.${role}.name`,
        title: [`${zh}姓名`, `${en}: name`],
        hint: many,
        required,
        also: role === head ? ['姓名', '户主', '户主姓名', 'name', zh] : [zh],
      },
      {
        ...{
          key: `party.${role}.birthDate`,
          title: [`${zh}出生日期`, `${en}: born on`] as const,
          hint: DATE,
          required: false,
        },
        ...(role === head ? { also: ['出生日期', '出生年月日', '生日', 'birthdate', 'born'] } : {}),
      },
      {
        key: `party.${role}.person`,
        title: [`${zh}人员编号`, `${en}: person id`],
        hint: ['本人有登录时填写', 'where the person signs in'],
        required: false,
        rare: true,
      },
    );
  }
  for (const [field, { name, kind, of }] of Object.entries(program.fields)) {
    const hint: Text = of ? [`只能是：${of.join('、')}`, `one of: ${of.join(', ')}`] : (KINDS[kind] ?? [kind, kind]);
    targets.push({ key: `data.${field}`, title: name, hint, required: program.intake.includes(field), also: [field] });
  }
  for (const [role, def] of Object.entries(program.roles)) {
    if (!('post' in def)) continue;
    const [zh, en] = def.name;
    targets.push({
      key: `role.${role}`,
      title: [`${zh}岗位`, `${en}: post`],
      hint: [
        '岗位或人员编号；不填为本单位的那一个岗位',
        'id of a post or person; empty: the one post of that kind in the unit',
      ],
      required: false,
      also: [zh],
    });
  }
  targets.push(
    {
      key: 'openedAt',
      title: ['立案日期', 'Opened on'],
      hint: DATE,
      required: false,
      also: ['开始日期', '帮扶开始', 'openedat'],
    },
    {
      key: 'unit',
      title: ['单位', 'Unit'],
      hint: ['单位编号或名称；不填为所选单位', 'id or Chinese name; empty: the unit chosen'],
      required: false,
      rare: true,
      also: ['社区', '所属社区', '单位编号'],
    },
  );
  return targets;
}

/** What each column means. Columns nobody knows mean nothing; no two mean the same. */
export function guessMapping(columns: readonly string[], targets: readonly Target[]): Record<string, string | null> {
  const called = new Map<string, string>();
  for (const { key, also = [] } of [...targets].reverse())
    for (const word of [...also].reverse()) called.set(plain(word), key);
  for (const { key, title } of targets) for (const word of [key, ...title]) called.set(plain(word), key);
  const taken = new Set<string>();
  const mapping: [string, string | null][] = [];
  for (const column of columns) {
    const key = called.get(plain(column)) ?? called.get(plain(column.replace(/[(（].*?[)）]/g, '')));
    const mine = key !== undefined && !taken.has(key) ? key : null;
    if (mine !== null) taken.add(mine);
    mapping.push([column, mine]);
  }
  return Object.fromEntries(mapping);
}

/** A word without what people write in so many ways: blanks, full-width forms, marks of what must be filled in. */
function plain(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s*:：、._\-（）()]/g, '');
}
