import { monthOf, shiftPeriod } from '../../engine/books/closings.ts';
import { openStatements } from '../../engine/books/statement.ts';
import type { Channel } from '../../sdk/program.ts';
import { happened, lateReason, note, paper } from './book-entry-forms.ts';
import type { Field } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';

/** Whether the caller counts as who holds the money himself. */
const holds = ({ roles, def }: BookSubject): boolean => roles.has(def.cash);

/** The money in the drawer, note by note. */
export const notes: Field = {
  name: 'notes',
  kind: 'notes',
  path: 'data.denominations',
  label: w.notes,
  hint: w.notesHint,
};

const balanceOf = (each: Channel): Field => ({
  ...{ name: `balance-${each}`, kind: 'money', path: `data.channels.${each}`, hint: w.balanceHint },
  label: [`${w[each][0]}${w.balanceOf[0]}`, `${w[each][1]} ${w.balanceOf[1]}`],
});

const carryOf = (each: Channel): Field => ({
  ...{ name: `carry-${each}`, kind: 'signedMoney', path: `data.carry.${each}`, hint: w.carryHint },
  label: [`${w[each][0]}：${w.carry[0]}`, `${w[each][1]}: ${w.carry[1]}`],
});

/** Who is there while another counts the money. */
function present(subject: BookSubject): readonly Field[] {
  const witness: Field = {
    ...{ name: 'witness', kind: 'text', path: 'data.witness', label: w.present, hint: w.presentHint, max: 100 },
  };
  if (holds(subject)) return [witness];
  const surprise: Field = { name: 'surprise', kind: 'check', path: 'data.surprise', label: w.surprise };
  return [{ ...witness, required: true }, surprise];
}

/** Counts the money note by note; what the book says is shown afterwards. */
export const countForm: BookForm = {
  ...{ act: 'cash.count', title: w.countTitle, button: w.countNow },
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: (subject) => {
    const { def } = subject;
    const others = def.channels.filter((each) => each !== 'cash');
    return [...(def.channels.includes('cash') ? [notes] : []), ...others.map(balanceOf), ...present(subject), note];
  },
};

/** Closes the cash journal up to a day. */
export const closeDayForm: BookForm = {
  ...{ act: 'books.closeDay', title: w.closeDayTitle, button: w.closeDay, grave: true, previews: true },
  offered: ({ book, today }) => (book.closings?.day ?? '') < today,
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: ({ today }) => [
    {
      ...{ name: 'day', kind: 'day', path: 'data.day', label: w.lastDay, hint: w.lastDayHint },
      ...{ required: true, initial: today },
    },
  ],
};

/** Closes a month for everyone. */
export const closeMonthForm: BookForm = {
  ...{ act: 'books.closeMonth', title: w.closeMonthTitle, button: w.closeMonth, grave: true, previews: true },
  offered: ({ book, today }) => (book.closings?.month?.period ?? '') < shiftPeriod(monthOf(today), -1),
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: ({ def, today }) => [
    {
      ...{ name: 'month', kind: 'text', path: 'data.month', label: w.month, hint: w.monthHint },
      ...{ required: true, initial: shiftPeriod(monthOf(today), -1), max: 7 },
    },
    ...def.channels.map(carryOf),
  ],
};

/** The statement of a closed month has reached whoever the money belongs to. */
export const giveStatementForm: BookForm = {
  ...{ act: 'books.giveStatement', title: w.giveStatementTitle, button: w.giveStatement },
  offered: ({ def, state }) => openStatements(state, def.book).length > 0,
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: (subject) => [
    {
      ...{ name: 'month', kind: 'choice', path: 'data.month', label: w.statementMonth, required: true },
      choices: openStatements(subject.state, subject.def.book).map((month) => [month, month] as const),
    },
    { ...happened(subject), hint: w.statementDayHint },
    {
      ...{ name: 'how', kind: 'choice', path: 'data.how', label: w.how, required: true },
      choices: [
        ['explained', w.statementExplained],
        ['sent', w.statementSent],
      ],
    },
    ...[paper, lateReason],
  ],
};

/** Compares both books now, and keeps what came of it. */
export const reconcileForm: BookForm = {
  ...{ act: 'books.reconcile', title: w.reconcileTitle, button: w.reconcile },
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: () => [{ name: 'month', kind: 'text', path: 'data.month', label: w.monthEnd, hint: w.monthEndHint, max: 7 }],
};
