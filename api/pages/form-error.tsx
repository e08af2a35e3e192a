import { pick } from '../language.ts';
import { type FormFrame, fieldId } from './form-values.ts';
import { fw } from './form-words.ts';

/** Why a form was not taken. It has the focus when the page opens, and leads to the fields and to ways out. */
export function ErrorSummary({ form: { problem, language } }: { form: FormFrame }) {
  if (!problem) return null;
  const fields = [...problem.fields];
  const colon = language === 'zh' ? '：' : ': ';
  return (
    <div class="error summary" role="alert" tabindex={-1} autofocus aria-labelledby="wrong">
      <h2 id="wrong">{pick(fw.notDone, language)}</h2>
      <p>{problem.detail}</p>
      {fields.length === 0 ? null : (
        <ul>
          {fields.map(([name, { label, text }]) => (
            <li>
              <a href={`#${fieldId(name)}`}>{text === problem.detail ? label : `${label}${colon}${text}`}</a>
            </li>
          ))}
        </ul>
      )}
      {problem.ways.length === 0 ? null : (
        <>
          <p>{pick(fw.waysOut, language)}</p>
          <ul>
            {problem.ways.map(({ text, href }) => (
              <li>{href === undefined ? text : <a href={href}>{text}</a>}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
