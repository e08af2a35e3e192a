import type { Refusal } from '../../engine/refusal.ts';
import { worded } from '../issues.ts';
import type { Language } from '../language.ts';
import type { FormProblem } from './form-values.ts';

/** A field that a refusal is about: its name in the form and what it is called there. */
interface FieldPlace {
  readonly name: string;
  readonly label: string;
  /** Said before what is wrong: the line of a list. Several of one field stand below one another. */
  readonly row?: string;
}

/**
 * The fields a refusal is about, with what is wrong with each. Messages of our own come in the reader's language; others are
 * words for programs, and the detail of the refusal stands in for them. What is about no field of the form is left out.
 */
export function fieldsOf(
  errors: Refusal['errors'],
  placeOf: (path: string) => FieldPlace | undefined,
  { detail, language }: { readonly detail: string; readonly language: Language },
): FormProblem['fields'] {
  const fields = new Map<string, { label: string; text: string }>();
  for (const { path, message } of errors ?? []) {
    const place = placeOf(path);
    if (!place) continue;
    const said = worded(message, language);
    const own = language === 'zh' ? /\p{Script=Han}/u.test(said) : said.includes(' ');
    const text = `${place.row ?? ''}${own ? said : detail}`;
    const before = place.row === undefined ? undefined : fields.get(place.name)?.text;
    fields.set(place.name, { label: place.label, text: before === undefined ? text : `${before}\n${text}` });
  }
  return fields;
}
