import type { Language } from '../language.ts';
import { Layout, Mark } from './layout.tsx';
import { say } from './words.ts';

/** The page on which a key is entered. `error` says what was wrong with the last one. */
export function SignInPage({
  language,
  error,
  back,
}: {
  language: Language;
  error?: 'keyWrong' | 'tryAgain' | undefined;
  back: string;
}) {
  return (
    <Layout title={say('signIn', language)} language={language} path="/sign-in">
      <section class="card entry">
        <Mark class="mark" />
        <h1>{say('signIn', language)}</h1>
        <p class="lead">{say('signInLead', language)}</p>
        {error ? (
          <p class="error" role="alert" id="wrong">
            {say(error, language)}
          </p>
        ) : null}
        <form method="post" action="/sign-in">
          <input type="hidden" name="back" value={back} />
          <label for="key">{say('apiKey', language)}</label>
          <input
            id="key"
            name="key"
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            maxlength={200}
            required
            autofocus
            aria-describedby={error ? 'wrong hint' : 'hint'}
          />
          <p class="hint" id="hint">
            {say('keyHint', language)}
          </p>
          <button type="submit">{say('signIn', language)}</button>
        </form>
      </section>
    </Layout>
  );
}
