import type { DiscrepancyRow } from '../../db/queries/books.ts';
import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import { type BookDesk, type BookSubject, isOffered, subjectOf } from './book-form.ts';
import { formPath } from './book-form-page.tsx';
import { bookForms, wholeForms } from './book-forms.ts';
import { openThings, type Thing } from './book-things.ts';
import { work } from './book-work-words.ts';

/** What a caller is offered on a thing or on a whole book: where, and in which words. */
interface BookWay {
  readonly href: string;
  readonly title: Text;
}

/** A book with what this caller can do in it, and what waits for somebody. */
export interface BookWork {
  readonly name: string;
  readonly ways: readonly BookWay[];
  readonly things: readonly (Thing & { readonly ways: readonly BookWay[] })[];
}

/** The work in every book of a case, as far as it is this caller's to see. */
export async function bookWork(desk: BookDesk, found: readonly DiscrepancyRow[]): Promise<readonly BookWork[]> {
  const books = desk.program.books.filter(({ book }) => Object.hasOwn(desk.state.books, book));
  return Promise.all(
    books.map(async ({ book, name }) => {
      const subject = subjectOf(desk, book);
      const things = await openThings(subject, found);
      return {
        name: pick(name, desk.language),
        ways: Object.keys(wholeForms).flatMap((what) => wayTo(subject, what)),
        things: things.map((thing) => ({
          ...thing,
          ways: thing.forms.flatMap((what) => wayTo({ ...subject, of: thing.id }, what)),
        })),
      };
    }),
  );
}

/** The way to a form, where it is offered. */
function wayTo(subject: BookSubject, what: string): BookWay[] {
  const form = bookForms.get(what);
  if (!form || !isOffered(form, subject)) return [];
  return [{ href: formPath(subject.caseId, subject.def.book, what, subject.of), title: form.title }];
}

/** What is to be done in the books, on their page. */
export function Work({ books, language }: { books: readonly BookWork[]; language: Language }) {
  return (
    <>
      {books.map(({ name, ways, things }) =>
        ways.length === 0 && things.length === 0 ? null : (
          <section class="card" aria-label={`${pick(work.title, language)} ${name}`}>
            <h2>
              {pick(work.title, language)} <small>{name}</small>
            </h2>
            {ways.length === 0 ? null : (
              <ul class="book-ways">
                {ways.map(({ href, title }) => (
                  <li>
                    <a class="button" href={href}>
                      {pick(title, language)}
                    </a>
                  </li>
                ))}
              </ul>
            )}
            <Things things={things.filter(({ folded }) => !folded)} language={language} />
            <Folded things={things.filter(({ folded }) => folded)} language={language} />
          </section>
        ),
      )}
    </>
  );
}

function Folded({ things, language }: { things: BookWork['things']; language: Language }) {
  const own = things.filter(({ ways }) => ways.length > 0);
  return own.length === 0 ? null : (
    <details>
      <summary>{pick(work.mend, language)}</summary>
      <Things things={own} language={language} />
    </details>
  );
}

function Things({ things, language }: { things: BookWork['things']; language: Language }) {
  return things.length === 0 ? null : (
    <ul class="book-open">
      {things.map(({ kind, text, more, ways }) => (
        <li>
          <strong>{pick(kind, language)}</strong> {pick(text, language)}
          {more ? <p class="hint">{pick(more, language)}</p> : null}
          {ways.length === 0 ? null : (
            <ul class="book-ways">
              {ways.map(({ href, title }) => (
                <li>
                  <a href={href}>{pick(title, language)}</a>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What was just recorded, in the words of the record. */
export function Done({ texts, language }: { texts: readonly string[]; language: Language }) {
  return texts.length === 0 ? null : (
    <div class="book-done" role="status">
      <p>
        <strong>{pick(work.done, language)}</strong>
      </p>
      {texts.map((text) => (
        <p>{text}</p>
      ))}
    </div>
  );
}
