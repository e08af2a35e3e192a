import type { Language } from '../language.ts';
import { Layout, type Visitor } from './layout.tsx';
import { say } from './words.ts';

/** A page that only tells something: what is not there, or cannot be shown right now. */
export function MessagePage({
  language,
  visitor,
  what,
}: {
  language: Language;
  visitor?: Visitor | undefined;
  what: 'notFound' | 'trouble';
}) {
  return (
    <Layout title={say(what, language)} language={language} path="/" visitor={visitor}>
      <section class="card entry">
        <h1>{say(what, language)}</h1>
        <p class="lead">{say(what === 'notFound' ? 'notFoundLead' : 'troubleLead', language)}</p>
        <a href="/">{say('allCases', language)}</a>
      </section>
    </Layout>
  );
}
