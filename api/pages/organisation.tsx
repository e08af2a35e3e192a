import type { PostRow } from '../../db/queries/organisation.ts';
import type { UnitMoveRow } from '../../db/queries/unit-moves.ts';
import type { TreeUnit, UnitTree } from '../../db/queries/unit-tree.ts';
import type { Moving } from '../../door/unit-changes.ts';
import { OFFICE_HOURS } from '../../engine/time/rungs.ts';
import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { Layout, type Visitor } from './layout.tsx';
import { ChangeForm, type Choice, type OrgFrame, PostForms, UnitForms } from './organisation-forms.tsx';
import { levelWord, orgWord } from './organisation-words.ts';
import { Fact } from './parts.tsx';

const unitPath = (id: string): string => `/organisation?unit=${encodeURIComponent(id)}`;
const nameOf = ({ nameZh, nameEn }: Pick<TreeUnit, 'nameZh' | 'nameEn'>, language: Language): string =>
  pick([nameZh, nameEn], language);

const term = (word: 'holder' | 'deputy', language: Language): string =>
  `${orgWord(word, language)}${language === 'zh' ? '：' : ': '}`;

/** What the page of a unit shows. `others`: units it and its posts can go to; empty where the visitor may change nothing. */
export interface ShownUnit {
  readonly tree: UnitTree;
  readonly posts: readonly PostRow[];
  readonly moves: readonly UnitMoveRow[];
  readonly mayChange: boolean;
  readonly others: readonly Choice[];
}

/** A unit: where it lies, its posts with who holds them and who stands in, and the units below. */
export function OrganisationPage({
  language,
  visitor,
  shown: { tree, posts, moves, mayChange, others },
}: {
  language: Language;
  visitor: Visitor;
  shown: ShownUnit;
}) {
  const { unit, up, below } = tree;
  const frame: OrgFrame = { language, token: visitor.csrfToken };
  const hours =
    unit.hoursFrom === null || unit.hoursTo === null ? OFFICE_HOURS : { from: unit.hoursFrom, to: unit.hoursTo };
  const closed = unit.closedAt !== null;
  return (
    <Layout title={nameOf(unit, language)} language={language} path={unitPath(unit.id)} visitor={visitor}>
      {up.length === 0 ? null : (
        <nav class="back" aria-label={orgWord('title', language)}>
          {up.map((each) => (
            <>
              <a href={unitPath(each.id)}>{nameOf(each, language)}</a> /{' '}
            </>
          ))}
        </nav>
      )}
      <h1>
        {nameOf(unit, language)} {closed ? <span class="chip">{orgWord('closed', language)}</span> : null}
      </h1>
      <p class="lead">{orgWord('lead', language)}</p>
      <dl class="facts">
        <Fact term={orgWord('level', language)} text={levelWord(unit.level, language)} />
        <Fact term={orgWord('hours', language)} text={`${hours.from}–${hours.to}`} />
        {closed ? (
          <Fact
            term={orgWord('closedInto', language)}
            text={`${nameOf(up.at(-1) ?? unit, language)} · ${localTime(unit.closedAt ?? '')}`}
          />
        ) : null}
      </dl>
      {moves.map((move) => (
        <Progress move={move} language={language} />
      ))}
      <div class="columns">
        <section aria-labelledby="posts">
          <h2 id="posts">{orgWord('posts', language)}</h2>
          <div class="card">
            {posts.length === 0 ? <p class="hint">{orgWord('noPosts', language)}</p> : null}
            <ul class="list posts">
              {posts.map((post) => (
                <PostLine
                  post={post}
                  head={unit.headPost === post.id}
                  language={language}
                  forms={mayChange && !closed ? <PostForms frame={frame} post={post} others={others} /> : null}
                />
              ))}
            </ul>
          </div>
        </section>
        <section aria-labelledby="below">
          <h2 id="below">{orgWord('below', language)}</h2>
          <div class="card">
            <Below units={below} of={unit.id} language={language} />
          </div>
          {mayChange && !closed ? <UnitForms frame={frame} unit={unit} others={others} /> : null}
        </section>
      </div>
    </Layout>
  );
}

