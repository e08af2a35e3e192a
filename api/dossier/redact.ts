import { createHmac } from 'node:crypto';
import type { Table } from './table.ts';

/** Replaces in any JSON value what may tell of a person. */
export interface Redactor {
  value(value: unknown, key?: string): unknown;
  table(table: Table): Table;
}

/** What stands where a text was left out. */
const OMITTED = '〔略〕';

/**
 * Keys whose texts become pseudonyms, so that it can be seen where the same is meant: names, witnesses, numbers of papers.
 * Every other text that is not known to be harmless is left out.
 */
const NAMED = new Set(
  'name witness sourceDoc source_doc payer receipt receipts buyer helper contact counterparty document'.split(' '),
);

/** Keys below which everything was typed in by people, whatever its form: left out whole, also numbers and dates. */
const TYPED_IN = new Set(
  'fields result answer birthDate birth_date refusal body_hash sha256 digests telephone phone'.split(' '),
);

/** Keys whose texts are words of the engine's own. */
const WORDS = new Set(
  'kind side channel direction status state level tell decision keeps profile account duty actor_kind type of media_type found why how'.split(
    ' ',
  ),
);

const WORD = /^[a-z][A-Za-z.]*([ -][a-z]+){0,4}$/;
const MEDIA = /^[a-z]+\/[a-z0-9.+-]+(; charset=utf-8)?$/;
/** Instants, dates, months, times of day, hashes, random ids, spans of time, budgets. */
const PLAIN =
  /^(\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?)?|\d\d:\d\d|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[[(]"?[-0-9:. +]*"?,"?[-0-9:. +]*"?[\])]|\d{1,4} (working )?(day|week|month|year|hour|minute)s?)$/;

/**
 * A redactor of one case. `secret` is the salt of the case's first event: it lies in a payload that a redacted dossier
 * withholds, so that nobody can try names against a pseudonym without the full record, while the same record always gives the
 * same pseudonyms, and those of two cases have nothing in common. `known`: texts that tell of nobody (the program's own, ids
 * of units, posts, persons and things, which the chain's headers show anyway).
 */
export function redactorOf(secret: string, known: ReadonlySet<string>): Redactor {
  const key = createHmac('sha256', secret).update('linli dossier pseudonyms 1').digest();
  const pseudonym = (text: string): string =>
    `〔${createHmac('sha256', key).update(text.normalize('NFC').trim()).digest('hex').slice(0, 8)}〕`;
  const value = (given: unknown, name = ''): unknown => {
    if (TYPED_IN.has(name) && given != null && !known.has(given as string)) return OMITTED;
    if (typeof given === 'string') return textOf(given, name);
    if (Array.isArray(given)) return given.map((each) => value(each, name));
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(
      Object.entries(given).map(([own, each]) => [
        isHarmless(own, '') || /^[A-Za-z]\w*$|^\d{1,5}$/.test(own) ? own : pseudonym(own),
        value(each, own),
      ]),
    );
  };
  const isHarmless = (text: string, name: string): boolean =>
    known.has(text) || PLAIN.test(text) || (WORDS.has(name) && (WORD.test(text) || MEDIA.test(text)));
  const textOf = (text: string, name: string): string => {
    if (text === '' || isHarmless(text, name)) return text;
    return NAMED.has(name) ? pseudonym(text) : OMITTED;
  };
  return {
    value,
    table: ({ columns, rows }) => ({
      columns,
      rows: rows.map((row) => row.map((each, n) => value(each, columns[n]))),
    }),
  };
}

/** Every text in a value, its keys included. */
export function textsIn(value: unknown, texts = new Set<string>()): Set<string> {
  if (typeof value === 'string') texts.add(value);
  else if (Array.isArray(value)) for (const each of value) textsIn(each, texts);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      texts.add(key);
      textsIn(each, texts);
    }
  }
  return texts;
}
