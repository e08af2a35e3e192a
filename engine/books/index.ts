import { type ActKind, actKind } from '../act-kind.ts';
import { cashRecord } from './cash.ts';
import { booksChase } from './chase.ts';
import { discrepancyDecide, discrepancyExplain } from './discrepancy.ts';
import { bookHandOver } from './hand-over.ts';
import { ledgerRecord } from './ledger.ts';
import { payoutApprove, payoutConfirm, payoutRefuse, payoutRequest } from './payout.ts';
import { booksReconcile } from './reconcile.ts';
import { entryReverse } from './reverse.ts';

export { advanceBooks, booksDueAt } from './clock.ts';
export { bookSideOf } from './entry.ts';
export { evolveBooks } from './evolve.ts';
export { addFact, type NeededEntries, neededFacts } from './facts.ts';
export { type BookState, openBook } from './state.ts';

/** The acts of the books, by type. */
export const bookActs: Readonly<Record<string, ActKind>> = {
  'cash.record': actKind(cashRecord),
  'ledger.record': actKind(ledgerRecord),
  'entry.reverse': actKind(entryReverse),
  'books.reconcile': actKind(booksReconcile),
  'book.handOver': actKind(bookHandOver),
  'books.chase': actKind(booksChase),
  'discrepancy.explain': actKind(discrepancyExplain),
  'discrepancy.decide': actKind(discrepancyDecide),
  'payout.request': actKind(payoutRequest),
  'payout.approve': actKind(payoutApprove),
  'payout.refuse': actKind(payoutRefuse),
  'payout.confirm': actKind(payoutConfirm),
};
