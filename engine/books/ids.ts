import type { BookIdKind } from './entry.ts';
import type { BookState } from './state.ts';

/** Gives the ids of clocks, discrepancies and payouts one decision makes, following the book's serial number. */
export function idMaker(
  book: string,
  state: Pick<BookState, 'serial'>,
): (kind: Extract<BookIdKind, 'm' | 'd' | 'p'>) => string {
  let serial = state.serial;
  return (kind) => {
    serial += 1;
    return `${book}.${kind}.${serial}`;
  };
}
