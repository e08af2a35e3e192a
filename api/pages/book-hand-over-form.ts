import type { Side } from '../../engine/books/entry.ts';
import { isFrozenFor } from '../../engine/books/keeper.ts';
import { worthOf } from '../../engine/books/notes.ts';
import type { Channel } from '../../sdk/program.ts';
import { notes } from './book-closing-forms.ts';
import { note } from './book-entry-forms.ts';
import type { Field } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';

/** The side of a book whose role the caller fills. */
const sideOf = ({ roles, def }: BookSubject): Side => (roles.has(def.cash) ? 'cash' : 'ledger');

const balanceOf = (each: Channel): Field => ({
  ...{
    name: `balance-${each}`,
    kind: 'signedMoney',
    path: `data.channels.${each}`,
    hint: w.handOverHint,
    required: true,
  },
  label: [`${w[each][0]}${w.handOverBalance[0]}`, `${w[each][1]} ${w.handOverBalance[1]}`],
});

/** The new keeper of a side takes it over: he counts what is there, before a third person. What the book says is shown afterwards. */
export const handOverForm: BookForm = {
  ...{ act: 'book.handOver', title: w.handOverTitle, button: w.handOverNow, grave: true },
  offered: (subject) => isFrozenFor(subject.book, sideOf(subject), subject.caller.person),
  fixed: (subject) => ({ data: { book: subject.def.book, side: sideOf(subject) } }),
  fields: (subject) => {
    const { channels } = subject.def;
    const byNote = sideOf(subject) === 'cash' && channels.includes('cash');
    return [
      ...(byNote ? [notes] : []),
      ...channels.filter((each) => !(byNote && each === 'cash')).map(balanceOf),
      {
        ...{ name: 'witness', kind: 'text', path: 'data.witness', label: w.thirdPerson, hint: w.thirdPersonHint },
        ...{ required: true, max: 100 },
      },
      note,
    ];
  },
  finish: ({ channels, denominations, ...data }) => {
    if (denominations === undefined) return { ...data, channels: channels ?? {} };
    const pieces = denominations as Parameters<typeof worthOf>[0];
    // a drawer with nothing in it is counted too, but has no notes to list
    const counted = Object.keys(pieces).length > 0 ? { denominations } : {};
    return { ...data, ...counted, channels: { cash: worthOf(pieces), ...(channels as object | undefined) } };
  },
};
