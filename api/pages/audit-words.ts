import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  title: ['审计', 'Audit'],
  search: ['查询事件', 'Search events'],
  searchLead: [
    '本单位及下级单位全部个案的记录：谁、以什么岗位、在什么时候做了什么，当时适用哪一版方案。',
    'The record of all cases of your unit and those below it: who did what when, in which post, and under which version of the program.',
  ],
  samples: ['抽样督查', 'Samples'],
  samplesLead: [
    '随机抽取个案督查。样本由种子、名册和数量决定，任何人都可以重新抽取核对；抽定后写入组织链，不能更改。',
    'Cases drawn at random. Seed, frame and size decide the sample, so that anybody can draw it again; once drawn it is in the organisation’s chain and cannot be changed.',
  ],
  bulletin: ['通报', 'Bulletin'],
  month: ['月份', 'Month'],
  published: ['已发布的通报', 'Published bulletins'],
  publishedLead: [
    '发布后一字不改，哈希写入组织链；有错另发更正通报。',
    'Once published not a letter changes, and the hash is in the organisation’s chain; a mistake is corrected by another bulletin.',
  ],
  draft: ['未发布：内容随记录变化。', 'Not published: it changes with the record.'],
  publish: ['发布通报', 'Publish'],
  publishHint: [
    '发布前请通读：姓名写法与个案不一致的不会自动隐去。发布后不能更改。',
    'Read it first: a name written otherwise than in the case is not left out. It cannot be changed afterwards.',
  ],
  publishedAt: ['发布于', 'Published'],
  standing: ['已发布的一份', 'The published one'],
  correct: ['发布更正通报', 'Publish a correction'],
  correctWhy: ['更正原因', 'Why it is corrected'],
  corrects: ['更正', 'Corrects'],
  correctedBy: ['已被更正，见', 'Corrected by'],
  hash: ['SHA-256', 'SHA-256'],
  ofSample: ['抽样', 'sample'],
  levels: ['各级用时', 'How long it took'],
  levelsLead: [
    '一年来各单位办事、答复和处理上报用了多少时间。',
    'How long units took over a year to do, to answer and to act.',
  ],
  unit: ['单位', 'Unit'],
  person: ['人员编号', 'Person (id)'],
  post: ['岗位编号', 'Post (id)'],
  act: ['操作类型', 'Type of act'],
  type: ['事件类型', 'Type of event'],
  from: ['从（日期）', 'From (date)'],
  until: ['到（含当日）', 'To (included)'],
  show: ['查询', 'Show'],
  none: ['没有符合条件的记录。', 'Nothing was found.'],
  more: ['更早的', 'Earlier'],
  inForce: ['当时任职', 'In office then'],
  deputy: ['代理', 'as deputy'],
  noOffice: ['当时未任此岗', 'not in office then'],
  roles: ['角色', 'Roles'],
  rolesUnknown: ['当时角色不明：此前有记录无法读取', 'roles not known: something recorded before cannot be read'],
  leftOut: [
    '另有无法读取、未列出的记录（核验见 linli audit verify）：',
    'Left out, as they cannot be read (linli audit verify): ',
  ],
  unread: ['督查记录无法读取', 'cannot be read'],
  program: ['方案', 'Program'],
  run: ['在 Temporal 中查看', 'See it in Temporal'],
  archived: ['运行已归档', 'the run is archived'],
  official: ['此人所为', 'What he did'],
  draw: ['抽取样本', 'Draw a sample'],
  size: ['数量', 'How many'],
  drawn: ['抽取', 'drawn'],
  inspected: ['已督查', 'inspected'],
  findings: ['问题', 'findings'],
  open: ['未办结', 'open'],
  seed: ['种子', 'Seed'],
  frame: ['名册', 'Frame'],
  frameHash: ['名册哈希', 'Hash of the frame'],
  algorithm: ['抽法', 'How it is drawn'],
  inspect: ['督查', 'Inspect'],
  inspectCase: ['登记督查', 'Record an inspection'],
  method: ['方式', 'How'],
  finding: ['发现的问题（没有就留空）', 'What was found (empty: in order)'],
  within: ['整改期限（工作日）', 'Time to put it right (working days)'],
  remark: ['说明', 'Remark'],
  record: ['登记', 'Record'],
  answer: ['整改答复', 'Answer'],
  answerDo: ['答复', 'Answer'],
  accept: ['通过核查', 'Accept'],
  giveBack: ['退回', 'Send back'],
  why: ['退回原因', 'Why'],
  due: ['应于', 'Due'],
  due2: ['前整改', ''],
  findingsTitle: ['督查问题', 'Findings'],
  findingsLead: [
    '督查发现的问题、整改答复和核查结果。',
    'What inspections found, what was done about it, and whether it was accepted.',
  ],
  noFindings: ['没有督查问题。', 'There are no findings.'],
  without: ['本月未督查的单位（一月一督查）', 'Units without an inspection this month'],
  allInspected: ['有在办个案的单位本月都已督查。', 'Every unit with running cases was inspected this month.'],
  byUnit: ['各单位情况', 'By unit'],
  running: ['在办', 'running'],
  accepted: ['已整改', 'accepted'],
  overdue: ['逾期', 'overdue'],
  print: ['可直接打印', 'Ready to be printed'],
  asOf: ['截至', 'As of'],
  refused: ['没有办成', 'It was not done'],
  expired: ['页面已过期，请返回重试。', 'The page has expired: go back and try again.'],
  back: ['返回', 'Back'],
  cases: ['个案', 'Cases'],
  acts: ['所为', 'Acts'],
  reads: ['查阅（次数、个案）', 'What he read (times, cases)'],
  money: ['记账', 'Entries'],
  lateness: ['期限', 'Deadlines'],
  accounts: ['问责', 'Accountability'],
  offices: ['任职', 'Offices'],
  count: ['次数', 'Count'],
  median: ['中位', 'Median'],
  max: ['最长', 'Longest'],
  moved: ['已转到别处', 'has gone elsewhere'],
  decision: ['决定', 'decision'],
} as const satisfies Record<string, Text>;

/** A word of the auditor's pages. */
export function aw(key: keyof typeof words, language: Language): string {
  return pick(words[key], language);
}

/** How a case was inspected. */
export const methodWords: Readonly<Record<string, Text>> = {
  phone: ['电话抽查', 'by telephone'],
  site: ['实地查看', 'on site'],
  documents: ['查阅资料', 'by documents'],
  test: ['闭卷测试', 'by a test'],
};

/** How it stands with a finding, and how that is marked. */
export const findingStates: Readonly<Record<string, readonly [words: Text, mark: string]>> = {
  asked: [['整改中', 'to be put right'], 'soon'],
  overdue: [['逾期未整改', 'overdue'], 'late'],
  answered: [['待核查', 'waits for the auditor'], 'open'],
  accepted: [['已整改', 'accepted'], 'done'],
};

/** What a span is of. */
export const spanWords: Readonly<Record<string, Text>> = {
  task: ['办理事项', 'Doing what was to be done'],
  acknowledged: ['确认提醒和上报', 'Acknowledging what was told'],
  acted: ['提醒或上报后办成', 'From being told until it was done'],
  asked: ['答复转来的问题', 'Answering what was asked'],
};
