import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import type { CaseView } from '../schemas/case.ts';
import type { PlanView, TimelineView } from '../schemas/views.ts';
import { localTime, paperDay } from '../timeline-text.ts';
import type { FieldView } from '../views/field-view.ts';
import { accessWord } from './access-words.ts';
import { aw } from './audit-words.ts';
import { booksWord } from './books-words.ts';
import { fieldPath } from './case-field.tsx';
import { headName } from './cases.tsx';
import { dueDay, nearness } from './dates.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Fact } from './parts.tsx';
import { retentionWord } from './retention-words.ts';
import { voiceWord } from './voice-words.ts';
import { guessed, say, stateWord } from './words.ts';

/** One case: how far its plan has come, what is to be done by whom, and what has happened. */
export function CasePage({
  language,
  visitor,
  view,
  unit,
  roles,
  plan,
  timeline,
  earlier,
  units,
  fields,
  findings,
  readers,
  now,
}: {
  language: Language;
  visitor: Visitor;
  view: CaseView;
  unit: string;
  roles: (key: string) => string;
  plan: PlanView;
  timeline: readonly TimelineView[];
  /** The seq before which there is more to read; null at the beginning of the record. */
  earlier: number | null;
  /** What is between units and levels, with its forms: first where something waits. */
  units?: { readonly waits: boolean; readonly content: Child };
  /** What is filled in of the program's form. */
  fields: readonly FieldView[];
  /** Whether there is a page of findings for him. */
  findings: boolean;
  /** Whether he is told who has read it. */
  readers: boolean;
  now: string;
}) {
  const due = view.nextDue === null ? undefined : nearness(view.nextDue, now, language);
  const before = plan.items.filter(({ group }) => group === 'before');
  const recurring = plan.items.filter(({ group }) => group !== 'before');
  return (
    <Layout title={headName(view)} language={language} path={`/cases/${encodeURIComponent(view.id)}`} visitor={visitor}>
      <p class="back">
        <a href="/">← {say('allCases', language)}</a>
      </p>
      <h1>
        {headName(view)} <span class={`chip ${view.status}`}>{stateWord(view.status, language)}</span>
      </h1>
      <p class="lead">{view.program.name}</p>
      <dl class="facts">
        <Fact term={say('caseNo', language)} text={view.caseNo} />
        <Fact term={say('unit', language)} text={unit} />
        <Fact term={say('openedOn', language)} text={localTime(view.openedAt).slice(0, 10)} />
        {due && view.nextDue ? (
          <div>
            <dt>{say('nextDue', language)}</dt>
            <dd>
              {dueDay(view.nextDue)}
              {guessed(view.nextDueProvisional, language)} <span class={`chip ${due.mark}`}>{due.text}</span>
            </dd>
          </div>
        ) : null}
        <Fact
          term={say('people', language)}
          text={view.parties
            .map(({ role, name }) => (name ? `${roles(role)} ${name}` : roles(role)))
            .join(language === 'zh' ? '、' : ', ')}
        />
      </dl>
      <p class="voice-link">
        <a href={`/cases/${encodeURIComponent(view.id)}/voice`}>{voiceWord('link', language)}</a> ·{' '}
        <a href={`/cases/${encodeURIComponent(view.id)}/books`}>{booksWord('link', language)}</a>
        {readers ? ' · ' : null}
        {readers ? <a href={`/cases/${encodeURIComponent(view.id)}/accesses`}>{accessWord('link', language)}</a> : null}
        {' · '}
        <a href={`/cases/${encodeURIComponent(view.id)}/retention`}>{retentionWord('link', language)}</a>
        {findings ? ' · ' : null}
        {findings ? (
          <a href={`/cases/${encodeURIComponent(view.id)}/findings`}>{aw('findingsTitle', language)}</a>
        ) : null}
      </p>
      <Fields {...{ fields, language }} caseId={view.id} />
      <Progress plan={plan} language={language} />
      {units?.waits ? units.content : null}
      <div class="columns">
        <section aria-labelledby="plan">
          <h2 id="plan">{say('plan', language)}</h2>
          <Group
            items={before}
            name="before"
            open={before.some(({ state }) => state !== 'done')}
            language={language}
            now={now}
          />
          {plan.stages.map((stage) => (
            <Stage stage={stage} language={language} now={now} />
          ))}
          <Group items={recurring} name="recurring" open language={language} now={now} />
        </section>
        <section aria-labelledby="timeline">
          <h2 id="timeline">{say('timeline', language)}</h2>
          <div class="card">
            <ol class="list timeline" reversed>
              {timeline.map((entry) => (
                <TimelineLine entry={entry} language={language} />
              ))}
            </ol>
            <p class="more">
              {earlier === null ? null : (
                <>
                  <a href={`/cases/${encodeURIComponent(view.id)}?before=${earlier}#timeline`}>
                    {say('earlier', language)} →
                  </a>{' '}
                  ·{' '}
                </>
              )}
              <a href={`/api/v1/cases/${encodeURIComponent(view.id)}/timeline?format=csv&lang=${language}`}>
                {say('wholeTimeline', language)}
              </a>
            </p>
          </div>
        </section>
      </div>
      {units?.waits ? null : units?.content}
    </Layout>
  );
}

