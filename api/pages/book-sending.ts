import { actIdOf } from '../../door/act-id.ts';
import type { Recorded } from '../../door/outcome.ts';
import type { Act } from '../../engine/act.ts';
import { bookActs } from '../../engine/books/index.ts';
import { inBoth, type Refusal } from '../../engine/refusal.ts';
import { actorOf } from '../auth/caller.ts';
import { answersGuess } from '../book-sight.ts';
import { ApiProblem, problem } from '../errors.ts';
import { inputErrors, worded } from '../issues.ts';
import { type Language, pick } from '../language.ts';
import { caseNames } from '../reading.ts';
import { readable } from '../timeline-text.ts';
import { type Field, lineField } from './book-field.ts';
import type { BookForm, BookSubject } from './book-form.ts';
import { type FormRead, readValues } from './book-values.ts';
import type { FormProblem, Values } from './organisation-fields.tsx';
import { waysOf } from './organisation-ways.ts';

/** What a filled-in form asks the door for. */
export interface Asked {
  readonly act: Omit<Act, 'id' | 'actor'>;
  readonly lines: readonly number[];
}

/** The act a filled-in form stands for. Throws the problem 422 where a field cannot be read. */
export function askedBy(form: BookForm, subject: BookSubject, fields: readonly Field[], values: Values): Asked {
  const { data: said, wrong, lines, ...rest } = readValues(fields, values, subject.today);
  if (wrong.size > 0) throw unreadable(wrong);
  const { data: fixed = {}, ...more } = form.fixed?.(subject) ?? {};
  const data = { ...fixed, ...(form.finish?.(said, values) ?? said) };
  return { act: { type: form.act, ...more, ...rest, data }, lines };
}

/** Records the act of a form, once for its key. Throws the problem of a refusal. */
export async function send(
  { deps, caller, caseId, language }: BookSubject,
  { act }: Asked,
  { path, key }: { readonly path: string; readonly key: string },
): Promise<Recorded> {
  const id = actIdOf({ caller: caller.person, method: 'POST', path, idempotencyKey: key });
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

function unreadable(wrong: FormRead['wrong']): ApiProblem {
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
const forPrograms = new RegExp(`\\s*[（(](${ACTS})[）)]|(${ACTS})(，|, )?`, 'g');

/** A refusal as a form shows it: at the fields it is about, in words that name those and not the data of an act. */
export function bookProblem(
  { refusal }: ApiProblem,
  {
    fields,
    lines,
    language,
  }: { readonly fields: readonly Field[]; readonly lines: readonly number[]; readonly language: Language },
): FormProblem & { readonly code: string } {
  const plain = (text: string) =>
    fields
      .filter(({ path }) => path !== '')
      .reduce((so, { path, label }) => so.replaceAll(path, pick(label, language)), text.replace(forPrograms, ''))
      .replaceAll(/\bdata\./g, '');
  const detail = plain(pick(refusal.detail, language));
  const found = new Map<string, { label: string; text: string }>();
  for (const { path, message } of refusal.errors ?? []) {
    const place = placeOf(path, fields, lines);
    if (!place) continue;
    const said = worded(message, language);
    const own = language === 'zh' ? /\p{Script=Han}/u.test(said) : said.includes(' ');
    found.set(place.name, { label: pick(place.field.label, language), text: own ? said : detail });
  }
  const ways = waysOf(refusal, language).map(({ text }) => ({ text: plain(text) }));
  return { code: refusal.code, detail, ways, fields: found };
}

function placeOf(path: string, fields: readonly Field[], lines: readonly number[]) {
  if (path.startsWith('form.')) {
    const name = path.slice(5);
    const [, line, column] = /^line-(\d+)-(.+)$/.exec(name) ?? [];
    const field = fields.find((each) =>
      column === undefined ? each.name === name || (each.kind === 'notes' && name.startsWith('note-')) : each.columns,
    );
    const own = line === undefined ? field : field?.columns?.find((each) => each.name === column);
    return own && { name, field: own };
  }
  const field = fields.find((each) => each.path !== '' && (path === each.path || path.startsWith(`${each.path}.`)));
  const [, line, column] = /^data\.lines\.(\d+)\.(\w+)/.exec(path) ?? [];
  const own = field?.columns?.find((each) => each.path === column);
  const shown = lines[Number(line)];
  if (own && shown !== undefined) return { name: lineField(shown, own.name), field: own };
  return field && { name: field.name, field };
}
