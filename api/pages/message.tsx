import type { Language } from '../language.ts';
import { accessWord } from './access-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { retentionWord } from './retention-words.ts';
import { say } from './words.ts';

const LEADS = { notFound: 'notFoundLead', trouble: 'troubleLead', minor: 'minorLead', limited: 'limitedLead' } as const;

/** A page that only tells something: what is not there, or cannot be shown right now. */
export function MessagePage({
  language,
  visitor,
  what,
  caseId,
}: {
  language: Language;
  visitor?: Visitor | undefined;
  what: keyof typeof LEADS;
  /** The case it is about, where its head still decides about it. */
  caseId?: string | undefined;
}) {
  return (
    <Layout title={say(what, language)} language={language} path="/" visitor={visitor}>
      <section class="card entry">
        <h1>{say(what, language)}</h1>
        <p class="lead">{say(LEADS[what], language)}</p>
        <a href="/">{say('allCases', language)}</a>
        {caseId === undefined ? null : (
          <p class="more">
            <a href={`/cases/${encodeURIComponent(caseId)}/retention`}>{retentionWord('title', language)}</a> ·{' '}
            <a href={`/cases/${encodeURIComponent(caseId)}/accesses`}>{accessWord('title', language)}</a>
          </p>
        )}
        {what === 'notFound' || what === 'limited' ? (
          <p class="more">
            <a href="/emergency-access">{accessWord('breakTitle', language)}</a>
          </p>
        ) : null}
      </section>
    </Layout>
  );
}
