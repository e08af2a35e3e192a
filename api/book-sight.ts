import { firstEntries } from '../db/queries/books.ts';
import { heldPosts } from '../db/queries/cases.ts';
import { messagesAbout, rolesFilled } from '../db/queries/kept-draws.ts';
import { readBookId, type Side } from '../engine/books/entry.ts';
import { documentKey, isWaiting } from '../engine/books/state.ts';
import { untoldClocks } from '../engine/books/untold.ts';
import type { State } from '../engine/state.ts';
import type { Program } from '../sdk/program.ts';
import type { Caller } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { caseToRead, pinnedProgram } from './reading.ts';

/** Where in the record something stands: on which channel of a book (absent: all of them together), and at which seq. */
interface Place {
  readonly channel?: string | undefined;
  readonly seq: number;
}

/**
 * What a keeper of one side of a book may not see yet: who holds the money and who keeps the accounts each record from
 * the paper, so neither sees the other's figure for a document before both have recorded it, or until the clock for it
 * has run out (books.md, 3). Nor any sum that holds such a figure: from the first hidden entry of a channel on, every
 * balance would give it away. What was recorded after the state that is judged by stays hidden too. Everybody else sees both.
 * And what whoever holds the money may not know of: a surprise count that was drawn and is neither made nor missed.
 */
export interface BookSight {
  /** Whether an entry of the other side (recorded at `seq`) is still hidden from this caller. */
  hides(book: string, side: Side, sourceDoc: string, seq?: number): boolean;
  /** Whether vouchers that wait for their review, or went back, are hidden: from who holds the money, always. */
  hidesDrafts(book: string): boolean;
  /** Whether a balance of this side of a book holds a hidden figure: now, or as it was at a place of the record. */
  hidesBalance(book: string, side: Side, at?: Place): boolean;
  /**
   * Whether this clock of a book, or what became of it at a seq, would tell that a hidden balance is not zero: only a side on
   * which something is left waits to be counted.
   */
  hidesCount(clock: string, seq?: number): boolean;
  /** Whether this clock is that of a surprise count kept from who holds the money; or an event at a seq is about one. */
  hidesDraw(clock: string, seq?: number): boolean;
  /** Whether a message tells of such a clock. */
  hidesMessage(id: string): boolean;
}

/** Sees everything. */
export const FULL: BookSight = {
  hides: () => false,
  hidesDrafts: () => false,
  hidesBalance: () => false,
  hidesCount: () => false,
  hidesDraw: () => false,
  hidesMessage: () => false,
};

/** Sees nothing of the books: whoever reads a case in an emergency alone. */
const NONE: BookSight = {
  hides: () => true,
  hidesDrafts: () => true,
  hidesBalance: () => true,
  hidesCount: (clock) => readBookId(clock) !== undefined,
  hidesDraw: (clock) => readBookId(clock) !== undefined,
  hidesMessage: () => false,
};

