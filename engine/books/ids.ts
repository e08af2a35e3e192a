import type { BookIdKind } from './entry.ts';
import type { BookState } from './state.ts';

/** Gives the ids of what is numbered together in a book (all but entries) as one decision makes them, following the book's serial number. */
export function idMaker(
  book: string,
  state: Pick<BookState, 'serial'>,
): (kind: Exclude<BookIdKind, 'c' | 'v'>) => string {
  let serial = state.serial;
  return (kind) => {
    serial += 1;
    return `${book}.${kind}.${serial}`;
  };
}
