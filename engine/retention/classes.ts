import type { Text } from '../../sdk/program.ts';
import type { RetentionClassId } from '../../sdk/retention.ts';

/** Which moment of a case a period counts from. */
export type RetentionStart =
  /** The day after the help and its follow-up have ended. */
  | 'caseEnded'
  /** The first day of the year after the newest paper of the class (Measures for Accounting Archives, art. 14). */
  | 'yearAfterNewest'
  /** The day after the newest of the class. */
  | 'newest';

/** One class of what is kept, for how long at least, and which rule says so. `period` undefined: for ever. */
export interface RetentionClass {
  readonly id: RetentionClassId;
  readonly name: Text;
  /** What of a case belongs to it. */
  readonly covers: Text;
  readonly period?: { readonly years: number } | { readonly months: number };
  readonly from: RetentionStart;
  readonly source: Text;
  /** It stays when the contents of the case are destroyed: it holds ids, hashes and amounts, or is not about the case alone. */
  readonly stays?: true;
}

/** So many years a unit may set at most for its area; a longer one would be a slip of the pen. */
export const MOST_YEARS = 100;

const DIBAO: Text = [
  '民政部、国家档案局关于加强最低生活保障档案管理的通知，三（二）；其他救助参照',
  'Notice of the Ministry of Civil Affairs and the State Archives Administration on files of the minimum living allowance, III (2); other help by analogy',
];
const ACCOUNTS: Text = [
  '会计档案管理办法（财政部、国家档案局令第 79 号）第十四条及附表',
  'Measures for the Administration of Accounting Archives (Order 79 of the Ministry of Finance and the State Archives Administration), art. 14 and its table',
];

/** The table: every class with its period at least and its source. Areas lengthen a period; nothing shortens one. */
export const RETENTION: readonly RetentionClass[] = [
  {
    id: 'approval',
    name: ['审批类档案', 'files of the approval'],
    covers: [
      '申请、同意、评议、批准、计划、当事人和登记内容',
      'the application, consent, votes, the approval, the plan, the parties and what was registered',
    ],
    period: { years: 3 },
    from: 'caseEnded',
    source: DIBAO,
  },
  {
    id: 'daily',
    name: ['日常管理类档案', 'files of the daily work'],
    covers: [
      '走访、事项、期限、消息、投诉、督查和材料',
      'visits, tasks, deadlines, messages, complaints, inspections and documents',
    ],
    period: { years: 5 },
    from: 'caseEnded',
    source: DIBAO,
  },
  {
    id: 'accounts',
    name: ['会计凭证和账簿', 'vouchers and books'],
    covers: [
      '现金日记账、记账凭证、支付、捐赠和垫付登记',
      'the cash journal, vouchers, payouts, registers of gifts and advances',
    ],
    period: { years: 30 },
    from: 'yearAfterNewest',
    source: ACCOUNTS,
  },
  {
    id: 'reconciliations',
    name: ['银行对账单和余额调节表', 'statements and reconciliations of the bank'],
    covers: [
      '银行和微信流水、对账和日月结账',
      'lines of bank and WeChat, their reconciliation, closings of days and months',
    ],
    period: { years: 10 },
    from: 'yearAfterNewest',
    source: ACCOUNTS,
  },
  {
    id: 'accessLog',
    name: ['查阅和网络日志', 'logs of reads and of the network'],
    covers: ['谁在什么时候为什么查阅过本案（只有编号）', 'who read the case when and what for (ids only)'],
    period: { months: 6 },
    from: 'newest',
    source: [
      '网络安全法关于留存网络日志不少于六个月的规定（2016 年文本第二十一条）',
      'Cybersecurity Law: network logs are kept for six months at least (art. 21 of the text of 2016)',
    ],
    stays: true,
  },
  {
    id: 'yearlyReports',
    name: ['年度财务会计报告', 'yearly financial reports'],
    covers: ['各月和各年的合计，不含姓名', 'totals of months and years, without names'],
    from: 'yearAfterNewest',
    source: ACCOUNTS,
    stays: true,
  },
  {
    id: 'certificates',
    name: ['销毁清册', 'certificates of destruction'],
    covers: [
      '销毁了哪些类别、多少件、散列值、何人何时办理，不含个人信息',
      'which classes were destroyed, how many, their hashes, by whom and when; no personal data',
    ],
    from: 'newest',
    source: ACCOUNTS,
    stays: true,
  },
];
