import type { Language } from '../language.ts';
import type { WorkloadView } from '../schemas/workload.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Fact } from './parts.tsx';
import { loadWord } from './workload-words.ts';

/** A unit one may choose. */
export interface UnitChoice {
  readonly id: string;
  readonly name: string;
}

/** The work of the posts of a unit, for those who oversee it. */
export function WorkloadPage({
  language,
  visitor,
  units,
  unit,
  below,
  posts,
  next,
}: {
  language: Language;
  visitor: Visitor;
  units: readonly UnitChoice[];
  unit: string;
  below: boolean;
  posts: readonly WorkloadView[];
  next: string | null;
}) {
  const sorted = [...posts].sort((a, b) => b.overdue - a.overdue || b.open - a.open);
  const most = Math.max(1, ...posts.map(({ open }) => open));
  const nameOf = (id: string) => units.find((each) => each.id === id)?.name ?? id;
  return (
    <Layout title={loadWord('title', language)} language={language} path="/workload" visitor={visitor}>
      <h1>{loadWord('title', language)}</h1>
      <p class="lead">{loadWord('lead', language)}</p>
      <form method="get" action="/workload" class="card">
        <label>
          {loadWord('unit', language)}
          <select name="unit">
            {units.map(({ id, name }) => (
              <option value={id} selected={id === unit}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          {loadWord('below', language)}
          <select name="below">
            <option value="" selected={!below}>
              {language === 'zh' ? '否' : 'no'}
            </option>
            <option value="true" selected={below}>
              {language === 'zh' ? '是' : 'yes'}
            </option>
          </select>
        </label>
        <p>
          <button type="submit">{loadWord('show', language)}</button>
        </p>
      </form>
      {sorted.length === 0 ? <p class="card empty">{loadWord('none', language)}</p> : null}
      {sorted.map((post) => (
        <Post post={post} most={most} unit={nameOf(post.unit)} language={language} />
      ))}
      {next === null ? null : (
        <p class="more">
          <a
            href={`/workload?unit=${encodeURIComponent(unit)}${below ? '&below=true' : ''}&cursor=${encodeURIComponent(next)}`}
          >
            {loadWord('more', language)} →
          </a>
        </p>
      )}
    </Layout>
  );
}

function Post({ post, most, unit, language }: { post: WorkloadView; most: number; unit: string; language: Language }) {
  const colon = language === 'zh' ? '：' : ': ';
  const people = [
    post.holderName ?? loadWord('vacant', language),
    post.deputyName === null ? undefined : `${loadWord('deputy', language)}${colon}${post.deputyName}`,
    unit,
  ];
  const share = `${Math.round((post.share ?? 0) * 100)}%`;
  const even =
    language === 'zh'
      ? `${post.timesAverage} 倍 · ${loadWord('share', language)} ${share}`
      : `${post.timesAverage} times · ${share} ${loadWord('share', language)}`;
  return (
    <section class="card" aria-labelledby={`post-${post.post}`}>
      <h2 id={`post-${post.post}`}>
        {post.name} {post.holder === null ? <span class="chip late">{loadWord('vacant', language)}</span> : null}{' '}
        {post.overdue > 0 ? <span class="chip late">{`${loadWord('overdue', language)} ${post.overdue}`}</span> : null}
      </h2>
      <p class="hint">{people.filter(Boolean).join(' · ')}</p>
      <p>
        <meter min={0} max={most} value={post.open} aria-label={`${loadWord('open', language)}${colon}${post.open}`}>
          {post.open}
        </meter>
      </p>
      <dl class="facts">
        <Fact term={loadWord('open', language)} text={String(post.open)} />
        <Fact term={loadWord('overdue', language)} text={String(post.overdue)} />
        <Fact term={loadWord('dueInWeek', language)} text={String(post.dueInWeek)} />
        <Fact term={loadWord('cases', language)} text={String(post.cases)} />
        <Fact
          term={loadWord('age', language)}
          text={post.averageAgeDays === null ? '—' : String(post.averageAgeDays)}
        />
        <Fact term={loadWord('escalations', language)} text={String(post.escalations)} />
        <Fact term={loadWord('balance', language)} text={post.timesAverage === null ? '—' : even} />
      </dl>
    </section>
  );
}