/** What is filled in of the case's form; a sensitive field is masked, and seen on a page of its own. */
function Fields({ fields, caseId, language }: { fields: readonly FieldView[]; caseId: string; language: Language }) {
  if (fields.length === 0) return null;
  return (
    <details class="card stage">
      <summary>
        <h2>{say('data', language)}</h2>
      </summary>
      <dl class="facts">
        {fields.map(({ key, name, text, sensitive }) => (
          <div>
            <dt>{name}</dt>
            <dd>
              {text}
              {sensitive ? ' ' : null}
              {sensitive ? (
                <a href={fieldPath(caseId, key)} aria-label={`${say('seeField', language)}${name}`}>
                  {say('seeField', language)}
                </a>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Progress({ plan, language }: { plan: PlanView; language: Language }) {
  if (plan.stages.length < 2) return null;
  return (
    <ol class="steps" aria-label={say('plan', language)}>
      {plan.stages.map(({ name, state }) => (
        <li class={state} aria-current={state === 'current' ? 'step' : undefined}>
          {name}
          <br />
          <small>{stateWord(state, language)}</small>
        </li>
      ))}
    </ol>
  );
}

function Group({
  items,
  name,
  open,
  language,
  now,
}: {
  items: PlanView['items'];
  name: 'before' | 'recurring';
  open: boolean;
  language: Language;
  now: string;
}) {
  if (items.length === 0) return null;
  return (
    <details class="card stage" open={open}>
      <summary>
        <h3>{say(name, language)}</h3>
      </summary>
      <Items items={items} language={language} now={now} />
    </details>
  );
}

function Stage({ stage, language, now }: { stage: PlanView['stages'][number]; language: Language; now: string }) {
  const due = stage.dueAt === null ? undefined : nearness(stage.dueAt, now, language);
  return (
    <details class="card stage" open={stage.state === 'current'}>
      <summary>
        <h3>{stage.name}</h3>{' '}
        <span class={`chip ${stage.state === 'current' ? 'must' : stage.state}`}>
          {stateWord(stage.state, language)}
        </span>{' '}
        {due && stage.dueAt && stage.state === 'current' ? (
          <span
            class={`chip ${due.mark}`}
          >{`${dueDay(stage.dueAt)}${guessed(stage.provisional, language)} · ${due.text}`}</span>
        ) : null}
      </summary>
      {stage.target ? (
        <p class="target">
          {`${say('target', language)}${language === 'zh' ? '：' : ': '}${stage.target}`}
          {stage.who ? ` · ${stage.who}` : ''}
        </p>
      ) : null}
      <Items items={stage.items} language={language} now={now} />
    </details>
  );
}

function Items({ items, language, now }: { items: PlanView['items']; language: Language; now: string }) {
  if (items.length === 0) return <p class="hint">{say('noItems', language)}</p>;
  return (
    <ul class="list items">
      {items.map((item) => {
        const due = item.dueAt === null ? undefined : nearness(item.dueAt, now, language);
        return (
          <li>
            <span>{item.name}</span>
            <span>
              {due && item.state !== 'done' && item.state !== 'skipped' ? (
                <span class={`chip ${due.mark}`}>{`${due.text}${guessed(item.provisional, language)}`}</span>
              ) : null}{' '}
              <span class={`chip ${item.state}`}>{stateWord(item.state, language)}</span>
            </span>
            <span class="reason">{[item.who, item.reason].filter(Boolean).join(' · ')}</span>
          </li>
        );
      })}
    </ul>
  );
}

const LATE = new Set([
  'duty.missed',
  'duty.lapsed',
  'accountability.opened',
  'discrepancy.found',
  'book.frozen',
  'complaint.made',
  'emergency.reported',
]);

function TimelineLine({ entry, language }: { entry: TimelineView; language: Language }) {
  const kind = LATE.has(entry.type) ? 'late' : entry.actor.kind === 'system' ? 'system' : '';
  const onPaper = entry.paperDate !== null && language === 'zh' ? paperDay(entry.paperDate) : entry.paperDate;
  const happened = onPaper ?? localTime(entry.occurredAt);
  const recorded = localTime(entry.recordedAt);
  return (
    <li class={kind}>
      <p>{entry.text}</p>
      <small>
        {entry.imported ? <span class="chip">{say('fromPaper', language)}</span> : null}{' '}
        <time datetime={entry.paperDate ?? entry.occurredAt}>{happened}</time>
        {entry.actor.name ? ` · ${entry.actor.name}` : ''}
        {happened === recorded ? '' : ` · ${say('recorded', language)} ${recorded}`}
      </small>
    </li>
  );
}
