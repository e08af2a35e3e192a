import type { DiscrepancyRow } from '../../db/queries/books.ts';
import type { Language } from '../language.ts';
import { pick } from '../language.ts';
import { type ReportKey, reportKinds } from '../reports/catalogue.ts';
import { channelName, whyWords } from '../reports/lists.ts';
import type { Report } from '../reports/model.ts';
import { HIDDEN } from '../reports/written.ts';
import { localTime, yuan } from '../timeline-text.ts';
import type { balanceViews } from '../views/book-view.ts';
import { type BookWork, Done, Work } from './book-work.tsx';
import { booksWord } from './books-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Trouble } from './parts.tsx';
import { ReportView } from './report-view.tsx';

type BalanceView = ReturnType<typeof balanceViews>[number];

/** What the page was asked for. */
export interface BooksAsked {
  readonly book: string;
  readonly month: string;
  readonly report: ReportKey;
  readonly person: string | undefined;
}

/** The books of a case: what is in them, where they differ, and every report on the page, on paper and for spreadsheets. */
export function BooksPage({
  language,
  visitor,
  caseId,
  name,
  books,
  persons,
  open,
  asked,
  shown,
  work,
  done,
}: {
  language: Language;
  visitor: Visitor;
  caseId: string;
  name: string;
  books: readonly BalanceView[];
  /** Whose money a book of several holds. */
  persons: readonly { readonly id: string; readonly name: string }[];
  open: readonly DiscrepancyRow[];
  asked: BooksAsked;
  shown: Report | { readonly detail: string };
  /** What the visitor can do in the books, and what waits. */
  work: readonly BookWork[];
  /** What he has just recorded. */
  done: readonly string[];
}) {
  const path = `/cases/${encodeURIComponent(caseId)}`;
  return (
    <Layout
      title={`${booksWord('title', language)} · ${name}`}
      language={language}
      path={`${path}/books`}
      visitor={visitor}
      sheet="/assets/books.css"
    >
      <p class="back">
        <a href={path}>← {booksWord('back', language)}</a>
      </p>
      <h1>
        {booksWord('title', language)} <small>{name}</small>
      </h1>
      <p class="lead">{books.length > 0 ? booksWord('lead', language) : booksWord('none', language)}</p>
      <Done texts={done} language={language} />
      <Work books={work} language={language} />
      {books.map((book) => (
        <Balances book={book} language={language} />
      ))}
      {books.length > 0 ? (
        <>
          <Differences open={open} language={language} />
          <Choice path={path} books={books} persons={persons} asked={asked} language={language} />
          {'detail' in shown ? (
            <Trouble detail={shown.detail} more={[]} />
          ) : (
            <ReportView report={shown} language={language} />
          )}
        </>
      ) : null}
    </Layout>
  );
}

function Balances({ book, language }: { book: BalanceView; language: Language }) {
  const figure = (fen: number | null) => (fen === null ? HIDDEN : yuan(fen));
  return (
    <section class="card" aria-label={book.name}>
      <h2>{book.name}</h2>
      <div class="sheet-scroll" tabindex={0}>
        <table class="sheet small">
          <thead>
            <tr>
              <th scope="col">{booksWord('channel', language)}</th>
              <th scope="col" class="money">
                {booksWord('cashSide', language)}
              </th>
              <th scope="col" class="money">
                {booksWord('ledgerSide', language)}
              </th>
            </tr>
          </thead>
          <tbody>
            {book.channels.map(({ channel, cashFen, ledgerFen }) => (
              <tr>
                <td>{pick(channelName(channel), language)}</td>
                <td class="money">{figure(cashFen)}</td>
                <td class="money">{figure(ledgerFen)}</td>
              </tr>
            ))}
            <tr class="total">
              <td>{booksWord('total', language)}</td>
              <td class="money">{figure(book.cashFen)}</td>
              <td class="money">{figure(book.ledgerFen)}</td>
            </tr>
          </tbody>
        </table>
      </div>
      <p class="hint">
        {booksWord('waiting', language)}
        {language === 'zh' ? '：' : ': '}
        {book.openDocuments}
        {book.cashFen === null || book.ledgerFen === null ? `　${booksWord('hidden', language)}` : ''}
      </p>
    </section>
  );
}