function PostLine({
  post,
  head,
  language,
  forms,
}: {
  post: PostRow;
  head: boolean;
  language: Language;
  forms: ReturnType<typeof PostForms> | null;
}) {
  return (
    <li>
      <strong>{nameOf(post, language)}</strong>{' '}
      {head ? <span class="chip open">{orgWord('head', language)}</span> : null}
      <br />
      {post.holder === null ? (
        <span class="chip soon">{orgWord('vacant', language)}</span>
      ) : (
        <span>
          {term('holder', language)}
          {post.holderName}
        </span>
      )}
      {post.deputy === null ? null : (
        <span class="hint">
          {' '}
          · {term('deputy', language)}
          {post.deputyName}
        </span>
      )}
      {forms}
    </li>
  );
}

/** The tree below a unit; what went into it and is closed comes last, with a word. */
function Below({ units, of, language }: { units: readonly TreeUnit[]; of: string; language: Language }) {
  const own = units.filter((each) => each.above === of);
  if (own.length === 0) return <p class="hint">{orgWord('noBelow', language)}</p>;
  const sorted = own.toSorted((a, b) => Number(a.closedAt !== null) - Number(b.closedAt !== null));
  return (
    <ul class="tree">
      {sorted.map((each) => (
        <li>
          <a href={unitPath(each.id)}>{nameOf(each, language)}</a>{' '}
          <span class="hint">
            {each.closedAt === null
              ? `${levelWord(each.level, language)} · ${orgWord('posts', language)} ${each.posts}`
              : orgWord('gone', language)}
          </span>
          {units.some((other) => other.above === each.id) ? (
            <Below units={units} of={each.id} language={language} />
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Progress({ move, language }: { move: UnitMoveRow; language: Language }) {
  const waiting = move.waiting > 0 ? ` · ${orgWord('waiting', language)} ${move.waiting}` : '';
  return (
    <p class="card">
      {orgWord('moving', language)}{' '}
      <progress value={move.moved} max={Math.max(move.cases, 1)} aria-label={orgWord('moving', language)} />{' '}
      {`${orgWord('moved', language)} ${move.moved} / ${move.cases}${waiting}`}
      {move.doneAt === null ? null : <span class="chip done"> {orgWord('finished', language)}</span>}
    </p>
  );
}

/** What a merge would move, and the form that makes it. */
export function MergePage({
  language,
  visitor,
  unit,
  into,
  moving,
}: {
  language: Language;
  visitor: Visitor;
  unit: TreeUnit;
  into: TreeUnit;
  moving: Moving;
}) {
  const counts = (['cases', 'deadlines', 'books', 'posts', 'units', 'logins', 'loginsEnding'] as const).map(
    (each) => [orgWord(each, language), moving[each] ?? 0] as const,
  );
  return (
    <Layout title={orgWord('merge', language)} language={language} path={unitPath(unit.id)} visitor={visitor}>
      <section class="card entry">
        <h1>{orgWord('merge', language)}</h1>
        <p class="lead">
          {nameOf(unit, language)} → {nameOf(into, language)}
        </p>
        <h2>{orgWord('willMove', language)}</h2>
        <dl class="facts">
          {counts.map(([term, n]) => (
            <Fact term={term} text={String(n)} />
          ))}
        </dl>
        <p class="hint">{orgWord('mergeHint', language)}</p>
        <ChangeForm
          frame={{ language, token: visitor.csrfToken }}
          to={`units/${encodeURIComponent(unit.id)}/merge`}
          button="confirm"
          hidden={{ into: into.id, confirm: 'yes' }}
        />
        <p>
          <a href={unitPath(unit.id)}>← {orgWord('back', language)}</a>
        </p>
      </section>
    </Layout>
  );
}

/** Why a change was not made, and the ways out. */
export function RefusedPage({
  language,
  visitor,
  back,
  detail,
  waysOut = [],
}: {
  language: Language;
  visitor: Visitor;
  back: string;
  detail: string;
  waysOut?: readonly Text[];
}) {
  return (
    <Layout title={orgWord('refused', language)} language={language} path={back} visitor={visitor}>
      <section class="card entry">
        <h1>{orgWord('refused', language)}</h1>
        <p class="error">{detail}</p>
        <ul>
          {waysOut.map((way) => (
            <li>{pick(way, language)}</li>
          ))}
        </ul>
        <p>
          <a href={back}>← {orgWord('back', language)}</a>
        </p>
      </section>
    </Layout>
  );
}
