import { type Language, pick } from '../language.ts';
import type { PublicDisclosureView } from '../schemas/disclosures.ts';
import { dueText, localTime } from '../timeline-text.ts';
import { Layout } from './layout.tsx';

const words = {
  title: ['公示', 'Public notices'],
  lead: [
    '这里是正在公示的决定和结果。对内容有异议的，任何人都可以在公示期内提出。',
    'Decisions and results that are public now. Anybody may object to them within the period.',
  ],
  none: ['目前没有正在公示的内容。', 'Nothing is public at the moment.'],
  posted: ['公示时间', 'Posted'],
  until: ['公示期至', 'Public until'],
  object: ['提出异议', 'Object'],
  text: ['异议内容', 'What you object to, and why'],
  contact: ['联系方式（可不填）', 'How to reach you (you need not say)'],
  contactHint: [
    '只有受理的工作人员能看到，用于答复您。不登录、不留名也可以提出异议。',
    'Only those who handle it see it, to answer you. You need neither sign in nor give your name.',
  ],
  send: ['提交异议', 'Send'],
  sent: ['异议已收到，编号：', 'Your objection has arrived. Its number: '],
  back: ['返回公示列表', 'Back to the list'],
  more: ['更多', 'More'],
  signIn: ['工作人员登录', 'Sign in (staff)'],
} as const;
const t = (word: keyof typeof words, language: Language) => pick(words[word], language);

/** What is public now, for everybody. */
export function DisclosuresPage({
  language,
  list: { items, nextCursor },
}: {
  language: Language;
  list: { readonly items: readonly PublicDisclosureView[]; readonly nextCursor: string | null };
}) {
  return (
    <Layout title={t('title', language)} language={language} path="/public/disclosures">
      <h1>{t('title', language)}</h1>
      <p class="lead">{t('lead', language)}</p>
      {items.length === 0 ? <p class="card">{t('none', language)}</p> : null}
      {items.map((each) => (
        <Notice each={each} language={language}>
          <p>
            <a href={`/public/disclosures/${each.id}`}>{t('object', language)}</a>
          </p>
        </Notice>
      ))}
      {nextCursor ? (
        <p>
          <a href={`/public/disclosures?cursor=${nextCursor}`}>{t('more', language)}</a>
        </p>
      ) : null}
      <p>
        <a href="/sign-in">{t('signIn', language)}</a>
      </p>
    </Layout>
  );
}

/** One of them, with the form to object to it. `sent`: the number of the objection that has arrived; `refused`: why one has not. */
export function DisclosurePage({
  language,
  disclosure,
  formKey,
  sent,
  refused,
  said,
}: {
  language: Language;
  disclosure: PublicDisclosureView;
  formKey: string;
  sent?: string | undefined;
  refused?: string | undefined;
  said?: { readonly text?: string | undefined; readonly contact?: string | undefined };
}) {
  const path = `/public/disclosures/${disclosure.id}`;
  return (
    <Layout title={disclosure.name} language={language} path={path}>
      <h1>{disclosure.name}</h1>
      {sent ? (
        <p class="card" role="status">
          {t('sent', language)}
          {sent}
        </p>
      ) : null}
      <Notice each={disclosure} language={language} />
      <section class="card entry" aria-labelledby="object">
        <h2 id="object">{t('object', language)}</h2>
        {refused ? (
          <p class="error" role="alert">
            {refused}
          </p>
        ) : null}
        <form method="post" action={path}>
          <input type="hidden" name="key" value={formKey} />
          <label for="text">{t('text', language)}</label>
          <textarea id="text" name="text" rows={6} maxlength={2_000} required>
            {said?.text ?? ''}
          </textarea>
          <label for="contact">{t('contact', language)}</label>
          <input
            id="contact"
            name="contact"
            maxlength={200}
            value={said?.contact ?? ''}
            autocomplete="off"
            aria-describedby="contact-hint"
          />
          <p class="hint" id="contact-hint">
            {t('contactHint', language)}
          </p>
          <button type="submit">{t('send', language)}</button>
        </form>
      </section>
      <p>
        <a href="/public/disclosures">{t('back', language)}</a>
      </p>
    </Layout>
  );
}

function Notice({ each, language, children }: { each: PublicDisclosureView; language: Language; children?: unknown }) {
  return (
    <article class="card notice">
      <h2>{each.name}</h2>
      <p class="hint">
        {each.unit.name} · {t('posted', language)} {localTime(each.postedAt)} · {t('until', language)}{' '}
        {dueText(each.until)}
      </p>
      {each.text.split(/\r?\n/).map((line) => (
        <p>{line}</p>
      ))}
      {children as never}
    </article>
  );
}
