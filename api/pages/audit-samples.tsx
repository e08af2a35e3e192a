import { type Language, pick } from '../language.ts';
import type { SampleView } from '../schemas/audit-samples.ts';
import { localTime } from '../timeline-text.ts';
import { AuditFrame, FindingText, UnitSelect } from './audit-parts.tsx';
import { aw, methodWords } from './audit-words.ts';
import type { Visitor } from './layout.tsx';
import { Fact } from './parts.tsx';

/** A sample in the list. */
type Listed = Omit<SampleView, 'cases'> & {
  readonly drawn: number;
  readonly inspected: number;
  readonly findings: number;
  readonly open: number;
};

/** Samples, and the form that draws another. */
export function SamplesPage({
  language,
  visitor,
  units,
  unit,
  samples,
  next,
  formKey,
}: {
  language: Language;
  visitor: Visitor;
  units: readonly { readonly id: string; readonly name: string }[];
  unit: string;
  samples: readonly Listed[];
  next: string | null;
  formKey: string;
}) {
  return (
    <AuditFrame
      {...{ language, visitor, path: '/audit/samples', title: aw('samples', language) }}
      lead={aw('samplesLead', language)}
    >
      <form method="post" action="/audit/samples" class="card">
        <input type="hidden" name="token" value={visitor.csrfToken} />
        <input type="hidden" name="key" value={formKey} />
        <div class="grid">
          <UnitSelect units={units} chosen={unit} language={language} />
          <p>
            <label for="size">{aw('size', language)}</label>
            <input id="size" name="size" type="number" min={1} max={200} value="5" required />
          </p>
        </div>
        <button type="submit">{aw('draw', language)}</button>
      </form>
      {samples.length === 0 ? <p class="card empty">{aw('none', language)}</p> : null}
      <ul class="list found">
        {samples.map((each) => (
          <li>
            <p>
              <a href={`/audit/samples/${each.id}`}>
                {localTime(each.drawnAt).slice(0, 10)} · {each.unitName}
              </a>
            </p>
            <p class="hint">
              {(['drawn', 'inspected', 'findings', 'open'] as const)
                .map((key) => `${aw(key, language)} ${each[key]}`)
                .join(' · ')}
            </p>
          </li>
        ))}
      </ul>
      {next === null ? null : (
        <p class="more">
          <a href={`/audit/samples?cursor=${encodeURIComponent(next)}`}>{aw('more', language)} →</a>
        </p>
      )}
    </AuditFrame>
  );
}

/** One sample: how it can be drawn again, its cases, and what was found in them. */
export function SamplePage({
  language,
  visitor,
  sample,
}: {
  language: Language;
  visitor: Visitor;
  sample: SampleView;
}) {
  return (
    <AuditFrame
      {...{ language, visitor, path: `/audit/samples/${sample.id}` }}
      title={`${aw('samples', language)} · ${localTime(sample.drawnAt).slice(0, 10)} · ${sample.unitName}`}
    >
      <p>
        <a href={`/audit/samples/${sample.id}/bulletin`}>{aw('bulletin', language)} →</a>
      </p>
      <dl class="facts card wrap">
        <Fact term={aw('seed', language)} text={sample.seed} />
        <Fact term={aw('frame', language)} text={`${sample.frame.count}`} />
        <Fact term={aw('frameHash', language)} text={sample.frame.hash} />
        <Fact term={aw('algorithm', language)} text={sample.algorithm} />
      </dl>
      <ol class="list found">
        {sample.cases.map((each) => (
          <li>
            <p>
              {each.position}.{' '}
              {each.caseNo === null ? (
                `${each.id} (${aw('moved', language)})`
              ) : (
                <a href={`/cases/${encodeURIComponent(each.id)}/findings?sample=${encodeURIComponent(sample.id)}`}>
                  {each.caseNo}
                </a>
              )}{' '}
              {each.inspections.map(({ method }) => (
                <span class="chip done">{pick(methodWords[method] ?? [method, method], language)}</span>
              ))}
              {each.unread > 0 ? <span class="chip open">{aw('unread', language)}</span> : null}
            </p>
            {each.findings.map((finding) => (
              <FindingText finding={finding} language={language} />
            ))}
          </li>
        ))}
      </ol>
    </AuditFrame>
  );
}
