import { archiveForm } from './book-archive-form.ts';
import { closeDayForm, closeMonthForm, countForm, giveStatementForm, reconcileForm } from './book-closing-forms.ts';
import { codeForm } from './book-code-form.tsx';
import { cashForm, ledgerForm, payForm, payLedgerForm } from './book-entry-forms.ts';
import type { BookForm } from './book-form.ts';
import { handOverForm } from './book-hand-over-form.ts';
import { cashListForm, ledgerListForm } from './book-list-forms.ts';
import { matchForm } from './book-match-form.tsx';
import { approveForm, confirmForm, payoutForm, refuseForm } from './book-payout-forms.ts';
import {
  advanceForm,
  giftForm,
  repayCashForm,
  repayLedgerForm,
  takeBackForm,
  thankForm,
  thingsForm,
  withdrawForm,
} from './book-register-forms.ts';
import { decideForm, explainForm, reverseCashForm, reverseLedgerForm, reviewForm } from './book-review-forms.ts';
import { statementForm } from './book-statement-form.tsx';
import { statementMatchForm, statementUnmatchForm } from './book-statement-match-forms.tsx';

/** The forms about a book as a whole, by their last part of the path, in the order they are offered. */
export const wholeForms: Readonly<Record<string, BookForm>> = {
  'hand-over': handOverForm,
  cash: cashForm,
  'cash-list': cashListForm,
  ledger: ledgerForm,
  'ledger-list': ledgerListForm,
  count: countForm,
  'close-day': closeDayForm,
  'close-month': closeMonthForm,
  'give-statement': giveStatementForm,
  archive: archiveForm,
  payout: payoutForm,
  gift: giftForm,
  things: thingsForm,
  advance: advanceForm,
  reconcile: reconcileForm,
  match: matchForm,
};

/** The forms about something in a book, whose id the path then ends with. */
const thingForms: Readonly<Record<string, BookForm>> = {
  ...{ approve: approveForm, refuse: refuseForm, pay: payForm, 'pay-ledger': payLedgerForm },
  ...{ code: codeForm, confirm: confirmForm, statement: statementForm },
  ...{ 'statement-match': statementMatchForm, 'statement-unmatch': statementUnmatchForm },
  ...{ thank: thankForm, 'take-back': takeBackForm },
  ...{ 'repay-cash': repayCashForm, 'repay-ledger': repayLedgerForm, withdraw: withdrawForm },
  ...{ review: reviewForm, explain: explainForm, decide: decideForm },
  ...{ 'reverse-cash': reverseCashForm, 'reverse-ledger': reverseLedgerForm },
};

/** Every form about the books by its part of the path. */
export const bookForms: ReadonlyMap<string, BookForm> = new Map(Object.entries({ ...wholeForms, ...thingForms }));
