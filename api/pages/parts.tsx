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

/** What came of what was asked for: what is wrong, or what was done; nothing where there is nothing to say. */
export function Said({ error, done }: { error: string | undefined; done: string | undefined }) {
  return (
    <>
      {error ? (
        <p class="error" role="alert">
          {error}
        </p>
      ) : null}
      {done ? (
        <p class="card hint" role="status">
          {done}
        </p>
      ) : null}
    </>
  );
}

/** Looks for something by a word, in the page at `action`. */
export function SearchForm({ action, q, label, find }: { action: string; q: string; label: string; find: string }) {
  return (
    <search>
      <form method="get" action={action} class="card search">
        <label for="q">{label}</label>
        <div class="buttons">
          <input id="q" name="q" value={q} maxlength={100} />
          <button type="submit">{find}</button>
        </div>
      </form>
    </search>
  );
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
