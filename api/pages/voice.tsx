import type { Language } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import type { ComplaintView, VoiceView } from '../views/voice-view.ts';
import { Layout } from './layout.tsx';
import { pathOf, type Saying, type Shown } from './voice-saying.ts';
import { voiceWord } from './voice-words.ts';
import { stateWord } from './words.ts';

/** A case as the person it is for reads it: how it stands, what comes next, and large buttons to speak up. */
export function VoicePage({ language, visitor, view, voice, done }: Shown & { voice: VoiceView; done: boolean }) {
  const t = (key: Parameters<typeof voiceWord>[0]) => voiceWord(key, language);
  const base = pathOf(view);
  return (
    <Layout title={t('title')} language={language} path={base} visitor={visitor}>
      {done ? (
        <p class="voice-done" role="status">
          {t('done')}
        </p>
      ) : null}
      <h1>{view.program.name}</h1>
      <section class="card voice-now" aria-labelledby="now">
        <h2 id="now">{t('now')}</h2>
        <p>
          <span class={`chip ${view.status}`}>{stateWord(view.status, language)}</span> {view.stageName ?? ''}
        </p>
        <ConsentLine voice={voice} language={language} />
        <h3 class="voice-next">{t('next')}</h3>
        {voice.next.length === 0 ? (
          <p>{t('nothingNext')}</p>
        ) : (
          <ul>
            {voice.next.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
        )}
      </section>
      <Statements path={`/cases/${encodeURIComponent(view.id)}/books`} voice={voice} language={language} />
      <Purposes base={base} voice={voice} language={language} />
      <nav class="voice-buttons" aria-label={t('title')}>
        {sayings(voice).map((saying) => (
          <a class={`button voice-${saying}`} href={`${base}/${saying}`}>
            {t(saying)}
          </a>
        ))}
      </nav>
      {voice.toAnswer.length > 0 ? (
        <section class="card" aria-labelledby="answers">
          <h2 id="answers">{t('toAnswer')}</h2>
          <ul class="voice-said">
            {voice.toAnswer.map(({ id, emergency, text }) => (
              <li>
                <p>{text}</p>
                <p class="voice-small">
                  <a href={`${base}/${emergency ? 'settle' : 'answer'}?id=${encodeURIComponent(id)}`}>
                    {t(emergency ? 'settleNow' : 'answerNow')}
                  </a>
                </p>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <Complaints base={base} complaints={voice.complaints} language={language} />
      {voice.emergencies.length > 0 ? (
        <section class="card" aria-labelledby="calls">
          <h2 id="calls">{t('calls')}</h2>
          <ul class="voice-said">
            {voice.emergencies.map(({ text, open }) => (
              <li>
                <p>{text}</p>
                <small>{open ? t('open') : t('ended')}</small>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <p class="more">
        <a href={`/cases/${encodeURIComponent(view.id)}`}>{t('whole')}</a>
      </p>
    </Layout>
  );
}

/** The buttons that are there now: consent only for whose word it is; complaint and emergency always. */
function sayings({ consent }: VoiceView): Saying[] {
  const asked: Saying[] =
    consent === 'give' || consent === 'again' ? ['agree', 'refuse'] : consent === 'given' ? ['withdraw'] : [];
  return [...asked, 'complain', 'emergency'];
}

function ConsentLine({ voice, language }: { voice: VoiceView; language: Language }) {
  const line = {
    give: 'consentAsked',
    again: 'consentAgain',
    given: 'consentGiven',
    other: 'consentOther',
    none: undefined,
  } as const;
  const key = line[voice.consent];
  return key === undefined ? null : <p>{voiceWord(key, language)}</p>;
}

/** The money that is kept for him: what the last closed month says of it. */
function Statements({ path, voice, language }: { path: string; voice: VoiceView; language: Language }) {
  if (voice.statements.length === 0) return null;
  return (
    <section class="card" aria-labelledby="statements">
      <h2 id="statements">{voiceWord('statements', language)}</h2>
      <ul class="voice-said">
        {voice.statements.map(({ book, name, month }) => (
          <li>
            <a href={`${path}?${new URLSearchParams({ book, month, report: 'statement' })}#report`}>
              {`${name} ${month}`}
            </a>
          </li>
        ))}
      </ul>
      <p class="hint">{voiceWord('statementsHint', language)}</p>
    </section>
  );
}

/** What is agreed to beside the help itself: each alone. */
function Purposes({ base, voice, language }: { base: string; voice: VoiceView; language: Language }) {
  const t = (key: Parameters<typeof voiceWord>[0]) => voiceWord(key, language);
  if (voice.purposes.length === 0) return null;
  return (
    <section class="card" aria-labelledby="purposes">
      <h2 id="purposes">{t('purposes')}</h2>
      <p class="hint">{t('purposesHint')}</p>
      <ul class="voice-said">
        {voice.purposes.map(({ key, name, agreed }) => (
          <li>
            <p>
              {name} <span class={agreed ? 'chip done' : 'chip'}>{t(agreed ? 'agreedTo' : 'notAgreedTo')}</span>
            </p>
            <p class="voice-small">
              <a href={`${base}/${agreed ? 'withdraw' : 'agree'}?purpose=${encodeURIComponent(key)}`}>
                {t(agreed ? 'withdrawOne' : 'agreeOne')}
              </a>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Complaints({
  base,
  complaints,
  language,
}: {
  base: string;
  complaints: readonly ComplaintView[];
  language: Language;
}) {
  const t = (key: Parameters<typeof voiceWord>[0]) => voiceWord(key, language);
  if (complaints.length === 0) return null;
  return (
    <section class="card" aria-labelledby="mine">
      <h2 id="mine">{t('mine')}</h2>
      <ul class="voice-said">
        {complaints.map(({ id, text, saidAt, answers, dueAt, mayAppeal, mayWithdraw }) => (
          <li>
            <p>{text}</p>
            <small>{localTime(saidAt)}</small>
            {answers.map((each) => (
              <p>
                <strong>{`${each.mine ? t('me') : t('answer')}${language === 'zh' ? '：' : ': '}`}</strong>
                {each.text} <small>{localTime(each.at)}</small>
              </p>
            ))}
            {dueAt === undefined ? null : <p class="hint">{`${t('waiting')} · ${t('until')} ${dueAt}`}</p>}
            <p class="voice-small">
              {mayAppeal ? <a href={`${base}/appeal?id=${encodeURIComponent(id)}`}>{t('appeal')}</a> : null}
              {mayWithdraw ? <a href={`${base}/takeBack?id=${encodeURIComponent(id)}`}>{t('takeBack')}</a> : null}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
