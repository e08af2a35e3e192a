import type { Language } from '../language.ts';
import { localTime } from '../timeline-text.ts';
import { accessWord } from './access-words.ts';
import { Trouble } from './parts.tsx';

type Form = Readonly<Record<string, string>>;

/** What the head of a unit, or an auditor, can decide on the page that tells who has read a case. */
export interface AccessDecisions {
  /** Approvals that hold now, and the form for another: only for heads, and of a case about a minor. */
  readonly minors?: { readonly approved: readonly { readonly who: string | undefined; readonly until: string }[] };
  /** Emergency accesses that wait for a review, without the reader's own. */
  readonly toReview: readonly {
    readonly id: string;
    readonly name: string;
    readonly from: string;
    readonly until: string;
  }[];
}

/** The forms of {@link AccessDecisions}, with what was typed and why it was not taken. */
export function AccessForms({
  language,
  token,
  formKey,
  decisions,
  path,
  values = {},
  trouble,
}: {
  language: Language;
  token: string;
  formKey: string;
  decisions: AccessDecisions;
  path: string;
  values?: Form;
  trouble?: { readonly detail: string; readonly waysOut: readonly string[] } | undefined;
}) {
  const word = (key: Parameters<typeof accessWord>[0]) => accessWord(key, language);
  const { minors, toReview } = decisions;
  const hidden = { token, key: formKey };
  const typed = (type: string, target = ''): Form =>
    values['type'] === type && (values['target'] ?? '') === target ? values : {};
  return (
    <>
      {trouble ? <Trouble detail={trouble.detail} more={trouble.waysOut} /> : null}
      {toReview.length === 0 ? null : (
        <section aria-labelledby="review">
          <h2 id="review">{word('reviewTitle')}</h2>
          <p class="hint">{word('reviewLead')}</p>
          {toReview.map(({ id, name, from, until }) => {
            const was = typed('access.review', id);
            return (
              <form method="post" action={path} class="card">
                <Hidden values={{ ...hidden, type: 'access.review', target: id }} />
                <p>
                  {name} · {localTime(from)} {word('until')} {localTime(until)}
                </p>
                <label>
                  {word('justified')}
                  <select name="justified" required>
                    <option value="">—</option>
                    <option value="yes" selected={was['justified'] === 'yes'}>
                      {word('justifiedYes')}
                    </option>
                    <option value="no" selected={was['justified'] === 'no'}>
                      {word('justifiedNo')}
                    </option>
                  </select>
                </label>
                <label>
                  {word('reviewText')}
                  <textarea name="text" required maxlength={5000} rows={3}>
                    {was['text'] ?? ''}
                  </textarea>
                </label>
                <p>
                  <button type="submit">{word('reviewDo')}</button>
                </p>
              </form>
            );
          })}
        </section>
      )}
      {minors === undefined ? null : (
        <section aria-labelledby="approve">
          <h2 id="approve">{word('approveTitle')}</h2>
          <form method="post" action={path} class="card">
            <Hidden values={{ ...hidden, type: 'access.approve' }} />
            <p>{word('approveLead')}</p>
            {minors.approved.length === 0 ? (
              <p>{word('approvedNone')}</p>
            ) : (
              <ul>
                {minors.approved.map(({ who, until }) => (
                  <li>
                    {who ?? word('approvedAll')} · {word('until')} {localTime(until)}
                  </li>
                ))}
              </ul>
            )}
            <label>
              {word('approvePerson')}
              <input name="person" maxlength={200} autocomplete="off" value={typed('access.approve')['person'] ?? ''} />
            </label>
            <label>
              {word('approveDays')}
              <input name="days" type="number" min={1} max={365} value={typed('access.approve')['days'] ?? ''} />
            </label>
            <p>
              <button type="submit">{word('approveDo')}</button>
            </p>
          </form>
        </section>
      )}
    </>
  );
}

function Hidden({ values }: { values: Form }) {
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}
