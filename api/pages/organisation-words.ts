import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  title: ['机构', 'Organisation'],
  lead: [
    '责任落在岗位上，人员变动，责任不断。',
    'Posts answer for promises: people change, and no promise loses its owner.',
  ],
  posts: ['岗位', 'Posts'],
  noPosts: ['这个单位没有岗位。', 'This unit has no posts.'],
  holder: ['任职', 'Held by'],
  deputy: ['代理', 'Stood in for by'],
  vacant: ['空缺', 'vacant'],
  head: ['负责人', 'head'],
  below: ['下级单位', 'Units below'],
  noBelow: ['没有下级单位。', 'There are no units below.'],
  gone: ['已并入本单位', 'Went into this unit'],
  closedInto: ['已撤并，并入', 'Closed; it went into'],
  closed: ['已撤销', 'Closed'],
  hours: ['工作时间', 'Working hours'],
  level: ['层级', 'Level'],
  moving: ['个案转移', 'Cases on their way'],
  moved: ['已转', 'moved'],
  waiting: ['待检修', 'waiting for repair'],
  finished: ['已完成', 'done'],
  manage: ['调整单位', 'Change this unit'],
  rename: ['改名', 'Rename'],
  nameZh: ['名称', 'Name in Chinese'],
  nameEn: ['英文名称', 'Name in English'],
  merge: ['并入其他单位', 'Merge into another unit'],
  mergeHint: [
    '岗位、下级单位和登录随即转入，未结个案随后逐件转移；先看清影响，再确认。',
    'Posts, units below and logins go at once, open cases one by one afterwards. See what it does first, then confirm.',
  ],
  into: ['并入', 'Into'],
  preview: ['先看影响', 'See what it does'],
  confirm: ['确认并入', 'Merge now'],
  willMove: ['将一并转移', 'What goes along'],
  close: ['撤销单位', 'Close the unit'],
  closeHint: ['没有未结个案、岗位和下级单位时才能撤销。', 'Only when no open case, post or unit below is left.'],
  addUnit: ['增设下级单位', 'Add a unit below'],
  addPost: ['增设岗位', 'Add a post'],
  kind: ['岗位类别', 'Kind of post'],
  heads: ['这个岗位是单位负责人', 'Its holder is the head of the unit'],
  change: ['调整', 'Change'],
  move: ['调到其他单位', 'Move to another unit'],
  to: ['调到', 'To'],
  closePost: ['撤销岗位', 'Close the post'],
  add: ['增设', 'Add'],
  save: ['保存', 'Save'],
  refused: ['没有办成', 'That was not done'],
  expired: ['表单已过期，请刷新页面再试。', 'The form had expired. Reload the page and try again.'],
  back: ['返回', 'Back'],
  cases: ['未结个案', 'Open cases'],
  deadlines: ['未完期限', 'Open deadlines'],
  books: ['账簿', 'Books'],
  units: ['下级单位', 'Units below'],
  logins: ['登录', 'Logins'],
  loginsEnding: ['随单位失效的登录', 'Logins that end with the unit'],
} as const satisfies Record<string, Text>;

/** A word of the pages about the organisation. */
export type OrgWord = keyof typeof words;

/** A word of these pages in one language. */
export const orgWord = (word: OrgWord, language: Language): string => pick(words[word], language);

const levels: Readonly<Record<string, Text>> = {
  grid: ['网格', 'grid'],
  community: ['社区', 'community'],
  'sub-district': ['街道', 'sub-district'],
  district: ['区', 'district'],
};

/** The level of a unit in words; one of a newer release as it is. */
export const levelWord = (level: string, language: Language): string => pick(levels[level] ?? [level, level], language);

/** The levels a unit below one of this level can have. */
export function levelsBelow(level: string): string[] {
  const all = Object.keys(levels);
  return all.slice(0, Math.max(0, all.indexOf(level)));
}
