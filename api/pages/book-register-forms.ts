import { owedFen } from '../../engine/books/advance-state.ts';
import type { Side } from '../../engine/books/entry.ts';
import { openAdvances } from '../../engine/books/register-state.ts';
import {
  amount,
  channel,
  happened,
  lateReason,
  paper,
  payoutChoice,
  reason,
  sourceDoc,
  startingWith,
  summary,
} from './book-entry-forms.ts';
import type { Field } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import { advanceAbout, giftAbout } from './book-register-about.tsx';
import type { Values } from './form-values.ts';

const purpose: Field = { name: 'purpose', kind: 'text', path: 'data.purpose', label: w.purpose, max: 500 };

const giver: readonly Field[] = [
  {
    ...{ name: 'giver', kind: 'choice', path: '', label: w.giver, required: true },
    choices: [
      ['person', w.person],
      ['unit', w.unit],
      ['anonymous', w.anonymous],
    ],
  },
  {
    ...{
      name: 'giverName',
      kind: 'text',
      path: 'data.giver.name',
      label: w.giverName,
      hint: w.giverNameHint,
      max: 100,
    },
  },
  { name: 'contact', kind: 'text', path: 'data.giver.contact', label: w.contact, hint: w.contactHint },
];

/** Who gave it: nobody is named where the giver wants no name. */
function withGiver({ giver: named, ...data }: Record<string, unknown>, values: Values): Record<string, unknown> {
  if (values['giver'] === 'anonymous') return { ...data, anonymous: true };
  return { ...data, giver: { kind: values['giver'] ?? 'person', ...(named as object | undefined) } };
}

/** A gift of money, which the cash holder takes in. */
export const giftForm: BookForm = {
  ...{ act: 'gift.record', title: w.giftTitle, button: w.record },
  fixed: ({ def }) => ({ data: { book: def.book, kind: 'cash' } }),
  finish: withGiver,
  fields: (subject) => [
    ...[happened(subject), ...giver, channel(subject), amount, sourceDoc, summary, purpose, paper, lateReason],
  ],
};

/** A gift in kind, with a photo or before a witness. */
export const thingsForm: BookForm = {
  ...{ act: 'gift.record', title: w.thingsTitle, button: w.record },
  fixed: ({ def }) => ({ data: { book: def.book, kind: 'inKind' } }),
  finish: withGiver,
  fields: (subject) => [
    ...[happened(subject), ...giver],
    { name: 'item', kind: 'text', path: 'data.item', label: w.item, required: true },
    { name: 'quantity', kind: 'number', path: 'data.quantity', label: w.quantity, required: true },
    { name: 'unit', kind: 'text', path: 'data.unit', label: w.unitOf, required: true, max: 20 },
    { name: 'value', kind: 'money', path: 'data.valueFen', label: w.value, required: true },
    { name: 'receivedBy', kind: 'text', path: 'data.receivedBy', label: w.receivedBy, required: true, max: 100 },
    { name: 'photo', kind: 'file', path: 'evidence', label: w.photo, hint: w.photoHint },
    { name: 'witness', kind: 'text', path: 'data.witness', label: w.witness, hint: w.witnessHint, max: 100 },
    ...[purpose, lateReason],
  ],
};

/** Thanks have gone out for a gift. */
export const thankForm: BookForm = {
  ...{ act: 'gift.thank', title: w.thankTitle, button: w.thank },
  offered: ({ book, of }) => Object.hasOwn(book.gifts?.open ?? {}, of),
  above: giftAbout,
  fixed: ({ of }) => ({ target: of }),
  fields: (subject) => [
    happened(subject),
    {
      ...{ name: 'how', kind: 'choice', path: 'data.how', label: w.how, required: true },
      choices: (['letter', 'message', 'visit', 'notice'] as const).map((how) => [how, w[how]] as const),
    },
    { name: 'text', kind: 'area', path: 'data.text', label: w.note, max: 2000 },
    ...[paper, lateReason],
  ],
};

/** A gift in kind is taken out of the register. */
export const takeBackForm: BookForm = {
  ...{ act: 'gift.reverse', title: w.takeBackTitle, button: w.takeBack, grave: true },
  above: giftAbout,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [reason],
};

/** Somebody has paid from his own pocket. */
export const advanceForm: BookForm = {
  ...{ act: 'advance.record', title: w.advanceTitle, button: w.record },
  offered: ({ roles, def }) => !roles.has(def.cash) && !roles.has(def.ledger),
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: (subject) => [
    happened(subject),
    { name: 'helper', kind: 'text', path: 'data.helper.name', label: w.helper, required: true, max: 100 },
    ...keepersOf(subject),
    {
      ...{ name: 'paid', kind: 'choice', path: 'data.paid', label: w.paid, required: true },
      choices: [
        ['to others', w.toOthers],
        ['into the book', w.intoBook],
      ],
    },
    { name: 'for', kind: 'text', path: 'data.for', label: w.paidFor, required: true, max: 500 },
    ...[amount, sourceDoc, paper, lateReason],
  ],
};

/** Who keeps money here may have advanced some: the books then watch that he does not repay himself. */
function keepersOf({ book }: BookSubject): readonly Field[] {
  const { cash, ledger } = book.keepers ?? {};
  const choices = [
    ...(cash === undefined ? [] : [[cash, w.cashKeeper] as const]),
    ...(ledger === undefined ? [] : [[ledger, w.ledgerKeeper] as const]),
  ];
  if (choices.length === 0) return [];
  const shared = { name: 'person', kind: 'choice', path: 'data.helper.person', label: w.helperPerson } as const;
  return [{ ...shared, choices, none: w.helperOther }];
}

/** What a side still owes of an advance. */
function owed({ book, of }: BookSubject, side: Side): number {
  const open = openAdvances(book);
  return Object.hasOwn(open, of) ? Math.max(0, owedFen(open[of]!, side)) : 0;
}

const repayForm = (side: Side): BookForm => ({
  ...{ act: 'advance.repay', title: side === 'cash' ? w.repayCashTitle : w.repayLedgerTitle, button: w.repay },
  offered: (subject) => owed(subject, side) > 0,
  above: advanceAbout,
  fixed: ({ of }) => ({ target: of, data: { side } }),
  fields: (subject) => [
    ...[happened(subject), channel(subject), startingWith(amount, owed(subject, side)), sourceDoc, summary],
    ...[...payoutChoice(subject, ['approved', 'paid']), paper, lateReason],
  ],
});

/** An advance is repaid: by who holds the money, and by who keeps the accounts, each for his side. */
export const repayCashForm: BookForm = repayForm('cash');
export const repayLedgerForm: BookForm = repayForm('ledger');

/** A claim that is none is withdrawn. */
export const withdrawForm: BookForm = {
  ...{ act: 'advance.withdraw', title: w.withdrawTitle, button: w.withdraw, grave: true },
  offered: ({ roles, def }) => !roles.has(def.cash) && !roles.has(def.ledger),
  above: advanceAbout,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [reason],
};
