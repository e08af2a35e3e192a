import { type Language, pick } from '../language.ts';
import type { FindingShown } from '../schemas/audit-samples.ts';
import { FindingText } from './audit-parts.tsx';
import { aw, methodWords } from './audit-words.ts';
import { Layout, type Visitor } from './layout.tsx';
import { Trouble } from './parts.tsx';

/** What inspections found in a case: who is asked answers here, and the auditor looks at it again. */
export function CaseFindingsPage({
  language,
  visitor,
  caseId,
  caseNo,
  findings,
  auditor,
  sample,
  formKey,
  trouble,
}: {
  language: Language;
  visitor: Visitor;
  caseId: string;
  caseNo: string;
  findings: readonly FindingShown[];
  auditor: boolean;
  /** The sample that an inspection recorded here is for. */
  sample: string | undefined;
  formKey: string;
  trouble: { readonly detail: string; readonly waysOut: readonly string[] } | undefined;
}) {
  const path = `/cases/${encodeURIComponent(caseId)}/findings`;
  const hidden = (type: string, target?: string) => (
    <>
      <input type="hidden" name="token" value={visitor.csrfToken} />
      <input
        type="hidden"
        name="key"
        value={target === undefined ? formKey : `${formKey}-${target.replace(/\W/g, '-')}`}
      />
      <input type="hidden" name="type" value={type} />
      {target === undefined ? null : <input type="hidden" name="target" value={target} />}
      {sample === undefined ? null : <input type="hidden" name="sample" value={sample} />}
    </>
  );
  return (
    <Layout
      title={aw('findingsTitle', language)}
      language={language}
      path={path}
      visitor={visitor}
      sheet="/assets/audit.css"
    >
      <p class="back">
        <a href={`/cases/${encodeURIComponent(caseId)}`}>← {caseNo}</a>
        {sample === undefined ? null : ' · '}
        {sample === undefined ? null : (
          <a href={`/audit/samples/${encodeURIComponent(sample)}`}>{aw('samples', language)}</a>
        )}
      </p>
      <h1>{aw('findingsTitle', language)}</h1>
      <p class="lead">{aw('findingsLead', language)}</p>
      {trouble ? <Trouble detail={trouble.detail} more={trouble.waysOut} /> : null}
      {findings.length === 0 ? <p class="card empty">{aw('noFindings', language)}</p> : null}
      {findings.map((finding) => (
        <section class="card found" aria-label={finding.id}>
          <FindingText finding={finding} language={language} />
          {!auditor && (finding.state === 'asked' || finding.state === 'overdue') ? (
            <form method="post" action={path}>
              {hidden('finding.answer', finding.id)}
              <Words name={`text-${finding.id}`} label={aw('answer', language)} />
              <button type="submit">{aw('answerDo', language)}</button>
            </form>
          ) : null}
          {auditor && finding.state === 'answered' ? (
            <>
              <form method="post" action={path}>
                {hidden('finding.accept', finding.id)}
                <p>
                  <button type="submit">{aw('accept', language)}</button>
                </p>
              </form>
              <form method="post" action={path}>
                {hidden('finding.return', finding.id)}
                <Words name={`text-${finding.id}`} label={aw('why', language)} />
                <Days id={`within-${finding.id}`} language={language} />
                <button type="submit">{aw('giveBack', language)}</button>
              </form>
            </>
          ) : null}
        </section>
      ))}
      {auditor ? (
        <form method="post" action={path} class="card">
          <h2>{aw('inspectCase', language)}</h2>
          {hidden('inspection.record')}
          <p>
            <label for="method">{aw('method', language)}</label>
            <select id="method" name="method">
              {Object.entries(methodWords).map(([value, text]) => (
                <option value={value}>{pick(text, language)}</option>
              ))}
            </select>
          </p>
          <p>
            <label for="finding">{aw('finding', language)}</label>
            <textarea id="finding" name="finding" rows={3} maxlength={5000} />
          </p>
          <Days id="within" language={language} />
          <p>
            <label for="remark">{aw('remark', language)}</label>
            <textarea id="remark" name="remark" rows={2} maxlength={5000} />
          </p>
          <button type="submit">{aw('record', language)}</button>
        </form>
      ) : null}
    </Layout>
  );
}

function Words({ name, label }: { name: string; label: string }) {
  return (
    <p>
      <label for={name}>{label}</label>
      <textarea id={name} name="text" rows={3} maxlength={5000} required />
    </p>
  );
}

function Days({ id, language }: { id: string; language: Language }) {
  return (
    <p>
      <label for={id}>{aw('within', language)}</label>
      <input id={id} name="within" type="number" min={1} max={250} value="10" required />
    </p>
  );
}
