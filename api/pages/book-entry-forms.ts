import { yuan as plainYuan } from '../../engine/books/checks.ts';
import { moneyKinds } from '../../engine/books/kinds.ts';
import { isForMany, personsIn } from '../../engine/books/persons.ts';
import { openAdvances } from '../../engine/books/register-state.ts';
import { moneyKindKeys } from '../../sdk/money-kinds.ts';
import { pick } from '../language.ts';
import { yuan } from '../timeline-text.ts';
import type { Field } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import { payoutToPay } from './book-payout-about.tsx';

/** The day something happened: today, unless another is said. */
export const happened = ({ today }: Pick<BookSubject, 'today'>): Field => ({
  ...{ name: 'day', kind: 'happened', path: 'occurredAt', label: w.day, hint: w.dayHint, initial: today },
});

/** Why it is recorded late, where it is. */
export const lateReason: Field = {
  ...{ name: 'reason', kind: 'text', path: 'reason', label: w.lateReason, hint: w.lateReasonHint, max: 500 },
};

/** Why something is refused, taken back or undone. */
export const reason: Field = {
  ...{ name: 'reason', kind: 'area', path: 'reason', label: w.reason, required: true, max: 500 },
};

/** A remark. */
export const note: Field = { name: 'text', kind: 'text', path: 'data.text', label: w.note, max: 500 };

/** The paper something is recorded from, and its scan. */
export const sourceDoc: Field = {
  ...{ name: 'sourceDoc', kind: 'text', path: 'data.sourceDoc', label: w.sourceDoc, hint: w.sourceDocHint },
  ...{ required: true, max: 100 },
};
export const paper: Field = { name: 'paper', kind: 'file', path: 'evidence', label: w.paper, hint: w.paperHint };

/** An amount in yuan. */
export const amount: Field = {
  ...{ name: 'amount', kind: 'money', path: 'data.amountFen', label: w.amount, required: true },
};

/** How the money of a book moves. */
export const channel = ({ def }: Pick<BookSubject, 'def'>): Field => ({
  ...{ name: 'channel', kind: 'choice', path: 'data.channel', label: w.channel, required: true },
  choices: def.channels.map((each) => [each, w[each]] as const),
});

/** Whose money it is, where the book keeps that of several. */
export function party({ state, program, def }: BookSubject, path: string): readonly Field[] {
  if (!isForMany(program, def)) return [];
  const choices = personsIn(state, def).map(({ id, name }) => [id, name ?? id] as const);
  return [{ name: 'party', kind: 'choice', path, label: w.party, choices, none: w.none }];
}

/** The open advances of the book, to say that money is of one of them. */
function advance({ book }: BookSubject): readonly Field[] {
  const choices = Object.entries(openAdvances(book)).map(([id, { sourceDoc: doc }]) => [id, `${id} · ${doc}`] as const);
  if (choices.length === 0) return [];
  return [{ name: 'advance', kind: 'choice', path: 'data.advance', label: w.advance, choices, none: w.none }];
}

/** The payouts that are approved and can be paid, or that were. */
export function payoutChoice({ book }: BookSubject, states: readonly string[]): readonly Field[] {
  const choices = Object.entries(book.payouts)
    .filter(([, { state }]) => states.includes(state))
    .map(([id, { amountFen }]) => [id, `${id} · ${yuan(amountFen)}`] as const);
  if (choices.length === 0) return [];
  return [{ name: 'payout', kind: 'choice', path: 'data.payout', label: w.payout, choices, none: w.none }];
}

const direction: Field = {
  ...{ name: 'direction', kind: 'choice', path: 'data.direction', label: w.direction, required: true },
  choices: [
    ['in', w.in],
    ['out', w.out],
  ],
};

/** What was bought, sold or paid, in a few words. */
export const summary: Field = { name: 'text', kind: 'text', path: 'data.text', label: w.summary, max: 500 };

