import type { Language } from '../language.ts';
import type { CaseSummaryView } from '../schemas/case.ts';
import { aw } from './audit-words.ts';
import { dueDay, longDay, nearness } from './dates.ts';
import { importWord } from './import-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { guessed, say, stateWord } from './words.ts';
import { loadWord } from './workload-words.ts';

/** The front page: the cases in the visitor's care, next due first, overdue ones marked. */
export function CasesPage({
  language,
  visitor,
  cases,
  units,
  figures,
  oversees,
  audits,
  next,
  now,
}: {
  language: Language;
  visitor: Visitor;
  cases: readonly CaseSummaryView[];
  units: ReadonlyMap<string, string>;
  figures: { readonly inCare: number; readonly overdue: number; readonly soon: number };
  /** Whether he may look into the workload of posts. */
  oversees: boolean;
  /** Whether he has an auditor's login. */
  audits: boolean;
  next: string | null;
  now: string;
}) {
  return (
    <Layout title={say('today', language)} language={language} path="/" visitor={visitor}>
      <h1>{say('today', language)}</h1>
      <p class="lead">
        {longDay(now, language)}
        {language === 'zh' ? '，' : '. '}
        {say('todayLead', language)}
      </p>
      <dl class="figures">
        <div>
          <dt>{say('inCare', language)}</dt>
          <dd>{figures.inCare}</dd>
        </div>
        <div class={figures.overdue > 0 ? 'late' : ''}>
          <dt>{say('overdue', language)}</dt>
          <dd>{figures.overdue}</dd>
        </div>
        <div>
          <dt>{say('dueSoon', language)}</dt>
          <dd>{figures.soon}</dd>
        </div>
      </dl>
      {oversees ? (
        <p class="more">
          <a href="/workload">{loadWord('title', language)} →</a>
        </p>
      ) : null}
      {audits ? (
        <p class="more">
          <a href="/audit">{aw('title', language)} →</a>
        </p>
      ) : null}
      {cases.length === 0 ? (
        <p class="card empty">{say('noCases', language)}</p>
      ) : (
        <ul class="list cases">
          {cases.map((one) => (
            <CaseEntry one={one} unit={units.get(one.unit) ?? one.unit} language={language} now={now} />
          ))}
        </ul>
      )}
      {next === null ? null : (
        <p class="more">
          <a href={`/?cursor=${encodeURIComponent(next)}`}>{say('moreCases', language)} →</a>
        </p>
      )}
      <p class="more">
        <a href="/imports">{importWord('imports', language)}</a>
      </p>
    </Layout>
  );
}

function CaseEntry({
  one,
  unit,
  language,
  now,
}: {
  one: CaseSummaryView;
  unit: string;
  language: Language;
  now: string;
}) {
  const due = one.nextDue === null ? undefined : nearness(one.nextDue, now, language);
  return (
    <li class={due?.mark === 'late' ? 'late' : ''}>
      <a href={`/cases/${encodeURIComponent(one.id)}`}>
        <span class="name">
          {headName(one)} <span class={`chip ${one.status}`}>{stateWord(one.status, language)}</span>
        </span>
        <span class="detail">{[one.program.name, one.stageName, unit, one.caseNo].filter(Boolean).join(' · ')}</span>
        <span class="when">
          {due && one.nextDue ? (
            <>
              <span class={`chip ${due.mark}`}>{due.text}</span>
              <small>
                {dueDay(one.nextDue)}
                {guessed(one.nextDueProvisional, language)}
              </small>
            </>
          ) : (
            <span class="detail">{say('nothingDue', language)}</span>
          )}
        </span>
      </a>
    </li>
  );
}

/** Whom a case is about: its beneficiary, else its first party with a name, else its number. */
export function headName(one: Pick<CaseSummaryView, 'caseNo' | 'parties'>): string {
  const named = one.parties.filter(({ name }) => name !== null);
  return (named.find(({ role }) => role === 'beneficiary') ?? named[0])?.name ?? one.caseNo;
}
