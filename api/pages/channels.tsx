import type { Child } from 'hono/jsx';
import type { ChannelName } from '../../door/endpoint.ts';
import { channelNames } from '../../door/undelivered-text.ts';
import { type Language, pick } from '../language.ts';
import type { ChannelView } from '../schemas/channels.ts';
import { localTime } from '../timeline-text.ts';
import { type ChannelWord, tellChannel } from './channel-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Trouble } from './parts.tsx';

/** The channels of one owner, as a section of the page. */
export interface ChannelGroup {
  /** Undefined: the reader's own. */
  readonly unit: { readonly id: string; readonly name: string } | undefined;
  readonly channels: readonly ChannelView[];
}

/** What a page tells first: that something was done, or why it was not. */
export interface Notice {
  readonly done?: 'done' | 'onItsWay' | undefined;
  readonly trouble?: { readonly detail: string; readonly more: readonly string[] } | undefined;
}

/** The settings page: the reader's own channels, and those of the units he looks after. */
export function ChannelsPage({
  language,
  visitor,
  groups,
  available,
  notice,
}: {
  language: Language;
  visitor: Visitor;
  groups: readonly ChannelGroup[];
  available: readonly ChannelName[];
  notice: Notice;
}) {
  const t = (key: ChannelWord) => tellChannel(key, language);
  return (
    <Layout title={t('channels')} language={language} path="/channels" visitor={visitor}>
      <h1>{t('channels')}</h1>
      <p class="lead">{t('lead')}</p>
      <Told notice={notice} language={language} />
      {groups.map(({ unit, channels }) => (
        <section aria-labelledby={unit ? `of-${unit.id}` : 'mine'}>
          <h2 id={unit ? `of-${unit.id}` : 'mine'}>{unit ? `${t('ofUnit')}${unit.name}` : t('mine')}</h2>
          {channels.length === 0 ? <p class="card hint">{t('none')}</p> : null}
          <ul class="list messages">
            {channels.map((channel) => (
              <Entry channel={channel} language={language} token={visitor.csrfToken} />
            ))}
          </ul>
          {unit && channels.some(({ silentSince }) => silentSince !== null) ? null : (
            <AddForm unit={unit} available={available} language={language} token={visitor.csrfToken} />
          )}
        </section>
      ))}
    </Layout>
  );
}

/** What was done, or why not. */
export function Told({ notice: { done, trouble }, language }: { notice: Notice; language: Language }) {
  if (trouble) return <Trouble detail={trouble.detail} more={trouble.more} />;
  return done ? (
    <p class="card" role="status">
      {tellChannel(done, language)}
    </p>
  ) : null;
}

/** How a channel fares, as a word and a mark. */
export function stateOf({
  verifiedAt,
  disabledAt,
  failingSince,
  silentSince,
}: ChannelView): readonly [ChannelWord, mark: string] {
  if (silentSince !== null) return ['silent', 'late'];
  if (verifiedAt === null) return ['waits', 'soon'];
  if (disabledAt !== null) return ['disabled', 'late'];
  return failingSince === null ? ['works', 'done'] : ['fails', 'soon'];
}

function Entry({ channel, language, token }: { channel: ChannelView; language: Language; token: string }) {
  const t = (key: ChannelWord) => tellChannel(key, language);
  const [word, mark] = stateOf(channel);
  const why = channel.disabledReason as 'gone' | 'failing' | 'byHand' | null;
  return (
    <li class="card">
      <p>
        <strong>{pick(channelNames[channel.channel], language)}</strong> {channel.hint}{' '}
        <span class={`chip ${mark}`}>{why ? `${t(word)} · ${t(why)}` : t(word)}</span>
      </p>
      {channel.verifiedAt === null ? <VerifyForm channel={channel} language={language} token={token} /> : null}
      <p class="hint">
        {[
          when(channel, language),
          quiet(channel, language),
          t(channel.trusted ? 'trusted' : 'counted'),
          ...(channel.sentAt === null ? [] : [`${t('lastSent')}${localTime(channel.sentAt)}`]),
          ...(channel.waiting === 0 ? [] : [`${t('waiting')}${channel.waiting}`]),
        ].join(' · ')}
      </p>
      <p>
        <a href={`/channels/${encodeURIComponent(channel.id)}`}>
          {t('settings')} · {t('attempts')} →
        </a>
      </p>
    </li>
  );
}

