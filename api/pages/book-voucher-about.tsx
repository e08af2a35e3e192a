import type { Child } from 'hono/jsx';
import { entryPlace, papersAt } from '../../db/queries/book-papers.ts';
import { type DraftRow, type EntryFactRow, entryFacts, voucherDrafts } from '../../db/queries/books.ts';
import { documentKey, type Live } from '../../engine/books/state.ts';
import type { Text } from '../../sdk/program.ts';
import { caseNames } from '../reading.ts';
import { channelName } from '../reports/lists.ts';
import { localTime } from '../timeline-text.ts';
import { About, type AboutFact, amountFacts, factOf, moneyFact } from './book-about.tsx';
import { aw } from './book-about-words.ts';
import { moved } from './book-candidates-view.tsx';
import type { BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';

/** A voucher for who reviews it: every line, the sums, the paper, and what the cash holder has for the same paper. */
export async function voucherToReview(subject: BookSubject): Promise<Child> {
  const { deps, caseId, def, of, sight, language, record, book } = subject;
  if (sight.hidesDrafts(def.book)) return null;
  const [row] = await voucherDrafts(deps.sql, caseId, { waiting: true, limit: 1, id: of });
  if (row?.book !== def.book) return null;
  const [names, papers] = await Promise.all([
    caseNames(deps, record, row, language),
    papersAt(deps.sql, caseId, row.seq),
  ]);
  const { cash } = book.open[documentKey(row.sourceDoc)] ?? {};
  const noCash = cash !== undefined && sight.hides(def.book, 'cash', row.sourceDoc);
  const facts = [
    ...paperFacts(row),
    factOf(aw.reverses, row.reverses),
    row.reverses === null ? sideFact(aw.cashSide, cash, noCash) : undefined,
    factOf(aw.madeBy, names.person(row.madeBy)),
    factOf(aw.madeAt, localTime(row.madeAt)),
  ];
  return (
    <About
      {...{ subject, facts, papers, lines: row.lines, party: names.party }}
      title={row.reverses === null ? aw.voucher : aw.redVoucher}
    />
  );
}

/** An entry of his own side for who reverses it. */
export async function entryToReverse(subject: BookSubject): Promise<Child> {
  const { deps, caseId, def, of, language, record } = subject;
  const [rows, place] = await Promise.all([
    entryFacts(deps.sql, caseId, { entry: of }),
    entryPlace(deps.sql, caseId, of),
  ]);
  const row = rows.find(({ id, book }) => id === of && book === def.book);
  if (!row) return null;
  const [names, papers] = await Promise.all([
    caseNames(deps, record, row, language),
    place === undefined ? [] : papersAt(deps.sql, caseId, place),
  ]);
  const facts = [
    ...paperFacts(row),
    factOf(aw.forAdvance, row.advance),
    factOf(aw.recordedBy, names.person(row.recordedBy)),
  ];
  return (
    <About
      {...{ subject, facts, papers }}
      {...(row.lines ? { lines: row.lines, party: names.party } : {})}
      title={aw.entry}
    />
  );
}

/** What a voucher and an entry have in common: the sum, and the paper with its day, direction, channel, words and payout. */
const paperFacts = (row: DraftRow | EntryFactRow): readonly (AboutFact | undefined)[] => [
  ...amountFacts(row.amountFen),
  factOf(aw.sourceDoc, row.sourceDoc),
  factOf(aw.day, row.occurredDate),
  factOf(aw.direction, w[row.direction]),
  factOf(aw.channel, channelName(row.channel)),
  factOf(aw.summary, row.text),
  factOf(aw.forPayout, row.payout),
];

/** What a side says about a paper, with its direction and channel. */
export function sideFact(term: Text, live: Live | undefined, hidden: boolean): AboutFact {
  if (!live) return { term, text: aw.notYet };
  if (hidden) return moneyFact(term, null);
  return { term, text: moved(live) };
}
