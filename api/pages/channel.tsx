import type { SentDay } from '../../db/queries/sent-days.ts';
import { channelNames } from '../../door/undelivered-text.ts';
import { type Language, pick } from '../language.ts';
import type { AttemptView, ChannelView } from '../schemas/channels.ts';
import { localTime } from '../timeline-text.ts';
import { type ChannelWord, tellChannel } from './channel-words.ts';
import { ChannelForm, type Notice, stateOf, Told, VerifyForm } from './channels.tsx';
import { Layout, type Visitor } from './layout.tsx';

/** One channel: its settings, what can be done with it, and every attempt. */
export function ChannelPage({
  language,
  visitor,
  channel,
  mayTrust,
  attempts,
  earlier,
  days,
  daysBefore,
  notice,
}: {
  language: Language;
  visitor: Visitor;
  channel: ChannelView;
  /** The reader may mark it as trusted. */
  mayTrust: boolean;
  attempts: readonly AttemptView[];
  /** The id before which there are more attempts. */
  earlier: number | null;
  /** How many attempts ended how on the last days, and the day before which there are more. */
  days: readonly SentDay[];
  daysBefore: string | null;
  notice: Notice;
}) {
  const t = (key: ChannelWord) => tellChannel(key, language);
  const path = `/channels/${encodeURIComponent(channel.id)}`;
  const token = visitor.csrfToken;
  const [word, mark] = stateOf(channel);
  return (
    <Layout title={t('channels')} language={language} path={path} visitor={visitor}>
      <p class="back">
        <a href="/channels">← {t('back')}</a>
      </p>
      <h1>
        {pick(channelNames[channel.channel], language)} {channel.hint} <span class={`chip ${mark}`}>{t(word)}</span>
      </h1>
      <Told notice={notice} language={language} />
      {channel.verifiedAt === null ? (
        <section class="card">
          <VerifyForm channel={channel} language={language} token={token} />
        </section>
      ) : null}
      <div class="columns">
        <section aria-labelledby="settings">
          <h2 id="settings">{t('settings')}</h2>
          <div class="card">
            <Settings channel={channel} mayTrust={mayTrust} language={language} token={token} />
            <div class="buttons">
              {channel.verifiedAt === null ? null : (
                <>
                  <Do what="test" path={path} language={language} token={token} />
                  <Do what="resend" path={path} language={language} token={token} />
                  <Do
                    what={channel.disabledAt === null ? 'disable' : 'enable'}
                    path={path}
                    language={language}
                    token={token}
                  />
                </>
              )}
              <Do what="remove" path={path} language={language} token={token} />
            </div>
          </div>
        </section>
        <section aria-labelledby="attempts">
          <h2 id="attempts">{t('attempts')}</h2>
          <div class="card">
            {attempts.length === 0 ? <p class="hint">{t('noAttempts')}</p> : null}
            <ol class="list timeline">
              {attempts.map((attempt) => (
                <Line attempt={attempt} language={language} />
              ))}
            </ol>
            {earlier === null ? null : (
              <p class="more">
                <a href={`${path}?before=${earlier}`}>{t('earlier')} →</a>
              </p>
            )}
          </div>
          <Days days={days} before={daysBefore} path={path} language={language} />
        </section>
      </div>
    </Layout>
  );
}

/** The figures of each day, which stay when single attempts are kept no more. */
function Days({
  days,
  before,
  path,
  language,
}: {
  days: readonly SentDay[];
  before: string | null;
  path: string;
  language: Language;
}) {
  const t = (key: ChannelWord) => tellChannel(key, language);
  if (days.length === 0) return null;
  return (
    <section class="card" aria-labelledby="days">
      <h3 id="days">{t('days')}</h3>
      <p class="hint">{t('daysHint')}</p>
      <table>
        <thead>
          <tr>
            {(['day', 'sent', 'failed', 'refused'] as const).map((each) => (
              <th scope="col">{t(each)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, sent, again, refused }) => (
            <tr>
              <th scope="row">{day}</th>
              <td>{sent}</td>
              <td>{again}</td>
              <td>{refused}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {before === null ? null : (
        <p class="more">
          <a href={`${path}?day=${before}#days`}>{t('earlier')} →</a>
        </p>
      )}
    </section>
  );
}

type Doing = 'test' | 'resend' | 'disable' | 'enable' | 'remove';

function Do({ what, path, language, token }: { what: Doing; path: string; language: Language; token: string }) {
  return (
    <ChannelForm action={`${path}/${what}`} token={token}>
      <button class="plain" type="submit">
        {tellChannel(what, language)}
      </button>
    </ChannelForm>
  );
}

function Settings({
  channel,
  mayTrust,
  language,
  token,
}: {
  channel: ChannelView;
  mayTrust: boolean;
  language: Language;
  token: string;
}) {
  const t = (key: ChannelWord) => tellChannel(key, language);
  const { digest, quietHours } = channel;
  const chosen = typeof digest === 'string' ? digest : 'daily';
  return (
    <ChannelForm action={`/channels/${encodeURIComponent(channel.id)}/settings`} token={token} kind="act">
      <label>
        {t('digest')}
        <select name="digest">
          {(['atOnce', 'hourly', 'daily'] as const).map((each) => (
            <option value={each} selected={each === chosen}>
              {t(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('dailyAt')}
        <input name="dailyAt" type="time" value={typeof digest === 'string' ? '17:00' : digest.dailyAt} required />
      </label>
      <fieldset>
        <legend>{t('quiet')}</legend>
        <label class="choice">
          <input type="checkbox" name="quietNone" value="yes" checked={quietHours === null} /> {t('quietNone')}
        </label>
        <label>
          {t('quietFrom')}
          <input name="quietFrom" type="time" value={quietHours?.from ?? '21:00'} required />
        </label>
        <label>
          {t('quietTo')}
          <input name="quietTo" type="time" value={quietHours?.to ?? '07:30'} required />
        </label>
        <p class="hint">{t('quietHint')}</p>
      </fieldset>
      <label>
        {t('language')}
        <select name="language">
          {(['zh', 'en'] as const).map((each) => (
            <option value={each} selected={each === channel.language}>
              {t(each)}
            </option>
          ))}
        </select>
      </label>
      {mayTrust || channel.trusted ? (
        <label class="choice">
          <input type="checkbox" name="trusted" value="yes" checked={channel.trusted} /> {t('markTrusted')}
        </label>
      ) : null}
      <button type="submit">{t('save')}</button>
    </ChannelForm>
  );
}

function Line({ attempt, language }: { attempt: AttemptView; language: Language }) {
  const t = (key: ChannelWord) => tellChannel(key, language);
  const { kind, count, outcome, result, reasonText, at, reference } = attempt;
  const what = kind === 'messages' ? `${count} ${t('messages')}` : t(kind === 'test' ? 'aTest' : 'aCode');
  const came: ChannelWord = outcome === 'again' && result === 'failed' ? 'failed' : outcome;
  return (
    <li class={outcome === 'sent' ? '' : 'late'}>
      <p>
        {what} · {t(came)}
        {reasonText ? ` · ${reasonText}` : ''}
      </p>
      <small>
        <time datetime={at}>{localTime(at)}</time>
        {reference ? ` · ${reference}` : ''}
      </small>
    </li>
  );
}
