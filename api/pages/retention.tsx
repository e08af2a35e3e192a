import { type Language, pick } from '../language.ts';
import type { CaseRetentionView, RetentionTableView } from '../schemas/retention.ts';
import { localTime } from '../timeline-text.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Trouble } from './parts.tsx';
import { groundWords, retentionWord as w } from './retention-words.ts';

/** What a form was refused for. */
export interface Refused {
  readonly detail: string;
  readonly waysOut: readonly string[];
}

/** The table of how long things are kept, for everybody. */
export function RetentionTablePage({
  language,
  visitor,
  table,
  units,
}: {
  language: Language;
  visitor: Visitor;
  table: RetentionTableView;
  units: (id: string) => string;
}) {
  const names = new Map(table.classes.map(({ id, name }) => [id, name]));
  return (
    <Layout title={w('tableTitle', language)} language={language} path="/retention" visitor={visitor}>
      <h1>{w('tableTitle', language)}</h1>
      <p class="lead">{w('tableLead', language)}</p>
      {table.classes.map((each) => (
        <section class="card" aria-label={each.name}>
          <h2>
            {each.name} <span class="chip">{spanOf(each.months, language)}</span>
          </h2>
          <p>{each.covers}</p>
          <Source of={each} language={language} />
        </section>
      ))}
      <section class="card" aria-labelledby="longer">
        <h2 id="longer">{w('longer', language)}</h2>
        {table.lengthened.length === 0 ? <p class="empty">{w('noLonger', language)}</p> : null}
        <ul class="list">
          {table.lengthened.map((each) => (
            <li>
              {units(each.unit)} · {names.get(each.class) ?? each.class} · {spanOf(each.years * 12, language)} ·{' '}
              {each.source}
            </li>
          ))}
        </ul>
      </section>
    </Layout>
  );
}

function spanOf(months: number | null, language: Language): string {
  if (months === null) return w('forever', language);
  const [n, zh, en] = months % 12 === 0 ? [months / 12, '年', 'years'] : [months, '个月', 'months'];
  return language === 'zh' ? `${n} ${zh}` : `${n} ${en}`;
}

