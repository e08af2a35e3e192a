import type { Book, Channel, Text } from '../../sdk/program.ts';

/** An account of the ledger. */
export interface Account {
  readonly code: string;
  readonly name: Text;
}

/** 受托代理负债: what is kept for persons. */
export const ENTRUSTED = '2601';

/**
 * The default chart: what a community's books need of the accounting system for private non-profit bodies
 * (民间非营利组织会计制度, 财会〔2004〕7号, part two). Money kept for a person is a liability, never income: 2601 受托代理负债,
 * beside 1891 受托代理资产 of that system, whose cash and bank money stays in 1001, 1002 and 1009 under a heading of its own.
 * (2901 is the same account of the government's system, 政府会计制度.) The system was revised as 财会〔2024〕25号, in force
 * since 2026-01-01, with rules for going over in 财会〔2025〕6号; an office whose chart has other numbers maps these on export:
 * numbers already written into vouchers do not change. The documents are cited without their texts at hand: compare them
 * before relying on a number.
 */
export const chart: readonly Account[] = [
  { code: '1001', name: ['库存现金', 'cash on hand'] },
  { code: '1002', name: ['银行存款', 'bank deposits'] },
  { code: '1009', name: ['其他货币资金', 'other monetary funds (WeChat)'] },
  { code: '1122', name: ['其他应收款', 'other receivables'] },
  { code: '2209', name: ['其他应付款', 'other payables'] },
  { code: ENTRUSTED, name: ['受托代理负债', 'entrusted liabilities'] },
  { code: '3102', name: ['限定性净资产', 'restricted net assets'] },
  { code: '4101', name: ['捐赠收入', 'income from gifts'] },
  { code: '4401', name: ['政府补助收入', 'government subsidies'] },
  { code: '4501', name: ['商品销售收入', 'income from sales'] },
  { code: '4901', name: ['其他收入', 'other income'] },
  { code: '5101', name: ['业务活动成本', 'cost of activities'] },
  { code: '5201', name: ['管理费用', 'administrative expenses'] },
  { code: '5401', name: ['其他费用', 'other expenses'] },
];

const codes = new Set(chart.map((account) => account.code));

/** Whether the chart has the account. */
export function isAccount(code: string): boolean {
  return codes.has(code);
}

/** The money account of a channel. */
export const channelAccount: Readonly<Record<Channel, string>> = { cash: '1001', bank: '1002', wechat: '1009' };

/** The account opposite to the money when a line names none: the liability to the person, or income and cost of a project. */
export function oppositeAccount(book: Pick<Book, 'keeps'>, direction: 'in' | 'out'): string {
  if (book.keeps === 'held for beneficiary') return ENTRUSTED;
  return direction === 'in' ? '4901' : '5101';
}
