import type { Child } from 'hono/jsx';
import { type Language, pick } from '../language.ts';
import type { FindingShown } from '../schemas/audit-samples.ts';
import { dueText, localTime } from '../timeline-text.ts';
import { aw, findingStates } from './audit-words.ts';
import { Layout, type Visitor } from './layout.tsx';

/** The frame of the auditor's pages: where one is, and the others. */
export function AuditFrame({
  title,
  lead,
  language,
  path,
  visitor,
  children,
}: {
  title: string;
  lead?: string;
  language: Language;
  path: string;
  visitor: Visitor;
  children: Child;
}) {
  const here = (href: string) => (path === href ? 'page' : undefined);
  return (
    <Layout title={title} language={language} path={path} visitor={visitor} sheet="/assets/audit.css">
      <nav class="ways tabs" aria-label={aw('title', language)}>
        <a href="/audit" aria-current={here('/audit')}>
          {aw('search', language)}
        </a>
        <a href="/audit/samples" aria-current={here('/audit/samples')}>
          {aw('samples', language)}
        </a>
        <a href="/audit/bulletins" aria-current={here('/audit/bulletins')}>
          {aw('bulletin', language)}
        </a>
        <a href="/audit/published-bulletins" aria-current={here('/audit/published-bulletins')}>
          {aw('published', language)}
        </a>
        <a href="/audit/levels" aria-current={here('/audit/levels')}>
          {aw('levels', language)}
        </a>
      </nav>
      <h1>{title}</h1>
      {lead ? <p class="lead">{lead}</p> : null}
      {children}
    </Layout>
  );
}

/** A choice among the units an auditor looks at. */
export function UnitSelect({
  units,
  chosen,
  language,
}: {
  units: readonly { readonly id: string; readonly name: string }[];
  chosen: string;
  language: Language;
}) {
  return (
    <p>
      <label for="unit">{aw('unit', language)}</label>
      <select id="unit" name="unit">
        {units.map(({ id, name }) => (
          <option value={id} selected={id === chosen}>
            {name}
          </option>
        ))}
      </select>
    </p>
  );
}

/** A finding as people read it: what, who, until when, what was answered. */
export function FindingText({ finding, language }: { finding: FindingShown; language: Language }) {
  const [state, mark] = findingStates[finding.state] ?? [[finding.state, finding.state], ''];
  const colon = language === 'zh' ? '：' : ': ';
  return (
    <>
      <p>
        <span class={`chip ${mark}`}>{pick(state, language)}</span> {finding.text}
      </p>
      <p class="hint">
        {[
          localTime(finding.recordedAt).slice(0, 10),
          finding.postName ?? finding.answers,
          finding.dueAt === null
            ? ''
            : `${aw('due', language)} ${dueText(finding.dueAt)} ${aw('due2', language)}`.trim(),
          finding.sentBack === 0 ? '' : `${aw('giveBack', language)} ${finding.sentBack}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {finding.answer === null ? null : (
        <p>
          {aw('answer', language)}
          {colon}
          {finding.answer}
        </p>
      )}
    </>
  );
}

/** A span of time as people say it. */
export function spanText(ms: number | null, language: Language): string {
  if (ms === null) return '—';
  const [days, hours, minutes] = [ms / 86_400_000, ms / 3_600_000, ms / 60_000];
  const say = (n: number, zh: string, en: string) => `${n.toFixed(n < 10 ? 1 : 0)} ${language === 'zh' ? zh : en}`;
  if (days >= 1) return say(days, '天', 'days');
  return hours >= 1 ? say(hours, '小时', 'hours') : say(minutes, '分钟', 'minutes');
}
