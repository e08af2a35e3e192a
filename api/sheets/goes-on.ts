import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import type { Line } from './write-csv.ts';

/** A page of a list, written as a spreadsheet. */
interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

/** That a list goes on after a page of it, and how to get the rest; nothing where it does not. */
export function goesOnText({ nextCursor }: Page): readonly Text[] {
  if (nextCursor === null) return [];
  return [
    [
      `未完：以上不是全部，其余的加上 cursor=${nextCursor} 再取。`,
      `Not all: ask again with cursor=${nextCursor} for the rest.`,
    ],
  ];
}

/** The same as the last line of a spreadsheet. */
export function goesOn(page: Page, language: Language): readonly Line[] {
  return goesOnText(page).map((text) => [pick(text, language)]);
}
