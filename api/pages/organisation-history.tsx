import type { Language } from '../language.ts';
import type { OrgHistoryPage } from '../org-history.ts';
import { localTime } from '../timeline-text.ts';
import { orgTerm, orgWord } from './organisation-words.ts';

/** What the organisation's chain says about something, the latest first. `more`: where earlier changes are. */
export function History({
  history,
  more,
  language,
}: {
  history: OrgHistoryPage;
  more: (before: number) => string;
  language: Language;
}) {
  return (
    <section class="card org-history" aria-labelledby="history">
      <h2 id="history">{orgWord('history', language)}</h2>
      <p class="hint">{orgWord('historyLead', language)}</p>
      {history.changes.length === 0 ? <p class="hint">{orgWord('noHistory', language)}</p> : null}
      <ol class="list timeline">
        {history.changes.map(({ at, text, by }) => (
          <li>
            <p>{text}</p>
            <small>{`${localTime(at)} · ${orgTerm('by', language)}${by}`}</small>
          </li>
        ))}
      </ol>
      {history.before === undefined ? null : (
        <p class="more">
          <a href={`${more(history.before)}#history`}>{orgWord('earlier', language)} →</a>
        </p>
      )}
    </section>
  );
}
