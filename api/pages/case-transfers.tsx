import type { TransferView } from '../schemas/transfers.ts';
import { dueText } from '../timeline-text.ts';
import {
  AskForm,
  type Choice,
  EscalateForm,
  type FormFrame,
  ReturnForm,
  RevokeForm,
  type Shares,
} from './transfer-forms.tsx';
import { kindWord, requestMark, requestState, tell } from './transfer-words.ts';

/** What the visitor may do about other units and levels on one case. */
export interface TransferWays {
  readonly ask: boolean;
  readonly escalate: readonly Choice[];
  /** Questions that wait for the visitor's answer, by id, with the words they were put in. */
  readonly questions: readonly Choice[];
  readonly units: readonly Choice[];
  readonly shares: Shares;
}

/** The part of a case's page that is about other units and levels: what waits, and the forms of those who may. */
export function CaseTransfers({
  frame,
  caseId,
  requests,
  ways,
}: {
  frame: FormFrame;
  caseId: string;
  requests: readonly TransferView[];
  ways: TransferWays;
}) {
  const { language } = frame;
  const offers = ways.ask && !requests.some(({ kind, state }) => kind === 'transfer' && state === 'offered');
  if (requests.length === 0 && !ways.ask && ways.escalate.length === 0 && ways.questions.length === 0) return null;
  return (
    <section aria-labelledby="units" class="card units">
      <h2 id="units">{tell('section', language)}</h2>
      {requests.length === 0 ? null : (
        <ul class="plain">
          {requests.map((view) => (
            <li>
              <p>
                {`${kindWord(view.kind, language)}：${view.fromName} → ${view.toName} `}
                <span class={`chip ${requestMark(view.state)}`}>{requestState(view.state, language)}</span>{' '}
                {view.state === 'offered' ? (
                  <span class={`chip ${view.overdue ? 'late' : ''}`}>{dueText(view.dueAt)}</span>
                ) : null}{' '}
                {view.consent === 'overridden' ? <span class="chip late">{tell('overridden', language)}</span> : null}
              </p>
              <p class="hint">{[view.text, view.reason, view.answer].filter(Boolean).join(' · ')}</p>
              {ways.ask && view.state === 'offered' && view.kind !== 'escalation' ? (
                <RevokeForm frame={frame} view={view} />
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {ways.questions.map(([id, name]) => (
        <ReturnForm frame={frame} caseId={caseId} target={id} name={name} />
      ))}
      {ways.escalate.length > 0 ? (
        <details>
          <summary>{tell('escalate', language)}</summary>
          <EscalateForm frame={frame} caseId={caseId} levels={ways.escalate} />
        </details>
      ) : null}
      {offers ? (
        <details>
          <summary>{tell('offer', language)}</summary>
          <AskForm frame={frame} caseId={caseId} type="case.offerTransfer" units={ways.units} />
        </details>
      ) : null}
      {ways.ask ? (
        <details>
          <summary>{tell('refer', language)}</summary>
          <AskForm frame={frame} caseId={caseId} type="case.refer" units={ways.units} shares={ways.shares} />
        </details>
      ) : null}
    </section>
  );
}
