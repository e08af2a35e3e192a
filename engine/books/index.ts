import { type ActKind, actKind } from '../act-kind.ts';
import { advanceRecord, advanceRepay, advanceWithdraw } from './advance.ts';
import { booksArchive } from './archive.ts';
import { statementImport, statementMatch, statementUnmatch } from './bank-statement.ts';
import { booked } from './booked.ts';
import { cashRecord } from './cash.ts';
import { booksChase } from './chase.ts';
import { booksCloseDay } from './close-day.ts';
import { booksCloseMonth } from './close-month.ts';
import { cashCount } from './count.ts';
import { discrepancyDecide, discrepancyExplain } from './discrepancy.ts';
import { giftRecord, giftReverse, giftThank } from './gift.ts';
import { bookHandOver } from './hand-over.ts';
import { ledgerRecord } from './ledger.ts';
import { booksMatch } from './match.ts';
import { payoutApprove, payoutConfirm, payoutRefuse, payoutRequest } from './payout.ts';
import { payoutIssueCode } from './payout-code.ts';
import { booksReconcile } from './reconcile.ts';
import { entryReverse } from './reverse.ts';
import { voucherReview } from './review.ts';
import { booksGiveStatement } from './statement.ts';

export { neededArchive } from './archive.ts';
export { addBank, type BankFacts, neededBank, noBank } from './bank-facts.ts';
export { advanceBooks, booksDueAt } from './clock.ts';
export type { Lot } from './draw.ts';
export { batchSideOf, bookSideOf } from './entry.ts';
export { evolveBooks } from './evolve.ts';
export { addDraft, addFact, type NeededEntries, neededFacts } from './facts.ts';
export { addMovements, type NeededMovements, neededMovements } from './movements.ts';
export { addPosted, type NeededPosted, neededPosted, nothingPosted, type PostedFacts } from './posted-facts.ts';
export { type BookState, openBook } from './state.ts';

/** The acts of the books, by type. */
export const bookActs: Readonly<Record<string, ActKind>> = {
  'cash.record': actKind(booked(cashRecord)),
  'ledger.record': actKind(booked(ledgerRecord)),
  'entry.reverse': actKind(booked(entryReverse)),
  'voucher.review': actKind(booked(voucherReview)),
  'books.match': actKind(booksMatch),
  'cash.count': actKind(cashCount),
  'books.closeDay': actKind(booksCloseDay),
  'books.closeMonth': actKind(booksCloseMonth),
  'books.giveStatement': actKind(booksGiveStatement),
  'books.archive': actKind(booksArchive),
  'books.reconcile': actKind(booksReconcile),
  'statement.import': actKind(statementImport),
  'statement.match': actKind(statementMatch),
  'statement.unmatch': actKind(statementUnmatch),
  'book.handOver': actKind(bookHandOver),
  'books.chase': actKind(booksChase),
  'discrepancy.explain': actKind(discrepancyExplain),
  'discrepancy.decide': actKind(discrepancyDecide),
  'gift.record': actKind(booked(giftRecord)),
  'gift.reverse': actKind(giftReverse),
  'gift.thank': actKind(giftThank),
  'advance.record': actKind(advanceRecord),
  'advance.repay': actKind(booked(advanceRepay)),
  'advance.withdraw': actKind(advanceWithdraw),
  'payout.request': actKind(payoutRequest),
  'payout.approve': actKind(payoutApprove),
  'payout.refuse': actKind(payoutRefuse),
  'payout.confirm': actKind(payoutConfirm),
  'payout.issueCode': actKind(payoutIssueCode),
};
