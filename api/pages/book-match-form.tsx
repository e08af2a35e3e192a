import { type EntryFactRow, entryFacts } from '../../db/queries/books.ts';
import type { Side } from '../../engine/books/entry.ts';
import type { Live } from '../../engine/books/state.ts';
import { Candidates, MOST_OFFERED, moved, type Offered, pickList } from './book-candidates-view.tsx';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';

/** The entries of a side that wait for the other, as far as the caller may see them, oldest first. */
function waitingOn({ book, def, sight }: BookSubject, side: Side): readonly (Live & { readonly sourceDoc: string })[] {
  return Object.values(book.open).flatMap(({ sourceDoc, [side]: live }) =>
    live === undefined || sight.hides(def.book, side, sourceDoc) ? [] : [{ ...live, sourceDoc }],
  );
}

/** The same with day and text, as they stand in the tables. */
async function offeredOn(subject: BookSubject, side: Side): Promise<readonly Offered[]> {
  const waiting = waitingOn(subject, side).slice(0, MOST_OFFERED);
  const entries = waiting.map(({ entry }) => entry);
  const facts = entries.length === 0 ? [] : await entryFacts(subject.deps.sql, subject.caseId, { entries });
  const rows = new Map(facts.map((fact) => [fact.id, fact]));
  return waiting.map(({ entry, channel, direction, amountFen, sourceDoc }) => {
    const about = wordsOf(rows.get(entry), sourceDoc);
    return { id: entry, channel, direction, amountFen, text: moved({ channel, direction, amountFen }, about) };
  });
}

type Sides = readonly [cash: readonly Offered[], ledger: readonly Offered[]];

const sides = new WeakMap<BookSubject, Promise<Sides>>();

/** What is offered on both sides, read once for the form and what stands above it. */
function bothSides(subject: BookSubject): Promise<Sides> {
  const known = sides.get(subject);
  if (known) return known;
  const read = Promise.all([offeredOn(subject, 'cash'), offeredOn(subject, 'ledger')]);
  sides.set(subject, read);
  return read;
}

function wordsOf(row: EntryFactRow | undefined, sourceDoc: string): string {
  return [row?.occurredDate, sourceDoc, row?.text].filter((part) => part !== undefined).join(' · ');
}

/** Matches by hand what different papers say about one movement: both sides beside one another. */
export const matchForm: BookForm = {
  ...{ act: 'books.match', title: w.matchTitle, button: w.matchNow, previews: true },
  offered: (subject) =>
    !subject.roles.has(subject.def.cash) &&
    !subject.roles.has(subject.def.ledger) &&
    waitingOn(subject, 'cash').length > 0 &&
    waitingOn(subject, 'ledger').length > 0,
  fixed: ({ def }) => ({ data: { book: def.book } }),
  async above(subject) {
    const [cash, ledger] = await bothSides(subject);
    return <Candidates {...{ names: ['cash', 'ledger'], left: cash, right: ledger, language: subject.language }} />;
  },
  async fields(subject) {
    const [cash, ledger] = await bothSides(subject);
    const columns = [
      pickList('cash', 'data.cash', w.matchCash, cash),
      pickList('ledger', 'data.ledger', w.matchLedger, ledger),
    ];
    return [{ name: 'sides', kind: 'sides', path: '', label: w.matchTitle, columns }];
  },
};