/** The sight of a caller on the books of a case, judged by its state at `seq`. */
export async function bookSight(
  deps: AppDeps,
  caller: Caller,
  record: { readonly caseId: string; readonly seq: number; readonly state: State; readonly emergency?: string },
  program: Program | undefined,
): Promise<BookSight> {
  if (record.emergency !== undefined) return NONE;
  if (!program || program.books.length === 0) return FULL;
  const { state } = record;
  const held = await heldPosts(deps.sql, caller.person);
  const fills = (role: string) => isFilledBy(state, role, caller.person, held);
  const blind = new Map<string, Side>();
  for (const { book, cash, ledger } of program.books) {
    if (fills(cash)) blind.set(book, 'ledger');
    else if (fills(ledger)) blind.set(book, 'cash');
  }
  const waiting = [...blind].flatMap(([book, side]) =>
    Object.values(state.books[book]?.open ?? {}).flatMap((document) =>
      isWaiting(document) && document[side] ? [{ book, side, sourceDoc: document.sourceDoc }] : [],
    ),
  );
  const [first, kept] = await Promise.all([
    firstEntries(deps.sql, record.caseId, waiting),
    keptFrom(deps, caller, record, program),
  ]);
  const isHidden = new Set(waiting.map(({ book, sourceDoc }) => JSON.stringify([book, documentKey(sourceDoc)])));
  const later = (seq: number | undefined) => seq !== undefined && seq > record.seq;
  const hidesBalance: BookSight['hidesBalance'] = (book, side, at) => {
    if (blind.get(book) !== side) return false;
    if (!at) return waiting.some((each) => each.book === book);
    const since = first.filter((each) => each.book === book && (!at.channel || each.channel === at.channel));
    return later(at.seq) || since.some(({ seq }) => at.seq >= seq);
  };
  return {
    hidesBalance,
    hides: (book, side, sourceDoc, seq) =>
      blind.get(book) === side && (later(seq) || isHidden.has(JSON.stringify([book, documentKey(sourceDoc)]))),
    hidesDrafts: (book) => blind.get(book) === 'ledger',
    hidesCount(clock, seq) {
      const { book, kind } = readBookId(clock) ?? {};
      const side = book === undefined ? undefined : blind.get(book);
      if (book === undefined || kind !== 'f' || !side) return false;
      // of one that has ended nothing says whose it was
      const { chases } = state.books[book] ?? {};
      if (chases?.[side === 'cash' ? 'ledger' : 'cash'] === clock) return false;
      return hidesBalance(book, side, seq === undefined ? undefined : { seq });
    },
    hidesDraw(clock, seq) {
      const { book, kind } = readBookId(clock) ?? {};
      return kept.clocks.has(clock) || (kind === 'q' && kept.books.has(book ?? '') && later(seq));
    },
    hidesMessage: (id) => kept.messages.has(id),
  };
}

/** What of surprise counts is kept from a caller: their clocks, the books whose later ones are too, and the messages about them. */
interface Kept {
  readonly clocks: ReadonlySet<string>;
  readonly books: ReadonlySet<string>;
  readonly messages: ReadonlySet<string>;
}

const NOTHING_KEPT: Kept = { clocks: new Set(), books: new Set(), messages: new Set() };

/** Whether surprise counts are drawn in a case: now, or in what is recorded after this state. */
function draws({ books }: State, program: Program): boolean {
  return (
    program.books.some(({ counts }) => counts) ||
    // what a state says of them goes on, whatever its program says by now
    Object.values(books).some(({ closings }) => closings?.counts || closings?.drawn)
  );
}

/** The books whose money a caller holds, also as a deputy, and the surprise counts of them that are kept from him. */
async function keptFrom(
  deps: AppDeps,
  caller: Caller,
  { caseId, state }: { readonly caseId: string; readonly state: State },
  program: Program,
): Promise<Kept> {
  if (!draws(state, program)) return NOTHING_KEPT;
  const filled = await rolesFilled(deps.sql, caseId, caller.person);
  const fills = (role: string) => filled.has(role);
  const clocks = untoldClocks(state, program, fills);
  return {
    clocks,
    books: new Set(program.books.flatMap(({ book, cash }) => (fills(cash) ? [book] : []))),
    messages: await messagesAbout(deps.sql, caseId, clocks),
  };
}

/** A case as it is now, with its program and what the caller may see of its books. */
export interface BookLook {
  readonly record: Awaited<ReturnType<typeof caseToRead>>;
  readonly program: Program | undefined;
  readonly sight: BookSight;
}

/**
 * Looks at a case for a caller. Where figures come from the tables, it is asked for after they are read: what was recorded in
 * between is known then. Throws the problem 404 where he may not read the case.
 */
export async function bookLook(deps: AppDeps, caller: Caller, caseId: string): Promise<BookLook> {
  const record = await caseToRead(deps, caller, caseId);
  const program = await pinnedProgram(deps, record.programHash);
  return { record, program, sight: await bookSight(deps, caller, record, program) };
}

/** An event as far as the rule looks at it; one that was not recorded has no seq. */
interface Seen {
  readonly seq?: number;
  readonly type: string;
  readonly data: object;
}

/** An event with the figures taken out that its reader may not see yet. */
export function withSight<E extends Seen>(event: E, sight: BookSight): E {
  if (isHidden(event, sight)) return { ...event, data: { hidden: true } };
  const { entry } = event.data as { entry?: { book: string; channel: string; balanceFen?: number } };
  const side = sideOf(event);
  if (!entry || !side || event.seq === undefined) return event;
  if (!sight.hidesBalance(entry.book, side, { channel: entry.channel, seq: event.seq })) return event;
  const { balanceFen: _, ...shown } = entry;
  return { ...event, data: { ...event.data, entry: { ...shown, balanceFen: null } } };
}

