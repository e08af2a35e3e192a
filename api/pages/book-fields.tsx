import type { Child } from 'hono/jsx';
import { NOTES } from '../../engine/books/notes.ts';
import { type Language, pick } from '../language.ts';
import { type Field, lineField, linesShown, noteField, pickField } from './book-field.ts';
import { w } from './book-form-words.ts';
import { controlOf, FieldBox, FieldError, TickBox } from './form-parts.tsx';
import { type FormFrame, type FormProblem, fieldId } from './form-values.ts';
import { fw } from './form-words.ts';

/** What the fields of a form about the books are drawn with. */
export interface BookFrame extends FormFrame {
  readonly problem: (FormProblem & { readonly code: string }) | undefined;
}

/** A field of a form, of whatever kind. */
export function BookField({ field, frame }: { field: Field; frame: BookFrame }) {
  if (field.askedBy !== undefined && frame.problem?.code !== field.askedBy && !frame.values[field.name]) return null;
  if (field.kind === 'notes') return <Notes field={field} frame={frame} />;
  if (field.kind === 'lines') return <Lines field={field} frame={frame} />;
  if (field.kind === 'hidden') return <input type="hidden" name={field.name} value={frame.values[field.name] ?? ''} />;
  if (field.kind === 'sides') return <Sides field={field} frame={frame} />;
  if (field.kind === 'list') return <List field={field} frame={frame} />;
  return <One field={field} frame={frame} name={field.name} />;
}

function One({ field, frame, name }: { field: Field; frame: BookFrame; name: string }) {
  const { language } = frame;
  const wrong = frame.problem?.fields.get(name)?.text;
  const shared = { name, wrong, label: pick(field.label, language), hint: field.hint && pick(field.hint, language) };
  const control = <Control field={field} frame={frame} name={name} wrong={wrong} />;
  if (field.kind === 'check') return <TickBox {...shared}>{control}</TickBox>;
  return (
    <FieldBox {...shared} note={field.required ? undefined : pick(fw.optional, language)}>
      {control}
    </FieldBox>
  );
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
  const own = { ...controlOf({ name, hint: field.hint !== undefined, wrong: wrong !== undefined }), required };
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
          <input {...own} name={`${name}-new`} type="file" accept={PAPERS} required={undefined} />
        </>
      );
    case 'sheet':
      return (
        <>
          {value === '' ? null : <Kept name={name} value={value} language={language} />}
          <input {...own} name={`${name}-new`} type="file" accept={SHEETS} required={required && value === ''} />
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

/** What spreadsheets and banks give. */
const SHEETS = '.csv,.txt,.xlsx,text/csv,text/plain';
/** Papers: kinds of pictures by their names, so that a telephone that keeps others (HEIC) sends JPEG. */
const PAPERS = 'image/jpeg,image/png,image/webp,image/gif,application/pdf';

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
              {...controlOf({ name, hint: false, wrong: wrong !== undefined })}
              value={values[name] ?? ''}
              inputmode="numeric"
              maxlength={7}
              autocomplete="off"
              class="figure"
            />
            <span aria-hidden="true">{pick(w.pieces, language)}</span>
            <FieldError name={name} wrong={wrong} />
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

/** A list that is pasted, or comes from a file, whose lines then stand here to be mended. */
function List({ field, frame }: { field: Field; frame: BookFrame }) {
  const { language, values } = frame;
  const { name, label, hint } = field;
  const wrong = frame.problem?.fields.get(name)?.text;
  const file = `${name}-new`;
  return (
    <>
      <FieldBox {...{ name, wrong, label: pick(label, language), hint: hint && pick(hint, language) }}>
        <textarea
          {...controlOf({ name, hint: hint !== undefined, wrong: wrong !== undefined })}
          rows={8}
          maxlength={40_000}
          class="figure"
          spellcheck={false}
        >
          {values[name] ?? ''}
        </textarea>
      </FieldBox>
      <FieldBox name={file} label={pick(w.orFile, language)} hint={pick(w.orFileHint, language)} wrong={undefined}>
        <input
          {...controlOf({ name: file, hint: true, wrong: false })}
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
        />
      </FieldBox>
    </>
  );
}

/** Entries of both sides, beside one another, each to be ticked. */
function Sides({ field, frame }: { field: Field; frame: BookFrame }) {
  const { language, values, problem } = frame;
  const { name, columns = [] } = field;
  return (
    <div class="sides" id={fieldId(name)} tabindex={-1}>
      <FieldError name={name} wrong={problem?.fields.get(name)?.text} />
      {columns.map((side) => (
        <fieldset class="side">
          <legend>{pick(side.label, language)}</legend>
          {(side.choices ?? []).map(([id, text]) => {
            const tick = pickField(side.name, id);
            return (
              <label class="choice" for={fieldId(tick)}>
                <input id={fieldId(tick)} name={tick} type="checkbox" value="yes" checked={values[tick] === 'yes'} />
                <span>{typeof text === 'string' ? text : pick(text, language)}</span>
              </label>
            );
          })}
          {side.choices?.length ? null : <p class="hint">{pick(w.nothingThere, language)}</p>}
        </fieldset>
      ))}
    </div>
  );
}
