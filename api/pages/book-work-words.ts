import type { Text } from '../../sdk/program.ts';

/** The words of what is to be done in the books. */
export const work = {
  title: ['办理', 'To do'],
  done: ['已登记：', 'Recorded:'],
  mend: ['更正已登记的收支', 'Correct what was recorded'],
  payout: ['支付申请', 'Payout'],
  draft: ['待复核凭证', 'Voucher to review'],
  difference: ['差异', 'Difference'],
  gift: ['待致谢', 'To be thanked for'],
  things: ['捐物', 'Gift in kind'],
  advance: ['垫付款', 'Advance'],
  entry: ['收支', 'Entry'],
  statement: ['银行流水', 'Bank statement'],
  requested: ['待审批', 'to be approved'],
  approved: ['已批准，待付款', 'approved, to be paid'],
  paid: ['已付款，待本人确认', 'paid, to be confirmed'],
  explained: ['已说明', 'explained'],
  toCorrect: ['已决定更正', 'to be corrected'],
  open: ['待处理', 'open'],
  red: ['红字', 'red ink'],
} as const satisfies Readonly<Record<string, Text>>;
