import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  goesOver: ['交接清单', 'What goes over'],
  none: ['无', 'none'],
  further: ['另有', 'and more:'],
  cases: ['经办个案', 'Cases'],
  work: ['未办事项和期限', 'Open items and deadlines'],
  overdue: ['已逾期', 'Overdue'],
  books: ['保管的账簿', 'Books kept'],
  booksFreeze: [
    '换人之后，这些账簿的这一方随即冻结，由接任人当着见证人的面盘点接收后才能继续记账。',
    'These sides of books freeze with the change, until the successor has counted what is there before a witness.',
  ],
  cash: ['现金方', 'cash side'],
  ledger: ['账目方', 'accounts side'],
  openPayouts: ['待付', 'payouts open:'],
  discrepancies: ['差异', 'discrepancies:'],
  byName: ['指名交办的事', 'Given by name'],
  byNameGoes: ['随交接转给接任人。', 'It goes over to the successor.'],
  byNameStays: ['本人在本单位另有岗位，这些仍归本人。', 'It stays: the person holds another post in the unit.'],
  keeps: ['仍归本人的是这些单位的个案：', 'What lies in cases of these units stays: '],
  accountability: ['待答复的问责', 'Records of accountability to answer'],
  messages: ['未读的提醒', 'Unread reminders'],
  deputyships: ['本人代理的岗位（随之结束）', 'Posts stood in for (they end)'],
  deputies: ['本岗位的代理人（继续）', 'Who stands in for this post (stays)'],
  falls: ['没有接任人时，一切由上级负责人接手：', 'Without a successor everything falls to the head above: '],
} as const satisfies Record<string, Text>;

/** A word of the pages of handovers. */
export const handoverWord = (key: keyof typeof words, language: Language): string => pick(words[key], language);
