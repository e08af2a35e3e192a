import type { Child } from 'hono/jsx';
import { controlOf, FieldBox, TickBox } from './form-parts.tsx';
import type { FormFrame } from './form-values.ts';
import { type FormWord, formWord } from './organisation-form-words.ts';

/** Something that can be chosen: its id and its name. */
export type Choice = readonly [id: string, name: string];

interface FieldProps {
  readonly form: FormFrame;
  readonly name: string;
  readonly label: FormWord | { readonly text: string };
  readonly hint?: FormWord;
}

/** What a control says about itself to those who do not see it. */
function aboutOf({ form, name, hint }: FieldProps) {
  return controlOf({ name, hint: hint !== undefined, wrong: form.problem?.fields.has(name) ?? false });
}

const labelOf = ({ form, label }: FieldProps): string =>
  typeof label === 'string' ? formWord(label, form.language) : label.text;

const wrongIn = ({ form, name }: FieldProps): string | undefined => form.problem?.fields.get(name)?.text;

function Field({ props, children }: { props: FieldProps; children: Child }) {
  const { form, name, hint } = props;
  return (
    <FieldBox {...{ name, label: labelOf(props), wrong: wrongIn(props) }} hint={hint && formWord(hint, form.language)}>
      {children}
    </FieldBox>
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
  const { form, name } = props;
  return (
    <TickBox {...{ name, label: labelOf(props), wrong: wrongIn(props) }}>
      <input
        {...aboutOf(props)}
        type="checkbox"
        value="yes"
        required={required}
        checked={form.values[name] === 'yes'}
      />
    </TickBox>
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
