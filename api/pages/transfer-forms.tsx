import { randomUUID } from 'node:crypto';
import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import type { TransferView } from '../schemas/transfers.ts';
import { tell } from './transfer-words.ts';

/** What every form of these pages is made with. */
export interface FormFrame {
  readonly language: Language;
  /** The token of the session's forms. */
  readonly token: string;
  /** Where to go on afterwards. */
  readonly back: string;
}

/** Something that can be chosen: its id and its name. */
export type Choice = readonly [id: string, name: string];

/** One form that records one act. Sent twice it is recorded once. */
export function ActForm({
  frame,
  caseId,
  type,
  target,
  button,
  children,
}: {
  frame: FormFrame;
  caseId: string;
  type: string;
  target?: string | undefined;
  button: string;
  children?: Child;
}) {
  return (
    <form method="post" action="/transfers/act" class="act">
      <input type="hidden" name="token" value={frame.token} />
      <input type="hidden" name="key" value={randomUUID()} />
      <input type="hidden" name="back" value={frame.back} />
      <input type="hidden" name="case" value={caseId} />
      <input type="hidden" name="type" value={type} />
      {target === undefined ? null : <input type="hidden" name="target" value={target} />}
      {children}
      <button type="submit">{button}</button>
    </form>
  );
}

/** The posts of the receiving unit for the roles of a case, and the two answers. */
export function AnswerForms({
  frame,
  view,
  roles,
  posts,
}: {
  frame: FormFrame;
  view: TransferView;
  roles: readonly Choice[];
  posts: readonly Choice[];
}) {
  const { language } = frame;
  return (
    <div class="answers">
      <ActForm
        frame={frame}
        caseId={view.caseId}
        type="case.acceptTransfer"
        target={view.id}
        button={tell('accept', language)}
      >
        {roles.map(([role, name]) => (
          <Select label={name} name={`assign.${role}`} choices={[['', tell('roleDefault', language)], ...posts]} />
        ))}
      </ActForm>
      <ActForm
        frame={frame}
        caseId={view.caseId}
        type="case.refuseTransfer"
        target={view.id}
        button={tell('refuse', language)}
      >
        <label>
          {tell('refuseReason', language)}
          <textarea name="reason" rows={3} required maxlength={2000} />
        </label>
      </ActForm>
    </div>
  );
}

/** What the side that asks can do about its own request. */
export function RevokeForm({ frame, view }: { frame: FormFrame; view: TransferView }) {
  return (
    <ActForm
      frame={frame}
      caseId={view.caseId}
      type="case.revokeTransfer"
      target={view.id}
      button={tell('revoke', frame.language)}
    />
  );
}

/** What can go with a referral. */
export interface Shares {
  readonly programs: readonly Choice[];
  readonly fields: readonly Choice[];
  readonly parties: readonly Choice[];
}

/** Asks another unit to take the case, or one matter of it. */
export function AskForm({
  frame,
  caseId,
  type,
  units,
  shares,
}: {
  frame: FormFrame;
  caseId: string;
  type: 'case.offerTransfer' | 'case.refer';
  units: readonly Choice[];
  /** Of a referral: the programs of a case there, and what of this case can be given with it. */
  shares?: Shares;
}) {
  const { language } = frame;
  const wholeCase = type === 'case.offerTransfer';
  return (
    <ActForm frame={frame} caseId={caseId} type={type} button={tell('send', language)}>
      <p class="hint">{tell(wholeCase ? 'offerHint' : 'referHint', language)}</p>
      <Select
        label={tell('unit', language)}
        name="unit"
        choices={[['', tell('choose', language)], ...units]}
        required
      />
      <label>
        {tell(wholeCase ? 'reason' : 'asked', language)}
        <textarea name={wholeCase ? 'reason' : 'text'} rows={3} required maxlength={2000} />
      </label>
      {shares ? <ShareFields shares={shares} language={language} /> : null}
      <fieldset>
        <legend>{tell('consent', language)}</legend>
        <label class="choice">
          <input type="radio" name="consent" value="given" checked /> {tell('given', language)}
        </label>
        <label class="choice">
          <input type="radio" name="consent" value="overridden" /> {tell('overridden', language)}
        </label>
        <label>
          {tell('proof', language)}
          <input type="text" name="witness" maxlength={100} autocomplete="off" />
        </label>
        <label>
          {`${tell('ground', language)}（${tell('needsGround', language)}）`}
          <input type="text" name="ground" maxlength={500} autocomplete="off" />
        </label>
      </fieldset>
    </ActForm>
  );
}

function ShareFields({ shares, language }: { shares: Shares; language: Language }) {
  const boxes = [
    ...shares.parties.map(([id, name]) => [`party.${id}`, name] as const),
    ...shares.fields.map(([key, name]) => [`field.${key}`, name] as const),
  ];
  return (
    <>
      <Select label={tell('program', language)} name="program" choices={shares.programs} required />
      <fieldset>
        <legend>{tell('share', language)}</legend>
        {boxes.map(([name, text]) => (
          <label class="choice">
            <input type="checkbox" name={name} value="yes" /> {text}
          </label>
        ))}
      </fieldset>
    </>
  );
}

/** Puts a question before a level above. */
export function EscalateForm({
  frame,
  caseId,
  levels,
}: {
  frame: FormFrame;
  caseId: string;
  levels: readonly Choice[];
}) {
  const { language } = frame;
  return (
    <ActForm frame={frame} caseId={caseId} type="case.escalate" button={tell('escalate', language)}>
      <Select label={tell('level', language)} name="to" choices={levels} required />
      <label>
        {tell('question', language)}
        <textarea name="text" rows={3} required maxlength={2000} />
      </label>
    </ActForm>
  );
}

/** Answers a question from below. */
export function ReturnForm({
  frame,
  caseId,
  target,
  name,
}: {
  frame: FormFrame;
  caseId: string;
  target: string;
  name: string;
}) {
  const { language } = frame;
  return (
    <ActForm frame={frame} caseId={caseId} type="case.return" target={target} button={tell('giveBack', language)}>
      <p>{name}</p>
      <label>
        {tell('answerText', language)}
        <textarea name="text" rows={3} required maxlength={2000} />
      </label>
    </ActForm>
  );
}

function Select({
  label,
  name,
  choices,
  required,
}: {
  label: string;
  name: string;
  choices: readonly Choice[];
  required?: boolean;
}) {
  return (
    <label>
      {label}
      <select name={name} required={required ?? false}>
        {choices.map(([value, text]) => (
          <option value={value}>{text}</option>
        ))}
      </select>
    </label>
  );
}