/** When a channel gets what there is. */
function when({ digest }: ChannelView, language: Language): string {
  if (typeof digest === 'string') return tellChannel(digest, language);
  return `${tellChannel('daily', language)} ${digest.dailyAt}`;
}

function quiet({ quietHours }: ChannelView, language: Language): string {
  if (!quietHours) return tellChannel('quietNone', language);
  return `${tellChannel('quiet', language)} ${quietHours.from}–${quietHours.to}`;
}

/** A form to a path of a channel, with the token of the session. */
export function ChannelForm({
  action,
  token,
  kind,
  children,
}: {
  action: string;
  token: string;
  kind?: string;
  children: Child;
}) {
  return (
    <form method="post" action={action} class={kind}>
      <input type="hidden" name="token" value={token} />
      {children}
    </form>
  );
}

/** Where the code is entered that was sent to an address. */
export function VerifyForm({ channel, language, token }: { channel: ChannelView; language: Language; token: string }) {
  const t = (key: ChannelWord) => tellChannel(key, language);
  const path = `/channels/${encodeURIComponent(channel.id)}`;
  const id = `code-${channel.id}`;
  return (
    <>
      <ChannelForm action={`${path}/verify`} token={token} kind="act">
        <label for={id}>
          {t('code')}
          <input
            id={id}
            name="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            pattern="[0-9]{6}"
            maxlength={6}
            required
            aria-describedby={`${id}-hint`}
          />
        </label>
        <p class="hint" id={`${id}-hint`}>
          {t('codeHint')}
        </p>
        <button type="submit">{t('verify')}</button>
      </ChannelForm>
      <ChannelForm action={`${path}/code`} token={token}>
        <button class="plain" type="submit">
          {t('newCode')}
        </button>
      </ChannelForm>
    </>
  );
}

const OWN: readonly ChannelName[] = ['email', 'sms'];

function AddForm({
  unit,
  available,
  language,
  token,
}: {
  unit: ChannelGroup['unit'];
  available: readonly ChannelName[];
  language: Language;
  token: string;
}) {
  const t = (key: ChannelWord) => tellChannel(key, language);
  const kinds = available.filter((channel) => OWN.includes(channel) === (unit === undefined));
  if (kinds.length === 0) return unit ? null : <p class="hint">{t('nothingSetUp')}</p>;
  const field = (name: ChannelWord, type: string, required = false) => (
    <label>
      {t(name)}
      <input name={name} type={type} maxlength={2000} autocomplete="off" spellcheck={false} required={required} />
    </label>
  );
  return (
    <details class="card">
      <summary>{t(unit ? 'addUnit' : 'addMine')}</summary>
      <ChannelForm action="/channels" token={token} kind="act">
        {unit ? <input type="hidden" name="unit" value={unit.id} /> : null}
        <label>
          {t('kind')}
          <select name="channel" required>
            {kinds.map((channel) => (
              <option value={channel}>{pick(channelNames[channel], language)}</option>
            ))}
          </select>
        </label>
        {unit ? (
          <>
            {field('url', 'url', true)}
            {field('secret', 'text')}
            {field('keyword', 'text')}
          </>
        ) : (
          <>
            {kinds.includes('email') ? field('address', 'email', kinds.length === 1) : null}
            {kinds.includes('sms') ? field('phone', 'tel', kinds.length === 1) : null}
          </>
        )}
        <button type="submit">{t('add')}</button>
      </ChannelForm>
    </details>
  );
}
