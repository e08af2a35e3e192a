import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import { type AccountWord, aw } from './account-words.ts';
import { Layout, Mark } from './layout.tsx';
import { say } from './words.ts';

/** What people may sign in with by name; absent where there are keys only. */
export interface ByName {
  /** What the button of the single sign-on says; undefined without one. */
  readonly sso: string | undefined;
  readonly nonce: string | undefined;
  readonly error?: AccountWord | undefined;
  readonly done?: AccountWord | undefined;
}

interface CardProps {
  readonly title: string;
  readonly lead: string;
  readonly error?: string | undefined;
  readonly done?: string | undefined;
  readonly children: Child;
}

function Entry({ title, lead, error, done, children }: CardProps) {
  return (
    <section class="card entry">
      <Mark class="mark" />
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      {done ? (
        <p class="hint" role="status">
          {done}
        </p>
      ) : null}
      {error ? (
        <p class="error" role="alert" id="wrong">
          {error}
        </p>
      ) : null}
      {children}
    </section>
  );
}

/** A text of one line with its label. */
export function Line({
  name,
  label,
  type = 'text',
  complete,
  hint,
  focus = false,
  value,
  most = 128,
}: {
  name: string;
  label: string;
  type?: 'text' | 'password';
  complete: string;
  hint?: string;
  focus?: boolean;
  value?: string;
  most?: number;
}) {
  return (
    <>
      <label for={name}>{label}</label>
      <input
        {...{ id: name, name, type, value, autofocus: focus, maxlength: most }}
        autocomplete={complete}
        autocapitalize="none"
        spellcheck={false}
        required
        aria-describedby={hint ? `${name}-hint` : undefined}
      />
      {hint ? (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
    </>
  );
}

/** The page of signing in: by name where that is set up, and by key. `error` says what was wrong with the last key. */
export function SignInPage({
  language,
  error,
  back,
  byName,
}: {
  language: Language;
  error?: 'keyWrong' | 'tryAgain' | 'tooMany' | undefined;
  back: string;
  byName?: ByName | undefined;
}) {
  const script = byName ? { script: { src: '/assets/passkey.js', nonce: byName.nonce } } : {};
  return (
    <Layout title={say('signIn', language)} language={language} path="/sign-in" {...script}>
      {byName ? <ByNameEntry {...{ language, back, byName }} /> : null}
      <section class="card entry">
        {byName ? null : <Mark class="mark" />}
        {byName ? <h2>{aw('withKey', language)}</h2> : <h1>{say('signIn', language)}</h1>}
        <p class="lead">{say('signInLead', language)}</p>
        {error ? (
          <p class="error" role="alert" id="wrong">
            {error === 'tooMany' ? aw(error, language) : say(error, language)}
          </p>
        ) : null}
        <form method="post" action="/sign-in">
          <input type="hidden" name="back" value={back} />
          <label for="key">{say('apiKey', language)}</label>
          <input
            id="key"
            name="key"
            type="password"
            autocomplete="off"
            spellcheck={false}
            maxlength={200}
            required
            autofocus={byName === undefined}
            aria-describedby={error ? 'wrong hint' : 'hint'}
          />
          <p class="hint" id="hint">
            {say('keyHint', language)}
          </p>
          <button type="submit">{say('signIn', language)}</button>
        </form>
      </section>
      <p>
        <a href="/public/disclosures">{say('publicNotices', language)}</a>
      </p>
    </Layout>
  );
}

function ByNameEntry({ language, back, byName }: { language: Language; back: string; byName: ByName }) {
  const t = (word: AccountWord) => aw(word, language);
  const { error, done, sso } = byName;
  return (
    <Entry title={say('signIn', language)} lead={t('lead')} error={error && t(error)} done={done && t(done)}>
      <form method="post" action="/sign-in/password">
        <input type="hidden" name="back" value={back} />
        <Line name="username" label={t('username')} complete="username webauthn" focus most={64} />
        <Line name="password" label={t('password')} type="password" complete="current-password" />
        <button type="submit">{say('signIn', language)}</button>
      </form>
      <PasskeyEntry {...{ language, back }} />
      {sso === undefined ? null : (
        <form method="post" action="/sign-in/sso">
          <input type="hidden" name="back" value={back} />
          <button type="submit" class="second">
            {t('withSso')}
            {sso}
          </button>
        </form>
      )}
    </Entry>
  );
}

/** Signs in by passkey, where the browser has them; with the `token` of a session its person shows anew that it is he. */
export function PasskeyEntry({ language, back, token }: { language: Language; back?: string; token?: string }) {
  const t = (word: AccountWord) => aw(word, language);
  return (
    <form data-passkey={token === undefined ? 'sign-in' : 'again'} data-back={back} data-token={token} hidden>
      <p class="error" role="alert" hidden>
        {t('wrongPasskey')}
      </p>
      <button type="submit" class="second">
        {t(token === undefined ? 'withPasskey' : 'provePasskey')}
      </button>
      <p class="hint">{t('passkeyHint')}</p>
    </form>
  );
}

/** The page of the second step. */
export function SecondStepPage({
  language,
  back,
  error,
}: {
  language: Language;
  back: string;
  error?: AccountWord | undefined;
}) {
  const t = (word: AccountWord) => aw(word, language);
  return (
    <Layout title={t('second')} language={language} path="/sign-in">
      <Entry title={t('second')} lead={t('secondLead')} error={error && t(error)}>
        <form method="post" action="/sign-in/second">
          <input type="hidden" name="back" value={back} />
          <Line name="code" label={t('code')} complete="one-time-code" focus most={10} />
          <button type="submit">{t('confirm')}</button>
        </form>
        <form method="post" action="/sign-in/second">
          <input type="hidden" name="back" value={back} />
          <p class="lead">{t('recoveryLead')}</p>
          <Line name="recovery" label={t('recoveryCode')} complete="off" most={30} />
          <button type="submit" class="second">
            {t('confirm')}
          </button>
        </form>
        <p>
          <a href="/sign-in">{t('startOver')}</a>
        </p>
      </Entry>
    </Layout>
  );
}

/** The page a one-time link opens: a password is set. Without `username` the link is good no more. */
export function WelcomePage({
  language,
  path,
  username,
  error,
}: {
  language: Language;
  path: string;
  username: string | undefined;
  error?: AccountWord | undefined;
}) {
  const t = (word: AccountWord) => aw(word, language);
  if (username === undefined)
    return (
      <Layout title={t('welcome')} language={language} path="/sign-in">
        <Entry title={t('welcome')} lead={t('linkOver')}>
          <p>
            <a href="/sign-in">{say('signIn', language)}</a>
          </p>
        </Entry>
      </Layout>
    );
  return (
    <Layout title={t('welcome')} language={language} path={path}>
      <Entry title={t('welcome')} lead={t('welcomeLead')} error={error && t(error)}>
        <form method="post" action={path}>
          <label for="username">{t('username')}</label>
          <input id="username" name="username" value={username} readonly autocomplete="username" />
          <NewPassword language={language} />
          <button type="submit">{t('welcome')}</button>
        </form>
      </Entry>
    </Layout>
  );
}

/** A new password, twice. */
export function NewPassword({ language }: { language: Language }) {
  const t = (word: AccountWord) => aw(word, language);
  return (
    <>
      <Line name="new" label={t('newPassword')} type="password" complete="new-password" hint={t('passwordHint')} />
      <Line name="again" label={t('again')} type="password" complete="new-password" />
    </>
  );
}
