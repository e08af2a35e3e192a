import type { SecurityEvent } from '../../db/queries/security-events.ts';
import type { SignInPerson } from '../../db/queries/sign-in-people.ts';
import type { Language } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { type AccountWord, aw, eventWord } from './account-words.ts';
import { KeyLines, keyNumber, type NamedKey } from './keys.tsx';
import { Layout, type Visitor } from './layout.tsx';
import { Said, SearchForm } from './parts.tsx';

interface PageProps {
  readonly language: Language;
  readonly visitor: Visitor;
}

/** The page of the sign-ins of a person. */
export const signInsPath = (person: string): string => `/sign-ins/people/${encodeURIComponent(person)}`;

/** How it stands with a person's signing in, in words. */
function stateOf({ username, stoppedAt, identifiedAt, linkUntil, linkKind }: SignInPerson, language: Language): string {
  const link =
    linkUntil === null
      ? []
      : [`${aw(linkKind === 'reset' ? 'resetUntil' : 'invitedUntil', language)} ${localTime(linkUntil)}`];
  const state = stoppedAt !== null ? 'stopped' : username === null ? 'noUser' : 'active';
  const known = identifiedAt === null ? [] : [aw('identified', language)];
  return [aw(state, language), ...known, ...link].join(' · ');
}

/** The people an administrator looks after, and how each signs in. */
export function SignInsPage({
  people,
  q,
  next,
  standsIn,
  identity,
  factor,
  rules,
  error,
  language,
  visitor,
}: PageProps & {
  people: readonly SignInPerson[];
  q: string;
  next: string | undefined;
  /** Whether a system administrator asks, for want of a security administrator. */
  standsIn: boolean;
  /** Whether only people whose identity was verified are let in. */
  identity: boolean;
  /** Whether signing in takes more than a password. */
  factor: boolean;
  /** Whether he may change what is demanded of everybody: the security administrator of the topmost unit. */
  rules: boolean;
  error?: AccountWord | undefined;
}) {
  const t = (word: AccountWord) => aw(word, language);
  const demand = (what: string, on: boolean, [title, isOn, isOff, turnOn, turnOff]: readonly AccountWord[]) => (
    <section class="card account" aria-labelledby={what}>
      <h2 id={what}>{t(title!)}</h2>
      <p class="hint">{t((on ? isOn : isOff)!)}</p>
      {rules ? (
        <form method="post" action={`/sign-ins/${what}`}>
          <input type="hidden" name="token" value={visitor.csrfToken} />
          <button type="submit" class="second" name="required" value={on ? 'no' : 'yes'}>
            {t((on ? turnOff : turnOn)!)}
          </button>
        </form>
      ) : null}
    </section>
  );
  return (
    <Layout title={t('people')} path="/sign-ins" {...{ language, visitor }}>
      <h1>{t('people')}</h1>
      <p class="lead">{t('peopleLead')}</p>
      {standsIn ? <p class="card hint">{t('standsIn')}</p> : null}
      <p>
        <a href="/sign-ins/log">{t('log')}</a>
      </p>
      <Said error={error && t(error)} done={undefined} />
      <SearchForm action="/sign-ins" q={q} label={t('search')} find={t('find')} />
      {people.length === 0 ? <p class="card hint">{t('none')}</p> : null}
      <ul class="list card lines">
        {people.map((each) => (
          <li>
            <a href={signInsPath(each.person)}>{each.name}</a>
            <span class="hint"> · {stateOf(each, language)}</span>
          </li>
        ))}
      </ul>
      {next === undefined ? null : (
        <p class="more">
          <a href={next}>{t('further')} →</a>
        </p>
      )}
      {demand('identity', identity, [
        'identity',
        'identityRequired',
        'identityFree',
        'requireIdentity',
        'freeIdentity',
      ])}
      {demand('factor', factor, ['factor', 'factorRequired', 'factorFree', 'requireFactor', 'freeFactor'])}
    </Layout>
  );
}

