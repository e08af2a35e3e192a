import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

const words = {
  link: ['账簿与报表', 'Books and reports'],
  title: ['账簿', 'Books'],
  back: ['返回个案', 'Back to the case'],
  lead: [
    '管钱与管账两个人各记一本账，在这里核对、打印。',
    'Two people keep a book each; here they are compared and printed.',
  ],
  none: ['本个案没有账簿。', 'The case has no books.'],
  balances: ['余额', 'Balances'],
  channel: ['渠道', 'Channel'],
  cashSide: ['管钱人账面', 'Cash holder'],
  ledgerSide: ['管账人账面', 'Accountant'],
  total: ['合计', 'Total'],
  waiting: ['待对方登记的单据', 'Documents that wait for one side'],
  differences: ['两账不符', 'Where the books differ'],
  noDifferences: ['两账相符，没有待处理的差异。', 'Both books agree; nothing is open.'],
  document: ['凭证号', 'Document'],
  why: ['差异', 'Difference'],
  found: ['发现于', 'Found'],
  state: ['处理', 'State'],
  explained: ['已说明', 'explained'],
  decided: ['已决定更正', 'to be corrected'],
  open: ['待处理', 'open'],
  reports: ['报表', 'Reports'],
  book: ['账簿', 'Book'],
  month: ['月份', 'Month'],
  person: ['户主', 'Person'],
  show: ['查看', 'Show'],
  download: ['下载', 'Download'],
  onPage: ['在本页查看', 'Show here'],
  hidden: ['＊ 待您登记后显示', '* shown once you have recorded it'],
  compare: ['两账核对表', 'Comparison of both books'],
  vouchers: ['记账凭证', 'Vouchers'],
  entries: ['收付流水', 'Journal entries'],
} as const satisfies Readonly<Record<string, Text>>;

/** A word of the pages of the books. */
export function booksWord(key: keyof typeof words, language: Language): string {
  return pick(words[key], language);
}
