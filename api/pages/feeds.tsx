import type { FeedRow } from '../../db/queries/calendar-feeds.ts';
import type { Language } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { Layout, type Visitor } from './layout.tsx';
import { NotTaken } from './parts.tsx';
import { say } from './words.ts';

/** The reader's calendar feeds. `made`: the address of one just made or changed, shown this once. */
export function FeedsPage({
  language,
  visitor,
  feeds,
  made,
  refused,
}: {
  language: Language;
  visitor: Visitor;
  feeds: readonly FeedRow[];
  made?: string | undefined;
  refused?: string | undefined;
}) {
  return (
    <Layout title={say('feeds', language)} language={language} path="/feeds" visitor={visitor}>
      <p class="back">
        <a href="/tasks">← {say('myTasks', language)}</a>
      </p>
      <h1>{say('feeds', language)}</h1>
      <p class="lead">{say('feedsLead', language)}</p>
      <NotTaken why={refused} language={language} />
      {made ? (
        <section class="card" aria-labelledby="address" role="status">
          <h2 id="address">{say('feedUrl', language)}</h2>
          <p>
            <code>{made}</code>
          </p>
        </section>
      ) : null}
      {feeds.length === 0 ? <p class="card empty">{say('noFeeds', language)}</p> : null}
      <ul class="list messages">
        {feeds.map((feed) => (
          <li class="card">
            <p>
              {say('feedMade', language)} {localTime(feed.createdAt)} ·{' '}
              {feed.lastUsedAt === null
                ? say('feedNever', language)
                : `${say('feedUsed', language)} ${localTime(feed.lastUsedAt)}`}
            </p>
            <div class="buttons">
              {(['rotate', 'revoke'] as const).map((what) => (
                <form method="post" action={`/feeds/${encodeURIComponent(feed.id)}/${what}`}>
                  <input type="hidden" name="token" value={visitor.csrfToken} />
                  <button class="plain" type="submit">
                    {say(what === 'rotate' ? 'feedRenew' : 'feedRevoke', language)}
                  </button>
                </form>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <form method="post" action="/feeds" class="card">
        <h2>{say('newFeed', language)}</h2>
        <input type="hidden" name="token" value={visitor.csrfToken} />
        <label for="months">{say('feedMonths', language)}</label>
        <input id="months" name="months" type="number" min="1" max="12" value="3" required />
        <p>
          <button type="submit">{say('newFeed', language)}</button>
        </p>
      </form>
    </Layout>
  );
}
