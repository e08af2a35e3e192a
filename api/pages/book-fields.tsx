import type { Child } from 'hono/jsx';
import { NOTES } from '../../engine/books/notes.ts';
import { type Language, pick } from '../language.ts';
import { type Field, lineField, linesShown, noteField } from './book-field.ts';
import { w } from './book-form-words.ts';
import { type FormProblem, fieldId, type Values } from './organisation-fields.tsx';

/** What the fields of a form about the books are drawn with. */
export interface BookFrame {
  readonly language: Language;
  readonly values: Values;
  readonly problem: (FormProblem & { readonly code: string }) | undefined;
}

/** A field of a form, of whatever kind. */
export function BookField({ field, frame }: { field: Field; frame: BookFrame }) {
  if (field.askedBy !== undefined && frame.problem?.code !== field.askedBy && !frame.values[field.name]) return null;
  if (field.kind === 'notes') return <Notes field={field} frame={frame} />;
  if (field.kind === 'lines') return <Lines field={field} frame={frame} />;
  return <One field={field} frame={frame} name={field.name} />;
}

function One({ field, frame, name }: { field: Field; frame: BookFrame; name: string }) {
  const { language } = frame;
  const wrong = frame.problem?.fields.get(name)?.text;
  const error =
    wrong === undefined ? null : (
      <p class="field-error" id={`e-${name}`}>
        {wrong}
      </p>
    );
  if (field.kind === 'check') {
    return (
      <div class={wrong === undefined ? 'field' : 'field wrong'}>
        {error}
        <label class="choice" for={fieldId(name)}>
          <Control field={field} frame={frame} name={name} wrong={wrong} /> {pick(field.label, language)}
        </label>
        <Hint field={field} name={name} language={language} />
      </div>
    );
  }
  return (
    <div class={wrong === undefined ? 'field' : 'field wrong'}>
      <label for={fieldId(name)}>
        {pick(field.label, language)}
        {field.required ? null : <small class="optional"> {pick(w.optional, language)}</small>}
      </label>
      <Hint field={field} name={name} language={language} />
      {error}
      <Control field={field} frame={frame} name={name} wrong={wrong} />
    </div>
  );
}

function Hint({ field: { hint }, name, language }: { field: Field; name: string; language: Language }) {
  return hint ? (
    <p class="hint" id={`h-${name}`}>
      {pick(hint, language)}
    </p>
  ) : null;
}

interface ControlProps {
  readonly field: Field;
  readonly frame: BookFrame;
  readonly name: string;
  readonly wrong: string | undefined;
}

function Control({ field, frame, name, wrong }: ControlProps): Child {
  const { kind, required, max = 200 } = field;
  const { language } = frame;
  const value = frame.values[name] ?? '';
  const described = [field.hint ? `h-${name}` : '', wrong === undefined ? '' : `e-${name}`].filter(Boolean).join(' ');
  const own = {
    ...{ id: fieldId(name), name, required },
    ...(wrong === undefined ? {} : { 'aria-invalid': 'true' as const }),
    ...(described ? { 'aria-describedby': described } : {}),
  };
  switch (kind) {
    case 'area':
      return (
        <textarea {...own} rows={3} maxlength={max}>
          {value}
        </textarea>
      );
    case 'choice':
    case 'yesOrNo':
      return (
        <select {...own}>
          {field.none ? <option value="">{pick(field.none, language)}</option> : null}
          {(field.choices ?? []).map(([id, text]) => (
            <option value={id} selected={id === value}>
              {typeof text === 'string' ? text : pick(text, language)}
            </option>
          ))}
        </select>
      );
    case 'check':
      return <input {...own} type="checkbox" value="yes" checked={value === 'yes'} />;
    case 'file':
      return (
        <>
          {value === '' ? null : <Kept name={name} value={value} language={language} />}
          <input {...own} name={`${name}-new`} type="file" accept="image/*,application/pdf" required={undefined} />
        </>
      );
    case 'happened':
    case 'day':
      return <input {...own} type="date" value={value} />;
    case 'money':
    case 'signedMoney':
    case 'number':
      return <input {...own} value={value} inputmode="decimal" autocomplete="off" maxlength={20} class="figure" />;
    default:
      return <input {...own} value={value} maxlength={max} autocomplete="off" />;
  }
}

/** Files that were brought with a form that came back: they are kept, and go with it when it is sent again. */
function Kept({ name, value, language }: { name: string; value: string; language: Language }) {
  return (
    <p class="kept">
      <input type="hidden" name={name} value={value} />
      {pick(w.filesKept, language)} {value.split(',').length}
    </p>
  );
}

/** Notes and coins, each with how many there are. */
function Notes({ field, frame }: { field: Field; frame: BookFrame }) {
  const { language, values, problem } = frame;
  return (
    <fieldset class="notes">
      <legend>{pick(field.label, language)}</legend>
      {field.hint ? <p class="hint">{pick(field.hint, language)}</p> : null}
      {NOTES.map((note) => {
        const name = noteField(note);
        const wrong = problem?.fields.get(name)?.text;
        return (
          <div class={wrong === undefined ? 'note' : 'note wrong'}>
            <label for={fieldId(name)}>{noteName(Number(note), language)}</label>
            <input
              id={fieldId(name)}
              name={name}
              value={values[name] ?? ''}
              inputmode="numeric"
              maxlength={7}
              autocomplete="off"
              class="figure"
              aria-invalid={wrong === undefined ? undefined : 'true'}
              aria-describedby={wrong === undefined ? undefined : `e-${name}`}
            />
            <span aria-hidden="true">{pick(w.pieces, language)}</span>
            {wrong === undefined ? null : (
              <p class="field-error" id={`e-${name}`}>
                {wrong}
              </p>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

/** What a note or coin is called: 100 元, 5 角. */
function noteName(fen: number, language: Language): string {
  const [n, unit] = fen >= 100 ? [fen / 100, w.yuanNote] : [fen / 10, w.jiaoCoin];
  return `${n} ${pick(unit, language)}`;
}

function Lines({ field, frame }: { field: Field; frame: BookFrame }) {
  const { language, values, problem } = frame;
  const wrong = problem?.fields.get(field.name)?.text;
  return (
    <div class="book-lines" id={fieldId(field.name)}>
      {wrong === undefined ? null : <p class="field-error">{wrong}</p>}
      {Array.from({ length: linesShown(values) }, (_, line) => (
        <fieldset class="book-line">
          <legend>
            {pick(field.label, language)} {line + 1}
          </legend>
          {(field.columns ?? []).map((column) => (
            <One field={column} frame={frame} name={lineField(line, column.name)} />
          ))}
        </fieldset>
      ))}
      <input type="hidden" name="rows" value={String(linesShown(values))} />
    </div>
  );
}
