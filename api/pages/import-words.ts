import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  imports: ['批量导入', 'Bring in lists'],
  lead: [
    '上传 CSV 或 XLSX 名单，先逐行检查，确认后再立案。检查时什么都不写入。',
    'Upload a list as CSV or XLSX: every row is checked first, and nothing is written before you say so.',
  ],
  newList: ['导入个案名单', 'A list of cases'],
  newOrganisation: ['导入单位、岗位和人员', 'Units, posts and people'],
  organisationHint: [
    '一张或多张表，按编号对应：已有的不动，缺的补上；有一行不对就都不写入。',
    'One sheet or several, matched by ids: what is there stays, what is missing is added, all of it or nothing.',
  ],
  file: ['名单文件（CSV 或 XLSX，最多 5000 行、8 MiB）', 'File (CSV or XLSX, at most 5,000 rows, 8 MiB)'],
  program: ['帮扶项目', 'Program'],
  unit: ['单位', 'Unit'],
  fromPaper: ['这些个案早已开始，由纸质档案转入（补录）', 'These cases began earlier, on paper'],
  template: ['下载空白名单', 'Empty list'],
  upload: ['上传并检查', 'Upload and check'],
  mine: ['我上传的名单', 'Lists I have brought'],
  none: ['还没有上传过名单。', 'You have brought no lists yet.'],
  rows: ['行', 'rows'],
  steps: ['步骤', 'Steps'],
  stepFile: ['选文件', 'File'],
  stepCheck: ['检查', 'Check'],
  stepRun: ['导入', 'Import'],
  stepDone: ['结果', 'Result'],
  ready: ['可以导入', 'Ready'],
  duplicate: ['疑似重复', 'Maybe twice'],
  refused: ['有误', 'Not right'],
  opened: ['已导入', 'Imported'],
  failed: ['没有导入', 'Failed'],
  skipped: ['未重复导入', 'Left out'],
  there: ['已有，不变', 'There already'],
  mapping: ['各列的含义', 'What the columns mean'],
  mappingHint: [
    '系统按列名猜测；不对的请改，再重新检查。',
    'Guessed by their names: put right what is wrong and check again.',
  ],
  nothing: ['（不导入）', '(left out)'],
  again: ['重新检查', 'Check again'],
  mistakes: ['需要改正的行', 'Rows to be mended'],
  row: ['第 {n} 行', 'Row {n}'],
  andMore: ['还有更多，见错误文件。', 'There are more: see the file of errors.'],
  errorFile: ['下载错误文件', 'File of errors'],
  run: ['开始导入', 'Import'],
  runReady: ['导入 {n} 行', 'Import {n} rows'],
  openDuplicates: ['疑似重复的也导入', 'Also those that may be there already'],
  goOn: ['继续导入', 'Go on'],
  cancel: ['停止导入', 'Stop'],
  running: [
    '正在导入，页面会自动刷新；可以关闭页面，导入在后台继续。',
    'Importing; this page renews itself. You may close it: the import goes on.',
  ],
  waiting: ['暂时写不进去，正在等待', 'Waiting: nothing can be recorded for now'],
  waitingSince: ['从 {t} 起没有一行写得进去。', 'No row has come through since {t}.'],
  nextTry: ['下次自动重试：{t}。', 'Tried again at {t}.'],
  waitingEnds: [
    '连续 24 小时不成功就自动停止；已导入的保留。',
    'After 24 hours without success it stops by itself; what is imported stays.',
  ],
  waits: ['等待中', 'waits'],
  retry: ['现在重试', 'Try again now'],
  earlier: ['更早的名单', 'Earlier lists'],
  done: ['导入结束。', 'The import is over.'],
  cancelled: [
    '导入已停止；已经导入的保留，可以继续。',
    'The import was stopped. What is imported stays; it can go on.',
  ],
  checked: ['检查完毕，什么都还没有写入。', 'Checked. Nothing is written yet.'],
  forget: ['立即删除名单内容', 'Delete what the list holds now'],
  forgetHint: [
    '没有导入的行保留到 {day}，供下载错误文件，之后自动删除；已导入的行当时就已删除。',
    'Rows that were not imported are kept until {day} for the file of errors and then deleted; imported ones are deleted already.',
  ],
  forgotten: ['名单内容已删除，只留下行号和结果。', 'What the list held is deleted; row numbers and results are kept.'],
  wrong: ['没有办成', 'That did not work'],
  mend: ['有误的行须先改正并重新上传。', 'Mend the rows that are not right and bring the list again.'],
} as const satisfies Record<string, Text>;

/** A word of the pages of imports; `{…}` is filled in. */
export function importWord(key: keyof typeof words, language: Language, fill: string | number = ''): string {
  return pick(words[key], language).replace(/\{\w+\}/, String(fill));
}
