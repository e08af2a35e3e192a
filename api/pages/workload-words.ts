import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  title: ['岗位工作量', 'Workload by post'],
  lead: [
    '各岗位手上有多少事、多少已逾期、是否分得均匀。逾期多的在前。',
    'What each post has in hand, what is overdue, and whether the load is even. The most overdue first.',
  ],
  unit: ['单位', 'Unit'],
  below: ['含下级单位', 'With the units below'],
  show: ['查看', 'Show'],
  vacant: ['空缺', 'vacant'],
  deputy: ['代理', 'deputy'],
  cases: ['在办个案', 'Open cases'],
  open: ['未办事项', 'Open items'],
  dueInWeek: ['七日内到期', 'Due in a week'],
  overdue: ['已逾期', 'Overdue'],
  age: ['平均已办天数', 'Average age, days'],
  escalations: ['九十天内上报', 'Escalated in 90 days'],
  balance: ['相当于本单位平均的', 'Against the unit’s average'],
  share: ['占本单位', 'of the unit'],
  none: ['没有岗位。', 'There are no posts.'],
  more: ['更多', 'More'],
} as const satisfies Record<string, Text>;

/** A word of the page of workloads. */
export function loadWord(key: keyof typeof words, language: Language): string {
  return pick(words[key], language);
}