/** How long one case is kept, its holds and the request to erase, with their forms. */
export function CaseRetentionPage({
  language,
  visitor,
  view,
  people,
  formKey,
  trouble,
}: {
  language: Language;
  visitor: Visitor;
  view: CaseRetentionView;
  people: (id: string) => string;
  formKey: string;
  trouble: Refused | undefined;
}) {
  const home = `/cases/${encodeURIComponent(view.caseId)}`;
  const path = `${home}/retention`;
  const hidden = (type: string, target?: string) => (
    <>
      <input type="hidden" name="token" value={visitor.csrfToken} />
      <input type="hidden" name="key" value={formKey} />
      <input type="hidden" name="type" value={type} />
      {target === undefined ? null : <input type="hidden" name="target" value={target} />}
    </>
  );
  const { erasure } = view;
  const waits = erasure !== null && erasure.decision === null;
  return (
    <Layout title={w('title', language)} language={language} path={path} visitor={visitor} sheet="/assets/audit.css">
      <p class="back">
        <a href={home}>← {view.caseNo}</a> · <a href="/retention">{w('tableTitle', language)}</a>
      </p>
      <h1>{w('title', language)}</h1>
      <p class="lead">{w('lead', language)}</p>
      {trouble ? <Trouble detail={trouble.detail} more={trouble.waysOut} /> : null}
      {view.limited ? <p class="card">{w('limited', language)}</p> : null}
      {view.destroyed ? <CertificateOf certificate={view.destroyed} people={people} language={language} /> : null}
      <section class="card" aria-label={w('mayNot', language)} hidden={view.destroyed !== null}>
        {view.blocks.length === 0 ? <p>{w('may', language)}</p> : <p>{w('mayNot', language)}</p>}
        <ul class="list">
          {view.blocks.map(({ text }) => (
            <li>{text}</li>
          ))}
        </ul>
      </section>
      {view.classes.map((each) => (
        <Class each={each} language={language} />
      ))}
      {view.destroyed ? null : (
        <section class="card" aria-labelledby="destruction">
          <h2 id="destruction">{w('destruction', language)}</h2>
          <p class="hint">{w('destructionLead', language)}</p>
          {view.destruction === null ? (
            <form method="post" action={path}>
              {hidden('destruction.request')}
              <Line name="reason" id="destroy-reason" label={w('reason', language)} required />
              <button type="submit">{w('askDestruction', language)}</button>
            </form>
          ) : (
            <>
              <p>
                {w('askedBy', language)} {people(view.destruction.by)} ·{' '}
                <time datetime={view.destruction.at}>{localTime(view.destruction.at)}</time>
                {view.destruction.approvedBy === null
                  ? ''
                  : ` · ${w('approvedBy', language)} ${people(view.destruction.approvedBy)} · ${w('notBefore', language)} ${localTime(view.destruction.from ?? '')}`}
              </p>
              {view.destruction.approvedBy === null ? (
                <>
                  <form method="post" action={path}>
                    {hidden('destruction.approve')}
                    <button type="submit">{w('approveDestruction', language)}</button>
                  </form>
                  <form method="post" action={path}>
                    {hidden('destruction.refuse')}
                    <Line name="reason" id="refuse-reason" label={w('reason', language)} required />
                    <button type="submit">{w('refuseDestruction', language)}</button>
                  </form>
                </>
              ) : null}
              <form method="post" action={path}>
                {hidden('destruction.revoke')}
                <Line name="reason" id="revoke-reason" label={w('reason', language)} required />
                <button type="submit">{w('revokeDestruction', language)}</button>
              </form>
            </>
          )}
        </section>
      )}
      <section class="card" aria-labelledby="holds">
        <h2 id="holds">{w('holds', language)}</h2>
        <p class="hint">{w('holdsLead', language)}</p>
        {view.holds.length === 0 ? <p class="empty">{w('noHolds', language)}</p> : null}
        {view.holds.map((hold) => (
          <form method="post" action={path}>
            {hidden('hold.lift', hold.id)}
            <p>
              {groundOf(hold.ground, language)} · {people(hold.by)} ·{' '}
              <time datetime={hold.since}>{localTime(hold.since)}</time>
            </p>
            <Line name="reason" id={`reason-${hold.id}`} label={w('reason', language)} required />
            <button type="submit">{w('liftHold', language)}</button>
          </form>
        ))}
        <form method="post" action={path}>
          {hidden('hold.set')}
          <p>
            <label for="ground">{w('ground', language)}</label>
            <select id="ground" name="ground">
              {Object.entries(groundWords).map(([value, text]) => (
                <option value={value}>{pick(text, language)}</option>
              ))}
            </select>
          </p>
          <Line name="reason" id="reason" label={w('reason', language)} required />
          <button type="submit">{w('setHold', language)}</button>
        </form>
      </section>
      <section class="card" aria-labelledby="erasure">
        <h2 id="erasure">{w('erasure', language)}</h2>
        <p class="hint">{w('erasureLead', language)}</p>
        {erasure === null ? null : (
          <p>
            <time datetime={erasure.at}>{localTime(erasure.at)}</time> ·{' '}
            {w(waits ? 'asked' : erasure.decision === 'limited' ? 'granted' : 'refused', language)}
            {waits && erasure.dueAt ? ` · ${w('due', language)} ${localTime(erasure.dueAt).slice(0, 10)}` : ''}
          </p>
        )}
        {waits ? (
          <form method="post" action={path}>
            {hidden('erasure.answer')}
            <p>
              <label for="decision">{w('decision', language)}</label>
              <select id="decision" name="decision">
                <option value="limited">{w('granted', language)}</option>
                <option value="refused">{w('refused', language)}</option>
              </select>
            </p>
            <p>
              <label for="text">{w('answerText', language)}</label>
              <textarea id="text" name="text" rows={3} maxlength={5000} required />
            </p>
            <button type="submit">{w('answer', language)}</button>
          </form>
        ) : null}
        {erasure === null || erasure.decision === 'refused' ? (
          <form method="post" action={path}>
            {hidden('erasure.request')}
            <Line name="onBehalfOf" id="behalf" label={w('onBehalf', language)} />
            <Line name="witness" id="witness" label={w('witness', language)} />
            <Line name="note" id="note" label={w('note', language)} />
            <button type="submit">{w('ask', language)}</button>
          </form>
        ) : (
          <form method="post" action={path}>
            {hidden('erasure.withdraw')}
            <Line name="onBehalfOf" id="behalf" label={w('onBehalf', language)} />
            <Line name="witness" id="witness" label={w('witness', language)} />
            <button type="submit">{w('takeBack', language)}</button>
          </form>
        )}
      </section>
    </Layout>
  );
}

