import type { Text } from './program.ts';
import type { CalendarDate } from './time.ts';

/**
 * What a version of a program changed for people: for the household, for those who work on a case, for those who look over
 * it. A first version says what the program is for. Beside program.ts as `changes.ts`, newest first; a version without its
 * entry is refused by `linli program check`.
 */
export interface Change {
  readonly version: string;
  /** The day from which new cases are opened with it. */
  readonly on: CalendarDate;
  readonly changed: readonly Text[];
}
