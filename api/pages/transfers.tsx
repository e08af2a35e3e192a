import type { Language } from '../language.ts';
import type { TransferView } from '../schemas/transfers.ts';
import { dueText, localTime } from '../timeline-text.ts';
import { Layout, type Visitor } from './layout.tsx';
import { AnswerForms, type Choice, type FormFrame, RevokeForm } from './transfer-forms.tsx';
import { kindWord, requestMark, requestState, tell } from './transfer-words.ts';

/** A request with what its forms need: the roles to be filled there, and the posts of that unit. */
export interface ShownTransfer {
  readonly view: TransferView;
  readonly roles: readonly Choice[];
  readonly posts: readonly Choice[];
  readonly mayRevoke: boolean;
}

/** The requests between units, one side at a time. */
export function TransfersPage({
  language,
  visitor,
  direction,
  waiting,
  items,
  next,
}: {
  language: Language;
  visitor: Visitor;
  direction: 'in' | 'out';
  /** Only those that wait for an answer. */
  waiting: boolean;
  items: readonly ShownTransfer[];
  next: string | null;
}) {
  const here = (side: 'in' | 'out', only: boolean) => `/transfers?direction=${side}${only ? '&state=offered' : ''}`;
  const frame: FormFrame = { language, token: visitor.csrfToken, back: here(direction, waiting) };
  const tab = (side: 'in' | 'out') => (
    <a href={here(side, waiting)} aria-current={side === direction ? 'page' : undefined}>
      {tell(side === 'in' ? 'incoming' : 'outgoing', language)}
    </a>
  );
  const filter = (only: boolean) => (
    <a href={here(direction, only)} aria-current={only === waiting ? 'true' : undefined}>
      {tell(only ? 'waiting' : 'all', language)}
    </a>
  );
  return (
    <Layout title={tell('title', language)} language={language} path="/transfers" visitor={visitor}>
      <h1>{tell('title', language)}</h1>
      <p class="lead">{tell('lead', language)}</p>
      <nav class="tabs" aria-label={tell('title', language)}>
        {tab('in')}
        {tab('out')}
        <span class="apart">
          {filter(true)}
          {filter(false)}
        </span>
      </nav>
      {items.length === 0 ? <p class="card empty">{tell('none', language)}</p> : null}
      {items.map((item) => (
        <Request item={item} frame={frame} direction={direction} />
      ))}
      {next === null ? null : (
        <p class="more">
          <a href={`${here(direction, waiting)}&cursor=${encodeURIComponent(next)}`}>{tell('more', language)} →</a>
        </p>
      )}
    </Layout>
  );
}

function Request({
  item: { view, roles, posts, mayRevoke },
  frame,
  direction,
}: {
  item: ShownTransfer;
  frame: FormFrame;
  direction: 'in' | 'out';
}) {
  const { language } = frame;
  const heading = `request-${view.caseId}-${view.id}`.replaceAll(/[^\w-]/g, '-');
  return (
    <article class="card request" aria-labelledby={heading}>
      <h2 id={heading}>
        {`${kindWord(view.kind, language)} · ${view.caseNo}`}{' '}
        <span class={`chip ${requestMark(view.state)}`}>{requestState(view.state, language)}</span>{' '}
        {view.consent === 'overridden' ? <span class="chip late">{tell('overridden', language)}</span> : null}
      </h2>
      <RequestFacts view={view} language={language} />
      {view.deadlines.length === 0 ? null : (
        <details>
          <summary>{`${tell('deadlines', language)}（${view.deadlines.length}）`}</summary>
          <ul class="plain">
            {view.deadlines.map(({ name, dueAt, overdue }) => (
              <li>
                {`${name ?? tell('ownItem', language)} `}
                <span class={`chip ${overdue ? 'late' : ''}`}>{dueText(dueAt)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {view.mayAnswer && direction === 'in' ? (
        <AnswerForms frame={frame} view={view} roles={roles} posts={posts} />
      ) : null}
      {mayRevoke && direction === 'out' ? <RevokeForm frame={frame} view={view} /> : null}
    </article>
  );
}

/** What is known of a request, line by line. */
export function RequestFacts({ view, language }: { view: TransferView; language: Language }) {
  const facts: readonly (readonly [string, string | null])[] = [
    [tell('fromTo', language), `${view.fromName} → ${view.toName}`],
    [tell('program', language), view.program.name],
    [tell('stage', language), view.stageName],
    [tell('asked', language), view.text],
    [tell('reason', language), view.reason],
    [tell('consent', language), view.consent === null ? null : tell(view.consent, language)],
    [tell('ground', language), view.ground],
    [tell('matters', language), view.openMatters === null ? null : String(view.openMatters)],
    [tell('due', language), view.state === 'offered' ? dueText(view.dueAt) : null],
    [
      tell('answer', language),
      view.answeredAt === null ? null : [localTime(view.answeredAt), view.answer].filter(Boolean).join(' · '),
    ],
  ];
  return (
    <dl class="facts">
      {facts.map(([term, text]) =>
        text === null ? null : (
          <div>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
