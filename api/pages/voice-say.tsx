import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import type { VoiceView } from '../views/voice-view.ts';
import { Layout } from './layout.tsx';
import { Trouble } from './parts.tsx';
import { pathOf, type Refused, type Saying, type Shown } from './voice-saying.ts';
import { voiceWord } from './voice-words.ts';

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
      {form['purpose'] && !one ? null : (
        <form class="card voice-form" method="post" action={path}>
          <input type="hidden" name="token" value={visitor.csrfToken} />
          <input type="hidden" name="key" value={form['key'] ?? ''} />
          {form['purpose'] ? <input type="hidden" name="purpose" value={form['purpose']} /> : null}
          <Fields saying={saying} voice={voice} form={form} language={language} />
          <button class={`voice-${saying}`} type="submit">
            {saying === 'emergency' ? t('sendNow') : SENT.has(saying) ? t('send') : t(single?.button ?? saying)}
          </button>
        </form>
      )}
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
