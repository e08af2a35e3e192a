import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import type { AccessView } from '../schemas/access.ts';
import { localTime } from '../timeline-text.ts';
import { accessWord, kindWord } from './access-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Trouble } from './parts.tsx';

/** A read with the names it is shown with. */
export interface ShownAccess extends AccessView {
  readonly name: string;
  readonly office: string;
}

/** Who has read a case, for those who may know. */
export function AccessesPage({
  language,
  visitor,
  caseId,
  caseNo,
  accesses,
  next,
  refused,
  forms,
}: {
  language: Language;
  visitor: Visitor;
  caseId: string;
  caseNo: string;
  accesses: readonly ShownAccess[];
  next: string | null;
  /** Why nothing is told, in the words of the refusal. */
  refused?: string | undefined;
  /** What its reader can decide here. */
  forms?: Child;
}) {
  const path = `/cases/${encodeURIComponent(caseId)}`;
  const title = accessWord('title', language);
  return (
    <Layout title={title} language={language} path={`${path}/accesses`} visitor={visitor}>
      <p class="back">
        <a href={path}>← {accessWord('back', language)}</a>
      </p>
      <h1>{title}</h1>
      <p class="lead">
        {caseNo} · {accessWord('lead', language)}
      </p>
      {forms}
      {refused === undefined ? null : <Trouble detail={refused} more={[]} />}
      {accesses.length === 0 && refused === undefined ? <p class="card empty">{accessWord('none', language)}</p> : null}
      {accesses.length === 0 ? null : (
        <div class="card">
          <ol class="list timeline" reversed>
            {accesses.map((each) => (
              <Line access={each} language={language} />
            ))}
          </ol>
          {next === null ? null : (
            <p class="more">
              <a href={`${path}/accesses?cursor=${encodeURIComponent(next)}`}>{accessWord('more', language)} →</a>
            </p>
          )}
        </div>
      )}
    </Layout>
  );
}

function Line({ access, language }: { access: ShownAccess; language: Language }) {
  const { at, name, office, kind, purposeText, outcome, breakGlass } = access;
  return (
    <li>
      <time datetime={at}>{localTime(at)}</time>{' '}
      <span>
        {name}
        {office ? ` · ${office}` : ''}
      </span>{' '}
      <span>
        {kindWord(kind, language)} · {purposeText}
      </span>{' '}
      {outcome === 'denied' ? <span class="chip overdue">{accessWord('denied', language)}</span> : null}
      {breakGlass === null ? null : <span class="chip overdue">{accessWord('emergency', language)}</span>}
    </li>
  );
}
