import type { Child } from 'hono/jsx';
import type { UnitMoveRow } from '../../db/queries/unit-moves.ts';
import type { PostAtWork } from '../../db/queries/unit-posts.ts';
import type { UnitTree } from '../../db/queries/unit-tree.ts';
import type { WorkloadRow } from '../../db/queries/workload.ts';
import { OFFICE_HOURS } from '../../engine/time/rungs.ts';
import type { Language } from '../language.ts';
import type { OrgHistoryPage } from '../org-history.ts';
import { localTime } from '../timeline-text.ts';
import { Layout, type Visitor } from './layout.tsx';
import { ORG_SHEET } from './organisation-form-page.tsx';
import { type FormWord, formWord } from './organisation-form-words.ts';
import { History } from './organisation-history.tsx';
import { PostList } from './organisation-posts.tsx';
import { Breadcrumb, Progress, TreeNav } from './organisation-tree.tsx';
import { unitPath } from './organisation-unit-forms.tsx';
import { levelWord, nameOf, orgWord } from './organisation-words.ts';
import { Fact } from './parts.tsx';

/** A link to a form: its path and what it is called. */
export type Offer = readonly [path: string, title: FormWord];

/** What the page of a unit shows; `history` and `load` for those who oversee it, `offers` for those who may change it. */
export interface ShownUnit {
  readonly tree: UnitTree;
  readonly posts: readonly PostAtWork[];
  readonly moves: readonly UnitMoveRow[];
  readonly load: ReadonlyMap<string, WorkloadRow>;
  readonly openCases: number | undefined;
  readonly history: OrgHistoryPage | undefined;
  readonly offers: readonly Offer[];
  readonly done: FormWord | undefined;
}

/** That something was done, after a form. */
export function Done({ what, language }: { what: FormWord | undefined; language: Language }) {
  return what === undefined ? null : (
    <p class="done-note" role="status">
      {formWord('done', language)}
      {formWord(what, language)}
    </p>
  );
}

/** Links to forms, under a heading. */
export function Offers({
  title,
  offers,
  language,
  children,
}: {
  title: string;
  offers: readonly Offer[];
  language: Language;
  children?: Child;
}) {
  return offers.length === 0 && !children ? null : (
    <section class="card" aria-labelledby="manage">
      <h2 id="manage">{title}</h2>
      <ul class="list offers">
        {offers.map(([path, word]) => (
          <li>
            <a href={path}>{formWord(word, language)}</a>
          </li>
        ))}
        {children}
      </ul>
    </section>
  );
}

/** A unit: where it lies, its posts with who holds them and what they have in hand, what has changed, and what may be done. */
export function OrganisationPage({
  language,
  visitor,
  shown,
}: {
  language: Language;
  visitor: Visitor;
  shown: ShownUnit;
}) {
  const { tree, posts, moves, load, history, offers } = shown;
  const { unit, up } = tree;
  const t = (word: Parameters<typeof orgWord>[0]) => orgWord(word, language);
  const head = posts.find(({ id }) => id === unit.headPost);
  const opens = unit.hoursFrom ?? OFFICE_HOURS.from;
  const closes = unit.hoursTo ?? OFFICE_HOURS.to;
  const closed = unit.closedAt !== null;
  return (
    <Layout title={nameOf(unit, language)} path={unitPath(unit.id)} sheet={ORG_SHEET} {...{ language, visitor }}>
      <Breadcrumb up={up} language={language} />
      <h1>
        {nameOf(unit, language)} <span class="chip">{levelWord(unit.level, language)}</span>{' '}
        {closed ? <span class="chip late">{t('closed')}</span> : null}
      </h1>
      <p class="lead">{t('lead')}</p>
      <Done what={shown.done} language={language} />
      <p class="to-tree">
        <a href="#tree">{t('toTree')} ↓</a>
      </p>
      <dl class="facts">
        {closed ? (
          <Fact
            term={t('closedInto')}
            text={`${nameOf(up.at(-1) ?? unit, language)} · ${localTime(unit.closedAt ?? '')}`}
          />
        ) : (
          <>
            <Fact
              term={t('headOf')}
              text={head ? `${head.holder?.name ?? t('vacant')} · ${nameOf(head, language)}` : t('noHead')}
            />
            <Fact
              term={t('posts')}
              text={unit.vacant === 0 ? String(unit.posts) : `${unit.posts} · ${t('vacant')} ${unit.vacant}`}
            />
            {shown.openCases === undefined ? null : <Fact term={t('cases')} text={String(shown.openCases)} />}
            <Fact term={t('hours')} text={`${opens}–${closes}`} />
          </>
        )}
      </dl>
      {moves.map((move) => (
        <Progress move={move} language={language} />
      ))}
      <div class="columns org">
        <div>
          <h2 id="posts">{t('posts')}</h2>
          <PostList {...{ posts, load, language }} head={unit.headPost} mayChange={offers.length > 0} />
        </div>
        <aside>
          <TreeNav tree={tree} language={language} />
          <Offers title={t('manage')} offers={offers} language={language} />
          <ul class="list offers card">
            <li>
              <a href="/organisation/people">{t('people')}</a>
            </li>
            {history ? (
              <li>
                <a href={`/workload?unit=${encodeURIComponent(unit.id)}`}>{t('workload')}</a>
              </li>
            ) : null}
            {offers.length > 0 ? (
              <li>
                <a href="/imports">{t('lists')}</a>
              </li>
            ) : null}
          </ul>
        </aside>
        {history ? (
          <History history={history} more={(before) => `${unitPath(unit.id)}&before=${before}`} language={language} />
        ) : null}
      </div>
    </Layout>
  );
}
