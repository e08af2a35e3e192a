import { raw } from 'hono/html';
import type { SecurityEvent } from '../../db/queries/security-events.ts';
import type { OwnSession } from '../../db/queries/sign-in-people.ts';
import type { Language } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { type AccountWord, aw, eventWord } from './account-words.ts';
import { type NamedKey, OwnKeys } from './keys.tsx';
import { Layout, type Visitor } from './layout.tsx';
import { Said } from './parts.tsx';
import { Line, NewPassword, PasskeyEntry } from './sign-in.tsx';

/** A second factor that is being turned on, shown this once. */
export interface FactorInMaking {
  /** The QR code as SVG, made here. */
  readonly qr: string;
  readonly secret: string;
  readonly codes: readonly string[];
}

/** What the page of one's own account shows. */
export interface Account {
  readonly username: string;
  readonly twoFactor: boolean;
  readonly passkeys: readonly { readonly id: string; readonly name?: string | undefined; readonly createdAt: Date }[];
  /** The single sign-on there is, and whether this user is linked with it. */
  readonly sso: { readonly name: string; readonly linked: boolean } | undefined;
  readonly sessions: readonly OwnSession[];
  /** Id of the session that shows this page. */
  readonly session: string;
  readonly logins: readonly { readonly id: string; readonly name: string; readonly chosen: boolean }[];
  readonly events: readonly SecurityEvent[];
  readonly keys: readonly NamedKey[];
  /** By what a form is known when it is sent again. */
  readonly request: string;
  /** Whether a second factor that is demanded has to be set up before anything else. */
  readonly lacking: boolean;
  /** Whether a second factor may be set up in this session. */
  readonly mayEnrol: boolean;
}

interface Props {
  readonly language: Language;
  readonly visitor: Visitor;
  readonly nonce: string | undefined;
  readonly account: Account | undefined;
  /** Whether he looks after the sign-ins of others. */
  readonly admin: boolean;
  readonly error?: AccountWord | undefined;
  readonly done?: AccountWord | undefined;
  readonly making?: FactorInMaking | undefined;
  /** Recovery codes just made. */
  readonly codes?: readonly string[] | undefined;
  /** An API key just made; null when it was shown before. */
  readonly secret?: string | null | undefined;
  /** Why something was refused, where no word of ours says it. */
  readonly refused?: string | undefined;
}

/** A person's own account: password, factors, passkeys, sessions. Without `account` a key has signed in. */
export function AccountPage({ nonce, admin, error, done, refused, account, ...more }: Props) {
  const { language, visitor } = more;
  const t = (word: AccountWord) => aw(word, language);
  const script = { src: '/assets/passkey.js', nonce };
  return (
    <Layout title={t('account')} path="/account" {...{ language, visitor }} {...(account ? { script } : {})}>
      <h1>{t('account')}</h1>
      {admin ? (
        <p>
          <a href="/sign-ins">{t('people')}</a> · <a href="/sign-ins/log">{t('log')}</a>
        </p>
      ) : null}
      <Said error={refused ?? (error && t(error))} done={done && t(done)} />
      {account ? <Parts {...{ ...more, account }} /> : <p class="card">{t('accountByKey')}</p>}
    </Layout>
  );
}

/** The page on which a person shows again that it is he. */
export function AgainPage({
  language,
  visitor,
  nonce,
  error,
}: Pick<Props, 'language' | 'visitor' | 'nonce' | 'error'>) {
  const t = (word: AccountWord) => aw(word, language);
  return (
    <Layout
      title={t('proveAgain')}
      path="/account/again"
      {...{ language, visitor }}
      script={{ src: '/assets/passkey.js', nonce }}
    >
      <h1>{t('proveAgain')}</h1>
      <p class="lead">{t('proveLead')}</p>
      <Said error={error && t(error)} done={undefined} />
      <section class="card account">
        <form method="post" action="/account/again">
          <input type="hidden" name="token" value={visitor.csrfToken} />
          <Line name="current" label={t('currentPassword')} type="password" complete="current-password" focus />
          <button type="submit">{t('confirm')}</button>
        </form>
        <PasskeyEntry language={language} token={visitor.csrfToken} />
      </section>
    </Layout>
  );
}

type PartsProps = Pick<Props, 'language' | 'visitor' | 'making' | 'codes' | 'secret'> & { readonly account: Account };

