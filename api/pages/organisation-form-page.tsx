import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import { Layout, type Visitor } from './layout.tsx';
import { ErrorSummary } from './organisation-error.tsx';
import type { FormProblem, Values } from './organisation-fields.tsx';
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

/** Values that are the form's own business and no field. */
const OWN = ['token', 'key', 'step', 'shown'];

/** The head of a page with a form: what it is about, with the way back. */
function Head({ form, language }: { form: OpenForm; language: Language }) {
  return (
    <>
      <nav class="back" aria-label={formWord('back', language)}>
        <a href={form.back}>← {form.about}</a>
      </nav>
      <h1>{formWord(form.title, language)}</h1>
      <p class="lead">{form.about}</p>
    </>
  );
}

function Keys({ visitor, formKey, shown }: { visitor: Visitor; formKey: string; shown: string | undefined }) {
  return (
    <>
      <input type="hidden" name="token" value={visitor.csrfToken} />
      <input type="hidden" name="key" value={formKey} />
      {shown === undefined ? null : <input type="hidden" name="shown" value={shown} />}
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
            <a href={form.back}>{formWord('cancel', language)}</a>
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
        {Object.entries(values)
          .filter(([name]) => !OWN.includes(name))
          .map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
        {preview}
        <p>
          <strong>{formWord(form.grave ? 'noUndo' : 'notYet', language)}</strong>
        </p>
        <div class="buttons">
          <button type="submit" name="step" value="confirm" class={form.grave ? 'grave' : undefined}>
            {formWord(form.button, language)}
          </button>
          <button type="submit" name="step" value="edit" class="second">
            {formWord('change', language)}
          </button>
          <a href={form.back}>{formWord('cancel', language)}</a>
        </div>
      </form>
    </Layout>
  );
}
