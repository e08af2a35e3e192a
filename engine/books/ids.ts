import type { BookIdKind } from './entry.ts';
import type { BookState } from './state.ts';

/** Gives the ids of what is numbered together in a book (all but entries) as one decision makes them, following the book's serial number. */
export function idMaker(
  book: string,
  state: Pick<BookState, 'serial'>,
): (kind: Exclude<BookIdKind, 'c' | 'v' | 'e' | 'q' | 't' | 'z'>) => string {
  let serial = state.serial;
  return (kind) => {
    serial += 1;
    return `${book}.${kind}.${serial}`;
  };
}

/** The serial number of a book in which these ids stand, each as {@link idMaker} makes them. */
export function serialAfter({ serial }: Pick<BookState, 'serial'>, ...ids: readonly (string | undefined)[]): number {
  const numbers = ids.map((id) => (id === undefined ? 0 : Number(id.slice(id.lastIndexOf('.') + 1))));
  return Math.max(serial, ...numbers);
}
