import type { Program } from '../../sdk/program.ts';
import type { Deadline, State } from '../state.ts';
import type { BookState } from './state.ts';

/**
 * The clocks of surprise counts that were drawn and are neither made nor missed, of the books whose cash role is one of these.
 * Who holds the money learns nothing of them until then: a count he knows of from the morning on is none. Whatever would
 * tell him asks this; lists over many cases ask the same of the tables (db/queries/kept-draws.ts).
 */
export function untoldClocks(
  { books }: Pick<State, 'books'>,
  program: Pick<Program, 'books'>,
  fills: (role: string) => boolean,
): ReadonlySet<string> {
  return new Set(
    program.books.flatMap(({ book, cash }) => {
      const clock = Object.hasOwn(books, book) ? keptClock(books[book]!) : undefined;
      return clock !== undefined && fills(cash) ? [clock] : [];
    }),
  );
}

/** The clocks of a case that everybody who reads it may know of. */
export function toldDeadlines({ deadlines, books }: Pick<State, 'deadlines' | 'books'>): Deadline[] {
  const drawn = new Set(Object.values(books).flatMap((book) => keptClock(book) ?? []));
  const all = Object.values(deadlines);
  return drawn.size === 0 ? all : all.filter(({ id }) => !drawn.has(id));
}

/** The clock of a book's surprise count that was drawn and is neither made nor missed. */
function keptClock({ closings }: Pick<BookState, 'closings'>): string | undefined {
  const drawn = closings?.drawn;
  return drawn && !drawn.missed ? drawn.clock : undefined;
}
