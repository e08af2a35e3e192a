import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import type { CaseView } from '../schemas/case.ts';
import { localTime } from '../timeline-text.ts';
import type { ComplaintView, VoiceView } from '../views/voice-view.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Trouble } from './parts.tsx';
import { voiceWord } from './voice-words.ts';
import { stateWord } from './words.ts';

/** What somebody can say on his page. */
export type Saying =
  | 'agree'
  | 'refuse'
  | 'withdraw'
  | 'complain'
  | 'emergency'
  | 'appeal'
  | 'takeBack'
  | 'answer'
  | 'settle';

/** What a refusal said, for the reader. */
export interface Refused {
  readonly detail: string;
  readonly waysOut: readonly string[];
}

interface Shown {
  readonly language: Language;
  readonly visitor: Visitor;
  readonly view: CaseView;
}

const pathOf = (view: CaseView) => `/cases/${encodeURIComponent(view.id)}/voice`;

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

/** One thing to say: what it means, the few fields it needs, one button. */
export function SayPage({
  language,
  visitor,
  view,
  voice,
  saying,
  form,
  trouble,
}: Shown & {
  voice: VoiceView;
  saying: Saying;
  /** What was written already, and the key under which it is sent once. */
  form: Readonly<Record<string, string>>;
  trouble: Refused | undefined;
}) {
  const t = (key: Parameters<typeof voiceWord>[0]) => voiceWord(key, language);
  const path = `${pathOf(view)}/${saying}`;
  const hints = {
    agree: 'agreeHint',
    refuse: 'refuseHint',
    withdraw: 'withdrawHint',
    complain: 'complainHint',
    emergency: 'emergencyHint',
    appeal: undefined,
    takeBack: undefined,
    answer: 'answerHint',
    settle: 'settleHint',
  } as const;
  const one = voice.purposes.find(({ key }) => key === form['purpose']);
  const single = one && ONE[saying];
  const hint = single ? single.hint : hints[saying];
  return (
    <Layout title={t(saying)} language={language} path={path} visitor={visitor}>
      <p class="back">
        <a href={pathOf(view)}>← {t('back')}</a>
      </p>
      <h1>{single ? `${t(single.button)}${language === 'zh' ? '：' : ': '}${one.name}` : t(saying)}</h1>
      {hint === undefined ? null : <p class="lead">{t(hint)}</p>}
      {trouble ? (
        <Trouble detail={`${t('failed')}${language === 'zh' ? '：' : ': '}${trouble.detail}`} more={trouble.waysOut} />
      ) : null}
      <form class="card voice-form" method="post" action={path}>
        <input type="hidden" name="token" value={visitor.csrfToken} />
        <input type="hidden" name="key" value={form['key'] ?? ''} />
        {form['purpose'] ? <input type="hidden" name="purpose" value={form['purpose']} /> : null}
        <Fields saying={saying} voice={voice} form={form} language={language} />
        <button class={`voice-${saying}`} type="submit">
          {saying === 'emergency' ? t('sendNow') : SENT.has(saying) ? t('send') : t(single?.button ?? saying)}
        </button>
      </form>
    </Layout>
  );
}

/** Names of the fields that agree to a purpose begin so. */
export const PURPOSE = 'purpose-';

/** What is said of one purpose alone. */
const ONE: {
  readonly [S in Saying]?: {
    readonly button: 'agreeOne' | 'withdrawOne';
    readonly hint: 'agreeOneHint' | 'withdrawOneHint';
  };
} = {
  agree: { button: 'agreeOne', hint: 'agreeOneHint' },
  withdraw: { button: 'withdrawOne', hint: 'withdrawOneHint' },
};

/** What is sent rather than done. */
const SENT: ReadonlySet<Saying> = new Set(['complain', 'appeal', 'answer', 'settle']);

function Fields({
  saying,
  voice,
  form,
  language,
}: {
  saying: Saying;
  voice: VoiceView;
  form: Readonly<Record<string, string>>;
  language: Language;
}) {
  const t = (key: Parameters<typeof voiceWord>[0]) => voiceWord(key, language);
  if (saying === 'agree') {
    const { heard, separate } = voice.voice;
    const asked = form['purpose'] ? [] : voice.asks;
    return (
      <>
        {asked.length > 0 ? <p class="hint">{t('purposesAsk')}</p> : null}
        {asked.map(({ key, name }) => (
          <label class="voice-check">
            <input type="checkbox" name={`${PURPOSE}${key}`} value="yes" checked={form[`${PURPOSE}${key}`] === 'yes'} />
            <span>{name}</span>
          </label>
        ))}
        {heard ? <Long name="heard" label={t('heard')} value={form['heard']} required /> : null}
        {separate ? (
          <label class="voice-check">
            <input type="checkbox" name="separate" value="yes" required />
            <span>{t('separate')}</span>
          </label>
        ) : null}
      </>
    );
  }
  if (saying === 'refuse' || saying === 'withdraw')
    return <Long name="note" label={t('noteOptional')} value={form['note']} />;
  if (saying === 'appeal' || saying === 'takeBack' || saying === 'answer' || saying === 'settle')
    return (
      <>
        <input type="hidden" name="id" value={form['id'] ?? ''} />
        {saying === 'takeBack' ? null : (
          <Long name="text" label={t(saying === 'appeal' ? 'what' : 'answer')} value={form['text']} required />
        )}
      </>
    );
  return (
    <>
      {saying === 'emergency' ? (
        <fieldset class="voice-kinds">
          <legend>{t('kind')}</legend>
          {(['danger', 'harm', 'abuse', 'missing'] as const).map((kind) => (
            <label class="voice-check">
              <input type="radio" name="kind" value={kind} required checked={form['kind'] === kind} />
              <span>{t(kind)}</span>
            </label>
          ))}
        </fieldset>
      ) : null}
      <Long name="text" label={t('what')} value={form['text']} required />
      <Labelled name="about" label={t('about')}>
        <select id="about" name="about">
          <option value="">{t('nobody')}</option>
          {voice.people.map(({ value, name }) => (
            <option value={value} selected={form['about'] === value}>
              {name}
            </option>
          ))}
        </select>
      </Labelled>
    </>
  );
}

function Long({
  name,
  label,
  value = '',
  required = false,
}: {
  name: string;
  label: string;
  value?: string | undefined;
  required?: boolean;
}) {
  return (
    <Labelled name={name} label={label}>
      <textarea id={name} name={name} rows={4} maxlength={5000} required={required}>
        {value}
      </textarea>
    </Labelled>
  );
}

function Labelled({ name, label, children }: { name: string; label: string; children: Child }) {
  return (
    <p class="voice-field">
      <label for={name}>{label}</label>
      {children}
    </p>
  );
}