/** Whether that there is such an event would already tell its reader something of a figure he may not see yet. */
export function isUntold(event: Seen, sight: BookSight): boolean {
  const {
    book,
    side,
    id,
    deadline,
    message,
    clock: drawn,
    target,
  } = event.data as {
    book?: string;
    side?: Side;
    id?: string;
    deadline?: { id: string } | string;
    message?: string;
    clock?: string;
    target?: string;
  };
  const { seq } = event;
  const about = typeof deadline === 'string' ? deadline : (deadline?.id ?? id);
  if ([about, drawn, target].some((each) => typeof each === 'string' && sight.hidesDraw(each, seq))) return true;
  if (event.type === 'message.acknowledged' && message !== undefined && sight.hidesMessage(message)) return true;
  if (/^book\.(un)?frozen$/.test(event.type))
    return book !== undefined && !!side && sight.hidesBalance(book, side, seq === undefined ? undefined : { seq });
  return AFTER_A_CLOCK.test(event.type) && about !== undefined && sight.hidesCount(about, seq);
}

const AFTER_A_CLOCK = /^(deadline|rung|accountability)\./;

/** Whether an event tells of a figure that its reader may not see yet. */
export function isHidden(event: Seen, sight: BookSight): boolean {
  if (isUntold(event, sight)) return true;
  const data = event.data as {
    book?: string;
    sourceDoc?: string;
    entry?: { book: string; sourceDoc: string };
    document?: { sourceDoc: string; count?: { side: Side } };
    waiting?: number;
    side?: Side;
    count?: { side: Side };
  };
  const { seq } = event;
  if (event.type.startsWith('voucher.')) return data.book !== undefined && sight.hidesDrafts(data.book);
  const side = sideOf(event);
  if (data.entry && side) return sight.hides(data.entry.book, side, data.entry.sourceDoc, seq);
  if (data.book === undefined) return false;
  const { book } = data;
  if (event.type === 'books.reconciled') {
    // a keeper's comparison leaves out what waits, on both sides
    return (
      data.waiting === undefined &&
      SIDES.some((each) => sight.hidesBalance(book, each, seq === undefined ? undefined : { seq }))
    );
  }
  // a count says what the balance is
  const journal = event.type === 'cash.counted' || event.type === 'day.closed' ? ('cash' as const) : undefined;
  const counted =
    journal ?? (event.type === 'book.handedOver' ? data.side : (data.count ?? data.document?.count)?.side);
  if (counted && sight.hidesBalance(book, counted, seq === undefined ? undefined : { seq })) return true;
  const sourceDoc = data.sourceDoc ?? data.document?.sourceDoc;
  return sourceDoc !== undefined && SIDES.some((each) => sight.hides(book, each, sourceDoc, seq));
}

/**
 * Whether an event of a dry run would answer a guess: beside what is hidden, that a clock of the book begins or ends or an
 * advance is settled, for that depends on whether both sides agree.
 */
export function answersGuess(event: Seen, sight: BookSight): boolean {
  if (isHidden(event, sight)) return true;
  const { id, deadline } = event.data as { id?: string; deadline?: { id: string } | string };
  const about = typeof deadline === 'string' ? deadline : (deadline?.id ?? id);
  const book = readBookId(about ?? '')?.book;
  const follows = ['deadline.', 'accountability.', 'advance.settled'].some((type) => event.type.startsWith(type));
  return follows && book !== undefined && SIDES.some((side) => sight.hidesBalance(book, side));
}

const SIDES: readonly Side[] = ['cash', 'ledger'];

/** The side whose entry an event tells of. */
function sideOf({ type }: Seen): Side | undefined {
  const family = type.slice(0, type.indexOf('.'));
  return SIDES.find((side) => side === family);
}

function isFilledBy({ assignments, parties }: State, role: string, person: string, held: ReadonlySet<string>): boolean {
  const { person: assigned, post } = Object.hasOwn(assignments, role) ? assignments[role]! : {};
  if (assigned === person || (post !== undefined && held.has(post))) return true;
  return Object.values(parties).some((party) => party.role === role && party.person === person);
}
