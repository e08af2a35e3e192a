import type { ActContext } from '../../engine/act-kind.ts';
import { heads, whyNotApprover } from '../../engine/books/access.ts';
import { recorders } from '../../engine/books/document.ts';
import { draftsOf } from '../../engine/books/drafts.ts';
import { documentKey } from '../../engine/books/state.ts';
import { actorOf } from '../auth/caller.ts';
import { differenceAbout } from './book-difference-about.tsx';
import { paper, reason, summary } from './book-entry-forms.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import { entryToReverse, voucherToReview } from './book-voucher-about.tsx';

/** The reviewer posts a voucher, or sends it back. */
export const reviewForm: BookForm = {
  ...{ act: 'voucher.review', title: w.reviewTitle, button: w.review },
  offered: ({ book, of, caller }) => {
    const drafts = draftsOf(book);
    return Object.hasOwn(drafts, of) && drafts[of]!.by !== caller.person;
  },
  above: voucherToReview,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [
    {
      ...{ name: 'approve', kind: 'yesOrNo', path: 'data.approve', label: w.verdict, required: true },
      none: w.pleaseChoose,
      choices: [
        ['yes', w.post],
        ['no', w.sendBack],
      ],
    },
    { name: 'text', kind: 'area', path: 'data.text', label: w.sendBackWhy, max: 2000 },
  ],
};

/** A keeper or the approver says how a difference came about. */
export const explainForm: BookForm = {
  ...{ act: 'discrepancy.explain', title: w.explainTitle, button: w.explain },
  offered: ({ book, of }) => Object.hasOwn(book.discrepancies, of),
  above: differenceAbout,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [
    { name: 'text', kind: 'area', path: 'data.text', label: w.explanation, required: true, max: 2000 },
    paper,
  ],
};

/** The approver orders a correction, or signs a difference as it is. */
export const decideForm: BookForm = {
  ...{ act: 'discrepancy.decide', title: w.decideTitle, button: w.decide, grave: true },
  offered: decides,
  above: differenceAbout,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [
    {
      ...{ name: 'decision', kind: 'choice', path: 'data.decision', label: w.decision, required: true },
      none: w.pleaseChoose,
      choices: [
        ['correct', w.correct],
        ['carry', w.carryIt],
      ],
    },
    { name: 'text', kind: 'area', path: 'data.text', label: w.decisionWhy, required: true, max: 2000 },
    paper,
  ],
};

function decides({ state, program, roles, caller, def, now, book, of }: BookSubject): boolean {
  const difference = Object.hasOwn(book.discrepancies, of) ? book.discrepancies[of] : undefined;
  if (!difference) return false;
  const involved = recorders(book.open[documentKey(difference.sourceDoc)]);
  if (involved.includes(caller.person)) return false;
  // a head above may have to decide in the approver's place: whether he does, the door knows
  if (!roles.has(def.approves) && heads.some((role) => roles.has(role))) return true;
  const act = { id: '', type: 'discrepancy.decide', actor: actorOf(caller) };
  return (
    whyNotApprover({ state, act, roles, world: { program, now } } as unknown as ActContext, def, involved) === undefined
  );
}

/** Red ink: the exact mirror of an entry of one's own side. */
const reverseForm = (side: 'cash' | 'ledger'): BookForm => ({
  ...{ act: 'entry.reverse', title: w.reverseTitle, button: w.reverse, grave: true, previews: true },
  offered: ({ of, roles, def }) => roles.has(def[side]) && of.startsWith(`${def.book}.${side === 'cash' ? 'c' : 'v'}.`),
  above: entryToReverse,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [reason, summary, paper],
});
export const reverseCashForm: BookForm = reverseForm('cash');
export const reverseLedgerForm: BookForm = reverseForm('ledger');
