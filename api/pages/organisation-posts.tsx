import type { PostAtWork, StandIn, Tenure } from '../../db/queries/unit-posts.ts';
import type { WorkloadRow } from '../../db/queries/workload.ts';
import type { Language } from '../language.ts';
import { cardPath } from '../post-cards.ts';
import { dueText, localTime } from '../timeline-text.ts';
import { formWord } from './organisation-form-words.ts';
import { postPath } from './organisation-post-forms.tsx';
import { nameOf, orgTerm, orgWord } from './organisation-words.ts';

/** From when until when, as far as that is known: `自 2026-03-01`, `since 2026-03-01 until 2026-12-31`. */
export function spanText({ fromAt, untilAt }: Pick<Tenure, 'fromAt' | 'untilAt'>, language: Language): string {
  const since = `${orgWord('since', language)} ${localTime(fromAt).slice(0, 10)}`;
  return untilAt === null ? since : `${since} ${orgWord('until', language)} ${dueText(untilAt)}`;
}

/** Who stands in, with dates. */
export function deputyText({ name, ...span }: StandIn, language: Language): string {
  return `${name}${language === 'zh' ? '（' : ' ('}${spanText(span, language)}${language === 'zh' ? '）' : ')'}`;
}

/** The posts of a unit, its head's first. `load`: what each has in hand, for those who may see that. */
export function PostList({
  posts,
  head,
  load,
  mayChange,
  language,
}: {
  posts: readonly PostAtWork[];
  head: string | null;
  load: ReadonlyMap<string, WorkloadRow>;
  mayChange: boolean;
  language: Language;
}) {
  if (posts.length === 0) return <p class="card hint">{orgWord('noPosts', language)}</p>;
  return (
    <ul class="list org-posts">
      {posts.map((post) => (
        <li class="card">
          <PostCard post={post} heads={post.id === head} load={load.get(post.id)} {...{ mayChange, language }} />
        </li>
      ))}
    </ul>
  );
}

function PostCard({
  post,
  heads,
  load,
  mayChange,
  language,
}: {
  post: PostAtWork;
  heads: boolean;
  load: WorkloadRow | undefined;
  mayChange: boolean;
  language: Language;
}) {
  return (
    <>
      <h3>
        <a href={postPath(post.id)}>{nameOf(post, language)}</a>{' '}
        {heads ? <span class="chip open">{orgWord('head', language)}</span> : null}
      </h3>
      <p class="holder">
        <Holder post={post} language={language} />
      </p>
      {post.next ? (
        <p class="hint">{`${orgTerm('next', language)}${post.next.name} · ${spanText(post.next, language)}`}</p>
      ) : null}
      {post.deputies.map((deputy) => (
        <p class="hint">{`${orgTerm('deputy', language)}${deputyText(deputy, language)}`}</p>
      ))}
      {load ? <Load load={load} language={language} /> : null}
      {post.hasCard ? (
        <p>
          <a href={cardPath(post.id)}>{orgWord('card', language)}</a>
        </p>
      ) : null}
      {mayChange && !post.holder && !post.next ? (
        <p>
          <a class="button" href={`${postPath(post.id)}/appoint`}>
            {formWord('appoint', language)}
          </a>
        </p>
      ) : null}
    </>
  );
}

/** Who holds a post since when, and when the pledge for it was signed; or that nobody does. */
export function Holder({ post: { holder }, language }: { post: PostAtWork; language: Language }) {
  if (!holder) return <span class="chip soon">{orgWord('vacant', language)}</span>;
  return (
    <>
      {orgTerm('holder', language)}
      <strong>{holder.name}</strong> <span class="hint">{spanText(holder, language)}</span>{' '}
      {holder.pledgeOn === null ? null : (
        <span class="chip done">{`${orgWord('pledge', language)} ${holder.pledgeOn}`}</span>
      )}
    </>
  );
}

/** What a post has in hand. */
export function Load({ load, language }: { load: WorkloadRow; language: Language }) {
  return (
    <p class="load">
      <span>{`${orgWord('cases', language)} ${load.cases}`}</span>
      <span>{`${orgWord('open', language)} ${load.open}`}</span>
      {load.overdue > 0 ? <span class="chip late">{`${orgWord('overdue', language)} ${load.overdue}`}</span> : null}
    </p>
  );
}
