import type { Language } from '../language.ts';
import { accessWord } from './access-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { say } from './words.ts';

const LEADS = { notFound: 'notFoundLead', trouble: 'troubleLead', minor: 'minorLead', limited: 'limitedLead' } as const;

/** A page that only tells something: what is not there, or cannot be shown right now. */
export function MessagePage({
  language,
  visitor,
  what,
}: {
  language: Language;
  visitor?: Visitor | undefined;
  what: keyof typeof LEADS;
}) {
  return (
    <Layout title={say(what, language)} language={language} path="/" visitor={visitor}>
      <section class="card entry">
        <h1>{say(what, language)}</h1>
        <p class="lead">{say(LEADS[what], language)}</p>
        <a href="/">{say('allCases', language)}</a>
        {what === 'notFound' || what === 'limited' ? (
          <p class="more">
            <a href="/emergency-access">{accessWord('breakTitle', language)}</a>
          </p>
        ) : null}
      </section>
    </Layout>
  );
}
