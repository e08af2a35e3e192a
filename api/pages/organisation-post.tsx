import type { AppointmentRow } from '../../db/queries/organisation.ts';
import type { PostAtWork } from '../../db/queries/unit-posts.ts';
import type { UnitTree } from '../../db/queries/unit-tree.ts';
import type { WorkloadRow } from '../../db/queries/workload.ts';
import type { Language } from '../language.ts';
import type { OrgHistoryPage } from '../org-history.ts';
import { cardPath } from '../post-cards.ts';
import { BookLines, type Preview } from './handover.tsx';
import { Layout, type Visitor } from './layout.tsx';
import { Done, type Offer, Offers } from './organisation.tsx';
import { ORG_SHEET } from './organisation-form-page.tsx';
import { type FormWord, formWord } from './organisation-form-words.ts';
import { History } from './organisation-history.tsx';
import { postPath } from './organisation-post-forms.tsx';
import { deputyText, Holder, Load, spanText } from './organisation-posts.tsx';
import { Breadcrumb } from './organisation-tree.tsx';
import { nameOf, orgTerm, orgWord } from './organisation-words.ts';
import { Fact } from './parts.tsx';

/** Who held something or somebody, with a name to show and a page to go to. */
export interface ShownTenure extends AppointmentRow {
  readonly text: string;
  readonly href: string;
}

/** What the page of a post shows; `load`, `history` and `books` only to those who may see them. */
export interface ShownPost {
  readonly tree: UnitTree;
  readonly post: PostAtWork;
  readonly tenures: readonly ShownTenure[];
  readonly load: WorkloadRow | undefined;
  readonly books: Preview['books'];
  readonly history: OrgHistoryPage | undefined;
  /** May see what a handover would pass on. */
  readonly mayPreview: boolean;
  readonly mayChange: boolean;
  readonly offers: readonly Offer[];
  readonly mayCard: boolean;
  readonly done: FormWord | undefined;
  readonly now: string;
}

/** A post: who holds it, follows and stands in, what it has in hand, who held it before, and what may be done. */
export function PostPage({ language, visitor, shown }: { language: Language; visitor: Visitor; shown: ShownPost }) {
  const { tree, post, tenures, load, history, offers, mayChange } = shown;
  const t = (word: Parameters<typeof orgWord>[0]) => orgWord(word, language);
  const heads = tree.unit.headPost === post.id;
  return (
    <Layout title={nameOf(post, language)} path={postPath(post.id)} sheet={ORG_SHEET} {...{ language, visitor }}>
      <Breadcrumb up={[...tree.up, tree.unit]} language={language} />
      <h1>
        {nameOf(post, language)} {heads ? <span class="chip open">{t('head')}</span> : null}{' '}
        {post.closedAt === null ? null : <span class="chip late">{t('closed')}</span>}
      </h1>
      <Done what={shown.done} language={language} />
      <dl class="facts">
        <Fact term={t('unit')} text={nameOf(tree.unit, language)} />
        <Fact term={t('kind')} text={post.kind} />
      </dl>
      <div class="columns org">
        <div>
          <section class="card" aria-labelledby="holder">
            <h2 id="holder">{t('inOffice')}</h2>
            <p class="holder">
              <Holder post={post} language={language} />
            </p>
            {load ? <Load load={load} language={language} /> : null}
            {post.holder && (mayChange || shown.mayPreview) ? (
              <p>
                <a
                  class={mayChange ? 'button' : undefined}
                  href={`/organisation/appointments/${encodeURIComponent(post.holder.id)}/handover`}
                >
                  {t(mayChange ? 'handover' : 'handoverList')}
                </a>
              </p>
            ) : null}
            {post.next ? (
              <p>
                {`${orgTerm('next', language)}${post.next.name} · ${spanText(post.next, language)} `}
                {mayChange ? (
                  <a href={`/organisation/appointments/${encodeURIComponent(post.next.id)}/withdraw`}>
                    {formWord('withdraw', language)}
                  </a>
                ) : null}
              </p>
            ) : null}
            {post.deputies.map((deputy) => (
              <p>
                {`${orgTerm('deputy', language)}${deputyText(deputy, language)} `}
                {mayChange ? (
                  <a href={`/organisation/substitutions/${encodeURIComponent(deputy.id)}/end`}>
                    {formWord('endDeputy', language)}
                  </a>
                ) : null}
              </p>
            ))}
          </section>
          <Books books={shown.books} language={language} />
          <Tenures title={t('tenures')} none={t('noTenures')} tenures={tenures} now={shown.now} language={language} />
        </div>
        <aside>
          {offers.length === 0 && !post.hasCard && !shown.mayCard ? null : (
            <Offers title={t('managePost')} offers={offers} language={language}>
              {post.hasCard ? (
                <li>
                  <a href={cardPath(post.id)}>{t('card')}</a>
                </li>
              ) : null}
              {shown.mayCard ? (
                <li>
                  <a href={`/posts/${encodeURIComponent(post.id)}/card`}>{t('changeCard')}</a>
                </li>
              ) : null}
            </Offers>
          )}
        </aside>
        {history ? (
          <History history={history} more={(before) => `${postPath(post.id)}?before=${before}`} language={language} />
        ) : null}
      </div>
    </Layout>
  );
}

function Books({ books, language }: { books: Preview['books']; language: Language }) {
  return books.total === 0 ? null : (
    <section class="card" aria-labelledby="books">
      <h2 id="books">{orgWord('books', language)}</h2>
      <p class="hint">{orgWord('booksHint', language)}</p>
      <BookLines books={books} language={language} />
    </section>
  );
}

/** Appointments with their dates and pledges, the latest first. */
export function Tenures({
  title,
  none,
  tenures,
  now,
  language,
}: {
  title: string;
  none: string;
  tenures: readonly ShownTenure[];
  now: string;
  language: Language;
}) {
  const t = (word: Parameters<typeof orgWord>[0]) => orgWord(word, language);
  return (
    <section class="card" aria-labelledby="tenures">
      <h2 id="tenures">{title}</h2>
      {tenures.length === 0 ? <p class="hint">{none}</p> : null}
      <ul class="list lines">
        {tenures.map(({ text, href, pledge, ...span }) => {
          const state = span.fromAt > now ? 'coming' : span.untilAt === null || span.untilAt > now ? 'now' : 'past';
          return (
            <li>
              <a href={href}>{text}</a> <span class={state === 'past' ? 'chip' : 'chip open'}>{t(state)}</span>
              <br />
              <span class="hint">{spanText(span, language)}</span>{' '}
              {pledge === null ? null : <span class="hint">{`· ${t('pledge')} ${pledge.signedOn}`}</span>}
              {pledge?.text ? (
                <details>
                  <summary>{t('pledgeWords')}</summary>
                  <p class="words">{pledge.text}</p>
                </details>
              ) : null}
              {pledge?.documentId ? <span class="hint">{`· ${t('pledgeDocument')} ${pledge.documentId}`}</span> : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