function Parts({ language, visitor, account, making, codes, secret }: PartsProps) {
  const t = (word: AccountWord) => aw(word, language);
  const token = <input type="hidden" name="token" value={visitor.csrfToken} />;
  return (
    <>
      <p class="lead">
        {t('username')}：{account.username}
      </p>
      {codes ? <Codes {...{ language, codes }} /> : null}
      {making ? (
        <section class="card account" aria-labelledby="making">
          <h2 id="making">{t('factor')}</h2>
          <p>{t('scan')}</p>
          <div class="qr" role="img" aria-label={t('qr')}>
            {raw(making.qr)}
          </div>
          <p>
            <code class="secret">{making.secret}</code>
          </p>
          <Codes {...{ language, codes: making.codes }} />
          <form method="post" action="/account/factor/confirm">
            {token}
            <Line name="code" label={t('enterCode')} complete="one-time-code" focus most={10} />
            <button type="submit">{t('confirm')}</button>
          </form>
        </section>
      ) : null}
      {account.lacking ? (
        <p class="card" role="status">
          {t(account.mayEnrol ? 'lacking' : 'linkFirst')}
        </p>
      ) : (
        <section class="card account" aria-labelledby="password-part">
          <h2 id="password-part">{t('changePassword')}</h2>
          <form method="post" action="/account/password">
            {token}
            <Line name="current" label={t('currentPassword')} type="password" complete="current-password" />
            <NewPassword language={language} />
            {account.keys.some(({ label }) => label !== null) ? (
              <label class="choice" for="also-keys">
                <input type="checkbox" id="also-keys" name="keys" value="yes" /> {t('alsoKeys')}
              </label>
            ) : null}
            <button type="submit">{t('changePassword')}</button>
          </form>
        </section>
      )}
      {making || !account.mayEnrol ? null : (
        <section class="card account" aria-labelledby="factor-part">
          <h2 id="factor-part">{t('factor')}</h2>
          <p>{t(account.twoFactor ? 'factorOn' : 'factorOff')}</p>
          <form method="post" action={account.twoFactor ? '/account/factor/off' : '/account/factor'}>
            {token}
            <label for="factor-password">{t('currentPassword')}</label>
            <input
              id="factor-password"
              name="current"
              type="password"
              autocomplete="current-password"
              maxlength={128}
              required
            />
            <div class="buttons">
              <button type="submit">{t(account.twoFactor ? 'turnOff' : 'turnOn')}</button>
              {account.twoFactor ? (
                <button type="submit" class="second" formaction="/account/factor/codes">
                  {t('renewCodes')}
                </button>
              ) : null}
            </div>
          </form>
        </section>
      )}
      <section class="card account" aria-labelledby="passkey-part">
        <h2 id="passkey-part">{t('passkeys')}</h2>
        {account.passkeys.length === 0 ? <p class="hint">{t('noPasskeys')}</p> : null}
        <ul class="lines">
          {account.passkeys.map(({ id, name, createdAt }) => (
            <li>
              <form method="post" action="/account/passkeys/remove" class="inline">
                {token}
                <input type="hidden" name="id" value={id} />
                <span>
                  {name || t('passkeys')} · {t('made')} {localTime(new Date(createdAt).toISOString())}
                </span>{' '}
                <button type="submit" class="plain">
                  {t('remove')}
                </button>
              </form>
            </li>
          ))}
        </ul>
        {account.mayEnrol ? (
          <form data-passkey="add" data-token={visitor.csrfToken} hidden>
            <p class="error" role="alert" hidden>
              {t('wrongPasskey')}
            </p>
            <label for="passkey-name">{t('passkeyName')}</label>
            <input id="passkey-name" name="name" maxlength={40} autocomplete="off" />
            <button type="submit">{t('addPasskey')}</button>
          </form>
        ) : null}
        <p class="hint">{t('passkeyHint')}</p>
      </section>
      {account.lacking ? null : <Rest {...{ language, visitor, account, secret }} />}
    </>
  );
}

/** What is his to change once he has signed in as is demanded. */
function Rest({ language, visitor, account, secret }: Omit<PartsProps, 'making' | 'codes'>) {
  const t = (word: AccountWord) => aw(word, language);
  const token = <input type="hidden" name="token" value={visitor.csrfToken} />;
  const { sso, logins } = account;
  return (
    <>
      {sso ? (
        <section class="card account" aria-labelledby="sso-part">
          <h2 id="sso-part">{t('sso')}</h2>
          <p>
            {sso.name}：{t(sso.linked ? 'ssoLinked' : 'ssoNone')}
          </p>
          <form method="post" action={sso.linked ? '/account/sso/unlink' : '/account/sso/link'}>
            {token}
            <button type="submit" class={sso.linked ? 'second' : undefined}>
              {t(sso.linked ? 'unlink' : 'link')}
            </button>
          </form>
        </section>
      ) : null}
      <OwnKeys {...{ language, secret }} {...account} csrfToken={visitor.csrfToken} />
      {logins.length > 1 ? (
        <section class="card account" aria-labelledby="login-part">
          <h2 id="login-part">{t('workAs')}</h2>
          <form method="post" action="/account/login">
            {token}
            <select name="login" aria-labelledby="login-part">
              {logins.map(({ id, name, chosen }) => (
                <option value={id} selected={chosen}>
                  {name}
                </option>
              ))}
            </select>
            <button type="submit">{t('choose')}</button>
          </form>
        </section>
      ) : null}
      <section class="card account" aria-labelledby="session-part">
        <h2 id="session-part">{t('sessions')}</h2>
        <ul class="lines">
          {account.sessions.map(({ id, createdAt, seenAt, address, agent, byKey }) => (
            <li>
              <form method="post" action="/account/sessions/end" class="inline">
                {token}
                <input type="hidden" name="id" value={id} />
                <span>
                  {t('since')} {localTime(createdAt)} · {t('seen')} {localTime(seenAt)}
                  {address ? ` · ${address}` : ''}
                  {byKey ? ` · ${t('byKey')}` : ''}
                  <span class="hint"> {agent?.slice(0, 120) ?? ''}</span>
                </span>{' '}
                {id === account.session ? (
                  <strong>{t('thisOne')}</strong>
                ) : (
                  <button type="submit" class="plain">
                    {t('end')}
                  </button>
                )}
              </form>
            </li>
          ))}
        </ul>
        <form method="post" action="/account/sessions/end">
          {token}
          <button type="submit" class="second">
            {t('endOthers')}
          </button>
        </form>
      </section>
      <section class="card account" aria-labelledby="event-part">
        <h2 id="event-part">{t('recent')}</h2>
        <ul class="lines">
          {account.events.map(({ at, kind, address }) => (
            <li>
              {localTime(at)} · {eventWord(kind, language)}
              {address ? <span class="hint"> · {address}</span> : null}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Codes({ language, codes }: { language: Language; codes: readonly string[] }) {
  return (
    <section class="recovery" aria-labelledby="recovery-codes">
      <h3 id="recovery-codes">{aw('recoveryCodes', language)}</h3>
      <p>{aw('keepCodes', language)}</p>
      <ul>
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
