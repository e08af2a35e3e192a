import type { ActContext } from '../../engine/act-kind.ts';
import { heads, voicesOf, whyNotApprover } from '../../engine/books/access.ts';
import { GUARDIAN, guardianStands } from '../../engine/rights.ts';
import { actorOf } from '../auth/caller.ts';
import { amount, channel, note, paper, party, payoutOf, reason } from './book-entry-forms.ts';
import type { Field } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import { payoutToConfirm, payoutToDecide } from './book-payout-about.tsx';

const seen: Field = {
  ...{ name: 'seen', kind: 'check', path: 'data.allowanceSeen', label: w.seen, askedBy: 'ALLOWANCE_AFFECTED' },
};
const witness: Field = {
  ...{ name: 'witness', kind: 'text', path: 'data.witness', label: w.witness, hint: w.witnessHint, max: 100 },
};

/** Whether the caller speaks for himself about the money of a book: it is his, or he is the guardian. */
const speaks = ({ roles, program, def }: BookSubject): boolean =>
  voicesOf(program, def).some((role) => roles.has(role));

/** For whom money is asked or confirmed by another: those it is for, and the guardian where one stands. */
function onBehalf(subject: BookSubject, none: Field['none']): readonly Field[] {
  const { state, program, def, now } = subject;
  if (speaks(subject)) return [];
  const voices = voicesOf(program, def).filter((role) => role !== GUARDIAN || guardianStands(state, program, now));
  const choices = Object.values(state.parties)
    .filter(({ role }) => voices.includes(role))
    .map(({ id, name }) => [id, name ?? id] as const);
  if (choices.length === 0) return [];
  const shared = {
    name: 'for',
    kind: 'choice',
    path: 'onBehalfOf',
    label: w.speaksFor,
    hint: w.speaksForHint,
  } as const;
  return [{ ...shared, choices, ...(none ? { none } : { required: true }) }, witness];
}

/** Asks for money of the book. */
export const payoutForm: BookForm = {
  ...{ act: 'payout.request', title: w.payoutTitle, button: w.askFor, previews: true },
  fixed: ({ def }) => ({ data: { book: def.book } }),
  fields: (subject) => [
    ...[channel(subject), amount],
    { name: 'text', kind: 'area', path: 'data.text', label: w.payoutText, required: true, max: 500 },
    ...[...party(subject, 'data.party'), ...onBehalf(subject, w.himself), paper, seen],
  ],
};

/** Whether a payout waits for this caller's decision. */
function decides(subject: BookSubject): boolean {
  const { state, program, roles, caller, def, now } = subject;
  const payout = payoutOf(subject);
  if (payout?.state !== 'requested') return false;
  const { requestedBy, askedBy } = payout;
  const involved = [requestedBy, askedBy].filter((person) => person !== undefined);
  if (involved.includes(caller.person)) return false;
  // a head above may have to decide in the approver's place: whether he does, the door knows
  if (!roles.has(def.approves) && heads.some((role) => roles.has(role))) return true;
  const act = { id: '', type: 'payout.approve', actor: actorOf(caller) };
  const asked = { state, act, roles, world: { program, now } } as unknown as ActContext;
  return whyNotApprover(asked, def, involved) === undefined;
}

/** The approver lets a payout be made. */
export const approveForm: BookForm = {
  ...{ act: 'payout.approve', title: w.approveTitle, button: w.approve },
  offered: decides,
  above: payoutToDecide,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [note, seen],
};

/** The approver refuses a payout. */
export const refuseForm: BookForm = {
  ...{ act: 'payout.refuse', title: w.refuseTitle, button: w.refuse, grave: true },
  offered: decides,
  above: payoutToDecide,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [reason],
};

/** The beneficiary, or somebody in his stead, says that the money has arrived. */
export const confirmForm: BookForm = {
  ...{ act: 'payout.confirm', title: w.confirmTitle, button: w.confirm, grave: true },
  offered: (subject) => {
    const payout = payoutOf(subject);
    return payout?.state === 'paid' && payout.paidBy !== subject.caller.person;
  },
  above: payoutToConfirm,
  fixed: (subject) => ({ target: subject.of, ...(speaks(subject) ? {} : { onBehalfOf: subject.def.confirms }) }),
  fields: (subject) => [
    ...onBehalf(subject, undefined),
    ...(speaks(subject)
      ? []
      : [{ name: 'code', kind: 'text', path: 'data.code', label: w.code, hint: w.codeHint, max: 8 } as const]),
    { name: 'note', kind: 'text', path: 'data.note', label: w.note, max: 500 },
    paper,
  ],
};
