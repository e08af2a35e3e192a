import type { Child } from 'hono/jsx';
import { entryPlace, papersAt, payoutPlace } from '../../db/queries/book-papers.ts';
import { entryFacts, type PayoutRow, payouts } from '../../db/queries/books.ts';
import { allowanceWords } from '../../engine/books/allowance.ts';
import type { Text } from '../../sdk/program.ts';
import { actorOf } from '../auth/caller.ts';
import { caseNames } from '../reading.ts';
import { channelName } from '../reports/lists.ts';
import { localTime } from '../timeline-text.ts';
import { About, type AboutFact, amountFacts, factOf, moneyFact } from './book-about.tsx';
import { aw } from './book-about-words.ts';
import type { BookSubject } from './book-form.ts';

/** A payout for who decides on it: with what is left of the money, and what it may do to the allowance as things stand now. */
export async function payoutToDecide(subject: BookSubject): Promise<Child> {
  const row = await rowOf(subject);
  if (!row) return null;
  const allowance = await allowanceNow(subject);
  return payoutAbout(subject, row, { more: [...left(subject, row), factOf(aw.allowance, allowance)] });
}

/** A payout for who pays it or enters its payment. */
export async function payoutToPay(subject: BookSubject): Promise<Child> {
  const row = await rowOf(subject);
  return row ? payoutAbout(subject, row) : null;
}

/** A payout for who confirms that it has arrived: with who paid it, when, and on which paper, as far as he may know that yet. */
export async function payoutToConfirm(subject: BookSubject): Promise<Child> {
  const row = await rowOf(subject);
  if (!row) return null;
  const { deps, caseId, def, sight, state } = subject;
  const { paidBy } = state.books[def.book]?.payouts[row.id] ?? {};
  const entry = row.entry ?? '';
  const [facts, place] = await Promise.all([
    entryFacts(deps.sql, caseId, { entry }),
    entryPlace(deps.sql, caseId, entry),
  ]);
  const paper = facts.find(({ id }) => id === row.entry)?.sourceDoc;
  const hidden = paper === undefined || place === undefined || sight.hides(def.book, 'cash', paper, place);
  return payoutAbout(subject, row, {
    paidBy,
    more: [factOf(aw.paidAt, row.paidAt && localTime(row.paidAt)), hidden ? undefined : factOf(aw.sourceDoc, paper)],
    paidAt: hidden ? undefined : place,
  });
}

async function rowOf({ deps, caseId, def, of }: BookSubject): Promise<PayoutRow | undefined> {
  const [row] = await payouts(deps.sql, caseId, 1, { id: of });
  return row?.book === def.book ? row : undefined;
}

/** What is told of a payout beside what was asked for. */
interface More {
  readonly paidBy?: string | undefined;
  readonly more?: readonly (AboutFact | undefined)[];
  /** Where its payment was recorded, for the papers of it. */
  readonly paidAt?: number | undefined;
}

async function payoutAbout(
  subject: BookSubject,
  row: PayoutRow,
  { paidBy, more = [], paidAt }: More = {},
): Promise<Child> {
  const { deps, caseId, def, language, record, state } = subject;
  const { askedBy } = state.books[def.book]?.payouts[row.id] ?? {};
  const place = await payoutPlace(deps.sql, caseId, row.id);
  const [names, ...papers] = await Promise.all([
    caseNames(deps, record, { row, askedBy, paidBy }, language),
    ...[place, paidAt].flatMap((seq) => (seq === undefined ? [] : [papersAt(deps.sql, caseId, seq)])),
  ]);
  const facts = [
    ...amountFacts(row.amountFen),
    factOf(aw.purpose, row.text),
    factOf(aw.channel, channelName(row.channel)),
    factOf(aw.party, row.party && names.party(row.party)),
    factOf(aw.askedBy, names.person(row.requestedBy)),
    askedBy === undefined || askedBy === row.requestedBy ? undefined : factOf(aw.askedFor, names.person(askedBy)),
    factOf(aw.askedAt, localTime(row.requestedAt)),
    factOf(aw.approvedBy, row.decidedBy && names.person(row.decidedBy)),
    factOf(aw.paidBy, paidBy && names.person(paidBy)),
    ...more,
  ];
  return <About subject={subject} title={aw.payout} facts={facts} papers={papers.flat()} />;
}

/** What the channel holds, what of it is bespoken, and what would be left; of the person's own money where the book has that of several. */
function left({ book, def, sight }: BookSubject, { id, channel, amountFen, party }: PayoutRow) {
  const approved = Object.entries(book.payouts).filter(([other, { state }]) => other !== id && state === 'approved');
  const sum = (rows: typeof approved) => rows.reduce((fen, [, each]) => fen + each.amountFen, 0);
  const noCash = sight.hidesBalance(def.book, 'cash');
  const balance = noCash ? null : (book.cash[channel]?.balanceFen ?? 0);
  const onTheWay = sum(approved.filter(([, each]) => each.channel === channel));
  const own = party === null ? undefined : (book.persons?.[party] ?? { recordedFen: 0, paidFen: 0 });
  const bespoken = sum(approved.filter(([, each]) => each.party === party));
  const noPerson = noCash || sight.hidesBalance(def.book, 'ledger');
  return [
    moneyFact(aw.balance, balance),
    onTheWay === 0 ? undefined : moneyFact(aw.onTheWay, onTheWay),
    moneyFact(aw.after, balance === null ? null : balance - onTheWay - amountFen),
    own && moneyFact(aw.keptFor, noPerson ? null : own.recordedFen - own.paidFen - bespoken),
  ];
}

/** What approving it now would do to the allowance, in words; undefined where the book has no rule for it, or it is refused. */
async function allowanceNow({ deps, caller, caseId, of }: BookSubject): Promise<Text | undefined> {
  const act = { type: 'payout.approve', target: of, data: { allowanceSeen: true }, id: 'dry-run' };
  const outcome = await deps.door.dryRun({ caseId, act: { ...act, actor: actorOf(caller) } });
  if (outcome.status === 'refused') return undefined;
  const approved = outcome.events.find(({ type }) => type === 'payout.approved');
  const effect = approved?.type === 'payout.approved' ? approved.data.allowance : undefined;
  return effect && allowanceWords(effect);
}
