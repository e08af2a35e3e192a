import { clockOfCount } from '../engine/books/chased.ts';
import { type CashEntry, movementFen, type Side } from '../engine/books/entry.ts';
import { isEmpty, keeperOf } from '../engine/books/keeper.ts';
import type { EventData } from '../engine/event.ts';
import type { State } from '../engine/state.ts';
import { patch, type ReadModels } from './pending.ts';

// The rows of `book_keepers`: one for each side of each book.

/** The sides of the books of a new case: nobody keeps them yet. */
export function openKeepers({ keepers }: ReadModels, { caseId, books }: EventData['case.opened']): void {
  for (const book of books) {
    for (const side of ['cash', 'ledger'] as const) {
      const row = { case_id: caseId, book: book.key, side, role: book[side], keeper: null };
      keepers.set(keyOf(book.key, side), { ...row, remains: false, waits: false });
    }
  }
}

/** A side after an entry: by most entries neither its keeper changes nor whether anything is left on it. */
export function keepersAfterEntry(
  models: ReadModels,
  state: State,
  side: Side,
  { entry, keeper }: { readonly entry: CashEntry; readonly keeper?: true },
): void {
  const wasEmpty = entry.balanceFen === movementFen(entry);
  if (keeper || wasEmpty || entry.balanceFen === 0) patchKeeper(models, state, { book: entry.book, side });
}

/** Who keeps a side now, whether anything is left on it, and whether it waits to be counted. */
export function patchKeeper(
  models: ReadModels,
  state: State,
  { book: key, side }: { readonly book: string; readonly side: Side },
): void {
  const book = state.books[key];
  if (!book) return;
  const waits = clockOfCount(book, side) !== undefined;
  const row = { book: key, side, keeper: keeperOf(book, side) ?? null, remains: !isEmpty(book, side), waits };
  patch(models.keepers, models.keeperPatches, keyOf(key, side), row);
}

const keyOf = (book: string, side: Side): string => `${book} ${side}`;
