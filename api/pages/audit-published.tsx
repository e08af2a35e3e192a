import type { BulletinRow } from '../../db/queries/audit-bulletins.ts';
import type { Language } from '../language.ts';
import type { BulletinHeadView, PublishedBulletinView } from '../schemas/audit-bulletins.ts';
import type { BulletinView } from '../schemas/audit-samples.ts';
import { localTime } from '../timeline-text.ts';
import { AuditFrame } from './audit-parts.tsx';
import { aw } from './audit-words.ts';
import type { Visitor } from './layout.tsx';

const hrefOf = (id: string) => `/audit/published-bulletins/${encodeURIComponent(id)}`;

/** Under a bulletin as it would be now: whether one is published, and the form that publishes or corrects it. */
export function Publishing({
  language,
  visitor,
  bulletin,
  standing,
  formKey,
  problem,
}: {
  language: Language;
  visitor: Visitor;
  bulletin: BulletinView;
  standing: BulletinRow | undefined;
  formKey: string;
  problem?: string | undefined;
}) {
  const { sample, month, unit } = bulletin;
  return (
    <form method="post" action="/audit/published-bulletins" class="card">
      <input type="hidden" name="token" value={visitor.csrfToken} />
      <input type="hidden" name="key" value={formKey} />
      {sample === null ? null : <input type="hidden" name="sample" value={sample} />}
      {month === null ? null : <input type="hidden" name="month" value={month} />}
      {month === null ? null : <input type="hidden" name="unit" value={unit} />}
      {problem === undefined ? null : (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      {standing ? (
        <>
          <input type="hidden" name="corrects" value={standing.id} />
          <p>
            {aw('standing', language)}
            {language === 'zh' ? '：' : ': '}
            <a href={hrefOf(standing.id)}>{localTime(standing.publishedAt)}</a>
          </p>
          <p>
            <label for="reason">{aw('correctWhy', language)}</label>
            <textarea id="reason" name="reason" maxlength={2000} required aria-describedby="publish-hint" />
          </p>
        </>
      ) : (
        <p>{aw('draft', language)}</p>
      )}
      <p class="hint" id="publish-hint">
        {aw('publishHint', language)}
      </p>
      <button type="submit">{aw(standing ? 'correct' : 'publish', language)}</button>
    </form>
  );
}

/** Above a bulletin as it was published: when, its hash, and what it corrects or is corrected by. */
export function Published({
  language,
  row,
  document,
}: {
  language: Language;
  row: BulletinRow;
  document: PublishedBulletinView;
}) {
  const colon = language === 'zh' ? '：' : ': ';
  return (
    <section class="card">
      <p>
        {aw('publishedAt', language)} {localTime(row.publishedAt)}
      </p>
      {row.correctedBy === null ? null : (
        <p class="late">
          {aw('correctedBy', language)} <a href={hrefOf(row.correctedBy)}>{aw('bulletin', language)}</a>
        </p>
      )}
      {row.corrects === null ? null : (
        <p>
          {aw('corrects', language)} <a href={hrefOf(row.corrects)}>{aw('bulletin', language)}</a>
          {colon}
          {document.reason}
        </p>
      )}
      <p class="hint wrap">
        {aw('hash', language)} {row.hash}
      </p>
    </section>
  );
}

/** Published bulletins, newest first. */
export function PublishedPage({
  language,
  visitor,
  bulletins,
  next,
}: {
  language: Language;
  visitor: Visitor;
  bulletins: readonly BulletinHeadView[];
  next: string | null;
}) {
  return (
    <AuditFrame
      {...{ language, visitor, path: '/audit/published-bulletins', title: aw('published', language) }}
      lead={aw('publishedLead', language)}
    >
      {bulletins.length === 0 ? <p class="card empty">{aw('none', language)}</p> : null}
      <ul class="list found">
        {bulletins.map((each) => (
          <li>
            <p>
              <a href={hrefOf(each.id)}>
                {each.month ?? aw('ofSample', language)} · {each.unitName}
              </a>
            </p>
            <p class="hint">
              {aw('publishedAt', language)} {localTime(each.publishedAt)}
              {each.corrects === null ? '' : ` · ${aw('correct', language)}`}
              {each.correctedBy === null
                ? ''
                : ` · ${aw('correctedBy', language)}${language === 'zh' ? '新的一份' : ' a newer one'}`}
            </p>
          </li>
        ))}
      </ul>
      {next === null ? null : (
        <p class="more">
          <a href={`/audit/published-bulletins?cursor=${encodeURIComponent(next)}`}>{aw('more', language)} →</a>
        </p>
      )}
    </AuditFrame>
  );
}
