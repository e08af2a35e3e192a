import { toDate } from '../time/civil.ts';
import { lastDayOf, type Period } from './closings.ts';
import type { BookState, OpenDocument } from './state.ts';

/** Whether a document is signed as carried and belongs to a month, or to one before it. */
function isOver({ carried, since }: OpenDocument, period: Period): boolean {
  return carried === true && toDate(since) <= lastDayOf(period);
}

/** Whether a book still holds documents as open that are signed as carried and whose month ends now for good. */
export function hasCarried({ open }: Pick<BookState, 'open'>, period: Period): boolean {
  return Object.values(open).some((document) => isOver(document, period));
}

/**
 * A book without those documents: they lie in its tables alone from now on, so that its state does not grow with the years.
 * When the other side of one comes after all, or an entry of it is reversed, the tables' rows are what it is compared with.
 */
export function withoutCarried<B extends Pick<BookState, 'open'>>(book: B, period: Period): B {
  return { ...book, open: Object.fromEntries(Object.entries(book.open).filter(([, each]) => !isOver(each, period))) };
}
