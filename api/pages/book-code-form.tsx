import type { Child } from 'hono/jsx';
import type { Outcome, Recorded } from '../../door/outcome.ts';
import { ApiProblem } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { type CodeAsked, type GivenCode, issueCode } from '../payout-code.ts';
import { localTime, yuan } from '../timeline-text.ts';
import { payoutOf } from './book-entry-forms.ts';
import type { BookErrand, BookForm, BookPlan } from './book-form.ts';
import { formPath } from './book-form-page.tsx';
import { w } from './book-form-words.ts';
import { payoutToPay } from './book-payout-about.tsx';

/** Who may gives out the code with which a payout is confirmed; a code on a slip is shown once. */
export const codeForm: BookForm = {
  ...{ act: 'payout.issueCode', title: w.codeTitle, button: w.giveCode },
  offered: (subject) => {
    const payout = payoutOf(subject);
    const { roles, def, caller } = subject;
    return (
      payout !== undefined && payout.state !== 'requested' && payout.paidBy !== caller.person && !roles.has(def.cash)
    );
  },
  above: payoutToPay,
  fixed: ({ of }) => ({ target: of }),
  fields: () => [
    {
      ...{ name: 'way', kind: 'choice', path: 'data.way', label: w.codeWay, hint: w.codeWayHint, required: true },
      choices: [
        ['slip', w.bySlip],
        ['channel', w.byChannel],
      ],
    },
  ],
  plan,
};

async function plan({ subject, values, id }: BookErrand): Promise<BookPlan> {
  const { deps, caller, caseId, of, language } = subject;
  const way = values['way'] === 'channel' ? 'channel' : 'slip';
  const asked: CodeAsked = { caseId, payout: of, way, id };
  return {
    async make() {
      const given = await issueCode(deps, caller, asked, recordedOf);
      const path = formPath(caseId, subject.def.book, 'code', of);
      return <Slip {...{ ...given, path, language }} payout={of} amountFen={payoutOf(subject)?.amountFen} />;
    },
  };
}

function recordedOf(outcome: Outcome): Recorded {
  if (outcome.status === 'recorded') return outcome;
  throw new ApiProblem(outcome.refusal);
}

interface SlipProps extends GivenCode {
  readonly sentTo: string | null;
  readonly payout: string;
  /** The form that gives out another. */
  readonly path: string;
  readonly amountFen: number | undefined;
  readonly language: Language;
}

/** What the beneficiary is handed, or where the code went. */
function Slip({ code, sentTo, until, payout, path, amountFen, language }: SlipProps): Child {
  const sum = amountFen === undefined ? '' : `${yuan(amountFen)} ${language === 'zh' ? '元' : 'yuan'}`;
  return (
    <section class="card slip" role="status">
      <h2>{pick(w.codeFor, language)}</h2>
      <p>
        {payout} {sum}
      </p>
      {code === null ? null : (
        <p class="slip-code">
          <strong>{`${code.slice(0, 4)} ${code.slice(4)}`}</strong>
        </p>
      )}
      <p>
        {pick(w.codeUntil, language)} {localTime(until)}
      </p>
      {sentTo === null ? null : (
        <p>
          {pick(w.codeSent, language)}
          {sentTo}
        </p>
      )}
      {code === null && sentTo !== null ? null : (
        <p class="hint">{pick(code === null ? w.codeShown : w.codeOnce, language)}</p>
      )}
      {code === null ? (
        <p>
          <a href={path}>{pick(w.again, language)}</a>
        </p>
      ) : null}
    </section>
  );
}
