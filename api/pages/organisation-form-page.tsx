import type { Child } from 'hono/jsx';
import { type Language, pick } from '../language.ts';
import { ErrorSummary } from './form-error.tsx';
import { ConfirmButtons, KeptValues, Keys } from './form-parts.tsx';
import type { FormProblem, Values } from './form-values.ts';
import { fw } from './form-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import type { OpenForm } from './organisation-form.ts';
import { formWord } from './organisation-form-words.ts';

/** The sheet of these pages, beside that of all pages. */
export const ORG_SHEET = '/assets/organisation.css';

interface FormPageProps {
  readonly language: Language;
  readonly visitor: Visitor;
  /** Where the form is sent to, which is where it is. */
  readonly path: string;
  readonly form: OpenForm;
  readonly values: Values;
  /** Makes the change once, however often it is sent. */
  readonly formKey: string;
}

/** The head of a page with a form: what it is about, with the way back. */
function Head({ form, language }: { form: OpenForm; language: Language }) {
  return (
    <>
      <nav class="back" aria-label={pick(fw.back, language)}>
        <a href={form.back}>← {form.about}</a>
      </nav>
      <h1>{formWord(form.title, language)}</h1>
      <p class="lead">{form.about}</p>
    </>
  );
}

/** A form on a page of its own; filled in as it was where it was not taken. */
export function FormPage({ problem, ...props }: FormPageProps & { problem: FormProblem | undefined }) {
  const { language, visitor, path, form, values, formKey } = props;
  const { previews } = form;
  const frame = { language, values, problem };
  const title = formWord(form.title, language);
  return (
    <Layout title={`${title} · ${form.about}`} {...{ language, path, visitor }} sheet={ORG_SHEET}>
      <Head form={form} language={language} />
      <ErrorSummary form={frame} />
      <div class={form.above ? 'beside' : undefined}>
        {form.above}
        <form method="post" action={path} class="card act org-form">
          <Keys visitor={visitor} formKey={formKey} shown={form.shown} />
          {form.fields(frame)}
          <div class="buttons">
            <button type="submit" class={form.grave && !previews ? 'grave' : undefined}>
              {formWord(previews ? 'preview' : form.button, language)}
            </button>
            {form.also(frame)}
            <a href={form.back}>{pick(fw.cancel, language)}</a>
          </div>
        </form>
      </div>
    </Layout>
  );
}

/** What a filled-in form would do, and the buttons that do it or lead back to it. */
export function ConfirmPage({
  preview,
  shown,
  problem,
  ...props
}: FormPageProps & {
  preview: Child;
  /** What stands for the preview: sent along with the yes. */
  shown: string;
  problem: FormProblem | undefined;
}) {
  const { language, visitor, path, form, values, formKey } = props;
  return (
    <Layout
      title={`${formWord(form.title, language)} · ${form.about}`}
      {...{ language, path, visitor }}
      sheet={ORG_SHEET}
    >
      <Head form={form} language={language} />
      <ErrorSummary form={{ language, values, problem }} />
      <form method="post" action={path} class="card org-form">
        <Keys visitor={visitor} formKey={formKey} shown={shown} />
        <KeptValues values={values} />
        {preview}
        <ConfirmButtons
          grave={form.grave}
          button={formWord(form.button, language)}
          leave={form.back}
          language={language}
        />
      </form>
    </Layout>
  );
}
