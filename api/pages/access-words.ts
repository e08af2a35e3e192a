import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  link: ['谁看过', 'Who has read it'],
  title: ['谁看过这件个案', 'Who has read this case'],
  lead: [
    '每次查阅都留有记录：谁、以什么岗位、看了什么、为了什么。记录不能修改或删除。',
    'Every read leaves a record: who, in which post, what, and what for. Records cannot be changed or deleted.',
  ],
  back: ['回到个案', 'Back to the case'],
  none: ['还没有记录。', 'There are no records yet.'],
  denied: ['未获准', 'not shown'],
  emergency: ['紧急查阅', 'emergency'],
  more: ['更早的记录', 'Earlier records'],
  approveTitle: ['批准查阅未成年人信息', 'Approve reading of the minor'],
  approveLead: [
    '批准后，责任岗位和本单位经办人在期限内可以查阅；也可以只批准一个人，最长 30 天。到期自动失效，每次查阅都有记录。',
    'Whoever answers for the case or works on it in the unit may then read it for a time; or one person alone, for 30 days at most. It ends by itself, and every read is noted.',
  ],
  approvePerson: ['只批准一个人（人员编号，可不填）', 'One person alone (id, may be left empty)'],
  approveDays: ['多少天（不填：180 天，单独批准 7 天）', 'For how many days (empty: 180, for one person 7)'],
  approveDo: ['批准', 'Approve'],
  approvedUntil: ['现行批准', 'Approved now'],
  approvedAll: ['责任岗位和本单位经办人', 'whoever answers for the case or works on it'],
  approvedNone: ['现在没有有效的批准。', 'No approval holds now.'],
  until: ['至', 'until'],
  reviewTitle: ['紧急查阅复核', 'Review of emergency access'],
  reviewLead: [
    '查阅人不能复核自己的紧急查阅。理由见个案时间线，看了什么见下面的记录。',
    'Nobody reviews his own. The reason is in the timeline of the case, what was read in the records below.',
  ],
  justified: ['复核结论', 'The review says'],
  justifiedYes: ['有正当理由', 'it was justified'],
  justifiedNo: ['没有正当理由', 'it was not justified'],
  reviewText: ['说明', 'Why'],
  reviewDo: ['登记复核', 'Record the review'],
  expired: ['页面已过期，请重填。', 'The page has expired: fill it in again.'],
  breakTitle: ['紧急查阅', 'Emergency access'],
  breakLead: [
    '查阅您无权查看的个案：只能看，不能办理，也看不到账目。责任岗位、单位负责人和审计员会立即收到通知，事后复核。',
    'To read a case you have no right to: reading only, and not its books. Who answers for it, the head of the unit and the auditors are told at once, and it is reviewed afterwards.',
  ],
  breakCase: ['案号', 'Case number'],
  breakReason: ['为什么必须现在看', 'Why it has to be read now'],
  breakMinutes: ['多少分钟（最多 1440）', 'For how many minutes (1440 at most)'],
  breakOpen: ['打开个案', 'Open the case'],
  breakNot: ['没有打开，请检查案号、原因和时长。', 'It was not opened: check number, reason and time.'],
} as const satisfies Record<string, Text>;

const kinds: Readonly<Record<string, Text>> = {
  accountability: ['问责记录', 'accountability'],
  handover: ['交接清单', 'handover'],
  accessLog: ['查阅记录', 'access log'],
  dossier: ['案卷', 'dossier'],
  caseList: ['个案列表', 'list of cases'],
  case: ['个案', 'case'],
  workflow: ['工作流历史', 'workflow history'],
  act: ['一次操作', 'an act'],
  dryRun: ['试算', 'trial'],
  audit: ['督查查询', 'audit'],
  findings: ['督查问题', 'findings'],
  books: ['账目', 'books'],
  export: ['账目导出', 'export of the books'],
  report: ['报表', 'report'],
  statement: ['对账单', 'bank statement'],
  clocks: ['期限', 'deadlines'],
  document: ['材料', 'document'],
  plan: ['计划', 'plan'],
  sensitive: ['敏感信息', 'sensitive information'],
  timeline: ['时间线', 'timeline'],
  channels: ['联系方式', 'channels'],
  import: ['导入名单', 'imported list'],
  inbox: ['消息', 'messages'],
  tasks: ['任务清单', 'work list'],
  transfers: ['转办', 'requests between units'],
  feed: ['日历订阅', 'calendar feed'],
  retention: ['保存期限', 'how long it is kept'],
  voice: ['意愿与投诉', 'consent and complaints'],
};

/** A word of the pages of the access log. */
export function accessWord(key: keyof typeof words, language: Language): string {
  return pick(words[key], language);
}

/** What was read, in words. */
export function kindWord(kind: string, language: Language): string {
  return pick(kinds[kind] ?? [kind, kind], language);
}
