import type { Text } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import type { Values } from './form-values.ts';

/** How a field of a form about the books is filled in and read. */
export type FieldKind =
  | 'text'
  | 'area'
  | 'choice'
  | 'check'
  | 'yesOrNo'
  | 'money'
  | 'signedMoney'
  | 'number'
  | 'day'
  | 'happened'
  | 'file'
  | 'notes'
  | 'lines'
  | 'list'
  | 'sheet'
  | 'sides'
  | 'hidden';

/** A field: what it is called, and where in the act its value goes (`data.amountFen`; '' where the form uses it itself). */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly label: Text;
  readonly path: string;
  readonly hint?: Text;
  readonly required?: true;
  readonly choices?: readonly (readonly [id: string, name: Text | string])[];
  /** What choosing nothing means, where that is allowed. */
  readonly none?: Text;
  readonly initial?: string;
  readonly max?: number;
  /** The fields of each line, for `lines`; the lists to tick entries in, for `sides`. */
  readonly columns?: readonly Field[];
  /** Where errors of one line of a list or a file are told of (`data.lines`: `data.lines.3.receipt` is of its fourth). */
  readonly rows?: string;
  /** Shown only where a refusal asks for it (its code), or once it was given. */
  readonly askedBy?: string;
}

/** The lines a form begins with, and how many one request adds. */
export const LINES = 3;
/** A voucher has at most so many. */
export const MOST_LINES = 200;

/** How many lines a form shows. */
export function linesShown(values: Values): number {
  const asked = Math.trunc(Number(values['rows'] ?? LINES));
  return Number.isFinite(asked) ? Math.min(MOST_LINES, Math.max(1, asked)) : LINES;
}

/** The name of a field of a line. */
export const lineField = (line: number, name: string): string => `line-${line}-${name}`;

/** The name of the tick at one of the entries to choose from. */
export const pickField = (list: string, id: string): string => `${list}-${id}`;

/** The name of the field that counts a note. */
export const noteField = (note: string): string => `note-${note}`;

/**
 * Fen of an amount in yuan as people write it: `2590`, `2,590.00`, `￥２５９０．５`. Undefined where it is none, has more than two
 * decimals or more digits than a book holds. Never through a float.
 */
export function fenOf(text: string): number | undefined {
  const plain = text.normalize('NFKC').replace(/[\s,，¥元]/g, '');
  const found = /^([+-]?)(\d{1,11})(?:\.(\d{0,2}))?$/.exec(plain);
  if (!found) return undefined;
  const [, sign, whole = '', part = ''] = found;
  const fen = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return sign === '-' && fen !== 0 ? -fen : fen;
}

/** A number as people write it, in whatever width; undefined where it is none. */
export function numberOf(text: string): number | undefined {
  const plain = text.normalize('NFKC').replace(/[\s,]/g, '');
  return /^\d{1,12}(\.\d{1,6})?$/.test(plain) ? Number(plain) : undefined;
}

/** Whether something happened on the day the form is filled in: then it happened just now. */
export function isToday(day: string, today: CalendarDate): boolean {
  return day === '' || day === today;
}
