import type { NamedPerson } from '../../db/queries/people.ts';
import { type Language, pick } from '../language.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Done, type Offer, Offers } from './organisation.tsx';
import { ORG_SHEET } from './organisation-form-page.tsx';
import type { FormWord } from './organisation-form-words.ts';
import { type ShownTenure, Tenures } from './organisation-post.tsx';
import { orgWord } from './organisation-words.ts';
import { Fact, SearchForm } from './parts.tsx';

/** The page of a person. */
export const personPath = (id: string): string => `/organisation/people/${encodeURIComponent(id)}`;

interface PageProps {
  readonly language: Language;
  readonly visitor: Visitor;
  readonly offers: readonly Offer[];
}

/** Who there is, with the posts each holds; found by name or id. */
export function PeoplePage({
  people,
  q,
  next,
  ...props
}: PageProps & { people: readonly NamedPerson[]; q: string; next: string | undefined }) {
  const { language, visitor, offers } = props;
  const t = (word: Parameters<typeof orgWord>[0]) => orgWord(word, language);
  return (
    <Layout title={t('people')} path="/organisation/people" sheet={ORG_SHEET} {...{ language, visitor }}>
      <nav class="back" aria-label={t('title')}>
        <a href="/organisation">← {t('title')}</a>
      </nav>
      <h1>{t('people')}</h1>
      <div class="columns org">
        <div>
          <SearchForm action="/organisation/people" q={q} label={t('search')} find={t('find')} />
          {people.length === 0 ? <p class="card hint">{t('nobody')}</p> : null}
          <ul class="list card lines">
            {people.map(({ id, name, posts }) => (
              <li>
                <a href={personPath(id)}>{name}</a>
                {posts.length === 0 ? <span class="hint"> · {t('noOffices')}</span> : null}
                {posts.map((post) => (
                  <span class="hint"> · {pick(post, language)}</span>
                ))}
              </li>
            ))}
          </ul>
          {next === undefined ? null : (
            <p class="more">
              <a href={next}>{t('further')} →</a>
            </p>
          )}
        </div>
        <aside>
          <Offers title={t('people')} offers={offers} language={language} />
        </aside>
      </div>
    </Layout>
  );
}

/** A person: the posts held, before and to come. */
export function PersonPage({
  id,
  name,
  tenures,
  now,
  done,
  ...props
}: PageProps & {
  id: string;
  name: string;
  tenures: readonly ShownTenure[];
  now: string;
  done: FormWord | undefined;
}) {
  const { language, visitor, offers } = props;
  const t = (word: Parameters<typeof orgWord>[0]) => orgWord(word, language);
  return (
    <Layout title={name} path={personPath(id)} sheet={ORG_SHEET} {...{ language, visitor }}>
      <nav class="back" aria-label={t('people')}>
        <a href="/organisation/people">← {t('people')}</a>
      </nav>
      <h1>{name}</h1>
      <Done what={done} language={language} />
      <dl class="facts">
        <Fact term={t('id')} text={id} />
      </dl>
      <div class="columns org">
        <div>
          <Tenures title={t('offices')} none={t('noOffices')} tenures={tenures} now={now} language={language} />
        </div>
        <aside>
          <Offers title={t('people')} offers={offers} language={language} />
        </aside>
      </div>
    </Layout>
  );
}
