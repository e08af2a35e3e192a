import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import { yuan } from '../timeline-text.ts';
import type { Cell, ColumnKind } from './model.ts';

/** What a reader may not see yet, on paper and in spreadsheets. */
export const HIDDEN = '＊';

/** A cell as a reader reads it: yuan with two decimals, texts in his language, a mark for what is hidden, nothing for nothing. */
export function written(cell: Cell | undefined, kind: ColumnKind, language: Language): string {
  if (cell === undefined) return '';
  if (cell === null) return HIDDEN;
  if (typeof cell === 'number') return kind === 'money' ? yuan(cell) : String(cell);
  return plain(cell, language);
}

/** A text of ours in a language; a person's as it is. */
export function plain(text: string | Text, language: Language): string {
  return typeof text === 'string' ? text : pick(text, language);
}
