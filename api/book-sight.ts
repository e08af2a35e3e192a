import { heldPosts } from '../db/queries/cases.ts';
import type { Side } from '../engine/books/entry.ts';
import { documentKey } from '../engine/books/state.ts';
import type { Assignment, State } from '../engine/state.ts';
import type { Program } from '../sdk/program.ts';
import type { Caller } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';

/**
 * What a keeper of one side of a book may not see yet: who holds the money and who keeps the accounts each record from
 * the paper, so neither sees the other's figure for a document before both have recorded it, or until the clock for it
 * has run out (books.md, 3). Everybody else sees both.
 */
export interface BookSight {
  /** Whether an entry of the other side is still hidden from this caller. */
  hides(book: string, side: Side, sourceDoc: string): boolean;
  /** Whether anything of this side of a book is hidden, so that its balance would give it away. */
  hidesBalance(book: string, side: Side): boolean;
}

/** Sees everything. */
const FULL: BookSight = { hides: () => false, hidesBalance: () => false };

/** The sight of a caller on the books of a case. */
export async function bookSight(
  deps: AppDeps,
  caller: Caller,
  record: { readonly state: State },
  program: Program | undefined,
): Promise<BookSight> {
  if (!program || program.books.length === 0) return FULL;
  const held = await heldPosts(deps.sql, caller.person);
  const fills = (role: string) => isFilledBy(record.state.assignments[role], caller.person, held);
  const blind = new Map<string, Side>();
  for (const { book, cash, ledger } of program.books) {
    if (fills(cash)) blind.set(book, 'ledger');
    else if (fills(ledger)) blind.set(book, 'cash');
  }
  const waits = (document: { discrepancy?: string; cash?: unknown; ledger?: unknown } | undefined, side: Side) =>
    document !== undefined &&
    document.discrepancy === undefined &&
    document[side] !== undefined &&
    document[other(side)] === undefined;
  return {
    hides: (book, side, sourceDoc) =>
      blind.get(book) === side && waits(record.state.books[book]?.open[documentKey(sourceDoc)], side),
    hidesBalance: (book, side) =>
      blind.get(book) === side &&
      Object.values(record.state.books[book]?.open ?? {}).some((document) => waits(document, side)),
  };
}

/** An event with the figures taken out that its reader may not see yet. */
export function withSight<E extends { readonly type: string; readonly data: object }>(event: E, sight: BookSight): E {
  return isHidden(event, sight) ? { ...event, data: { hidden: true } } : event;
}

/** Whether an event tells of a figure that its reader may not see yet. */
export function isHidden(event: { readonly type: string; readonly data: object }, sight: BookSight): boolean {
  const data = event.data as {
    book?: string;
    sourceDoc?: string;
    entry?: { book: string; sourceDoc: string };
    document?: { sourceDoc: string };
  };
  const family = event.type.slice(0, event.type.indexOf('.'));
  if (data.entry && (family === 'cash' || family === 'ledger'))
    return sight.hides(data.entry.book, family, data.entry.sourceDoc);
  if (data.book === undefined) return false;
  const { book } = data;
  if (event.type === 'books.reconciled') return SIDES.some((side) => sight.hidesBalance(book, side));
  const sourceDoc = data.sourceDoc ?? data.document?.sourceDoc;
  return sourceDoc !== undefined && SIDES.some((side) => sight.hides(book, side, sourceDoc));
}

const SIDES: readonly Side[] = ['cash', 'ledger'];

function other(side: Side): Side {
  return side === 'cash' ? 'ledger' : 'cash';
}

function isFilledBy(assignment: Assignment | undefined, person: string, held: ReadonlySet<string>): boolean {
  return assignment?.person === person || (assignment?.post !== undefined && held.has(assignment.post));
}
