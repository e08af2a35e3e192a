import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  title: ['机构', 'Organisation'],
  lead: [
    '责任落在岗位上，人员变动，责任不断。',
    'Posts answer for promises: people change, and no promise loses its owner.',
  ],
  tree: ['机构树', 'The tree of units'],
  posts: ['岗位', 'Posts'],
  post: ['岗位', 'Post'],
  noPosts: ['这个单位没有岗位。', 'This unit has no posts.'],
  holder: ['任职', 'Held by'],
  inOffice: ['现任', 'Who holds it'],
  since: ['自', 'since'],
  until: ['至', 'until'],
  next: ['接任', 'Followed by'],
  deputy: ['代理', 'Stood in for by'],
  vacant: ['空缺', 'vacant'],
  head: ['负责人', 'head'],
  headOf: ['负责人', 'Head'],
  noHead: ['暂无', 'none for now'],
  kind: ['类别', 'Kind'],
  unit: ['单位', 'Unit'],
  pledge: ['责任书', 'Pledge'],
  pledgeWords: ['责任书正文', 'What the pledge says'],
  pledgeDocument: ['责任书材料', 'The pledge is document'],
  noPledge: ['未签责任书', 'no pledge'],
  card: ['联系卡', 'Contact card'],
  changeCard: ['公布或修改联系卡', 'Publish or change the contact card'],
  cases: ['在办个案', 'Open cases'],
  open: ['未办事项', 'Open items'],
  overdue: ['已逾期', 'Overdue'],
  below: ['下级单位', 'Units below'],
  gone: ['已撤并', 'closed'],
  closedInto: ['已撤并，归入', 'Closed; it went into'],
  closed: ['已撤销', 'Closed'],
  hours: ['工作时间', 'Working hours'],
  level: ['层级', 'Level'],
  moving: ['个案转移', 'Cases on their way'],
  moved: ['已转', 'moved'],
  waiting: ['待检修', 'waiting for repair'],
  finished: ['已完成', 'done'],
  manage: ['调整单位', 'Change this unit'],
  managePost: ['调整岗位', 'Change this post'],
  people: ['人员', 'People'],
  workload: ['岗位工作量', 'Workload by post'],
  lists: ['用表格导入单位、岗位和人员', 'Bring in units, posts and people as a list'],
  history: ['变更记录', 'History of changes'],
  historyLead: [
    '取自机构的记录链，逐条相扣，改动会被发现。',
    'From the organisation’s chain, in which any alteration is found.',
  ],
  noHistory: ['没有变更记录。', 'No changes.'],
  earlier: ['更早的变更', 'Earlier changes'],
  by: ['经办', 'by'],
  tenures: ['历任', 'Who has held it'],
  noTenures: ['还没有人任职。', 'Nobody has held it yet.'],
  offices: ['担任的岗位', 'Posts held'],
  noOffices: ['没有担任岗位。', 'Holds no post.'],
  coming: ['尚未开始', 'to come'],
  now: ['现任', 'now'],
  past: ['已离任', 'over'],
  books: ['保管的账簿', 'Books kept'],
  booksHint: [
    '换人之后，接任人当着见证人的面盘点接收，账簿才解冻。',
    'After a change they stay frozen until the successor has counted them before a witness.',
  ],
  handover: ['交接', 'Hand over'],
  handoverList: ['交接清单', 'What goes over'],
  search: ['按姓名或编号查找', 'Find by name or id'],
  find: ['查找', 'Find'],
  nobody: ['没有找到。', 'Nobody was found.'],
  further: ['更多', 'More'],
  id: ['编号', 'Id'],
  toTree: ['看机构树', 'To the tree of units'],
} as const satisfies Record<string, Text>;

/** A word of the pages about the organisation. */
export type OrgWord = keyof typeof words;

/** A word of these pages in one language. */
export const orgWord = (word: OrgWord, language: Language): string => pick(words[word], language);

/** The same before what it is about: `任职：`, `Held by: `. */
export const orgTerm = (word: OrgWord, language: Language): string =>
  `${orgWord(word, language)}${language === 'zh' ? '：' : ': '}`;

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

/** A name in one language. */
export const nameOf = ({ nameZh, nameEn }: { nameZh: string; nameEn: string }, language: Language): string =>
  pick([nameZh, nameEn], language);
