import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalid, type Refusal } from '../refusal.ts';
import { amountFen, words } from './shapes.ts';

/** A household's part of an amount, as the cash holder lists it: who paid, how much, and the number of the receipt. */
export interface Receipt {
  /** The key of the household in the project's list, or the id of a party; never a name. */
  readonly payer: string;
  readonly amountFen: number;
  readonly receipt: string;
}

/** Who paid: a key of the list of households or the id of a party. */
export const payer = words(100).describe('the key of the household in the list, or the id of a party; no name');
/** The number of the receipt that was given for a payment. */
export const receiptNo = words(60).describe('the number of the receipt given for it');

/** The parts of one amount, by household. */
export const receiptLines = z
  .array(z.strictObject({ payer, amountFen, receipt: receiptNo }))
  .min(1)
  .max(200)
  .describe('who paid how much of it, one line a household');

/**
 * One short text for all receipts behind an entry: two lists have the same one when each receipt has the same payer and
 * amount in both, in whatever order. It stands in the state instead of the list.
 */
export function receiptsDigest(receipts: readonly Receipt[]): string {
  const lines = receipts.map(({ receipt, payer, amountFen }) => JSON.stringify([receipt, payer, amountFen])).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32);
}

/** The receipts among lines; undefined unless every line has a payer and a number, for a part of a list compares with nothing. */
export function receiptsOf(
  lines: readonly {
    readonly payer?: string | undefined;
    readonly receipt?: string | undefined;
    readonly amountFen: number;
  }[],
): readonly Receipt[] | undefined {
  const receipts = lines.flatMap(({ payer, receipt, amountFen }) =>
    payer === undefined || receipt === undefined ? [] : [{ payer, receipt, amountFen }],
  );
  return receipts.length > 0 && receipts.length === lines.length ? receipts : undefined;
}

/** INVALID_DATA where a receipt is listed twice, or the lines do not make the amount. */
export function receiptsProblem(
  lines: readonly { readonly receipt?: string | undefined; readonly amountFen: number }[],
  amount?: number,
): Refusal | undefined {
  const seen = new Set<string>();
  for (const [n, { receipt }] of lines.entries()) {
    if (receipt === undefined) continue;
    if (seen.has(receipt)) {
      return invalid(
        `data.lines.${n}.receipt`,
        [`收据 ${receipt} 出现了两次。`, `Receipt ${receipt} is listed twice.`],
        ['一张收据只对应一户一笔', 'One receipt is one payment of one household'],
      );
    }
    seen.add(receipt);
  }
  const sum = lines.reduce((total, each) => total + each.amountFen, 0);
  if (amount === undefined || sum === amount) return undefined;
  return invalid(
    'data.lines',
    [`各户合计 ${sum} 分，与金额 ${amount} 分不符。`, `The lines make ${sum} fen, the amount says ${amount}.`],
    ['核对每户金额和合计', 'Check the lines and the sum'],
  );
}
