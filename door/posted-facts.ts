import { standingReceipts, vouchedPayouts } from '../db/queries/book-posted.ts';
import type { Tx } from '../db/transactions.ts';
import type { Act } from '../engine/act.ts';
import { neededPosted, type PostedFacts } from '../engine/books/index.ts';

/** What vouchers and receipts say about the payouts and receipts that acts name; no statement where none does. */
export async function loadPosted(tx: Tx, caseId: string, acts: readonly Act[]): Promise<PostedFacts> {
  const needed = acts.flatMap((act) => neededPosted(act) ?? []);
  const ids = [...new Set(needed.flatMap(({ payouts }) => payouts))];
  const drafts = [...new Set(needed.flatMap((each) => each.drafts))];
  const [payouts, receipts] = await Promise.all([
    vouchedPayouts(tx, caseId, ids, drafts),
    standingReceipts(
      tx,
      caseId,
      needed.flatMap((each) => each.receipts),
      drafts,
    ),
  ]);
  return { receipts, payouts: payouts.map(({ party, ...rest }) => (party === null ? rest : { ...rest, party })) };
}
