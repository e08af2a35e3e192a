import type { Language } from '../language.ts';
import { say } from './words.ts';

/** A line of a list of facts; nothing where there is nothing to say. */
export function Fact({ term, text }: { term: string; text: string }) {
  return text === '' ? null : (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  );
}

/** That a form was not taken, and why; nothing where it was. */
export function NotTaken({ why, language }: { why: string | undefined; language: Language }) {
  return why ? (
    <p class="error" role="alert">
      {say('notTaken', language)}
      {why}
    </p>
  ) : null;
}

/** Why something was refused, and what can be done about it. */
export function Trouble({ detail, more }: { detail: string; more: readonly string[] }) {
  return (
    <div class="error" role="alert">
      <p>{detail}</p>
      {more.length > 0 ? (
        <ul>
          {more.map((each) => (
            <li>{each}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
