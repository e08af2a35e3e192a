import type { Child } from 'hono/jsx';
import { type OutstandingRow, outstanding } from '../../db/queries/bank-statements.ts';
import { type EntryFactRow, entryFacts } from '../../db/queries/books.ts';
import type { Side } from '../../engine/books/entry.ts';
import type { Live } from '../../engine/books/state.ts';
import type { Channel, Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import { channelName } from '../reports/lists.ts';
import { yuan } from '../timeline-text.ts';
import { type Candidate, candidatesOf, type Unmatched } from './book-candidates.ts';
import { type Field, pickField } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';

/** An entry to choose, in words. */
interface Offered extends Unmatched {
  readonly text: Text;
}

/** The entries of a side that wait for the other, as far as the caller may see them, oldest first. */
function waitingOn({ book, def, sight }: BookSubject, side: Side): readonly (Live & { readonly sourceDoc: string })[] {
  return Object.values(book.open).flatMap(({ sourceDoc, [side]: live }) =>
    live === undefined || sight.hides(def.book, side, sourceDoc) ? [] : [{ ...live, sourceDoc }],
  );
}

/** The same with day and text, as they stand in the tables. */
async function offeredOn(subject: BookSubject, side: Side): Promise<readonly Offered[]> {
  const waiting = waitingOn(subject, side).slice(0, MOST);
  const entries = waiting.map(({ entry }) => entry);
  const facts = entries.length === 0 ? [] : await entryFacts(subject.deps.sql, subject.caseId, { entries });
  const rows = new Map(facts.map((fact) => [fact.id, fact]));
  return waiting.map(({ entry, channel, direction, amountFen, sourceDoc }) => {
    const about = wordsOf(rows.get(entry), sourceDoc);
    return { id: entry, channel, direction, amountFen, text: moved({ channel, direction, amountFen }, about) };
  });
}

function wordsOf(row: EntryFactRow | undefined, sourceDoc: string): string {
  return [row?.occurredDate, sourceDoc, row?.text].filter((part) => part !== undefined).join(' · ');
}

/** So many entries of a side are offered. */
const MOST = 200;

/** A movement in words. */
function moved({ channel, direction, amountFen }: Omit<Unmatched, 'id'>, about: string): Text {
  const [goes, by] = [w[direction], channelName(channel)];
  return [
    `${goes[0]} ${yuan(amountFen)} 元（${by[0]}）${about}`,
    `${goes[1]} ${yuan(amountFen)} yuan (${by[1]}) ${about}`,
  ];
}

const list = (name: string, path: string, label: Text, offered: readonly Offered[]): Field => ({
  ...{ name, kind: 'sides', path, label },
  choices: offered.map(({ id, text }) => [id, text] as const),
});

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
    const [cash, ledger] = await Promise.all([offeredOn(subject, 'cash'), offeredOn(subject, 'ledger')]);
    return <Candidates {...{ names: ['cash', 'ledger'], left: cash, right: ledger, language: subject.language }} />;
  },
  async fields(subject) {
    const [cash, ledger] = await Promise.all([offeredOn(subject, 'cash'), offeredOn(subject, 'ledger')]);
    const columns = [
      list('cash', 'data.cash', w.matchCash, cash),
      list('ledger', 'data.ledger', w.matchLedger, ledger),
    ];
    return [{ name: 'sides', kind: 'sides', path: '', label: w.matchTitle, columns }];
  },
};

/** The channel of a bank's statement a form is about: its last part of the path. */
export function bankChannel({ of, def }: Pick<BookSubject, 'of' | 'def'>): Exclude<Channel, 'cash'> | undefined {
  return (of === 'bank' || of === 'wechat') && def.channels.includes(of) ? of : undefined;
}

/** Lines of the bank and entries of the journal that are in no match; entries the accountant has yet to record himself are left out. */
export async function unmatchedOn(
  subject: BookSubject,
): Promise<Readonly<Record<'lines' | 'entries', readonly Offered[]>>> {
  const { deps, caseId, def, sight, today } = subject;
  const channel = bankChannel(subject);
  if (!channel) return { lines: [], entries: [] };
  const rows = await outstanding(deps.sql, { caseId, book: def.book, channel, day: today });
  const offer = ({ id, date, direction, amountFen, doc, text, counterparty }: OutstandingRow): Offered => {
    const about = [date, doc, counterparty, text].filter((part) => part !== null).join(' · ');
    return { id, channel, direction, amountFen, text: moved({ channel, direction, amountFen }, about) };
  };
  const [lines, entries] = [rows.filter(({ side }) => side === 'bank'), rows.filter(({ side }) => side === 'book')];
  return {
    lines: lines.slice(0, MOST).map(offer),
    entries: entries
      .filter(({ doc, seq }) => !sight.hides(def.book, 'cash', doc ?? '', seq))
      .slice(0, MOST)
      .map(offer),
  };
}

/** The accountant matches lines of the bank's statement with the journal, by himself or as he ticks them. */
export const statementMatchForm: BookForm = {
  ...{ act: 'statement.match', title: w.statementMatchTitle, button: w.statementMatchNow, previews: true },
  offered: (subject) => bankChannel(subject) !== undefined && subject.roles.has(subject.def.ledger),
  fixed: (subject) => ({ data: { book: subject.def.book, channel: bankChannel(subject) } }),
  async above(subject) {
    const { lines, entries } = await unmatchedOn(subject);
    return <Candidates {...{ names: ['lines', 'entries'], left: lines, right: entries, language: subject.language }} />;
  },
  async fields(subject) {
    const { lines, entries } = await unmatchedOn(subject);
    return [
      {
        ...{ name: 'how', kind: 'choice', path: '', label: w.howToMatch, required: true, initial: 'ticked' },
        choices: [
          ['ticked', w.matchTicked],
          ['alone', w.matchAlone],
        ],
      },
      {
        ...{ name: 'sides', kind: 'sides', path: 'data.matches', label: w.statementMatchTitle },
        columns: [
          list('lines', 'data.lines', w.bankLines, lines),
          list('entries', 'data.entries', w.bankEntries, entries),
        ],
      },
    ];
  },
  finish: ({ lines, entries, ...data }, { how }) =>
    how === 'alone' ? data : { ...data, matches: [{ lines, entries }] },
};

/** What would fit by its sum, each with a link that ticks it. */
function Candidates({
  names: [leftName, rightName],
  left,
  right,
  language,
}: {
  names: readonly [string, string];
  left: readonly Offered[];
  right: readonly Offered[];
  language: Language;
}): Child {
  if (left.length === 0 || right.length === 0) return null;
  const found = candidatesOf(left, right);
  const texts = new Map([...left, ...right].map(({ id, text }) => [id, pick(text, language)]));
  const link = (each: Candidate) => {
    const ticks = [
      ...each.left.map((id) => pickField(leftName, id)),
      ...each.right.map((id) => pickField(rightName, id)),
    ];
    return `?${new URLSearchParams(Object.fromEntries(ticks.map((tick) => [tick, 'yes'])))}`;
  };
  return (
    <section class="card book-about candidates" aria-labelledby="candidates">
      <h2 id="candidates">{pick(w.candidates, language)}</h2>
      <p class="hint">{pick(found.length === 0 ? w.noCandidates : w.candidatesHint, language)}</p>
      <ul class="lines">
        {found.map((each) => (
          <li>
            {[...each.left, ...each.right].map((id) => (
              <p>{texts.get(id)}</p>
            ))}
            <a href={link(each)}>{pick(w.choose, language)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