/** The certificate of a destruction (销毁清册). */
function CertificateOf({
  certificate: of,
  people,
  language,
}: {
  certificate: NonNullable<CaseRetentionView['destroyed']>;
  people: (id: string) => string;
  language: Language;
}) {
  const line = (label: Parameters<typeof w>[0], value: string | number) => (
    <li>
      {w(label, language)}
      {language === 'zh' ? '：' : ': '}
      {value}
    </li>
  );
  return (
    <section class="card" aria-labelledby="certificate">
      <h2 id="certificate">{w('certificate', language)}</h2>
      <p>{w('destroyedLead', language)}</p>
      <ul class="list">
        {line('destroyedAt', localTime(of.destroyedAt))}
        {line('askedBy', `${people(of.requested.by)} · ${localTime(of.requested.at)}`)}
        {line('approvedBy', `${people(of.approved.by)} · ${localTime(of.approved.at)}`)}
        {line('events', of.counts.events)}
        {line('documents', of.counts.documents)}
        {line('bookEntries', of.counts.bookEntries)}
        {line('personRows', of.counts.personRows)}
        {line('digest', of.digest)}
        {line('recordHash', of.hash)}
        {of.backupsUntil === null ? null : line('backupsUntil', of.backupsUntil)}
      </ul>
      <ul class="list">
        {of.rules.map((rule) => (
          <li>
            {rule.name} · {w('count', language)} {rule.count} · {w('until', language)} {rule.until} · {rule.source}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Class({ each, language }: { each: CaseRetentionView['classes'][number]; language: Language }) {
  const chip = {
    over: 'over',
    running: 'running',
    forever: 'forever',
    notBegun: 'notBegun',
    nothing: 'nothing',
  } as const;
  return (
    <section class="card" aria-label={each.name}>
      <h2>
        {each.name} <span class="chip">{w(chip[each.state], language)}</span>
      </h2>
      <p>{each.covers}</p>
      <p>
        {w('count', language)} {each.count}
        {each.since === null ? '' : ` · ${w('since', language)} ${each.since}`}
        {each.until === null ? '' : ` · ${w('until', language)} ${each.until}`}
      </p>
      <Source of={each} language={language} />
    </section>
  );
}

function Line({ name, id, label, required }: { name: string; id: string; label: string; required?: true }) {
  return (
    <p>
      <label for={id}>{label}</label>
      <input id={id} name={name} maxlength={2000} required={required === true} />
    </p>
  );
}

function groundOf(ground: string, language: Language): string {
  const text = groundWords[ground];
  return text ? pick(text, language) : ground;
}

/** By which rule a class is kept, and whether it outlives the contents. */
function Source({ of, language }: { of: { source: string; stays: boolean }; language: Language }) {
  return (
    <p class="hint">
      {w('source', language)}
      {language === 'zh' ? '：' : ': '}
      {of.source}
      {of.stays ? ` · ${w('stays', language)}` : ''}
    </p>
  );
}
