import type { OwnCardRow } from '../../db/queries/post-cards.ts';
import type { Language } from '../language.ts';
import { cardPath } from '../post-cards.ts';
import { Layout, type Visitor } from './layout.tsx';
import { NotTaken } from './parts.tsx';
import { say } from './words.ts';

/** The form with which a holder publishes the card of his post. */
export function CardFormPage({
  language,
  visitor,
  post,
  name,
  holder,
  card,
  refused,
}: {
  language: Language;
  visitor: Visitor;
  post: string;
  name: string;
  /** Who holds the post now. */
  holder: string | undefined;
  card: OwnCardRow | undefined;
  refused?: string | undefined;
}) {
  const path = `/posts/${encodeURIComponent(post)}/card`;
  const outdated = card !== undefined && card.holder !== null && card.holder !== holder;
  const personal = card !== undefined && !outdated;
  return (
    <Layout title={say('card', language)} language={language} path={path} visitor={visitor}>
      <p class="back">
        <a href="/tasks">← {say('myTasks', language)}</a>
      </p>
      <h1>
        {say('card', language)} · {name}
      </h1>
      <p class="lead">{say('cardLead', language)}</p>
      <NotTaken why={refused} language={language} />
      <p>
        {card ? say('published', language) : say('notPublished', language)}{' '}
        {outdated ? say('outdatedCard', language) : null}{' '}
        {card ? <a href={cardPath(post)}>{say('openCard', language)}</a> : null}
      </p>
      <form method="post" action={path} class="card">
        <input type="hidden" name="token" value={visitor.csrfToken} />
        <p>
          <label class="check">
            <input type="checkbox" name="showName" value="yes" checked={personal && card.showsName} />{' '}
            {say('showName', language)}
          </label>
        </p>
        <label for="telephone">{say('telephone', language)}</label>
        <input
          id="telephone"
          name="telephone"
          type="tel"
          maxlength={36}
          value={personal ? (card.telephone ?? '') : ''}
        />
        <Lines name="services" lines={card?.services ?? []} rows={6} language={language} />
        <Lines name="languages" lines={card?.languages ?? []} rows={2} language={language} />
        <p>
          <button type="submit">{say('publish', language)}</button>
        </p>
      </form>
      {card ? (
        <form method="post" action={`${path}/withdraw`}>
          <input type="hidden" name="token" value={visitor.csrfToken} />
          <button class="plain" type="submit">
            {say('withdraw', language)}
          </button>
        </form>
      ) : null}
    </Layout>
  );
}

function Lines({
  name,
  lines,
  rows,
  language,
}: {
  name: 'services' | 'languages';
  lines: readonly string[];
  rows: number;
  language: Language;
}) {
  return (
    <p>
      <label for={name}>{say(name === 'services' ? 'services' : 'speaks', language)}</label>
      <textarea id={name} name={name} rows={rows} maxlength={2000} aria-describedby={`${name}-hint`}>
        {lines.join('\n')}
      </textarea>
      <small class="hint" id={`${name}-hint`}>
        {say(name === 'services' ? 'servicesHint' : 'languagesHint', language)}
      </small>
    </p>
  );
}
