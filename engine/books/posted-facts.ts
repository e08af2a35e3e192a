import type { CaseEvent } from '../event.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Facts } from '../world.ts';
import { yuan } from './checks.ts';
import type { Side } from './entry.ts';

/** A payout an act names, and what the vouchers for it come to; red ink takes off. */
export interface PayoutFact {
  readonly id: string;
  readonly book: string;
  readonly amountFen: number;
  readonly vouchersFen: number;
  /** Whose money it is, in a book of several persons. */
  readonly party?: string;
}

/** A receipt of a household that stands on a side of a book, and the document it stands in. */
export interface ReceiptFact {
  readonly book: string;
  readonly side: Side;
  readonly receipt: string;
  readonly sourceDoc: string;
}

/** What vouchers and receipts say already about what acts name. */
export interface PostedFacts {
  readonly payouts: readonly PayoutFact[];
  readonly receipts: readonly ReceiptFact[];
}

/** Which of it an act asks about. `drafts`: the payouts and receipts of vouchers that wait for their review. */
export interface NeededPosted {
  readonly payouts: readonly string[];
  readonly receipts: readonly Omit<ReceiptFact, 'sourceDoc'>[];
  readonly drafts: readonly string[];
}

/** Nothing is posted yet. */
export const nothingPosted: PostedFacts = { payouts: [], receipts: [] };

/** Tells the door which payouts and receipts to look up before deciding; undefined when the act names none. The data is not checked yet. */
export function neededPosted(act: {
  readonly type: string;
  readonly target?: string;
  readonly data?: unknown;
}): NeededPosted | undefined {
  const { type, target } = act;
  if (type === 'voucher.review')
    return target === undefined ? undefined : { payouts: [], receipts: [], drafts: [target] };
  if (type !== 'cash.record' && type !== 'ledger.record' && type !== 'advance.repay') return undefined;
  const { book, payout, lines } = Object(act.data) as Record<string, unknown>;
  const payouts = type !== 'cash.record' && typeof payout === 'string' ? [payout.trim()] : [];
  const side = type === 'cash.record' ? 'cash' : 'ledger';
  const named = Array.isArray(lines) && typeof book === 'string' ? lines.slice(0, 200) : [];
  const receipts = named.flatMap((line): NeededPosted['receipts'][number][] => {
    const { receipt } = Object(line) as { receipt?: unknown };
    return typeof receipt === 'string' ? [{ book: String(book).trim(), side, receipt: receipt.trim() }] : [];
  });
  return payouts.length + receipts.length === 0 ? undefined : { payouts, receipts, drafts: [] };
}

/** What is posted after an event: what the tables would hold, also for the simulator and for tests without a database. */
export function addPosted({ payouts, receipts }: PostedFacts, event: CaseEvent): PostedFacts {
  if (event.type === 'payout.requested') {
    const { id, book, amountFen, party } = event.data;
    return { receipts, payouts: [...payouts, { id, book, amountFen, vouchersFen: 0, ...(party ? { party } : {}) }] };
  }
  if (event.type === 'cash.reversed' || event.type === 'ledger.reversed') {
    const side = event.type === 'cash.reversed' ? 'cash' : 'ledger';
    const { book, sourceDoc } = event.data.entry;
    const stands = (each: ReceiptFact) => each.side !== side || each.book !== book || each.sourceDoc !== sourceDoc;
    return {
      receipts: receipts.filter(stands),
      payouts: side === 'ledger' ? vouched(payouts, event.data.entry) : payouts,
    };
  }
  if (event.type === 'cash.recorded') {
    const { book, sourceDoc, households = [] } = event.data.entry;
    return {
      payouts,
      receipts: [
        ...receipts,
        ...households.map(({ receipt }) => ({ book, side: 'cash' as const, receipt, sourceDoc })),
      ],
    };
  }
  if (event.type !== 'ledger.recorded') return { payouts, receipts };
  const { book, sourceDoc, lines } = event.data.entry;
  const listed = lines.flatMap(({ receipt }) =>
    receipt === undefined ? [] : [{ book, side: 'ledger' as const, receipt, sourceDoc }],
  );
  return { payouts: vouched(payouts, event.data.entry), receipts: [...receipts, ...listed] };
}

function vouched(
  payouts: readonly PayoutFact[],
  { payout, amountFen }: { readonly payout?: string; readonly amountFen: number },
): readonly PayoutFact[] {
  if (payout === undefined) return payouts;
  return payouts.map((each) => (each.id === payout ? { ...each, vouchersFen: each.vouchersFen + amountFen } : each));
}

/** MORE_THAN_PAYOUT where the vouchers for a payout would come to more than it. */
export function payoutVouchersProblem(
  { posted }: Facts,
  { payout, amountFen }: { readonly payout?: string | undefined; readonly amountFen: number },
): Refusal | undefined {
  const found = payout === undefined ? undefined : posted?.payouts.find(({ id }) => id === payout);
  if (!found || found.vouchersFen + amountFen <= found.amountFen) return undefined;
  const [whole, before, now] = [found.amountFen, found.vouchersFen, amountFen].map(yuan);
  return refuse(
    'MORE_THAN_PAYOUT',
    [
      `支付申请 ${found.id} 共 ${whole} 元，已有凭证 ${before} 元，不能再记 ${now} 元。`,
      `Payout ${found.id} is ${whole} yuan and has vouchers of ${before}: one of ${now} would be more than it.`,
    ],
    [
      ['核对金额和支付申请编号', 'Check the amount and the id of the payout'],
      ['已有的凭证记错时先红字冲销（entry.reverse）', 'Reverse an earlier voucher that is wrong first (entry.reverse)'],
    ],
  );
}

/** SAME_DOCUMENT where a receipt stands on this side of the book already. */
export function receiptsTaken(
  { posted }: Facts,
  { book, side }: { readonly book: string; readonly side: Side },
  lines: readonly { readonly receipt?: string | undefined }[],
): Refusal | undefined {
  const taken = new Map(
    (posted?.receipts ?? []).flatMap((each) =>
      each.book === book && each.side === side ? [[each.receipt, each.sourceDoc] as const] : [],
    ),
  );
  const n = lines.findIndex(({ receipt }) => receipt !== undefined && taken.has(receipt));
  if (n < 0) return undefined;
  const receipt = lines[n]!.receipt!;
  const sourceDoc = taken.get(receipt)!;
  return refuse(
    'SAME_DOCUMENT',
    [
      `收据 ${receipt} 在这一边已记在单据 ${sourceDoc} 里。`,
      `Receipt ${receipt} is recorded on this side already, in document ${sourceDoc}.`,
    ],
    [
      ['核对收据号', 'Check the number of the receipt'],
      [
        `若 ${sourceDoc} 记错，先红字冲销（entry.reverse）`,
        `If ${sourceDoc} is wrong, reverse it first (entry.reverse)`,
      ],
    ],
  );
}
