import type { Direction, Side } from '../../../engine/books/entry.ts';
import type { Book, Channel } from '../../../sdk/program.ts';

// The simplest model of a pair of books there is: lists of what was accepted, summed up anew whenever something is asked. It
// knows nothing of events, open documents, clocks or running balances.

/** An entry of either side as it was asked for. `fen` is negative in red ink. */
export interface Row {
  readonly id: string;
  readonly side: Side;
  readonly channel: Channel;
  readonly doc: string;
  readonly direction: Direction;
  readonly fen: number;
  /** The day it is booked on. */
  readonly day: string;
  readonly by: string;
  readonly reviewedBy?: string | undefined;
  readonly reverses?: string | undefined;
  readonly payout?: string | undefined;
  readonly advance?: string | undefined;
  readonly receipts?: string | undefined;
  /** Fen by account, debit positive. */
  readonly accounts: ReadonlyMap<string, number>;
  /** What it puts to the account of each person. */
  readonly persons: ReadonlyMap<string, number>;
  reversedBy?: string;
  match?: string | undefined;
}

/** A voucher under review: a row that is to be. */
export type Draft = Omit<Row, 'id' | 'day' | 'reviewedBy'>;

/** Money asked for. */
export interface Payout {
  readonly id: string;
  readonly channel: Channel;
  readonly fen: number;
  readonly party: string | undefined;
  readonly requestedBy: string;
  state: 'requested' | 'approved' | 'paid' | 'confirmed' | 'refused';
  approvedBy?: string;
  paidBy?: string;
}

/** A helper's claim. */
export interface Claim {
  readonly id: string;
  readonly fen: number;
  readonly paid: 'into the book' | 'to others';
  withdrawn?: true;
  repaid?: true;
}

/** A gift of the register, or a counter entry. */
export interface Gift {
  readonly id: string;
  readonly kind: 'cash' | 'inKind';
  readonly entry?: string;
  thanked?: true;
  reversedBy?: string;
}

/** A closing of a month. */
export interface Month {
  readonly period: string;
  readonly accounts: ReadonlyMap<string, number>;
  readonly sides: Readonly<Record<Side, ReadonlyMap<string, number>>>;
}

/** Lines of a bank's statement and the matches of it with the journal. */
export interface BankLine {
  readonly id: string;
  readonly channel: Channel;
  readonly key: string;
  readonly date: string;
  readonly direction: Direction;
  readonly fen: number;
  readonly reference: string;
}

/** All that was accepted of one pair of books. */
export class BookModel {
  readonly rows: Row[] = [];
  readonly drafts = new Map<string, Draft & { readonly since: string }>();
  readonly payouts = new Map<string, Payout>();
  readonly claims = new Map<string, Claim>();
  readonly gifts: Gift[] = [];
  readonly lines: BankLine[] = [];
  readonly matches = new Map<string, { readonly lines: readonly string[]; readonly entries: readonly string[] }>();
  /** Documents whose difference was signed, until somebody writes on them again. */
  readonly carried = new Set<string>();
  /** The day on which each document last changed. */
  readonly touched = new Map<string, string>();
  /** Since when each document on which the sides differ does; none of those that were carried over the end of a closed month. */
  readonly since = new Map<string, string>();
  /** Differences at the end of a month as the approver signed them: `2026-09 cash`, in fen. */
  readonly signed = new Map<string, number>();
  readonly months: Month[] = [];
  /** Closed days of the journal with the balances they ended with. */
  readonly days: { readonly day: string; readonly fen: ReadonlyMap<string, number> }[] = [];
  counted: string | undefined;
  /** A count has found another sum than the books: what follows from that is not looked at here. */
  miscounted = false;
  /** The day on which somebody last compared the books: all differences have been told by it. */
  compared: string | undefined;
  /** The last number of the register of gifts. */
  registered = 0;
  readonly countedByOther = new Map<string, string>();
  readonly keeper: Partial<Record<Side, string>> = {};
  /** Who fills the role of each side at present. */
  readonly holder: Record<Side, string> = { cash: 'cash-person', ledger: 'ledger-person' };
  readonly def: Book;
  /** The persons whose money it keeps, where it is that of several. */
  readonly persons: readonly string[];

  constructor(def: Book, persons: readonly string[]) {
    this.def = def;
    this.persons = persons;
  }

  get reviewed(): boolean {
    return this.def.profile === 'vouchers';
  }

  get held(): boolean {
    return this.def.keeps === 'held for beneficiary';
  }

  of(side: Side, channel?: string): Row[] {
    return this.rows.filter((row) => row.side === side && (channel === undefined || row.channel === channel));
  }

  find(id: string | undefined): Row | undefined {
    return this.rows.find((row) => row.id === id);
  }

  balance(side: Side, channel: string): number {
    return sum(this.of(side, channel).map(moved));
  }

  isEmpty(side: Side): boolean {
    return this.def.channels.every((channel) => this.balance(side, channel) === 0);
  }

  frozen(side: Side, person: string): boolean {
    const keeper = this.keeper[side];
    return keeper !== undefined && keeper !== person && !this.isEmpty(side);
  }

  /** Entries that stand: neither red nor reversed. */
  live(doc?: string): Row[] {
    return this.rows.filter((row) => isLive(row) && (doc === undefined || row.doc === doc));
  }

