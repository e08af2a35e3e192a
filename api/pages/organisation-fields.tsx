import type { Child } from 'hono/jsx';
import type { Language } from '../language.ts';
import { type FormWord, formWord } from './organisation-form-words.ts';

/** What a form holds: its texts by the names of its fields. */
export type Values = Readonly<Record<string, string>>;

/** A way out of a refusal: in words, and where it is done when a page does it. */
export interface Way {
  readonly text: string;
  readonly href?: string;
}

/** Why a form was not taken: what and why, what can be done about it, and which fields it is about. */
export interface FormProblem {
  readonly detail: string;
  readonly ways: readonly Way[];
  readonly fields: ReadonlyMap<string, { readonly label: string; readonly text: string }>;
}

/** What the fields of a form are drawn with. */
export interface FormFrame {
  readonly language: Language;
  readonly values: Values;
  readonly problem: FormProblem | undefined;
}

/** Something that can be chosen: its id and its name. */
export type Choice = readonly [id: string, name: string];

/** Where a field is, for the links of the summary. */
export const fieldId = (name: string): string => `f-${name}`;

interface FieldProps {
  readonly form: FormFrame;
  readonly name: string;
  readonly label: FormWord | { readonly text: string };
  readonly hint?: FormWord;
}

/** What a control says about itself to those who do not see it. */
function aboutOf({ form, name, hint }: FieldProps) {
  const wrong = form.problem?.fields.has(name) ?? false;
  const described = [hint ? `h-${name}` : '', wrong ? `e-${name}` : ''].filter(Boolean).join(' ');
  return {
    id: fieldId(name),
    name,
    ...(wrong ? { 'aria-invalid': 'true' as const } : {}),
    ...(described ? { 'aria-describedby': described } : {}),
  };
}

function Field({ props, children }: { props: FieldProps; children: Child }) {
  const { form, name, label, hint } = props;
  const wrong = form.problem?.fields.get(name)?.text;
  return (
    <div class={wrong === undefined ? 'field' : 'field wrong'}>
      <label for={fieldId(name)}>{typeof label === 'string' ? formWord(label, form.language) : label.text}</label>
      {hint ? (
        <p class="hint" id={`h-${name}`}>
          {formWord(hint, form.language)}
        </p>
      ) : null}
      {wrong === undefined ? null : (
        <p class="field-error" id={`e-${name}`}>
          {wrong}
        </p>
      )}
      {children}
    </div>
  );
}

/** One line of text; `choices` are proposed, others may be written. */
export function TextField({
  choices,
  required,
  max = 200,
  lang,
  ...props
}: FieldProps & { choices?: readonly Choice[]; required?: true; max?: number; lang?: string }) {
  const list = choices ? { list: `l-${props.name}`, autocomplete: 'off' } : {};
  return (
    <Field props={props}>
      <input
        {...aboutOf(props)}
        {...list}
        value={props.form.values[props.name] ?? ''}
        required={required}
        maxlength={max}
        lang={lang}
      />
      {choices ? (
        <datalist id={`l-${props.name}`}>
          {choices.map(([id, text]) => (
            <option value={id}>{text}</option>
          ))}
        </datalist>
      ) : null}
    </Field>
  );
}

/** Several lines of text. */
export function AreaField({ rows = 4, max = 20_000, ...props }: FieldProps & { rows?: number; max?: number }) {
  return (
    <Field props={props}>
      <textarea {...aboutOf(props)} rows={rows} maxlength={max}>
        {props.form.values[props.name] ?? ''}
      </textarea>
    </Field>
  );
}

/** A day, or a time of day. */
export function TimeField({ type, min, ...props }: FieldProps & { type: 'date' | 'time'; min?: string }) {
  return (
    <Field props={props}>
      <input {...aboutOf(props)} type={type} min={min} value={props.form.values[props.name] ?? ''} />
    </Field>
  );
}

/** One of several; `none`: what choosing nothing means, where that is allowed. */
export function SelectField({ choices, none, ...props }: FieldProps & { choices: readonly Choice[]; none?: FormWord }) {
  const chosen = props.form.values[props.name] ?? '';
  return (
    <Field props={props}>
      <select {...aboutOf(props)} required={none === undefined}>
        {none === undefined ? null : <option value="">{formWord(none, props.form.language)}</option>}
        {choices.map(([id, text]) => (
          <option value={id} selected={id === chosen}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** A unit: one of a list, or named where there are too many for one. */
export function UnitField({ choices, ...props }: FieldProps & { choices: readonly Choice[] }) {
  return choices.length > 0 ? (
    <SelectField {...props} choices={choices} />
  ) : (
    <TextField {...props} hint="unitByName" required />
  );
}

/** A yes that is given or not. */
export function CheckField({ required, ...props }: FieldProps & { required?: true }) {
  const { form, name, label } = props;
  const wrong = form.problem?.fields.get(name)?.text;
  return (
    <div class={wrong === undefined ? 'field' : 'field wrong'}>
      {wrong === undefined ? null : (
        <p class="field-error" id={`e-${name}`}>
          {wrong}
        </p>
      )}
      <label class="choice" for={fieldId(name)}>
        <input
          {...aboutOf(props)}
          type="checkbox"
          value="yes"
          required={required}
          checked={form.values[name] === 'yes'}
        />
        {typeof label === 'string' ? formWord(label, form.language) : label.text}
      </label>
    </div>
  );
}

/** A name in both languages: fields `zh` and `en`, or those with another ending. */
export function NameFields({ form, of = '' }: { form: FormFrame; of?: string }) {
  return (
    <>
      <TextField form={form} name={`zh${of}`} label="nameZh" required />
      <TextField form={form} name={`en${of}`} label="nameEn" hint="nameEnHint" lang="en" />
    </>
  );
}
