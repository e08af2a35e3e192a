import type { Sql } from '../../db/client.ts';
import { keysOfPerson, type LoginKey } from '../../db/queries/login-keys.ts';
import { namesOf } from '../../db/queries/names.ts';
import type { OwnLogin } from '../../db/queries/sign-in.ts';
import { isLoginRole, LOGINS } from '../../engine/logins.ts';
import { MOST_DAYS, MOST_GRACE_DAYS } from '../auth/own-keys.ts';
import { type Language, pick } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { type AccountWord, aw } from './account-words.ts';

/** A key, with the login it works with in words. */
export interface NamedKey extends LoginKey {
  readonly name: string;
}

/** What logins are called: their post and unit, or their unit and what they are for. */
export async function loginNames(
  sql: Sql,
  logins: readonly Pick<OwnLogin, 'role' | 'post' | 'unit'>[],
  language: Language,
): Promise<string[]> {
  const names = await namesOf(sql, new Set(logins.flatMap(({ post, unit }) => [post ?? unit, unit])));
  const nameOf = (id: string) => {
    const name = names.posts.get(id) ?? names.units.get(id);
    return name ? pick(name, language) : id;
  };
  return logins.map(({ role, post, unit }) =>
    post === null
      ? `${nameOf(unit)} · ${isLoginRole(role) ? pick(LOGINS[role].name, language) : aw('otherLogin', language)}`
      : `${nameOf(post)} · ${nameOf(unit)}`,
  );
}

/** The keys of a person with their names. */
export async function namedKeys(sql: Sql, person: string, language: Language): Promise<NamedKey[]> {
  const keys = await keysOfPerson(sql, person);
  const names = await loginNames(sql, keys, language);
  return keys.map((key, at) => ({ ...key, name: names[at] ?? key.login }));
}

/** What a key is called where it is spoken of: the beginning of its id. */
export const keyNumber = (id: string): string => id.slice(0, 8);

interface Props {
  readonly language: Language;
  readonly csrfToken: string;
  readonly keys: readonly NamedKey[];
}

/** Keys with what can be done about each: `revoke` and `rotate` are where the forms go. */
export function KeyLines({
  language,
  csrfToken,
  keys,
  revoke,
  rotate,
  request,
}: Props & { readonly revoke?: string | undefined; readonly rotate?: string; readonly request?: string }) {
  const t = (word: AccountWord) => aw(word, language);
  const hidden = (id: string) => (
    <>
      <input type="hidden" name="token" value={csrfToken} />
      <input type="hidden" name="id" value={id} />
    </>
  );
  if (keys.length === 0) return <p class="hint">{t('noKeys')}</p>;
  return (
    <ul class="lines">
      {keys.map((key) => (
        <li>
          <span>
            <strong>{key.label ?? t('firstKey')}</strong> · {key.name} ·{' '}
            {t(key.scope === 'read' ? 'keyReads' : 'keyDoesAll')}
            <span class="hint">
              {` · ${keyNumber(key.id)} · ${t('keyMadeAt')} ${localTime(key.createdAt)}`}
              {key.label === null
                ? ''
                : ` · ${t('seen')} ${key.lastUsedAt ? localTime(key.lastUsedAt) : t('keyNever')}`}
              {key.expiresAt ? ` · ${t('keyUntil')} ${localTime(key.expiresAt)}` : ''}
              {key.oldUntil ? ` · ${t('keyOldUntil')} ${localTime(key.oldUntil)}` : ''}
            </span>
          </span>
          {rotate === undefined || key.label === null ? null : (
            <form method="post" action={rotate} class="inline">
              {hidden(key.id)}
              <input type="hidden" name="key" value={request} />
              <label for={`grace-${key.id}`}>{t('keyGrace')}</label>{' '}
              <input
                {...{ id: `grace-${key.id}`, name: 'graceDays', type: 'number', min: 0, max: MOST_GRACE_DAYS }}
                value={MOST_GRACE_DAYS}
                required
              />{' '}
              <button type="submit" class="plain">
                {t('keyRotate')}
              </button>
            </form>
          )}
          {revoke === undefined ? null : (
            <form method="post" action={revoke} class="inline">
              {hidden(key.id)}
              <button type="submit" class="plain">
                {t('keyRevoke')}
              </button>
            </form>
          )}
        </li>
      ))}
    </ul>
  );
}

/** One's own keys: a list, and the form that makes one. */
export function OwnKeys({
  language,
  csrfToken,
  keys,
  logins,
  secret,
  request,
}: Props & {
  readonly logins: readonly { readonly id: string; readonly name: string; readonly chosen: boolean }[];
  /** The one just made, shown this once; null when it was shown before. */
  readonly secret?: string | null | undefined;
  /** By what a form is known when it is sent again. */
  readonly request: string;
}) {
  const t = (word: AccountWord) => aw(word, language);
  return (
    <section class="card account" aria-labelledby="key-part">
      <h2 id="key-part">{t('keys')}</h2>
      <p class="hint">{t('keysHint')}</p>
      {secret === undefined ? null : (
        <div role="status">
          <p>{t(secret === null ? 'keyTold' : 'keyShown')}</p>
          {secret === null ? null : (
            <p>
              <code class="secret">{secret}</code>
            </p>
          )}
        </div>
      )}
      <KeyLines
        {...{ language, csrfToken, keys, request }}
        revoke="/account/keys/revoke"
        rotate="/account/keys/rotate"
      />
      <form method="post" action="/account/keys">
        <input type="hidden" name="token" value={csrfToken} />
        <input type="hidden" name="key" value={request} />
        <label for="key-label">{t('keyLabel')}</label>
        <input
          id="key-label"
          name="label"
          maxlength={60}
          required
          autocomplete="off"
          aria-describedby="key-label-hint"
        />
        <p class="hint" id="key-label-hint">
          {t('keyLabelHint')}
        </p>
        <label for="key-login">{t('workAs')}</label>
        <select id="key-login" name="login">
          {logins.map(({ id, name, chosen }) => (
            <option value={id} selected={chosen}>
              {name}
            </option>
          ))}
        </select>
        <label for="key-scope">{t('keyScope')}</label>
        <select id="key-scope" name="scope">
          <option value="read">{t('keyReads')}</option>
          <option value="all">{t('keyDoesAll')}</option>
        </select>
        <label for="key-days">{t('keyDays')}</label>
        <input id="key-days" name="days" type="number" min={1} max={MOST_DAYS} value={90} required />
        <button type="submit">{t('keyMake')}</button>
      </form>
    </section>
  );
}