/** The cash holder enters the amount of a paper. */
export const cashForm: BookForm = {
  ...{ act: 'cash.record', title: w.cashTitle, button: w.record },
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: (subject) => [
    ...[happened(subject), direction, channel(subject), amount, sourceDoc, summary],
    ...[...payoutChoice(subject, ['approved']), ...advance(subject), paper, lateReason],
  ],
};

/** The accountant enters the lines behind a paper. */
export const ledgerForm: BookForm = {
  ...{ act: 'ledger.record', title: w.ledgerTitle, button: w.record },
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: (subject) => [
    ...[happened(subject), direction, channel(subject), sourceDoc, lines(subject), summary],
    ...[...payoutChoice(subject, ['approved', 'paid']), ...advance(subject), paper, lateReason],
  ],
};

/** The lines of a voucher. */
export function lines(subject: BookSubject): Field {
  const { def, language, book } = subject;
  const claims = Object.keys(openAdvances(book)).length > 0;
  const kinds = moneyKindKeys
    .filter((key) => claims || moneyKinds[key].claim !== true)
    .map((key) => {
      const { name, direction: goes } = moneyKinds[key];
      return [key, `${pick(name, language)} · ${pick(w[goes], language)}`] as const;
    });
  const columns: readonly Field[] = [
    { name: 'item', kind: 'text', path: 'item', label: w.item },
    { name: 'quantity', kind: 'number', path: 'quantity', label: w.quantity },
    { name: 'price', kind: 'money', path: 'priceFen', label: w.price },
    { name: 'amount', kind: 'money', path: 'amountFen', label: w.lineAmount, hint: w.lineAmountHint },
    { name: 'kind', kind: 'choice', path: 'kind', label: w.kind, choices: kinds, none: w.none },
    { name: 'buyer', kind: 'text', path: 'buyer', label: w.buyer },
    { name: 'text', kind: 'text', path: 'text', label: w.lineText, max: 500 },
    ...(def.keeps === 'project funds'
      ? [{ name: 'purpose', kind: 'text', path: 'purpose', label: w.purpose, max: 500 } as const]
      : []),
    ...party(subject, 'party'),
  ];
  return { name: 'lines', kind: 'lines', path: 'data.lines', label: w.line, columns };
}

/** What a payout of a book was asked for, for who pays it. */
export function payoutOf({ book, of }: BookSubject) {
  return Object.hasOwn(book.payouts, of) ? book.payouts[of] : undefined;
}

/** The cash holder pays a payout as it was approved, and records it. */
export const payForm: BookForm = {
  ...{ act: 'cash.record', title: w.payTitle, button: w.pay },
  offered: (subject) => {
    const payout = payoutOf(subject);
    return payout?.state === 'approved' && payout.approvedBy !== subject.caller.person;
  },
  above: payoutToPay,
  fixed: (subject) => {
    const { channel: by, amountFen } = payoutOf(subject) ?? {};
    const { def, of } = subject;
    return { data: { book: def.book, direction: 'out', channel: by, amountFen, payout: of } };
  },
  fields: (subject) => [happened(subject), sourceDoc, summary, paper, lateReason],
};

/** The accountant enters the payment of a payout, line by line from the paper. */
export const payLedgerForm: BookForm = {
  ...{ act: 'ledger.record', title: w.payLedgerTitle, button: w.record },
  offered: (subject) => ['approved', 'paid'].includes(payoutOf(subject)?.state ?? ''),
  above: payoutToPay,
  fixed: (subject) => ({
    data: { book: subject.def.book, direction: 'out', channel: payoutOf(subject)?.channel, payout: subject.of },
  }),
  fields: (subject) => [happened(subject), sourceDoc, lines(subject), { ...summary, initial: '' }, paper, lateReason],
};

/** An amount to begin with. */
export const startingWith = (field: Field, fen: number): Field => ({ ...field, initial: plainYuan(fen) });
