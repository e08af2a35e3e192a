import { type BankMatchRow, bankMatches } from '../../db/queries/bank-matches.ts';
import { type OutstandingRow, outstanding } from '../../db/queries/bank-statements.ts';
import type { Channel } from '../../sdk/program.ts';
import { pick } from '../language.ts';
import { caseNames } from '../reading.ts';
import { localTime } from '../timeline-text.ts';
import { About, factOf } from './book-about.tsx';
import { aw } from './book-about-words.ts';
import { Candidates, MOST_OFFERED, moved, type Offered, pickList } from './book-candidates-view.tsx';
import { reason } from './book-entry-forms.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { formPath } from './book-form-page.tsx';
import { w } from './book-form-words.ts';
import { sw } from './book-statement-words.ts';

/** The channel of a bank's statement a form is about: its last part of the path. */
export function bankChannel({ of, def }: Pick<BookSubject, 'of' | 'def'>): Exclude<Channel, 'cash'> | undefined {
  return (of === 'bank' || of === 'wechat') && def.channels.includes(of) ? of : undefined;
}

/** Lines of the bank and entries of the journal that are in no match: so many that they can be ticked, and how many there are. */
interface Unmatched extends Readonly<Record<'lines' | 'entries', readonly Offered[]>> {
  readonly all: Readonly<Record<'lines' | 'entries', number>>;
}

/** What is in no match; entries the accountant has yet to record himself are left out. */
export async function unmatchedOn(subject: BookSubject): Promise<Unmatched> {
  const { deps, caseId, def, sight, today } = subject;
  const channel = bankChannel(subject);
  if (!channel) return { lines: [], entries: [], all: { lines: 0, entries: 0 } };
  const rows = await outstanding(deps.sql, { caseId, book: def.book, channel, day: today });
  const offer = ({ id, date, direction, amountFen, doc, text, counterparty }: OutstandingRow): Offered => {
    const about = [date, doc, counterparty, text].filter((part) => part !== null).join(' · ');
    return { id, channel, direction, amountFen, text: moved({ channel, direction, amountFen }, about) };
  };
  const lines = rows.filter(({ side }) => side === 'bank');
  const entries = rows.filter(
    ({ side, doc, seq }) => side === 'book' && !sight.hides(def.book, 'cash', doc ?? '', seq),
  );
  return {
    lines: lines.slice(0, MOST_OFFERED).map(offer),
    entries: entries.slice(0, MOST_OFFERED).map(offer),
    all: { lines: lines.length, entries: entries.length },
  };
}

/** The accountant matches lines of the bank's statement with the journal, by himself or as he ticks them. */
export const statementMatchForm: BookForm = {
  ...{ act: 'statement.match', title: w.statementMatchTitle, button: w.statementMatchNow, previews: true },
  offered: (subject) => bankChannel(subject) !== undefined && subject.roles.has(subject.def.ledger),
  fixed: (subject) => ({ data: { book: subject.def.book, channel: bankChannel(subject) } }),
  async above(subject) {
    const [{ lines, entries }, matches] = await Promise.all([unmatchedOn(subject), matchesOf(subject)]);
    return (
      <>
        <Candidates {...{ names: ['lines', 'entries'], left: lines, right: entries, language: subject.language }} />
        <Matches matches={matches} subject={subject} />
      </>
    );
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
          pickList('lines', 'data.lines', w.bankLines, lines),
          pickList('entries', 'data.entries', w.bankEntries, entries),
        ],
      },
    ];
  },
  finish: ({ lines, entries, ...data }, { how }) =>
    how === 'alone' ? data : { ...data, matches: [{ lines, entries }] },
};

/** Matches that are listed, at most: the latest. */
const MOST_MATCHES = 20;

function matchesOf(subject: BookSubject): Promise<readonly BankMatchRow[]> {
  const { deps, caseId, def } = subject;
  return bankMatches(deps.sql, caseId, { book: def.book, channel: bankChannel(subject), limit: MOST_MATCHES });
}

const memberText = (match: BankMatchRow, { side, date, doc, text, ...moves }: BankMatchRow['members'][number]) => {
  const about = [date, doc, text].filter((part) => part !== undefined).join(' · ');
  const [zh, en] = moved({ ...moves, channel: match.channel }, about);
  return [`${sw[side][0]}${zh}`, `${sw[side][1]}${en}`] as const;
};

/** The latest matches, each with the way to take it apart. */
function Matches({ matches, subject }: { matches: readonly BankMatchRow[]; subject: BookSubject }) {
  const { language, caseId, def } = subject;
  if (matches.length === 0) return null;
  return (
    <details class="card book-about">
      <summary>
        {pick(sw.matches, language)} {matches.length}
      </summary>
      <ul class="lines">
        {matches.map((match) => (
          <li>
            {match.members.map((member) => (
              <p>{pick(memberText(match, member), language)}</p>
            ))}
            <a href={formPath(caseId, def.book, 'statement-unmatch', match.id)}>{pick(sw.unmatchTitle, language)}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The accountant takes a match with the bank's statement apart, with a reason. */
export const statementUnmatchForm: BookForm = {
  ...{ act: 'statement.unmatch', title: sw.unmatchTitle, button: sw.unmatch, grave: true },
  offered: ({ roles, def, of }) => roles.has(def.ledger) && of.startsWith(`${def.book}.s.`),
  fixed: ({ of }) => ({ target: of }),
  async above(subject) {
    const { deps, caseId, def, of, record, language } = subject;
    const [match] = await bankMatches(deps.sql, caseId, { book: def.book, id: of, limit: 1 });
    if (!match) return null;
    const names = await caseNames(deps, record, match.matchedBy, language);
    const facts = [
      ...match.members.map((member) => ({ term: sw.member, text: memberText(match, member) })),
      factOf(sw.matchedBy, names.person(match.matchedBy)),
      factOf(aw.found, localTime(match.matchedAt)),
    ];
    return <About subject={subject} title={sw.match} facts={facts} />;
  },
  fields: () => [reason],
};
