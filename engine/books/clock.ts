import type { Instant } from '../../sdk/time.ts';
import { isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import type { State } from '../state.ts';
import type { World } from '../world.ts';
import { bookOf } from './access.ts';
import { advanceClosings, closingDue } from './closing-clock.ts';
import { differenceOf, findDiscrepancyIn } from './document.ts';
import type { Lot } from './draw.ts';
import { idMaker } from './ids.ts';

/**
 * When time next does something to the books: an unmatched document becomes a discrepancy by itself, because its match time is
 * over, a month is to be closed, or a surprise count falls.
 */
export function booksDueAt(state: State, lot?: Lot): Instant | undefined {
  let first: Instant | undefined;
  for (const key of Object.keys(state.books)) {
    const at = closingDue(state, key, lot)?.at;
    if (at && (!first || at < first)) first = at;
  }
  for (const at of waiting(state)) if (!first || at < first) first = at;
  return first;
}

/** The events of the first thing of the books that is due by `world.now`; none when nothing is. Call again for more. */
export function advanceBooks(state: State, world: World): EventDraft[] {
  for (const key of Object.keys(state.books)) {
    const book = bookOf(state, world, key);
    if (isRefusal(book)) continue;
    for (const document of Object.values(book.state.open)) {
      const dueAt = dueOf(state, document);
      const why = differenceOf(document);
      if (!dueAt || dueAt > world.now || !why) continue;
      return findDiscrepancyIn({ state, world }, book, document, why, 'by the clock', idMaker(key, book.state)('d'));
    }
    const closing = advanceClosings(state, world, book);
    if (closing.length > 0) return closing;
  }
  return [];
}

function* waiting(state: State): Iterable<Instant> {
  for (const book of Object.values(state.books)) {
    for (const document of Object.values(book.open)) {
      const at = dueOf(state, document);
      if (at) yield at;
    }
  }
}

function dueOf(state: State, document: { clock?: string; discrepancy?: string; carried?: true }): Instant | undefined {
  if (!document.clock || document.discrepancy || document.carried) return undefined;
  const deadline = state.deadlines[document.clock];
  return deadline && !deadline.pausedSince ? deadline.dueAt : undefined;
}
