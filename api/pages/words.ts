import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  product: ['邻里', 'Linli'],
  motto: ['答应的事，件件有着落', 'A promise made is a promise kept'],
  skip: ['跳到正文', 'Skip to content'],
  signIn: ['登录', 'Sign in'],
  signInLead: ['请输入您的 API 密钥。', 'Enter your API key.'],
  apiKey: ['API 密钥', 'API key'],
  keyHint: [
    '首次运行生成的密钥，在本机用 linli keys 命令查看。',
    'The keys of the first run are shown by linli keys on this machine.',
  ],
  keyWrong: [
    '这个密钥无效、已过期或已停用。请核对后再输入。',
    'This key is not valid, has expired or was revoked. Check it and try again.',
  ],
  tryAgain: ['表单已过期，请再试一次。', 'The form had expired. Please try again.'],
  signOut: ['退出', 'Sign out'],
  otherLanguage: ['English', '中文'],
  today: ['今日个案', 'Today’s cases'],
  todayLead: ['按最近到期排列。', 'Next due first.'],
  inCare: ['在办', 'In progress'],
  overdue: ['已逾期', 'Overdue'],
  dueSoon: ['七日内到期', 'Due in a week'],
  noCases: ['目前没有需要您办理的个案。', 'There are no cases for you at the moment.'],
  nothingDue: ['无到期事项', 'Nothing due'],
  dueOn: ['到期', 'Due'],
  provisional: ['暂定', 'provisional'],
  moreCases: ['更多', 'More'],
  allCases: ['返回个案列表', 'Back to the cases'],
  plan: ['帮扶计划', 'The plan'],
  timeline: ['经过', 'Timeline'],
  newest: ['最近的在前。', 'The latest first.'],
  earlier: ['更早的经过', 'Earlier events'],
  wholeTimeline: ['查看完整记录（CSV）', 'The whole record (CSV)'],
  caseNo: ['案号', 'Case no.'],
  openedOn: ['立案', 'Opened'],
  unit: ['单位', 'Unit'],
  nextDue: ['最近到期', 'Next due'],
  people: ['相关的人', 'People'],
  recurring: ['定期与其他事项', 'Recurring and other items'],
  target: ['目标', 'Target'],
  round: ['轮次', 'Round'],
  noItems: ['没有事项。', 'No items.'],
  ways: ['主要页面', 'Main pages'],
  cases: ['个案', 'Cases'],
  myTasks: ['我的待办', 'My tasks'],
  transfers: ['移交', 'Transfers'],
  organisation: ['机构', 'Organisation'],
  inbox: ['消息', 'Inbox'],
  unread: ['未读', 'Unread'],
  printHint: ['用浏览器的打印功能打印，比例设为 100%。', 'Print it with your browser, at 100 %.'],
  backToCard: ['返回联系卡', 'Back to the card'],
  printCard: ['打印一张（90 × 54 毫米）', 'Print one card (90 × 54 mm)'],
  printSheet: ['打印一页（A4，十张）', 'Print a sheet (A4, ten cards)'],
  postVacant: ['这个岗位目前空缺。', 'This post is vacant at the moment.'],
  turnTo: ['可以联系', 'Turn to'],
  holder: ['负责人', 'Who'],
  telephone: ['电话', 'Telephone'],
  serviceHours: ['服务时间', 'Hours'],
  services: ['服务事项', 'Services'],
  speaks: ['语言', 'Languages'],
  cardCode: ['扫码打开这张联系卡', 'Code that leads to this card'],
  card: ['便民联系卡', 'Convenience card'],
  cardLead: [
    '公布之后，任何人都能看到。换人之后，姓名和电话不再显示。',
    'Once published, anybody can see it. Name and telephone go when the holder changes.',
  ],
  showName: ['公布我的姓名', 'Publish the holder’s name'],
  servicesHint: ['每行一项，最多 30 项。', 'One a line, at most 30.'],
  languagesHint: ['每行一种，最多 10 种，如普通话、粤语。', 'One a line, at most 10.'],
  publish: ['公布', 'Publish'],
  withdraw: ['撤下联系卡', 'Take the card back'],
  published: ['已公布。', 'Published.'],
  notPublished: ['尚未公布。', 'Not published.'],
  outdatedCard: [
    '换人之后还没有重新公布，姓名和电话现在不显示。',
    'Published for somebody who has left the post: name and telephone are not shown.',
  ],
  openCard: ['打开公开页面', 'Open the public page'],
  notTaken: ['没有保存：', 'Not saved: '],
  api: ['接口说明', 'API reference'],
  recorded: ['记录于', 'recorded'],
  fromPaper: ['补录', 'from paper'],
  before: ['同意与表决', 'Consent and votes'],
  notFound: ['没有找到这一页', 'This page was not found'],
  notFoundLead: ['它不存在，或者您无权查看。', 'It does not exist, or is not yours to see.'],
  trouble: ['暂时打不开', 'This cannot be shown right now'],
  troubleLead: ['请稍后再试。', 'Please try again in a moment.'],
} as const satisfies Record<string, Text>;

/** A word or sentence of the pages. */
export function say(key: keyof typeof words, language: Language): string {
  return pick(words[key], language);
}

/** Marks a due date whose year's calendar is not out yet; nothing for one that is certain. */
export function guessed(provisional: boolean, language: Language): string {
  if (!provisional) return '';
  return language === 'zh' ? `（${say('provisional', language)}）` : ` (${say('provisional', language)})`;
}

const STATES: Readonly<Record<string, Text>> = {
  must: ['要办', 'to do'],
  may: ['可办', 'optional'],
  waiting: ['等待', 'waiting'],
  blocked: ['暂不能办', 'blocked'],
  done: ['已办', 'done'],
  skipped: ['跳过', 'skipped'],
  current: ['进行中', 'under way'],
  future: ['未开始', 'to come'],
  proposed: ['待批准', 'proposed'],
  open: ['在办', 'open'],
  suspended: ['暂停', 'suspended'],
  followUp: ['回访中', 'follow-up'],
  closed: ['已结案', 'closed'],
};

/** A state of a case, stage or item. */
export function stateWord(state: string, language: Language): string {
  return pick(STATES[state] ?? [state, state], language);
}
