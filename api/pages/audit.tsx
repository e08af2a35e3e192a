import type { Language } from '../language.ts';
import type { AuditEventView } from '../schemas/audit-events.ts';
import { localTime } from '../timeline-text.ts';
import { AuditFrame, UnitSelect } from './audit-parts.tsx';
import { aw } from './audit-words.ts';
import type { Visitor } from './layout.tsx';

/** What the form of a search holds. */
export interface SearchForm {
  readonly unit: string;
  readonly person: string;
  readonly post: string;
  readonly act: string;
  readonly type: string;
  readonly from: string;
  readonly until: string;
}

/** The auditor's search over the events of all cases. */
export function AuditPage({
  language,
  visitor,
  units,
  form,
  problem,
  events,
  unread,
  next,
}: {
  language: Language;
  visitor: Visitor;
  units: readonly { readonly id: string; readonly name: string }[];
  form: SearchForm;
  problem: string | undefined;
  events: readonly AuditEventView[];
  /** How many more there are that cannot be read. */
  unread: number;
  /** The address of the next page. */
  next: string | null;
}) {
  return (
    <AuditFrame
      {...{ language, visitor, path: '/audit', title: aw('search', language), lead: aw('searchLead', language) }}
    >
      <form method="get" action="/audit" class="card">
        <div class="grid">
          <UnitSelect units={units} chosen={form.unit} language={language} />
          {(['person', 'post', 'act', 'type'] as const).map((name) => (
            <Field name={name} value={form[name]} language={language} />
          ))}
          <Field name="from" value={form.from} type="date" language={language} />
          <Field name="until" value={form.until} type="date" language={language} />
        </div>
        <button type="submit">{aw('show', language)}</button>
      </form>
      {problem ? (
        <p class="error" role="alert">
          {problem}
        </p>
      ) : null}
      {events.length === 0 ? <p class="card empty">{aw('none', language)}</p> : null}
      <ul class="list found">
        {events.map((event) => (
          <Event event={event} language={language} />
        ))}
      </ul>
      {unread === 0 ? null : (
        <p class="hint">
          {aw('leftOut', language)} {unread}
        </p>
      )}
      {next === null ? null : (
        <p class="more">
          <a href={next}>{aw('more', language)} →</a>
        </p>
      )}
    </AuditFrame>
  );
}

function Field({
  name,
  value,
  type = 'text',
  language,
}: {
  name: 'person' | 'post' | 'act' | 'type' | 'from' | 'until';
  value: string;
  type?: string;
  language: Language;
}) {
  const example = { act: 'decision.record', type: 'decision.recorded' } as Readonly<Record<string, string>>;
  return (
    <p>
      <label for={name}>{aw(name, language)}</label>
      <input id={name} name={name} type={type} value={value} maxlength={200} placeholder={example[name]} />
    </p>
  );
}

function Event({ event, language }: { event: AuditEventView; language: Language }) {
  const { actor, inForce, run, program } = event;
  const held = inForce
    ? `${aw('inForce', language)} ${localTime(inForce.from).slice(0, 10)}–${inForce.until ? localTime(inForce.until).slice(0, 10) : ''}${inForce.how === 'substitution' ? ` (${aw('deputy', language)})` : ''}`
    : actor.post === null
      ? ''
      : aw('noOffice', language);
  return (
    <li>
      <p>{event.text}</p>
      <p class="hint">
        {localTime(event.recordedAt)} · <a href={`/cases/${encodeURIComponent(event.case.id)}`}>{event.case.caseNo}</a>{' '}
        #{event.seq} · <code>{event.act?.type ?? event.type}</code> ·{' '}
        {actor.kind === 'system' ? (
          actor.name
        ) : (
          <a href={`/audit/officials/${encodeURIComponent(actor.id)}`}>{actor.name ?? actor.id}</a>
        )}
        {actor.postName ? ` · ${actor.postName}` : ''}
        {held ? ` · ${held}` : ''}
        {event.roles === null ? ` · ${aw('rolesUnknown', language)}` : ''}
        {event.roles?.length ? ` · ${aw('roles', language)} ${event.roles.join(', ')}` : ''}
      </p>
      <p class="hint">
        {aw('program', language)} {program.id} {program.version}{' '}
        <code title={program.hash}>{program.hash.slice(0, 12)}</code>
        {run.url === null ? '' : ' · '}
        {run.url === null ? null : (
          <a href={run.url} rel="noreferrer">
            {aw('run', language)}
          </a>
        )}
        {run.archived ? ` · ${aw('archived', language)}` : ''}
      </p>
    </li>
  );
}
