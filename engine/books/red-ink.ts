import { type Refusal, refuse } from '../refusal.ts';
import type { OpenedBook } from './access.ts';
import type { PostedLine } from './entry.ts';

/**
 * NOT_ENOUGH_MONEY where red ink would leave a person less than he was paid already: the money was somebody else's then. It
 * says no figure: whoever keeps one side learns nothing of the other by it. A payout's own voucher moves no sub-ledger.
 */
export function paidOutProblem(
  { state }: OpenedBook,
  { lines, payout }: { readonly lines: readonly PostedLine[]; readonly payout?: string | undefined },
): Refusal | undefined {
  if (payout !== undefined) return undefined;
  const moved = new Map<string, number>();
  for (const { party, side, amountFen } of lines) {
    if (party === undefined) continue;
    moved.set(party, (moved.get(party) ?? 0) + (side === 'credit' ? amountFen : -amountFen));
  }
  const short = [...moved].some(([party, fen]) => {
    const { recordedFen = 0, paidFen = 0 } = state.persons?.[party] ?? {};
    return fen < 0 && recordedFen + fen < paidFen;
  });
  if (!short) return undefined;
  return refuse(
    'NOT_ENOUGH_MONEY',
    [
      '这笔收入已经支付给本人，冲销后他名下就成了负数。',
      'The person was paid from this money already; without it the sub-ledger would fall below zero.',
    ],
    [
      [
        '金额记错：先用补充单据登记正确金额，再冲销，由审批人匹配（books.match）',
        'A wrong amount: record the right one under a paper of its own first, then reverse, and have it matched (books.match)',
      ],
      ['支付有误：先由管钱人冲销那笔支付', 'A wrong payment: have the cash holder reverse it first'],
    ],
  );
}
