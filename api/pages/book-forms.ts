import { closeDayForm, closeMonthForm, countForm, reconcileForm } from './book-closing-forms.ts';
import { cashForm, ledgerForm, payForm, payLedgerForm } from './book-entry-forms.ts';
import type { BookForm } from './book-form.ts';

/** The forms about a book as a whole, by their last part of the path, in the order they are offered. */
export const wholeForms: Readonly<Record<string, BookForm>> = {
  cash: cashForm,
  ledger: ledgerForm,
  count: countForm,
  'close-day': closeDayForm,
  'close-month': closeMonthForm,
  reconcile: reconcileForm,
};

/** The forms about something in a book: a payout, an advance, a voucher, an entry. */
export const thingForms: Readonly<Record<string, BookForm>> = {
  pay: payForm,
  'pay-ledger': payLedgerForm,
};

/** Every form about the books by its part of the path. */
export const bookForms: ReadonlyMap<string, BookForm> = new Map(Object.entries({ ...wholeForms, ...thingForms }));
