import type { Language } from '../language.ts';
import { accessWord } from './access-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { NotTaken } from './parts.tsx';

/** The form with which somebody in office opens a case he has no right to, for a reason and a time. */
export function EmergencyAccessPage({
  language,
  visitor,
  formKey,
  values = {},
  refused,
}: {
  language: Language;
  visitor: Visitor;
  formKey: string;
  values?: Readonly<Record<string, string>>;
  refused?: string | undefined;
}) {
  const word = (key: Parameters<typeof accessWord>[0]) => accessWord(key, language);
  return (
    <Layout title={word('breakTitle')} language={language} path="/emergency-access" visitor={visitor}>
      <h1>{word('breakTitle')}</h1>
      <p class="lead">{word('breakLead')}</p>
      <NotTaken why={refused} language={language} />
      <form method="post" action="/emergency-access" class="card">
        <input type="hidden" name="token" value={visitor.csrfToken} />
        <input type="hidden" name="key" value={formKey} />
        <label>
          {word('breakCase')}
          <input name="case" required maxlength={100} value={values['case'] ?? ''} autocomplete="off" />
        </label>
        <label>
          {word('breakReason')}
          <textarea name="reason" required maxlength={2000} rows={3}>
            {values['reason'] ?? ''}
          </textarea>
        </label>
        <label>
          {word('breakMinutes')}
          <input name="minutes" type="number" min={1} max={1440} value={values['minutes'] ?? '60'} required />
        </label>
        <p>
          <button type="submit">{word('breakOpen')}</button>
        </p>
      </form>
    </Layout>
  );
}