/** How one person signs in, and what an administrator may do about it. `link`: the one just made, shown this once. */
export function SignInsPersonPage({
  found,
  own,
  locked,
  suggested,
  events,
  keys,
  link,
  error,
  done,
  standsIn,
  language,
  visitor,
}: PageProps & {
  found: SignInPerson;
  /** Whether a system administrator asks, for want of a security administrator: he may name this person. */
  standsIn: boolean;
  /** Whether it is the administrator himself. */
  own: boolean;
  locked: boolean;
  /** A user name to begin with. */
  suggested: string;
  events: readonly SecurityEvent[];
  keys: readonly NamedKey[];
  link?: string | undefined;
  error?: AccountWord | undefined;
  done?: boolean;
}) {
  const t = (word: AccountWord) => aw(word, language);
  const path = signInsPath(found.person);
  const token = <input type="hidden" name="token" value={visitor.csrfToken} />;
  const button = (what: string, word: AccountWord) => (
    <form method="post" action={`${path}/${what}`}>
      {token}
      <button type="submit" class="second">
        {t(word)}
      </button>
    </form>
  );
  return (
    <Layout title={found.name} path={path} {...{ language, visitor }}>
      <p class="back">
        <a href="/sign-ins">← {t('people')}</a>
      </p>
      <h1>{found.name}</h1>
      <p class="lead">
        {[stateOf(found, language), locked ? t('isLocked') : ''].filter(Boolean).join(' · ')}
        {found.lastAt ? ` · ${t('lastAt')} ${localTime(found.lastAt)}` : ''}
      </p>
      <Said error={error && t(error)} done={done ? t('done') : undefined} />
      {link ? (
        <section class="card" aria-labelledby="link" role="status">
          <h2 id="link">{t('linkMade')}</h2>
          <p>
            <code class="secret">{link}</code>
          </p>
        </section>
      ) : null}
      {found.apart || own ? (
        error ? null : (
          <p class="card hint">{t('apart')}</p>
        )
      ) : (
        <section class="card account" aria-labelledby="invite">
          <h2 id="invite">{t(found.username === null ? 'invite' : 'reset')}</h2>
          <p class="hint">{t(found.username === null ? 'inviteHint' : 'resetHint')}</p>
          <form method="post" action={`${path}/${found.username === null ? 'invite' : 'reset'}`}>
            {token}
            {found.username === null ? (
              <>
                <label for="username">{t('username')}</label>
                <input id="username" name="username" value={suggested} maxlength={40} required autocapitalize="none" />
              </>
            ) : (
              <>
                <p>
                  {t('username')}：{found.username}
                </p>
                <label class="choice" for="factors">
                  <input type="checkbox" id="factors" name="factors" value="yes" /> {t('alsoFactors')}
                </label>
                <label for="again">{t('identityAgain')}</label>
                <input id="again" name="idNumber" maxlength={18} autocomplete="off" autocapitalize="characters" />
              </>
            )}
            <button type="submit">{t(found.username === null ? 'invite' : 'reset')}</button>
          </form>
        </section>
      )}
      {own ? null : (
        <section class="card account" aria-labelledby="identity">
          <h2 id="identity">{t('identity')}</h2>
          <p>
            {found.identifiedAt === null ? t('unidentified') : `${t('identified')} · ${localTime(found.identifiedAt)}`}
          </p>
          <p class="hint">{t(found.identifiedAt === null ? 'identityHint' : 'identityKept')}</p>
          {found.identifiedAt === null ? (
            <form method="post" action={`${path}/identity`}>
              {token}
              <label for="idNumber">{t('identityOf')}</label>
              <input
                id="idNumber"
                name="idNumber"
                maxlength={18}
                required
                autocomplete="off"
                autocapitalize="characters"
              />
              <button type="submit">{t('identify')}</button>
            </form>
          ) : null}
        </section>
      )}
      <section class="card account" aria-labelledby="keys">
        <h2 id="keys">{t('keys')}</h2>
        <KeyLines
          {...{ language, keys }}
          csrfToken={visitor.csrfToken}
          revoke={found.apart || own ? undefined : `${path}/keys`}
        />
      </section>
      {found.username === null || found.apart || own ? null : (
        <section class="card account">
          <div class="buttons">
            {locked ? button('unlock', 'unlock') : null}
            {button('end', 'endAll')}
            {standsIn ? button('security', 'nameSecurity') : null}
            {found.stoppedAt === null ? button('stop', 'stop') : button('allow', 'allow')}
          </div>
        </section>
      )}
      <Events events={events} names={new Map()} language={language} />
    </Layout>
  );
}

/** The security log, the latest first. */
export function SecurityLogPage({
  events,
  names,
  next,
  reader,
  language,
  visitor,
}: PageProps & {
  events: readonly SecurityEvent[];
  names: ReadonlyMap<string, string>;
  next: string | undefined;
  /** Who reads it: he takes back no verification of his own. */
  reader: string;
}) {
  const t = (word: AccountWord) => aw(word, language);
  return (
    <Layout title={t('log')} path="/sign-ins/log" {...{ language, visitor }}>
      <h1>{t('log')}</h1>
      <p class="lead">{t('logLead')}</p>
      <Events {...{ events, names, language }} people undo={{ reader, token: visitor.csrfToken }} />
      {next === undefined ? null : (
        <p class="more">
          <a href={next}>{t('further')} →</a>
        </p>
      )}
    </Layout>
  );
}

function Events({
  events,
  names,
  people = false,
  undo,
  language,
}: {
  /** Where verifications can be taken back: by whom, and the token of his pages. */
  undo?: { readonly reader: string; readonly token: string };
  events: readonly SecurityEvent[];
  names: ReadonlyMap<string, string>;
  people?: boolean;
  language: Language;
}) {
  const t = (word: AccountWord) => aw(word, language);
  const nameOf = (id: string | null) => (id === null ? '' : (names.get(id) ?? id));
  if (events.length === 0) return null;
  return (
    <ul class="list card lines">
      {events.map(({ at, kind, person, by, address, method, key }) => (
        <li>
          {localTime(at)} · {eventWord(kind, language)}
          {people ? ` · ${person === null ? t('nobody') : nameOf(person)}` : ''}
          <span class="hint">
            {by === null ? '' : ` · ${t('by')}：${nameOf(by)}`}
            {method === null ? '' : ` · ${method}`}
            {key === null ? '' : ` · ${keyNumber(key)}`}
            {address === null ? '' : ` · ${address}`}
          </span>
          {undo && kind === 'identified' && person !== null && person !== undo.reader && by !== undo.reader ? (
            <form method="post" action="/sign-ins/log/unidentify" class="inline">
              <input type="hidden" name="token" value={undo.token} />
              <input type="hidden" name="person" value={person} />
              <button type="submit" class="plain">
                {t('unidentify')}
              </button>
            </form>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
