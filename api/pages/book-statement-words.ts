import type { Text } from '../../sdk/program.ts';

const said = (zh: string, en: string): Text => [zh, en];

/** The words of bringing in a bank's statement, Chinese first. */
export const sw = {
  // what its columns mean
  date: said('日期列', 'Column of the date'),
  in: said('收入列', 'Column of what came in'),
  out: said('支出列', 'Column of what went out'),
  amount: said('金额列（收支同一列时）', 'Column of the amount (one for both)'),
  side: said('收支方向列（收支同一列时）', 'Column of in or out (one for both)'),
  balance: said('余额列', 'Column of the balance'),
  counterparty: said('对方列', 'Column of the counterparty'),
  text: said('摘要列', 'Column of the text'),
  reference: said('流水号列', 'Column of the number of the bank'),
  // how it was understood
  understood: said('文件是这样读的', 'How the file is understood'),
  channel: said('渠道', 'Channel'),
  lines: said('流水笔数', 'Lines'),
  passed: said('略过的行（合计、备注等）', 'Rows passed over (sums, remarks)'),
  span: said('起止日期', 'From and to'),
  came: said('收入合计', 'Came in'),
  went: said('支出合计', 'Went out'),
  closing: said('最后余额', 'Closing balance'),
  // matches
  matches: said('已勾对（最近的）', 'Matched (the latest)'),
  match: said('这笔勾对', 'The match'),
  member: said('其中', 'In it'),
  bank: said('银行：', 'Bank: '),
  book: said('日记账：', 'Journal: '),
  matchedBy: said('勾对人', 'Matched by'),
  unmatchTitle: said('撤销勾对', 'Take the match apart'),
  unmatch: said('撤销', 'Take it apart'),
  brought: said('流水已导入', 'The statement is brought in'),
  /** What came of it. */
  counts: (imported: number, skipped: number, matched: number) =>
    said(
      `新增 ${imported} 笔，已有略过 ${skipped} 笔，自动勾对 ${matched} 笔。`,
      `${imported} lines are new, ${skipped} were there already, ${matched} are matched with the journal.`,
    ),
};
