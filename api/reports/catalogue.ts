import type { Channel, Text } from '../../sdk/program.ts';

/** What can be asked of a report beside its month. */
export interface ReportKind {
  readonly key: string;
  readonly title: Text;
  /** What it is for, in one line. */
  readonly about: Text;
  /** The channels it exists for; absent: it is about the whole book. */
  readonly channels?: readonly Channel[];
  /** Whether it may be narrowed to one account. */
  readonly byAccount?: true;
}

/** The reports, in the order a bookkeeper looks for them. */
export const reportKinds = [
  {
    key: 'cash-journal',
    title: ['现金日记账', 'Cash journal'],
    about: ['管钱人逐笔登记的现金收付', 'Every movement of cash, as the cash holder recorded it'],
    channels: ['cash'],
  },
  {
    key: 'bank-journal',
    title: ['银行存款日记账', 'Bank journal'],
    about: ['银行或微信账户的逐笔收付', 'Every movement of the bank or WeChat account'],
    channels: ['bank', 'wechat'],
  },
  {
    key: 'general-ledger',
    title: ['总账', 'General ledger'],
    about: ['各科目每月的借方、贷方和余额', 'Debit, credit and balance of every account by month'],
    byAccount: true,
  },
  {
    key: 'ledger',
    title: ['明细账', 'Detailed ledger'],
    about: ['各科目逐笔的借方、贷方和余额', 'Every line of every account'],
    byAccount: true,
  },
  {
    key: 'trial-balance',
    title: ['科目余额表', 'Trial balance'],
    about: ['期初、本期发生、本年累计、期末，借贷相等', 'Opening, movement and closing; debit equals credit'],
  },
  {
    key: 'sub-ledger',
    title: ['个人分户账', 'Sub-ledger by person'],
    about: ['代管款按人分户，各户之和等于总账', 'Money held for each person; together it equals the control account'],
  },
  {
    key: 'statement',
    title: ['对账单', 'Statement'],
    about: ['给本人（监护人）的每月对账单，余额大写', 'The month for the person the money belongs to'],
  },
  {
    key: 'sources-and-uses',
    title: ['资金来源与运用表', 'Sources and uses of funds'],
    about: ['钱从哪里来、用到哪里去、还剩多少', 'Where money came from, what it was used for, what is left'],
  },
  {
    key: 'advances',
    title: ['垫付款账龄表', 'Advances by age'],
    about: ['还欠谁的垫付款、欠了多久', 'What is owed to helpers, and for how long'],
  },
  {
    key: 'gifts',
    title: ['捐赠登记簿', 'Register of gifts'],
    about: ['捐款和物资，含匿名编号与致谢', 'Money and things, anonymous ones by number, and thanks'],
  },
  {
    key: 'bank-reconciliation',
    title: ['银行存款余额调节表', 'Bank reconciliation'],
    about: ['日记账与银行流水逐笔勾对后的余额', 'The journal beside the statement of the bank'],
    channels: ['bank', 'wechat'],
  },
] as const satisfies readonly (Omit<ReportKind, 'key'> & { readonly key: string })[];

/** The name of a report in a path. */
export type ReportKey = (typeof reportKinds)[number]['key'];

/** What a key names. */
export function reportKind(key: ReportKey): ReportKind {
  return reportKinds.find((kind) => kind.key === key)!;
}
