import type { Recorded } from '../../door/outcome.ts';
import type { Act } from '../../engine/act.ts';
import { bookActs } from '../../engine/books/index.ts';
import { inBoth, type Refusal } from '../../engine/refusal.ts';
import { actorOf } from '../auth/caller.ts';
import { answersGuess } from '../book-sight.ts';
import { ApiProblem, problem } from '../errors.ts';
import { inputErrors } from '../issues.ts';
import { type Language, pick } from '../language.ts';
import { caseNames } from '../reading.ts';
import { readable } from '../timeline-text.ts';
import { type Field, lineField } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { type FormRead, readValues } from './book-values.ts';
import { fieldsOf } from './form-problem.ts';
import type { FormProblem, Values, Way } from './form-values.ts';
import { waysOf } from './form-ways.ts';

/** What a filled-in form asks the door for. */
export interface Asked {
  readonly act: Omit<Act, 'id' | 'actor'>;
  readonly lines: readonly number[];
}

/** The act a filled-in form stands for. Throws the problem 422 where a field cannot be read. */
export function askedBy(form: BookForm, subject: BookSubject, fields: readonly Field[], values: Values): Asked {
  const { data: said, wrong, lines, ...rest } = readValues(fields, values, subject.today);
  if (wrong.size > 0) throw wrongFields(wrong);
  const { data: fixed = {}, ...more } = form.fixed?.(subject) ?? {};
  const data = { ...fixed, ...(form.finish?.(said, values, subject) ?? said) };
  return { act: { type: form.act, ...more, ...rest, data }, lines };
}

/** Records the act of a form, once for its id. Throws the problem of a refusal. */
export async function send(
  { deps, caller, caseId, language }: BookSubject,
  { act }: Asked,
  id: string,
): Promise<Recorded> {
  const outcome = await deps.door.act({ caseId, act: { ...act, id, actor: actorOf(caller) } });
  if (outcome.status === 'recorded') return outcome;
  throw new ApiProblem(reworded(outcome.refusal, act, language));
}

/** What the act of a form would do, in words, as far as they tell nothing the caller may not know. Throws the problem of a refusal. */
export async function tryOut(subject: BookSubject, { act }: Asked): Promise<readonly string[]> {
  const { deps, caller, caseId, language, record, sight } = subject;
  const outcome = await deps.door.dryRun({ caseId, act: { ...act, id: 'dry-run', actor: actorOf(caller) } });
  if (outcome.status === 'refused') throw new ApiProblem(reworded(outcome.refusal, act, language));
  const names = await caseNames(deps, record, outcome.events, language);
  const shown = outcome.events.filter((event) => !answersGuess(event, sight) && !event.type.startsWith('deadline.'));
  return shown.map((event) => pick(readable(event, names), language));
}

/** Says what is wrong with the data in the caller's language: the engine lists the same places in its own words. */
function reworded(refusal: Refusal, { type, data }: Asked['act'], language: Language): Refusal {
  const parsed = refusal.code === 'INVALID_DATA' ? bookActs[type]?.data.safeParse(data) : undefined;
  return !parsed || parsed.success
    ? refusal
    : { ...refusal, errors: inputErrors(parsed.error.issues, language, 'data') };
}

function wrongFields(wrong: FormRead['wrong']): ApiProblem {
  return problem(
    'INVALID_DATA',
    ['有的内容不符合要求。', 'Some of it is not valid.'],
    [],
    [...wrong].map(([name, text]) => ({ path: `form.${name}`, message: inBoth(...text) })),
  );
}

/** Names of acts and data, which people at a page have no use for. */
const ACTS = Object.keys(bookActs)
  .map((type) => type.replace('.', '\\.'))
  .join('|');
const forPrograms = new RegExp(`\\s*[（(](${ACTS}|\\w+: \\w+)[）)]|(${ACTS})(，|, )?`, 'g');

/** A refusal as a form shows it: at the fields it is about, in words that name those and not the data of an act. */
export function bookProblem(
  { refusal }: ApiProblem,
  {
    fields,
    lines,
    language,
    waysOn = [],
  }: {
    readonly fields: readonly Field[];
    readonly lines: readonly number[];
    readonly language: Language;
    /** Pages that lead on from it. */
    readonly waysOn?: readonly Way[];
  },
): FormProblem & { readonly code: string } {
  const plain = (text: string) =>
    fields
      .filter(({ path }) => path !== '')
      .reduce((so, { path, label }) => so.replaceAll(path, pick(label, language)), text.replace(forPrograms, ''))
      .replaceAll(/\bdata\./g, '');
  const detail = plain(pick(refusal.detail, language));
  const at = (path: string) => {
    const place = placeOf(path, fields, lines);
    if (!place) return undefined;
    const { row, name, field } = place;
    const at = row === undefined ? {} : { row: pick([`第 ${row} 行：`, `Line ${row}: `], language) };
    return { name, label: pick(field.label, language), ...at };
  };
  // an example of JSON is a way out for programs alone
  const ways = waysOf(refusal, language).flatMap(({ text }) => (text.includes('{"') ? [] : [{ text: plain(text) }]));
  return {
    code: refusal.code,
    detail,
    ways: [...waysOn, ...ways],
    fields: fieldsOf(refusal.errors, at, { detail, language }),
  };
}

/** A field of the form, or a field of one of its lines, with the line of a list where it is about one. */
interface Place {
  readonly name: string;
  readonly field: Field;
  readonly row?: number;
}

function placeOf(asked: string, fields: readonly Field[], lines: readonly number[]): Place | undefined {
  const path = asked.replaceAll(/\[(\d+)\]/g, '.$1');
  if (path.startsWith('form.')) return typedPlace(path.slice(5), fields);
  const [, rows, n, column] = /^(.+?)\.(\d+)(?:\.(\w+))?$/.exec(path) ?? [];
  const listed = rows === undefined ? undefined : fields.find((each) => each.rows === rows);
  if (listed) return { name: listed.name, field: listed, row: lines[Number(n)] ?? Number(n) };
  const sides = fields.find(
    (each) => each.kind === 'sides' && each.columns?.some((side) => path.startsWith(side.path)),
  );
  if (sides) return { name: sides.name, field: sides };
  const field = fields.find((each) => each.path !== '' && (path === each.path || path.startsWith(`${each.path}.`)));
  const own = field?.columns?.find((each) => each.path === column);
  const shown = lines[Number(n)];
  if (field?.kind === 'lines' && own && shown !== undefined) return { name: lineField(shown, own.name), field: own };
  return field && { name: field.name, field };
}

/** Where a value stands that could not be read. */
function typedPlace(name: string, fields: readonly Field[]): Place | undefined {
  const [, line, column] = /^line-(\d+)-(.+)$/.exec(name) ?? [];
  const field = fields.find((each) =>
    column === undefined
      ? each.name === name || (each.kind === 'notes' && name.startsWith('note-'))
      : each.kind === 'lines',
  );
  const own = line === undefined ? field : field?.columns?.find((each) => each.name === column);
  return own && { name, field: own };
}
