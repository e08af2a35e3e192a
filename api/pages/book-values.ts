import { NOTES } from '../../engine/books/notes.ts';
import { atTime } from '../../engine/time/civil.ts';
import { isCalendarDate } from '../../engine/time/day-number.ts';
import type { Text } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { type Field, fenOf, isToday, lineField, linesShown, noteField, numberOf, pickField } from './book-field.ts';
import { w } from './book-form-words.ts';
import { readList } from './book-list.ts';
import type { Values } from './form-values.ts';

/** What a filled-in form says: the parts of an act, and what could not be read, by field. */
export interface FormRead {
  readonly data: Record<string, unknown>;
  readonly occurredAt?: Instant;
  readonly reason?: string;
  readonly onBehalfOf?: string;
  readonly evidence?: readonly string[];
  readonly wrong: ReadonlyMap<string, Text>;
  /** The line of the form that each line of the act stands in. */
  readonly lines: readonly number[];
}

/** Reads the values of a form's fields. What is left empty is left out; what is missing then is for the act itself to say. */
export function readValues(fields: readonly Field[], values: Values, today: CalendarDate): FormRead {
  const parts: Record<string, unknown> = { data: {} };
  const wrong = new Map<string, Text>();
  const lines: number[] = [];
  for (const field of fields) {
    for (const side of field.kind === 'sides' ? (field.columns ?? []) : [])
      put(parts, side.path.split('.'), ticked(side, values));
    const value = valueIn(field, values, { today, wrong, lines });
    if (value !== undefined && field.path !== '') put(parts, field.path.split('.'), value);
  }
  return { ...(parts as unknown as Pick<FormRead, 'data'>), wrong, lines };
}

/** Lines of a list that are told of at once. */
const MOST_TOLD = 20;

interface Reading {
  readonly today: CalendarDate;
  readonly wrong: Map<string, Text>;
  readonly lines: number[];
}

function valueIn(field: Field, values: Values, reading: Reading): unknown {
  if (field.kind === 'notes') return notesOf(values, reading);
  if (field.kind === 'lines') return linesOf(field.columns ?? [], values, reading);
  if (field.kind === 'list') return listed(field, values, reading);
  if (field.kind === 'sides' || field.kind === 'sheet' || field.kind === 'hidden') return undefined;
  const text = (values[field.name] ?? '').trim();
  if (text === '') return undefined;
  return single(field, field.name, text, reading);
}

function single({ kind }: Field, name: string, text: string, { today, wrong }: Reading): unknown {
  const read = <T>(value: T | undefined, otherwise: Text): T | undefined => {
    if (value === undefined) wrong.set(name, otherwise);
    return value;
  };
  switch (kind) {
    case 'money':
    case 'signedMoney':
      return read(fenOf(text), w.notYuan);
    case 'number':
      return read(numberOf(text), w.notNumber);
    case 'check':
      return text === 'yes' ? true : undefined;
    case 'yesOrNo':
      return text === 'yes';
    case 'day':
      return text;
    case 'happened':
      if (isToday(text, today)) return undefined;
      return read(isCalendarDate(text) ? atTime(text, '12:00') : undefined, w.notDay);
    case 'file':
      return text.split(',').filter((id) => id !== '');
    default:
      return text;
  }
}

/** The entries that are ticked in a list. */
function ticked({ name, choices = [] }: Field, values: Values): string[] {
  return choices.map(([id]) => id).filter((id) => values[pickField(name, id)] === 'yes');
}

/** The rows of a pasted list; what cannot be read is told line by line. */
function listed({ name }: Field, values: Values, { wrong, lines }: Reading): object[] {
  const { rows, problems } = readList(values[name] ?? '');
  if (problems.length > 0) {
    const said = problems.slice(0, MOST_TOLD);
    wrong.set(name, [
      said.map(({ line, why }) => `第 ${line} 行：${why[0]}`).join('\n'),
      said.map(({ line, why }) => `Line ${line}: ${why[1]}`).join('\n'),
    ]);
  }
  lines.push(...rows.map(({ line }) => line));
  return rows.map(({ line: _, ...row }) => row);
}

function notesOf(values: Values, { wrong }: Reading): Record<string, number> {
  const pieces: Record<string, number> = {};
  for (const note of NOTES) {
    const name = noteField(note);
    const text = (values[name] ?? '').trim();
    if (text === '') continue;
    const n = numberOf(text);
    if (n === undefined || !Number.isInteger(n)) wrong.set(name, w.notPieces);
    else if (n > 0) pieces[note] = n;
  }
  return pieces;
}

function linesOf(columns: readonly Field[], values: Values, reading: Reading): object[] {
  const made: object[] = [];
  for (let line = 0; line < linesShown(values); line += 1) {
    const said: Record<string, unknown> = {};
    for (const column of columns) {
      const name = lineField(line, column.name);
      const text = (values[name] ?? '').trim();
      if (text === '') continue;
      const value = single(column, name, text, reading);
      if (value !== undefined) said[column.path] = value;
    }
    if (!columns.some(({ name, kind }) => kind !== 'choice' && values[lineField(line, name)]?.trim())) continue;
    reading.lines.push(line);
    made.push(whole(said));
  }
  return made;
}

/** A line with what follows from the rest: what it is about, and the amount of so many at such a price. */
function whole(said: Record<string, unknown>): object {
  const { item, quantity, priceFen } = said;
  const product =
    typeof quantity === 'number' && typeof priceFen === 'number' ? { amountFen: Math.round(quantity * priceFen) } : {};
  return { ...(item === undefined ? {} : { text: item }), ...product, ...said };
}

function put(into: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[first] = value;
  else {
    into[first] ??= {};
    put(into[first] as Record<string, unknown>, rest, value);
  }
}
