import type { Child } from 'hono/jsx';
import { type Language, pick } from '../language.ts';
import type { Field } from './book-field.ts';
import { BookField, type BookFrame } from './book-fields.tsx';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import { ErrorSummary } from './form-error.tsx';
import { ConfirmButtons, KeptValues, Keys } from './form-parts.tsx';
import type { Values } from './form-values.ts';
import { fw } from './form-words.ts';
import { Layout, type Visitor } from './layout.tsx';

/** The sheet of these pages, beside that of all pages. */
export const BOOK_SHEET = '/assets/book-forms.css';

/** The page of a case's books. */
export const booksPath = (caseId: string, book: string): string =>
  `/cases/${encodeURIComponent(caseId)}/books?book=${encodeURIComponent(book)}`;

/** The page of a form about a book, or (`of`) about something in it. */
export const formPath = (caseId: string, book: string, what: string, of = ''): string =>
  `/${['cases', caseId, 'books', book, what, ...(of === '' ? [] : [of])].map(encodeURIComponent).join('/')}`;

interface PageProps {
  readonly form: BookForm;
  readonly subject: BookSubject;
  readonly visitor: Visitor;
  /** Where the form is sent to, which is where it is. */
  readonly path: string;
  readonly values: Values;
  /** Makes the act once, however often it is sent. */
  readonly formKey: string;
}

function Frame({
  form,
  subject,
  visitor,
  path,
  children,
}: Omit<PageProps, 'values' | 'formKey'> & { children: Child }) {
  const { language, caseId, def } = subject;
  const title = pick(form.title, language);
  const name = pick(def.name, language);
  return (
    <Layout title={`${title} · ${name}`} {...{ language, path, visitor }} sheet={BOOK_SHEET}>
      <nav class="back" aria-label={pick(fw.back, language)}>
        <a href={booksPath(caseId, def.book)}>← {name}</a>
      </nav>
      <h1>{title}</h1>
      {children}
    </Layout>
  );
}

/** A form about a book on a page of its own; filled in as it was where it was not taken. */
export function BookFormPage({
  fields,
  above,
  problem,
  ...props
}: PageProps & { fields: readonly Field[]; above: Child; problem: BookFrame['problem'] }) {
  const { form, subject, visitor, path, values, formKey } = props;
  const { language, caseId, def } = subject;
  const frame: BookFrame = { language, values, problem };
  const hasFile = fields.some(({ kind }) => kind === 'file' || kind === 'sheet' || kind === 'list');
  const hasLines = fields.some(({ kind }) => kind === 'lines');
  return (
    <Frame {...{ form, subject, visitor, path }}>
      <ErrorSummary form={frame} />
      {above}
      <form method="post" action={path} class="card act org-form" enctype={hasFile ? 'multipart/form-data' : undefined}>
        <Keys visitor={visitor} formKey={formKey} />
        {fields.map((field) => (
          <BookField field={field} frame={frame} />
        ))}
        <div class="buttons">
          <button type="submit" class={form.grave && !form.previews ? 'grave' : undefined}>
            {pick(form.previews ? w.preview : form.button, language)}
          </button>
          {hasLines ? (
            <button type="submit" name="step" value="more" class="second" formnovalidate>
              {pick(w.moreLines, language)}
            </button>
          ) : null}
          <a href={booksPath(caseId, def.book)}>{pick(fw.cancel, language)}</a>
        </div>
      </form>
    </Frame>
  );
}

/** What a filled-in form would do, and the buttons that do it or lead back to it. */
export function BookConfirmPage({ preview, above, ...props }: PageProps & { above: Child; preview: Child }) {
  const { form, subject, visitor, path, values, formKey } = props;
  const { language, caseId, def } = subject;
  return (
    <Frame {...{ form, subject, visitor, path }}>
      {above}
      <form method="post" action={path} class="card org-form">
        <Keys visitor={visitor} formKey={formKey} />
        <KeptValues values={values} />
        {preview}
        <ConfirmButtons
          grave={form.grave ?? false}
          button={pick(form.button, language)}
          leave={booksPath(caseId, def.book)}
          language={language}
        />
      </form>
    </Frame>
  );
}

/** What came of a form that shows it at once. */
export function BookDonePage({ children, ...props }: Omit<PageProps, 'values' | 'formKey'> & { children: Child }) {
  const { language, caseId, def } = props.subject;
  return (
    <Frame {...props}>
      {children}
      <p class="to-books">
        <a href={booksPath(caseId, def.book)}>← {pick(w.toBooks, language)}</a>
      </p>
    </Frame>
  );
}

/** What would be recorded, in the words of the record. */
export function Told({ texts, language }: { texts: readonly string[]; language: Language }) {
  return (
    <>
      <h2>{pick(w.wouldDo, language)}</h2>
      <ul class="lines">
        {texts.map((text) => (
          <li>{text}</li>
        ))}
      </ul>
    </>
  );
}