  /** What both sides say of a document at present. */
  sides(doc: string): Partial<Record<Side, Row>> {
    return Object.fromEntries(this.live(doc).map((row) => [row.side, row]));
  }

  /** The same of all documents that have an entry that stands. */
  bothSides(): ReadonlyMap<string, Partial<Record<Side, Row>>> {
    const all = new Map<string, Partial<Record<Side, Row>>>();
    for (const row of this.rows) if (isLive(row)) all.set(row.doc, { ...all.get(row.doc), [row.side]: row });
    return all;
  }

  /** Documents on which the sides do not agree, and which no match takes in. */
  open(): string[] {
    return [...this.bothSides()].flatMap(([doc, { cash, ledger }]) =>
      (cash ?? ledger)!.match || agree(cash, ledger) ? [] : [doc],
    );
  }

  /** Those of them that were carried over the end of a closed month: the state of the book holds them no more. */
  dropped(): ReadonlySet<string> {
    return new Set(this.open().filter((doc) => !this.since.has(doc)));
  }

  /** Documents with an entry that stands. */
  docs(): string[] {
    return [...new Set(this.live().map((row) => row.doc))];
  }

  draftOf(doc: string): Draft | undefined {
    return [...this.drafts.values()].find((draft) => draft.doc === doc && draft.reverses === undefined);
  }

  /** What came and went of a claim on a side. */
  claimed(side: Side, id: string): { readonly came: number; readonly went: number } {
    const own = this.of(side).filter((row) => row.advance === id);
    const total = (direction: Direction) => sum(own.map((row) => (row.direction === direction ? row.fen : 0)));
    return { came: total('in'), went: total('out') };
  }

  isOpen({ withdrawn, repaid }: Claim): boolean {
    return !withdrawn && !repaid;
  }

  owed(side: Side, { id, fen, paid }: Claim): number {
    const { came, went } = this.claimed(side, id);
    return (paid === 'into the book' ? came : fen) - went;
  }

  recorded(person: string): number {
    return sum(this.of('ledger').map((row) => (row.payout ? 0 : (row.persons.get(person) ?? 0))));
  }

  paid(person: string): number {
    const own = [...this.payouts.values()].filter((payout) => payout.party === person);
    return sum(own.map(({ state, fen }) => (state === 'paid' || state === 'confirmed' ? fen : 0)));
  }

  bespoken(person: string, but: string): number {
    const own = [...this.payouts.values()].filter((each) => each.party === person && each.id !== but);
    return sum(own.map(({ state, fen }) => (state === 'approved' ? fen : 0)));
  }

  account(code: string): number {
    return sum(this.of('ledger').map((row) => row.accounts.get(code) ?? 0));
  }

  /** Matches of the bank all whose entries stand. */
  holding(): [string, { readonly lines: readonly string[]; readonly entries: readonly string[] }][] {
    return [...this.matches].filter(([, { entries }]) => entries.every((id) => isLive(this.find(id)!)));
  }

  freeLines(channel: string): BankLine[] {
    const taken = new Set(this.holding().flatMap(([, { lines }]) => lines));
    return this.lines.filter((line) => line.channel === channel && !taken.has(line.id));
  }

  freeEntries(channel: string): Row[] {
    const taken = new Set(this.holding().flatMap(([, { entries }]) => entries));
    return this.of('cash', channel).filter((row) => isLive(row) && !taken.has(row.id));
  }

  /** Whether the accountant never had anything for an entry of today, and nobody has compared the books since. */
  hidden(row: Row, today: string): boolean {
    if (row.match || this.touched.get(row.doc) !== today || this.compared === today) return false;
    return !this.of('ledger').some(({ doc }) => doc === row.doc);
  }

  get closedDay(): string | undefined {
    return this.days.at(-1)?.day;
  }

  get closedMonth(): string | undefined {
    return this.months.at(-1)?.period;
  }

  /** The day an entry of today is booked on. */
  bookingDay(today: string): string {
    return this.closedDay !== undefined && this.closedDay >= today ? dayAfter(this.closedDay) : today;
  }
}

/** Whether an entry stands. */
export function isLive(row: Row): boolean {
  return row.reverses === undefined && row.reversedBy === undefined;
}

/** How a row moves its balance. */
export function moved({ direction, fen }: Pick<Row, 'direction' | 'fen'>): number {
  return direction === 'in' ? fen : -fen;
}

/** Whether both sides say the same. */
export function agree(cash: Row | undefined, ledger: Row | undefined): boolean {
  if (!cash || !ledger) return false;
  const lists = cash.receipts !== undefined && ledger.receipts !== undefined && cash.receipts !== ledger.receipts;
  return cash.direction === ledger.direction && cash.fen === ledger.fen && cash.channel === ledger.channel && !lists;
}

/** The sum of numbers. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** The calendar day after another. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The civil day of an instant, eight hours east. */
export function civilDay(now: string): string {
  return new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** Whether money is a helper's who has paid it into the book: it is nobody else's. */
export function intoBookOf(model: BookModel, advance: string | undefined): boolean {
  return advance !== undefined && model.claims.get(advance)?.paid === 'into the book';
}