function Differences({ open, language }: { open: readonly DiscrepancyRow[]; language: Language }) {
  return (
    <section class="card" aria-labelledby="differences">
      <h2 id="differences">{booksWord('differences', language)}</h2>
      {open.length === 0 ? (
        <p class="hint">{booksWord('noDifferences', language)}</p>
      ) : (
        <ul class="list">
          {open.map(({ sourceDoc, why, foundAt, explainedAt, decision }) => (
            <li>
              <strong>{sourceDoc}</strong> {pick(whyWords[why] ?? [why, why], language)} ·{' '}
              {`${booksWord('found', language)} ${localTime(foundAt)}`}{' '}
              <span class={`chip ${decision || explainedAt ? 'soon' : 'late'}`}>
                {booksWord(decision ? 'decided' : explainedAt ? 'explained' : 'open', language)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Choice({
  path,
  books,
  persons,
  asked,
  language,
}: {
  path: string;
  books: readonly BalanceView[];
  persons: readonly { readonly id: string; readonly name: string }[];
  asked: BooksAsked;
  language: Language;
}) {
  const channels = books.find(({ book }) => book === asked.book)?.channels.map(({ channel }) => channel) ?? [];
  const kinds = reportKinds.filter(
    (kind) => !('channels' in kind) || kind.channels.some((each) => channels.includes(each)),
  );
  const query = new URLSearchParams({ book: asked.book, month: asked.month });
  if (asked.person !== undefined) query.set('person', asked.person);
  const api = `/api/v1${path}/books`;
  const file = (of: string, format: string) => `${api}/${of}?${query}&format=${format}&lang=${language}`;
  return (
    <section class="card" aria-labelledby="reports">
      <h2 id="reports">{booksWord('reports', language)}</h2>
      <form class="report-form" method="get" action={`${path}/books#report`}>
        <input type="hidden" name="report" value={asked.report} />
        <label>
          {booksWord('book', language)}
          <select name="book">
            {books.map(({ book, name }) => (
              <option value={book} selected={book === asked.book}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {persons.length > 1 ? (
          <label>
            {booksWord('person', language)}
            <select name="person">
              {persons.map(({ id, name }) => (
                <option value={id} selected={id === asked.person}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label>
          {booksWord('month', language)}
          <input
            type="text"
            name="month"
            value={asked.month}
            pattern="\d{4}-(0[1-9]|1[0-2])"
            placeholder="2026-11"
            required
            size={8}
          />
        </label>
        <button type="submit">{booksWord('show', language)}</button>
      </form>
      <ul class="report-list">
        {kinds.map((kind) => (
          <li>
            <a
              href={`${path}/books?${query}&report=${kind.key}#report`}
              aria-current={kind.key === asked.report ? 'true' : undefined}
            >
              <strong>{pick(kind.title, language)}</strong>
            </a>
            <p class="hint">{pick(kind.about, language)}</p>
            {['pdf', 'xlsx', 'csv'].map((format) => (
              <>
                <a
                  href={file(`reports/${kind.key}`, format)}
                  aria-label={`${pick(kind.title, language)} ${format.toUpperCase()}`}
                >
                  {format.toUpperCase()}
                </a>{' '}
              </>
            ))}
          </li>
        ))}
        {(
          [
            ['accounts', 'vouchers'],
            ['cash', 'entries'],
            ['reconciliations', 'compare'],
          ] as const
        ).map(([of, word]) => (
          <li>
            <strong>{booksWord(word, language)}</strong>
            <br />
            {['pdf', 'xlsx', 'csv'].map((format) => (
              <>
                <a href={file(of, format)} aria-label={`${booksWord(word, language)} ${format.toUpperCase()}`}>
                  {format.toUpperCase()}
                </a>{' '}
              </>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
