import type { Child } from 'hono/jsx';
import { type Language, pick } from '../language.ts';
import type { Field } from './book-field.ts';
import { BookField, type BookFrame } from './book-fields.tsx';
import type { BookForm, BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { ErrorSummary } from './organisation-error.tsx';
import type { Values } from './organisation-fields.tsx';

/** The sheet of these pages, beside that of all pages. */
export const BOOK_SHEET = '/assets/book-forms.css';

/** The page of a case's books. */
export const booksPath = (caseId: string, book: string): string =>
  `/cases/${encodeURIComponent(caseId)}/books?book=${encodeURIComponent(book)}`;

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

/** Values that are the form's own business and no field. */
const OWN = ['token', 'key', 'step'];

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
      <nav class="back" aria-label={pick(w.back, language)}>
        <a href={booksPath(caseId, def.book)}>← {name}</a>
      </nav>
      <h1>{title}</h1>
      {children}
    </Layout>
  );
}

function Keys({ visitor, formKey }: { visitor: Visitor; formKey: string }) {
  return (
    <>
      <input type="hidden" name="token" value={visitor.csrfToken} />
      <input type="hidden" name="key" value={formKey} />
    </>
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
  const hasFile = fields.some(({ kind }) => kind === 'file');
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
          <a href={booksPath(caseId, def.book)}>{pick(w.cancel, language)}</a>
        </div>
      </form>
    </Frame>
  );
}

/** What a filled-in form would do, and the buttons that do it or lead back to it. */
export function BookConfirmPage({ preview, ...props }: PageProps & { preview: readonly string[] }) {
  const { form, subject, visitor, path, values, formKey } = props;
  const { language, caseId, def } = subject;
  return (
    <Frame {...{ form, subject, visitor, path }}>
      <form method="post" action={path} class="card org-form">
        <Keys visitor={visitor} formKey={formKey} />
        {Object.entries(values)
          .filter(([name]) => !OWN.includes(name))
          .map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
        <Told texts={preview} language={language} />
        <p>
          <strong>{pick(form.grave ? w.noUndo : w.notYet, language)}</strong>
        </p>
        <div class="buttons">
          <button type="submit" name="step" value="confirm" class={form.grave ? 'grave' : undefined}>
            {pick(form.button, language)}
          </button>
          <button type="submit" name="step" value="edit" class="second">
            {pick(w.change, language)}
          </button>
          <a href={booksPath(caseId, def.book)}>{pick(w.cancel, language)}</a>
        </div>
      </form>
    </Frame>
  );
}

function Told({ texts, language }: { texts: readonly string[]; language: Language }) {
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
